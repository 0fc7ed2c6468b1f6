//! Value lists, lists of segments with pages, conversations.

use crate::support::{Rows, TEAM_RULE, World, now, person, policy, scope, segment, settings};
use parclose_access::OpCtx;
use parclose_query::{EngineError, MOST_SEGMENTS, SegmentsQuestion, ValuesQuestion};
use serde_json::{Value as Json, json};

fn rows() -> Rows {
    let of = |n: i64, team: &str, conversation: &str| {
        segment(
            json!({"kind": "Conversation", "abandoned": "No", "segment_id": format!("s{n:02}"), "conversation_id": conversation, "handling_team_name": team,
            "queue": if n % 3 == 0 { "Calls" } else { "Chats" }, "talk_time": n, "segment_start": format!("2026-11-02T10:{n:02}:00Z")}),
        )
    };
    let mut segments: Vec<_> = (0..10).map(|n| of(n, "Anvils", "c1")).collect();
    segments.extend((10..20).map(|n| of(n, "Bolts", "c1")));
    segments.push(of(20, "Bolts", "c2"));
    Rows { segments, ..Rows::default() }
}

/// Runs with the scope of a person of the team, or of everybody.
macro_rules! with_scope {
    ($team:expr, |$world:ident, $scope:ident| $body:expr) => {
        crate::support::run(async {
            let $world = World::new(&rows()).await;
            let team: Option<&str> = $team;
            let values: Vec<&str> = team.into_iter().collect();
            let caller = person(&[("team", &values)]);
            let ctx = OpCtx::new(&caller, "r1", now());
            let $scope = scope(&ctx, &policy(team.map(|_| TEAM_RULE)));
            $body
        })
    };
}

fn values(json: Json) -> ValuesQuestion {
    serde_json::from_value(json).unwrap()
}
fn segments(json: Json) -> SegmentsQuestion {
    serde_json::from_value(json).unwrap()
}

#[test]
fn values_are_counted_searched_and_cut() {
    with_scope!(None, |world, scope| {
        let ask = async |more: Json| {
            let mut question = json!({"attribute": "queue", "range": {"preset": "last_7_days"}});
            question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!(world.engine().values(&scope, &settings(), now(), &values(question)).await.unwrap())
        };
        assert_eq!(
            ask(json!({})).await,
            json!({"values": [{"value": "Chats", "count": 14}, {"value": "Calls", "count": 7}], "truncated": false})
        );
        assert_eq!(ask(json!({"limit": 1})).await, json!({"values": [{"value": "Chats", "count": 14}], "truncated": true}));
        assert_eq!(ask(json!({"search": "ALL"})).await["values"], json!([{"value": "Calls", "count": 7}]));
        assert_eq!(ask(json!({"search": "%"})).await["values"], json!([]));
        let error = world
            .engine()
            .values(&scope, &settings(), now(), &values(json!({"attribute": "talk_time", "range": {"preset": "today"}})))
            .await;
        assert!(matches!(error, Err(EngineError::Query(_))));
    });
}

#[test]
fn values_show_what_rows_in_scope_have() {
    with_scope!(Some("Anvils"), |world, scope| {
        let question = values(json!({"attribute": "handling_team_name", "range": {"preset": "all"}}));
        let got = world.engine().values(&scope, &settings(), now(), &question).await.unwrap();
        assert_eq!(json!(got.values), json!([{"value": "Anvils", "count": 10}]));
    });
}

#[test]
fn pages_follow_each_other_and_belong_to_their_question() {
    with_scope!(None, |world, scope| {
        let engine = world.engine();
        let mut question = segments(json!({"data_set": "conversations", "range": {"preset": "last_7_days"}, "limit": 8}));
        let mut ids = Vec::new();
        let mut pages = 0;
        let at = loop {
            let page = engine.segments(&scope, &settings(), now(), &question).await.unwrap();
            assert_eq!(page.total, 21);
            let id = page.columns.iter().position(|c| c.name == "segment_id").unwrap();
            ids.extend(page.rows.iter().map(|row| row[id].as_str().unwrap().to_owned()));
            pages += 1;
            match page.next {
                Some(next) => question.cursor = Some(next),
                None => break question.cursor.clone(),
            }
        };
        let expected: Vec<String> = (0..21).rev().map(|n| format!("s{n:02}")).collect();
        assert_eq!((pages, ids), (3, expected));
        // A cursor of another question, of another person or made up is refused.
        let mut other = segments(json!({"data_set": "conversations", "range": {"preset": "last_7_days"}, "limit": 9}));
        for cursor in [at, Some("0".into()), Some("..".into()), Some(format!("{}.99999999999999999999", "0".repeat(24)))] {
            other.cursor = cursor;
            assert!(matches!(engine.segments(&scope, &settings(), now(), &other).await, Err(EngineError::Query(_))));
        }
    });
}

#[test]
fn segments_behind_a_number() {
    with_scope!(Some("Bolts"), |world, scope| {
        let question = segments(json!({"data_set": "conversations", "range": {"preset": "last_7_days"}, "metric": {"metric": "talk_time"},
            "filters": [{"attribute": "talk_time", "op": "at_most", "values": [11.5]}], "sort": {"by": "talk_time", "direction": "ascending"}}));
        let answer = world.engine().segments(&scope, &settings(), now(), &question).await.unwrap();
        let talk = answer.columns.iter().position(|c| c.name == "talk_time").unwrap();
        assert_eq!(answer.rows.iter().map(|r| r[talk].clone()).collect::<Vec<_>>(), [json!(10), json!(11)]);
        assert_eq!(answer.rows[0][0], "2026-11-02T11:10:00+01:00");
        let handled = segments(json!({"data_set": "conversations", "range": {"preset": "last_7_days"}, "metric": {"metric": "abandoned"}}));
        assert_eq!(world.engine().segments(&scope, &settings(), now(), &handled).await.unwrap().total, 0);
        let workload = segments(json!({"data_set": "workload", "range": {"preset": "today"}}));
        assert!(world.engine().segments(&scope, &settings(), now(), &workload).await.is_err());
    });
}

#[test]
fn a_very_long_conversation_says_that_it_is_cut_and_keeps_its_beginning() {
    crate::support::run(async {
        let of = |n: usize| {
            segment(json!({"kind": "Conversation", "segment_id": format!("s{n:05}"), "conversation_id": if n < MOST_SEGMENTS { "just" } else { "long" },
                "segment_start": format!("2026-11-02T{:02}:{:02}:{:02}Z", n / 3600 % 24, n / 60 % 60, n % 60)}))
        };
        let world = World::new(&Rows { segments: (0..2 * MOST_SEGMENTS + 1).map(of).collect(), ..Rows::default() }).await;
        let caller = person(&[]);
        let ctx = OpCtx::new(&caller, "r1", now());
        let scope = scope(&ctx, &policy(None));
        let just = world.engine().conversation(&scope, "just").await.unwrap();
        assert_eq!((just.segments.len(), just.truncated), (MOST_SEGMENTS, false));
        let long = world.engine().conversation(&scope, "long").await.unwrap();
        assert_eq!((long.segments.len(), long.truncated), (MOST_SEGMENTS, true));
        assert_eq!(long.segments[0].get("segment_id").as_text(), Some(format!("s{MOST_SEGMENTS:05}").as_str()));
    })
}

#[test]
fn each_side_of_a_conversation_sees_its_own_part() {
    with_scope!(Some("Anvils"), |world, scope| {
        let own = world.engine().conversation(&scope, "c1").await.unwrap();
        let ids: Vec<_> = own.segments.iter().map(|r| r.get("segment_id").as_text().unwrap().to_owned()).collect();
        assert_eq!(ids, (0..10).map(|n| format!("s{n:02}")).collect::<Vec<_>>());
        // Somebody else's conversation and one that never was look the same.
        for id in ["c2", "c99", "", "' OR '1'='1"] {
            assert!(world.engine().conversation(&scope, id).await.unwrap().segments.is_empty(), "{id}");
        }
    });
}
