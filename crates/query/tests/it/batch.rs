//! Batches: order, limits, totals, comparison, errors of one report among others, shared questions.

use crate::support::{Rows, World, ask, ask_with, now, one, person, person_of, policy, rows_of, run, scope, segment, settings};
use parclose_access::OpCtx;
use parclose_query::{Batch, EngineError, PackedSettings};
use serde_json::{Value as Json, json};

fn rows() -> Rows {
    let mut segments = Vec::new();
    let talks = [("Calls", "c1", 10), ("Calls", "c2", 20), ("Chats", "c3", 30), ("Mails", "c4", 5), ("Mails", "c5", 5)];
    for (at, (queue, conversation, talk)) in talks.iter().enumerate() {
        segments.push(segment(json!({"kind": "Conversation", "abandoned": "No", "queue": queue, "conversation_id": conversation, "segment_id": format!("s{at}"),
            "talk_time": talk, "handling_team_name": if at < 2 { "Anvils" } else { "Bolts" }, "segment_start": format!("2026-11-0{}T10:00:00Z", at + 1)})));
    }
    segments.push(segment(json!({"kind": "Conversation", "abandoned": "No", "conversation_id": "c6", "segment_id": "s9", "talk_time": 1,
        "segment_start": "2026-10-12T10:00:00Z"})));
    Rows { segments, ..Rows::default() }
}

fn talk(more: Json) -> Json {
    let mut query = json!({"data_set": "conversations", "metrics": [{"metric": "talk_time"}], "attributes": ["queue"]});
    query.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    query
}

#[test]
fn order_ties_limit_and_totals() {
    run(async {
        let world = World::new(&rows()).await;
        let answer = ask(&world, one(talk(json!({"totals": true})))).await;
        assert_eq!(rows_of(&answer), json!([["Calls", 30], ["Chats", 30], ["Mails", 5]]));
        assert_eq!(json!(answer.reports[0].totals), json!([null, 65]));
        let answer =
            ask(&world, one(talk(json!({"limit": 2, "totals": true, "sort": [{"by": "queue", "direction": "descending"}]})))).await;
        assert_eq!(rows_of(&answer), json!([["Mails", 5], ["Chats", 30]]));
        assert!(answer.reports[0].truncated);
        assert_eq!(json!(answer.reports[0].totals), json!([null, 65]), "the limit does not cut totals");
        let answer = ask(&world, one(talk(json!({"sort": [{"by": "talk_time", "direction": "ascending"}], "limit": 3})))).await;
        assert_eq!(rows_of(&answer), json!([["Mails", 5], ["Calls", 30], ["Chats", 30]]));
        assert!(!answer.reports[0].truncated);
        assert_eq!(answer.row_count(), 3);
    });
}

#[test]
fn shape_of_the_answer() {
    run(async {
        let world = World::new(&rows()).await;
        let query = json!({"data_set": "conversations", "metrics": [{"metric": "handled"}, {"metric": "answered_within", "seconds": 20}], "attributes": ["queue", "time.day"]});
        let answer = json!(ask(&world, one(query)).await);
        assert_eq!(
            answer["reports"][0]["columns"],
            json!([
                {"name": "queue", "title": "Queue", "role": "attribute", "format": "text"},
                {"name": "time.day", "title": "Day", "role": "time", "format": "day"},
                {"name": "handled", "title": "Handled conversations", "role": "metric", "format": "count", "good": "up"},
                {"name": "answered_within:20", "title": "Answered within 20 s", "role": "metric", "format": "percent", "good": "up"},
            ])
        );
        assert_eq!(answer["reports"][0]["rows"][0], json!(["Calls", "2026-11-01T00:00:00+01:00", 1, null]));
        assert_eq!(answer["range"]["from"], "2026-10-20");
        assert_eq!(answer["range"]["to"], "2026-11-04");
        assert_eq!(answer["range"]["time_zone"], "Europe/Prague");
        assert_eq!(answer["scope"], json!({"state": "open", "label": "All units", "policy_version": 0}));
        assert_eq!(answer["freshness"]["data_version"], 1);
    });
}

#[test]
fn the_previous_period_has_the_same_shape() {
    run(async {
        let world = World::new(&rows()).await;
        let mut batch = one(talk(json!({"totals": true})));
        batch["range"] = json!({"from": "2026-10-26", "to": "2026-11-04"});
        batch["compare"] = json!("previous_period");
        let answer = ask(&world, batch.clone()).await;
        let previous = answer.reports[0].previous.as_ref().unwrap();
        assert_eq!((json!(previous.rows), json!(previous.totals)), (json!([]), json!([null, null])));
        assert!(previous.whole, "there is a row before it, on 12 October");
        batch["range"] = json!({"from": "2026-10-19", "to": "2026-11-04"});
        let answer = ask(&world, batch).await;
        let previous = answer.reports[0].previous.as_ref().unwrap();
        assert_eq!(json!(previous.rows), json!([[null, 1]]));
        assert!(!previous.whole, "it begins ten days before the first row");
        assert_eq!(rows_of(&answer), json!([["Calls", 30], ["Chats", 30], ["Mails", 5]]), "5 November is outside");
        assert_eq!(answer.range.previous_from_instant.as_deref(), Some("2026-10-02T00:00:00+02:00"));
        assert_eq!(answer.range.previous_to_instant.as_deref(), Some("2026-10-19T00:00:00+02:00"));
    });
}

/// Anvils' first row is of 1 November; somebody else's of 12 October must not be seen in what is said of their period. The same
/// from the lake, from packed columns, and where there was no room to pack anything.
#[test]
fn how_far_back_rows_reach_is_the_persons_own() {
    run(async {
        let world = World::new(&rows()).await;
        let no_room = PackedSettings { most_bytes: 1, ..PackedSettings::default() };
        let engines = [world.engine(), world.packed(&["queue"]), world.packed_as(&["queue"], |engine| engine.with_packed(&no_room))];
        let mut batch = one(talk(json!({"filters": [{"attribute": "queue", "op": "in", "values": ["Nowhere"]}]})));
        batch["compare"] = json!("previous_period");
        for (from, to, everybody, anvils) in [
            ("2026-11-03", "2026-11-04", true, false),
            ("2026-11-03", "2026-11-03", true, true),
            ("2026-10-20", "2026-11-04", false, false),
        ] {
            batch["range"] = json!({"from": from, "to": to});
            let asked: Batch = serde_json::from_value(batch.clone()).unwrap();
            for (nth, engine) in engines.iter().enumerate() {
                for (rules, teams, expected) in [
                    (None, &[][..], everybody),
                    (Some(crate::support::TEAM_RULE), &["Anvils"][..], anvils),
                    (Some(crate::support::TEAM_RULE), &[][..], false),
                ] {
                    let caller = person(&[("team", teams)]);
                    let ctx = OpCtx::new(&caller, "r1", now());
                    let answer = engine.batch(&scope(&ctx, &policy(rules)), &settings(), now(), &asked).await.unwrap();
                    let whole = answer.reports[0].previous.as_ref().unwrap().whole;
                    assert_eq!(whole, expected, "engine {nth}, from {from} to {to}, teams {teams:?}");
                }
            }
        }
    });
}

#[test]
fn a_wrong_report_fails_alone() {
    run(async {
        let world = World::new(&rows()).await;
        let bad = [
            talk(json!({"attributes": ["queues"]})),
            talk(json!({"metrics": [{"metric": "talk"}]})),
            talk(json!({"metrics": []})),
            talk(json!({"attributes": ["queue", "queue"]})),
            talk(json!({"attributes": ["time.day", "time.week"]})),
            talk(json!({"metrics": [{"metric": "talk_time"}, {"metric": "talk_time"}]})),
            talk(json!({"metrics": [{"metric": "answered_within"}]})),
            talk(json!({"sort": [{"by": "agent_name", "direction": "ascending"}]})),
            talk(json!({"limit": 5001})),
            talk(json!({"filters": [{"attribute": "talk_time", "op": "at_least", "values": []}]})),
            talk(json!({"filters": [{"attribute": "talk_time", "op": "in", "values": ["1"]}]})),
            talk(json!({"filters": [{"attribute": "unit_key", "op": "in", "values": ["1"]}]})),
            talk(json!({"data_set": "workload"})),
        ];
        let mut reports: Vec<Json> = bad.iter().enumerate().map(|(at, q)| json!({"id": at.to_string(), "query": q})).collect();
        reports.push(json!({"id": "good", "query": talk(json!({}))}));
        let answer = ask(&world, json!({"range": {"preset": "last_30_days"}, "reports": reports})).await;
        for report in &answer.reports[..bad.len()] {
            assert_eq!(report.error.as_ref().map(|e| e.code), Some("invalid_query"), "{}", report.id);
            assert!(report.rows.is_empty() && report.totals.is_none());
        }
        let good = answer.reports.last().unwrap();
        assert_eq!((good.error.is_none(), good.rows.len()), (true, 4));
        assert_eq!(answer.reports.iter().map(|r| r.id.as_str()).take(2).collect::<Vec<_>>(), ["0", "1"]);
    });
}

#[test]
fn filters_of_the_request_and_of_the_report_intersect() {
    run(async {
        let world = World::new(&rows()).await;
        let mut batch = one(talk(json!({"filters": [{"attribute": "queue", "op": "in", "values": ["Calls", "Chats"]}]})));
        batch["filters"] = json!([{"attribute": "queue", "op": "in", "values": ["Calls", "Mails", null]}]);
        assert_eq!(rows_of(&ask(&world, batch).await), json!([["Calls", 30]]));
        // A filter for everything does not reach beyond the scope.
        let all = talk(json!({"filters": [{"attribute": "handling_team_name", "op": "not_in", "values": []}]}));
        let answer = ask_with(&world, &settings(), Some(crate::support::TEAM_RULE), &[("team", &["Anvils"])], one(all)).await;
        assert_eq!(rows_of(&answer), json!([["Calls", 30]]));
        assert_eq!((answer.scope.state.as_str(), answer.scope.label.as_str()), ("some", "Anvils"));
        let nobody = ask_with(&world, &settings(), Some(crate::support::TEAM_RULE), &[], one(talk(json!({"totals": true})))).await;
        assert_eq!((rows_of(&nobody), json!(nobody.reports[0].totals)), (json!([]), json!([null, null])));
    });
}

#[test]
fn shared_and_separate_answers_are_the_same() {
    run(async {
        let world = World::new(&rows()).await;
        let queries = [
            talk(json!({"totals": true})),
            talk(json!({"metrics": [{"metric": "handled"}], "totals": true})),
            talk(json!({"attributes": ["time.weekday"]})),
        ];
        let reports: Vec<Json> = queries.iter().enumerate().map(|(at, q)| json!({"id": at.to_string(), "query": q})).collect();
        let together = ask(&world, json!({"range": {"preset": "all"}, "reports": reports})).await;
        for (at, query) in queries.iter().enumerate() {
            let alone = ask(&world, json!({"range": {"preset": "all"}, "reports": [{"id": at.to_string(), "query": query}]})).await;
            assert_eq!(alone.reports[0], together.reports[at]);
        }
    });
}

#[test]
fn wrong_requests_fail_as_a_whole() {
    run(async {
        let world = World::new(&rows()).await;
        let caller = person(&[]);
        let ctx = OpCtx::new(&caller, "r1", now());
        let scope = scope(&ctx, &policy(None));
        let report = json!({"id": "r", "query": talk(json!({}))});
        for bad in [
            json!({"range": {"from": "2026-11-02", "to": "2026-11-01"}, "reports": []}),
            json!({"range": {"preset": "today"}, "filters": [{"attribute": "nope", "op": "in", "values": []}], "reports": []}),
            json!({"range": {"preset": "today"}, "reports": vec![report; 41]}),
        ] {
            let batch: Batch = serde_json::from_value(bad.clone()).unwrap();
            let result = world.engine().batch(&scope, &settings(), now(), &batch).await;
            assert!(matches!(result, Err(EngineError::Query(_))), "{bad}");
        }
    });
}

#[test]
fn a_scope_of_another_workspace_gets_nothing() {
    run(async {
        let world = World::new(&rows()).await;
        let caller = person_of("other", &[]);
        let ctx = OpCtx::new(&caller, "r1", now());
        let open = parclose_access::Policy::loaded(parclose_model::WorkspaceId::new("other"), Ok::<_, ()>(None));
        let scope = scope(&ctx, &open);
        let batch: Batch = serde_json::from_value(one(talk(json!({})))).unwrap();
        assert!(matches!(world.engine().batch(&scope, &settings(), now(), &batch).await, Err(EngineError::Failed)));
        assert!(world.engine().conversation(&scope, "c1").await.is_err());
    });
}
