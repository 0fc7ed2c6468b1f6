//! What a typed query may be, from outside.

use parclose_metrics::{
    Aggregate, Condition, DataSet, Filter, Formula, Limits, METRICS, MetricRef, QueryError, TimeAttribute, TypedQuery, attribute,
    attributes_of, metric,
};
use serde_json::{Value as Json, json};
use std::collections::HashSet;

fn check(more: Json) -> Result<(), QueryError> {
    let mut query = json!({"data_set": "conversations", "metrics": [{"metric": "handled"}]});
    query.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value::<TypedQuery>(query).unwrap().check().map(|_| ())
}

fn filter(op: &str, attribute: &str, values: Json) -> Result<(), QueryError> {
    serde_json::from_value::<Filter>(json!({"attribute": attribute, "op": op, "values": values})).unwrap().check(DataSet::Conversations)
}

#[test]
fn metrics_have_names_of_their_own_and_say_what_they_are() {
    let names: HashSet<_> = METRICS.iter().map(|m| m.name).collect();
    let titles: HashSet<_> = METRICS.iter().map(|m| (m.data_set, m.title)).collect();
    assert_eq!((names.len(), titles.len()), (METRICS.len(), METRICS.len()));
    for def in METRICS {
        assert!(!def.description.is_empty() && !def.words.is_empty() && def.description.ends_with('.'), "{}", def.name);
        assert!(!(def.formula)().aggregates().is_empty(), "{}", def.name);
        assert_eq!(metric(def.name), Some(def));
        // Attributes and metrics both name columns of a report. Two names are both; a report takes only one of the two.
        assert!(
            attribute(def.data_set, def.name).is_none() || ["abandoned", "service_level"].contains(&def.name),
            "{} is an attribute too",
            def.name
        );
        let other = [DataSet::Conversations, DataSet::Activities, DataSet::Workload].into_iter().find(|s| *s != def.data_set).unwrap();
        let seconds = (def.name == "answered_within").then_some(20);
        assert!(MetricRef { metric: def.name.into(), seconds }.resolve(other).is_err());
    }
}

#[test]
fn arguments_are_checked() {
    let of = |seconds| MetricRef { metric: "answered_within".into(), seconds }.resolve(DataSet::Conversations);
    for bad in [None, Some(0), Some(86_401)] {
        assert_eq!(of(bad), Err(QueryError::Argument("answered_within".into())));
    }
    assert_eq!(of(Some(20)).unwrap().name, "answered_within:20");
    let other = MetricRef { metric: "handled".into(), seconds: Some(5) }.resolve(DataSet::Conversations);
    assert_eq!(other, Err(QueryError::Argument("handled".into())));
    // The same metric with two arguments makes two columns; with one argument twice it is an error.
    let twice = |a: u32, b: u32| {
        check(json!({"metrics": [{"metric": "answered_within", "seconds": a}, {"metric": "answered_within", "seconds": b}]}))
    };
    assert_eq!((twice(20, 60), twice(20, 20)), (Ok(()), Err(QueryError::Attributes)));
}

#[test]
fn a_report_has_each_column_once() {
    assert!(check(json!({"metrics": [{"metric": "abandoned"}], "attributes": ["queue"]})).is_ok());
    assert_eq!(check(json!({"metrics": [{"metric": "abandoned"}], "attributes": ["abandoned"]})), Err(QueryError::Attributes));
}

#[test]
fn sizes_are_bounded() {
    let filters = vec![json!({"attribute": "queue", "op": "in", "values": ["a"]}); Limits::FILTERS + 1];
    assert!(check(json!({"filters": filters[1..]})).is_ok());
    assert!(matches!(check(json!({"filters": filters})), Err(QueryError::TooMany { .. })));
    assert!(matches!(check(json!({"limit": 5001})), Err(QueryError::TooMany { .. })));
    assert!(matches!(filter("in", "queue", json!(vec!["v"; 501])), Err(QueryError::TooMany { .. })));
    assert!(filter("in", "queue", json!(["ž".repeat(256)])).is_ok());
    assert!(filter("in", "queue", json!(["ž".repeat(257)])).is_err());
    let long = "x".repeat(1000);
    let Err(QueryError::UnknownAttribute(text)) = filter("in", &long, json!([])) else { panic!("not refused") };
    assert_eq!(text.len(), 64, "what was written comes back shortened");
}

#[test]
fn filters_fit_their_comparison() {
    for (op, attribute, values, ok) in [
        ("in", "queue", json!([]), true),
        ("in", "queue", json!([null, "a"]), true),
        ("in", "queue", json!([1]), false),
        ("in", "agent_team_name", json!(["a"]), true),
        ("in", "talk_time", json!(["1"]), false),
        ("in", "unit_key", json!(["T:1"]), false),
        ("in", "segment_start", json!(["2026"]), false),
        ("in", "time.day", json!(["2026"]), false),
        ("contains", "queue", json!(["a"]), true),
        ("contains", "queue", json!(["a", "b"]), false),
        ("contains", "queue", json!([null]), false),
        ("at_least", "talk_time", json!([5.5]), true),
        ("at_least", "talk_time", json!(["5"]), false),
        ("at_most", "talk_time", json!([1, 2]), false),
        ("at_most", "queue", json!([1]), false),
        ("at_most", "conversation_measure_1", json!([-1e300]), true),
        ("at_most", "workload_talk_time", json!([1]), false),
    ] {
        assert_eq!(filter(op, attribute, values.clone()).is_ok(), ok, "{op} {attribute} {values}");
    }
}

#[test]
fn attributes_are_known_and_not_internal() {
    for set in [DataSet::Conversations, DataSet::Activities, DataSet::Workload] {
        let names: Vec<_> = attributes_of(set).map(|c| c.name).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        assert!(names.contains(&"agent_team_name") && names.contains(&"queue"));
        assert!(!names.contains(&"unit_key") && !names.contains(&"segment_start") && !names.contains(&"talk_time"));
    }
    assert_eq!(TimeAttribute::parse("time.weekday").map(TimeAttribute::is_bucket), Some(false));
    assert_eq!(TimeAttribute::parse("time"), None);
}

#[test]
fn a_drill_takes_the_rows_of_the_numerator() {
    let formula = (metric("aht").unwrap().formula)();
    let rows = formula.rows();
    assert_eq!((rows.len(), formula.aggregates().len()), (3, 4));
    let Formula::Ratio(first, _) = &formula else { panic!("a ratio") };
    assert_eq!(first.rows(), rows);
    assert_eq!(Aggregate::Sum("talk_time", Condition::Any).condition(), Condition::All(vec![Condition::Any, Condition::Has("talk_time")]));
    assert_eq!(Aggregate::Count(Condition::Available).condition(), Condition::Available);
}
