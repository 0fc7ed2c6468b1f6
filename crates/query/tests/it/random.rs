//! Random rows, rules, people and questions. Values are few, so that they meet; some are hostile.

use crate::support::{Rows, ms};
use parclose_metrics::{DataSet, METRICS, attributes_of};
use parclose_model::columns::kind;
use parclose_model::{Cell, ColumnType, Role, Row, TableId};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

pub const TEAMS: [&str; 4] = ["Anvils", "Bolts", "100%_\\", "ne\"w'line\n"];
const QUEUES: [&str; 4] = ["Calls", "Chats_1", "Chatsx1", "[a-z]+("];
const KINDS: [&str; 9] = [
    kind::QUEUE,
    kind::CONVERSATION,
    kind::CONVERSATION_IN_PROGRESS,
    kind::MISSED,
    kind::REJECTED,
    kind::REVOKED,
    kind::AGENT_STATUS,
    kind::AGENT_STATUS_IN_PROGRESS,
    kind::CORRUPTED,
];
const AGENTS: [&str; 5] = ["a1", "a2", "a3", "a4", "nobody knows me"];
/// Columns that rules may use for both sets of rows, and those for conversations only.
const RULE_COLUMNS: [&str; 6] = ["handling_team_name", "agent_team_name", "agent_location", "agent_id", "kind", "activity"];
const CONVERSATION_COLUMNS: [&str; 4] = ["queue", "channel", "conversation_attribute_1", "abandoned"];

/// The values that a column takes in tests.
fn values_of(column: &str) -> Vec<&'static str> {
    match column {
        "kind" => KINDS.to_vec(),
        "queue" => QUEUES.to_vec(),
        "agent_id" => AGENTS.to_vec(),
        "channel" => vec!["Call", "Chat"],
        "abandoned" => vec!["Yes", "No", "Follow-Up"],
        "abandoned_phase" => vec!["Queue", "Voicemail"],
        "activity" => vec!["Available", "Offline", "Break"],
        "direction" => vec!["Inbound", "Outbound"],
        "followed_by" => vec!["Transfer"],
        // A few that meet often, also in different files, and many that mostly lie in one.
        "conversation_id" => vec![
            "c1", "c2", "c3", "c4", "c5", "d00", "d01", "d02", "d03", "d04", "d05", "d06", "d07", "d08", "d09", "d10", "d11", "d12", "d13",
            "d14", "d15", "d16", "d17", "d18", "d19", "d20", "d21", "d22", "d23", "d24", "d25", "d26", "d27", "d28", "d29",
        ],
        "agent_location" => vec!["Brno", "Košice"],
        _ => TEAMS.to_vec(),
    }
}

fn text(column: &'static str) -> BoxedStrategy<Cell> {
    prop_oneof![6 => select(values_of(column)).prop_map(Cell::from), 1 => Just(Cell::Null)].boxed()
}

const FILLED: [&str; 14] = [
    "kind",
    "queue",
    "agent_id",
    "channel",
    "abandoned",
    "abandoned_phase",
    "activity",
    "direction",
    "followed_by",
    "conversation_id",
    "handling_team_name",
    "conversation_attribute_1",
    "customer_id",
    "agent_name",
];

fn instant() -> BoxedStrategy<Cell> {
    // Two weeks around the change of the clock in Prague on 25 October, on quarters of an hour and beside them.
    let quarter = (0_i64..96 * 14).prop_map(|at| at * 900_000);
    let start = ms("2026-10-19T00:00:00Z");
    prop_oneof![8 => (quarter, 0_i64..3).prop_map(move |(at, seconds)| Cell::Instant(start + at + seconds * 1000)), 1 => Just(Cell::Null)]
        .boxed()
}

fn whole(extreme: bool) -> BoxedStrategy<Cell> {
    let usual = select(vec![0_i64, 1, 4, 5, 6, 20, 21, 59, 60, 61, 300, 3600]).prop_map(Cell::Whole);
    let odd = if extreme { vec![i64::MAX, i64::MIN, -1, 1 << 53] } else { vec![-1, 10_000_000_000] };
    prop_oneof![12 => usual, 3 => Just(Cell::Null), 1 => select(odd).prop_map(Cell::Whole)].boxed()
}

fn measure() -> BoxedStrategy<Cell> {
    let odd = vec![f64::NAN, f64::INFINITY, -0.0, 0.1, 1e300, 7.5];
    prop_oneof![2 => Just(Cell::Null), 1 => select(odd).prop_map(Cell::Number)].boxed()
}

fn fact_row(table: TableId, extreme: bool) -> BoxedStrategy<Row> {
    let facts: Vec<_> = table.columns().iter().filter(|c| c.role == Role::Fact).collect();
    let texts: Vec<_> = FILLED.iter().map(|name| text(name)).collect();
    let numbers: Vec<_> = facts.iter().map(|c| if c.ty == ColumnType::Number { measure() } else { whole(extreme) }).collect();
    (texts, numbers, instant(), any::<u32>())
        .prop_map(move |(texts, numbers, at, id)| {
            let mut row = Row::empty(table);
            for (name, cell) in FILLED.iter().zip(texts) {
                row.set(name, cell);
            }
            let facts = table.columns().iter().filter(|c| c.role == Role::Fact);
            for (column, cell) in facts.zip(numbers) {
                row.set(column.name, cell);
            }
            row.set("segment_start", at);
            row.set("segment_id", format!("s{id:08x}"));
            row.set("unit_key", format!("task/{id:08x}"));
            row
        })
        .boxed()
}

/// Rows of both tables, and agents of whom some are not known.
pub fn rows(most: usize, extreme: bool) -> impl Strategy<Value = Rows> {
    let of = move |table| prop::collection::vec(fact_row(table, extreme), 0..most);
    let agents = prop::collection::vec((text("agent_team_name"), text("agent_location")), 4).prop_map(|list| {
        let agents = list.into_iter().zip(AGENTS).map(|((team, location), id)| {
            let mut row = Row::empty(TableId::Agents);
            row.set("agent_id", id);
            row.set("agent_team_name", team);
            row.set("agent_location", location);
            row
        });
        agents.collect()
    });
    (of(TableId::Segments), of(TableId::Workload), agents).prop_map(|(segments, workload, agents)| Rows { segments, workload, agents })
}

fn condition(columns: Vec<&'static str>) -> BoxedStrategy<Json> {
    let listed = select(columns.clone())
        .prop_flat_map(|column| (Just(column), prop::collection::vec(select(values_of(column)), 1..4)))
        .prop_map(|(column, values)| json!({"attribute": column, "in": values}));
    let own = (select(columns.clone()), select(vec!["person.team", "person.none", "person.blank"]))
        .prop_map(|(column, name)| json!({"attribute": column, "in": name}));
    let empty = select(columns).prop_map(|column| json!({"attribute": column, "is_empty": true}));
    let leaf = prop_oneof![3 => listed, 2 => own, 1 => empty];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| json!({"any": parts})),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| json!({"all": parts})),
            inner.prop_map(|part| json!({"not": part})),
        ]
    })
    .boxed()
}

/// Rules as YAML (JSON is YAML), mostly with a grant at all.
pub fn rules() -> impl Strategy<Value = String> {
    let rule = |grant: bool| {
        let sets = select(vec![
            vec!["conversations"],
            vec!["activities"],
            vec!["conversations", "activities"],
            vec!["conversations", "activities"],
        ]);
        sets.prop_flat_map(|sets| {
            let mut columns = RULE_COLUMNS.to_vec();
            if sets == ["conversations"] {
                columns.extend(CONVERSATION_COLUMNS);
            }
            (Just(sets), prop_oneof![1 => Just(json!("everything")), 7 => condition(columns)])
        })
        .prop_map(move |(sets, place)| json!({"effect": if grant { "grant" } else { "restrict" }, "data_sets": sets, "where": place}))
    };
    (prop::collection::vec(rule(true), 0..6), prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(rule(false), 1..3)]).prop_map(
        |(grants, restricts)| {
            let mut rules: Vec<Json> = grants.into_iter().chain(restricts).collect();
            if rules.is_empty() {
                rules.push(json!({"effect": "grant", "data_sets": ["conversations"], "where": {"attribute": "queue", "is_empty": true}}));
            }
            for (at, rule) in rules.iter_mut().enumerate() {
                rule["name"] = json!(format!("r{at}"));
            }
            json!({"version": 1, "rules": rules}).to_string()
        },
    )
}

fn data_set() -> impl Strategy<Value = DataSet> {
    prop_oneof![3 => Just(DataSet::Conversations), 1 => Just(DataSet::Activities), 1 => Just(DataSet::Workload)]
}

fn attribute(data_set: DataSet) -> BoxedStrategy<String> {
    let known =
        prop::sample::select(FILLED.iter().chain(&["agent_team_name", "agent_location"]).map(|n| (*n).to_owned()).collect::<Vec<_>>());
    let any = prop::sample::select(attributes_of(data_set).map(|c| c.name.to_owned()).collect::<Vec<_>>());
    prop_oneof![8 => known, 1 => any].boxed()
}

/// One filter, now and then one that is refused.
pub fn filter(data_set: DataSet) -> BoxedStrategy<Json> {
    let any_of = attribute(data_set).prop_flat_map(|name| {
        let values: Vec<Json> = values_of(&name).into_iter().map(Json::from).chain([json!(null), json!("never seen")]).collect();
        let op = select(vec!["in", "not_in"]);
        (Just(name), op, prop::collection::vec(prop::sample::select(values), 0..5))
    });
    let any_of = any_of.prop_map(|(name, op, values)| json!({"attribute": name, "op": op, "values": values}));
    let parts = select(vec!["a", "A", "%", "_", "\\", "S_1", "sx", "", "ł", "[a-z]", "(", "\n", "'", "Č", "canary"]);
    let contains = (attribute(data_set), parts).prop_map(|(name, part)| json!({"attribute": name, "op": "contains", "values": [part]}));
    let facts: Vec<&str> = data_set.table().columns().iter().filter(|c| c.role == Role::Fact).map(|c| c.name).collect();
    let bounds = prop::sample::select(vec![
        json!(0),
        json!(5),
        json!(59.5),
        json!(-1),
        json!(1e300),
        json!(-1e300),
        json!(9007199254740993_i64),
        json!(0.1),
    ]);
    let bound = (prop::sample::select(facts), select(vec!["at_least", "at_most"]), bounds)
        .prop_map(|(name, op, bound)| json!({"attribute": name, "op": op, "values": [bound]}));
    let wrong = select(vec![
        json!({"attribute": "no_such", "op": "in", "values": ["x"]}),
        json!({"attribute": "queue", "op": "contains", "values": [null]}),
        json!({"attribute": "unit_key", "op": "in", "values": ["x"]}),
    ]);
    let part = (select(vec!["time.hour_of_day", "time.weekday"]), select(vec!["in", "not_in"]), prop::collection::vec(0_i64..9, 0..6))
        .prop_map(|(name, op, values)| json!({"attribute": name, "op": op, "values": values}));
    prop_oneof![10 => any_of, 4 => contains, 4 => bound, 2 => part, 1 => wrong].boxed()
}

fn metric(data_set: DataSet) -> BoxedStrategy<Json> {
    let names: Vec<&str> = METRICS.iter().filter(|m| m.data_set == data_set).map(|m| m.name).collect();
    prop::sample::select(names)
        .prop_flat_map(|name| (Just(name), select(vec![1_u32, 20, 60])))
        .prop_map(|(name, seconds)| match name {
            "answered_within" => json!({"metric": name, "seconds": seconds}),
            _ => json!({"metric": name}),
        })
        .boxed()
}

/// A typed query. Sorts and attributes may clash: then the error is the answer.
pub fn query() -> impl Strategy<Value = Json> {
    let times = select(vec![
        "time.auto",
        "time.hour",
        "time.day",
        "time.week",
        "time.month",
        "time.quarter",
        "time.year",
        "time.hour_of_day",
        "time.weekday",
    ]);
    data_set().prop_flat_map(move |set| {
        let attribute = prop_oneof![3 => attribute(set), 1 => times.clone().prop_map(str::to_owned)];
        (
            prop::collection::vec(metric(set), 1..4),
            prop::collection::vec(attribute, 0..3),
            prop::collection::vec(filter(set), 0..3),
            prop::option::of((any::<prop::sample::Index>(), select(vec!["ascending", "descending"]))),
            prop::option::of(1_u32..6),
            any::<bool>(),
        )
            .prop_map(move |(metrics, attributes, filters, sort, limit, totals)| {
                let names: Vec<Json> = attributes.iter().map(|a| json!(a)).chain(metrics.iter().map(|m| m["metric"].clone())).collect();
                let sort: Vec<Json> = sort.into_iter().map(|(at, direction)| json!({"by": names[at.index(names.len())], "direction": direction})).collect();
                json!({"data_set": set, "metrics": metrics, "attributes": attributes, "filters": filters, "sort": sort, "limit": limit, "totals": totals})
            })
    })
}

/// Ranges, the change of the clock and "all" among them.
pub fn range() -> impl Strategy<Value = Json> {
    select(vec![
        json!({"from": "2026-10-20", "to": "2026-11-04"}),
        json!({"from": "2026-10-25", "to": "2026-10-25"}),
        json!({"preset": "all"}),
        json!({"preset": "last_7_days"}),
        json!({"preset": "last_month"}),
        json!({"from_instant": "2026-10-24T22:30:00Z", "to_instant": "2026-10-29T11:15:00Z"}),
        json!({"from": "2025-01-01", "to": "2025-01-31"}),
    ])
}

/// A batch of several reports, some compared by themselves, and lists beside them.
pub fn batch() -> impl Strategy<Value = Json> {
    let shared = prop::collection::vec(filter(DataSet::Conversations), 0..2);
    let report = (query(), prop_oneof![3 => Just(None), 1 => Just(Some("previous_period"))]);
    let lists = prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(list(), 1..3)];
    (range(), any::<bool>(), shared, prop::collection::vec(report, 1..4), lists).prop_map(|(range, compare, filters, reports, mut lists)| {
        let reports: Vec<Json> = reports
            .into_iter()
            .enumerate()
            .map(|(at, (query, compare))| json!({"id": format!("r{at}"), "query": query, "compare": compare}))
            .collect();
        let compare = if compare { json!("previous_period") } else { json!(null) };
        for (at, list) in lists.iter_mut().enumerate() {
            list["id"] = json!(format!("l{at}"));
        }
        json!({"range": range, "compare": compare, "filters": filters, "reports": reports, "lists": lists})
    })
}

/// A list of segments, without the range that a batch shares.
fn list() -> impl Strategy<Value = Json> {
    data_set().prop_flat_map(|set| {
        let sort = select(vec!["segment_start", "queue", "talk_time", "agent_name", "unit_key"]);
        (Just(set), prop::collection::vec(filter(set), 0..2), prop::option::of(metric(set)), prop::option::of(sort), 1_u32..8).prop_map(
            |(set, filters, metric, sort, limit)| {
                let sort = sort.map(|by| json!({"by": by, "direction": "ascending"}));
                json!({"data_set": set, "filters": filters, "metric": metric, "sort": sort, "limit": limit})
            },
        )
    })
}

/// A question for single rows: values, segments or one conversation.
pub fn single() -> impl Strategy<Value = (&'static str, Json)> {
    let values = data_set()
        .prop_flat_map(|set| {
            (
                Just(set),
                attribute(set),
                range(),
                prop::collection::vec(filter(set), 0..2),
                prop::option::of(select(vec!["a", "%", "_", ""])),
                1_u32..4,
            )
        })
        .prop_map(|(set, attribute, range, filters, search, limit)| {
            (
                "values",
                json!({"data_set": set, "attribute": attribute, "range": range, "filters": filters, "search": search, "limit": limit}),
            )
        });
    let segments = (range(), list()).prop_map(|(range, mut question)| {
        question["range"] = range;
        ("segments", question)
    });
    let conversation = select(vec!["c1", "c2", "c3", "c9", "' OR 1=1"]).prop_map(|id| ("conversation", json!(id)));
    prop_oneof![3 => values, 3 => segments, 1 => conversation]
}
