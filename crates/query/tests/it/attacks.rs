//! Questions that were made to fail on hidden values, to match more than they say, or to count what is hidden.

use crate::support::{Rows, TEAM_RULE, World, ask_with, one, rows_of, run, segment, settings};
use serde_json::{Value as Json, json};

/// Anvils' rows are ordinary; those of Bolts hold whatever might make an engine stumble.
fn rows(with_hidden: bool) -> Rows {
    let odd = [
        "(?P<x",
        "[",
        "%",
        "_",
        "\\",
        "a%b",
        "a_b",
        "a\\b",
        "aXb",
        "9223372036854775808",
        "NaN",
        "1e999",
        "",
        "' OR 1=1 --",
        "Ünï",
        "\u{0}",
        "a\nb",
    ];
    let mut segments = Vec::new();
    for (n, text) in odd.iter().enumerate() {
        let mut of = |team: &str, text: String, talk: i64| {
            segments.push(segment(json!({"kind": "Conversation", "abandoned": "No", "segment_id": format!("{team}{n}"), "conversation_id": format!("{team}{n}"),
                "handling_team_name": team, "outcome": text, "talk_time": talk})));
        };
        of("Anvils", (*text).to_owned(), 1);
        if with_hidden {
            of("Bolts", format!("canary {text}"), i64::MAX);
            of("Bolts", format!("canary {text}"), i64::MIN);
        }
    }
    Rows { segments, ..Rows::default() }
}

fn query(filters: Json) -> Json {
    json!({"data_set": "conversations", "metrics": [{"metric": "handled"}, {"metric": "talk_time"}, {"metric": "segments"}], "attributes": ["outcome"],
        "filters": filters, "totals": true})
}

async fn as_anvils(world: &World, query: Json) -> (Json, Json) {
    let answer = ask_with(world, &settings(), Some(TEAM_RULE), &[("team", &["Anvils"])], one(query)).await;
    (rows_of(&answer), json!(answer.reports[0].totals))
}

#[test]
fn hostile_filters_answer_as_if_nothing_were_hidden() {
    run(async {
        let (secured, removed) = (World::new(&rows(true)).await, World::new(&rows(false)).await);
        let mut filters = vec![
            json!([]),
            json!([{"attribute": "talk_time", "op": "at_least", "values": [-9.3e18]}]),
            json!([{"attribute": "talk_time", "op": "at_least", "values": [2]}]),
            json!([{"attribute": "talk_time", "op": "at_most", "values": [1e308]}]),
            json!([{"attribute": "outcome", "op": "in", "values": []}]),
            json!([{"attribute": "outcome", "op": "not_in", "values": [null]}]),
            json!([{"attribute": "handling_team_name", "op": "in", "values": ["Bolts", "Anvils"]}]),
            json!([{"attribute": "handling_team_name", "op": "in", "values": ["Bolts"]}]),
            json!([{"attribute": "handling_team_name", "op": "not_in", "values": ["Anvils"]}]),
        ];
        for part in
            ["(?P<x", "[", "%", "_", "\\", "a%b", "a_b", "a\\b", "\\%", "%%", "__", "canary", "ü", "Ü", "\u{0}", "\n", "' OR 1=1 --", ""]
        {
            filters.push(json!([{"attribute": "outcome", "op": "contains", "values": [part]}]));
            filters.push(json!([{"attribute": "outcome", "op": "in", "values": [part]}]));
        }
        for filter in filters {
            assert_eq!(as_anvils(&secured, query(filter.clone())).await, as_anvils(&removed, query(filter.clone())).await, "{filter}");
        }
    });
}

#[test]
fn contains_takes_every_character_as_it_is() {
    run(async {
        let world = World::new(&rows(false)).await;
        let found = async |part: &str| {
            let rows = as_anvils(&world, query(json!([{"attribute": "outcome", "op": "contains", "values": [part]}]))).await.0;
            let mut texts: Vec<String> = rows.as_array().unwrap().iter().map(|r| r[0].as_str().unwrap().to_owned()).collect();
            texts.sort();
            texts
        };
        assert_eq!(found("%").await, ["%", "a%b"]);
        assert_eq!(found("_").await, ["_", "a_b"]);
        assert_eq!(found("\\").await, ["\\", "a\\b"]);
        assert_eq!(found("A_B").await, ["a_b"]);
        assert_eq!(found("a\\b").await, ["a\\b"]);
        assert_eq!(found("ÜN").await, ["Ünï"]);
        assert_eq!(found("A\nB").await, ["a\nb"]);
        assert_eq!(found("").await.len(), 17);
    });
}

#[test]
fn rules_are_about_values_and_not_about_patterns() {
    run(async {
        let world = World::new(&rows(true)).await;
        for team in ["%", "Anvil%", "anvils", " Anvils", "Anvils' OR '1'='1", "Anvils\u{0}", "_nvils", ""] {
            let answer = ask_with(&world, &settings(), Some(TEAM_RULE), &[("team", &[team])], one(query(json!([])))).await;
            assert_eq!((rows_of(&answer), json!(answer.reports[0].totals)), (json!([]), json!([null, 0, null, 0])), "{team:?}");
        }
    });
}

#[test]
fn negated_rules_do_not_match_rows_without_a_value() {
    run(async {
        let mut all = rows(true);
        all.segments.push(segment(json!({"kind": "Conversation", "segment_id": "x", "conversation_id": "x", "outcome": "no team"})));
        let world = World::new(&all).await;
        let rules = "version: 1\nrules: [{name: r, effect: grant, data_sets: [conversations], where: {not: {attribute: handling_team_name, in: [Bolts]}}}]";
        let answer =
            ask_with(&world, &settings(), Some(rules), &[], one(json!({"data_set": "conversations", "metrics": [{"metric": "segments"}]})))
                .await;
        assert_eq!(rows_of(&answer), json!([[17]]));
    });
}

#[test]
fn sums_of_hidden_and_of_broken_numbers_do_not_fail() {
    run(async {
        let world = World::new(&rows(true)).await;
        let query = json!({"data_set": "conversations", "metrics": [{"metric": "talk_time"}, {"metric": "aht"}, {"metric": "average_talk_time"}], "totals": true});
        let answer = ask_with(&world, &settings(), Some(TEAM_RULE), &[("team", &["Anvils"])], one(query.clone())).await;
        assert_eq!(rows_of(&answer), json!([[17, 1, 1]]));
        // Facts that no door of this program lets in: a number without meaning, and no error.
        let answer = ask_with(&world, &settings(), Some(TEAM_RULE), &[("team", &["Bolts"])], one(query)).await;
        assert_eq!(answer.reports[0].error, None);
    });
}
