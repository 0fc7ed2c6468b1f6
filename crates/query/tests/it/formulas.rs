//! Every built-in formula against numbers that were worked out by hand.

use crate::support::{Rows, World, ask_with, one, row, rows_of, run, segment, settings};
use parclose_model::settings::ServiceLevelOverride;
use parclose_model::{Row, TableId, WorkspaceSettings};
use serde_json::{Value as Json, json};

/// Six conversations: three handled (one of them in two parts), two abandoned (one of them short), a follow-up.
fn conversations() -> Vec<Row> {
    let rows = json!([
        // c1: waited 10, transferred to a second agent; both parts handled.
        {"kind": "Queue", "conversation_id": "c1", "queue": "Calls", "channel": "Call", "queue_time": 10, "abandoned": "No"},
        {"kind": "Conversation", "conversation_id": "c1", "queue": "Calls", "channel": "Call", "direction": "Inbound", "agent_id": "a1", "customer_id": "u1",
         "abandoned": "No", "queue_time": 10, "ring_time": 4, "talk_time": 100, "wrap_up_time": 20, "hold_time": 0, "followed_by": "Transfer"},
        {"kind": "Queue", "conversation_id": "c1", "queue": "Chats", "channel": "Call", "queue_time": 70, "abandoned": "No"},
        {"kind": "Conversation", "conversation_id": "c1", "queue": "Chats", "channel": "Call", "direction": "Inbound", "agent_id": "a2", "customer_id": "u1",
         "abandoned": "No", "queue_time": 70, "ring_time": 6, "talk_time": 50, "wrap_up_time": null, "hold_time": 30},
        // c2: outbound, no queue.
        {"kind": "Conversation", "conversation_id": "c2", "channel": "Call", "direction": "Outbound", "agent_id": "a1", "customer_id": "u2",
         "abandoned": "No", "ring_time": 12, "talk_time": 200, "wrap_up_time": 40, "hold_time": 10},
        // c3: chat, in progress.
        {"kind": "Conversation in Progress", "conversation_id": "c3", "queue": "Chats", "channel": "Chat", "agent_id": "a2", "queue_time": 5},
        // c4: left after 90 seconds; c5: left after 3.
        {"kind": "Queue", "conversation_id": "c4", "queue": "Calls", "channel": "Call", "queue_time": 90, "abandoned": "Yes", "abandoned_phase": "Queue", "abandon_time": 90},
        {"kind": "Conversation", "conversation_id": "c4", "queue": "Calls", "channel": "Call", "queue_time": 90, "abandoned": "Yes", "abandoned_phase": "Queue", "abandon_time": 90, "customer_id": "u3"},
        {"kind": "Queue", "conversation_id": "c5", "queue": "Calls", "channel": "Call", "queue_time": 3, "abandoned": "Yes", "abandoned_phase": "Queue", "abandon_time": 3},
        {"kind": "Conversation", "conversation_id": "c5", "queue": "Calls", "channel": "Call", "queue_time": 3, "abandoned": "Yes", "abandoned_phase": "Queue", "abandon_time": 3},
        // c6: asked for a callback. c7: left a voicemail, which is no abandon.
        {"kind": "Conversation", "conversation_id": "c6", "queue": "Calls", "channel": "Call", "abandoned": "Follow-Up"},
        {"kind": "Conversation", "conversation_id": "c7", "queue": "Calls", "channel": "Call", "abandoned": "Yes", "abandoned_phase": "Voicemail", "abandon_time": 30},
        {"kind": "Missed Conversation", "conversation_id": "c1", "agent_id": "a3", "ring_time": 20},
        {"kind": "Rejected Conversation", "conversation_id": "c1", "agent_id": "a3", "ring_time": 2},
        {"kind": "Revoked Conversation", "conversation_id": "c4", "agent_id": "a1", "ring_time": 2},
        {"kind": "Corrupted Conversation Segment", "conversation_id": "c8", "agent_id": "a1", "talk_time": 999_999},
    ]);
    rows.as_array().unwrap().iter().cloned().map(segment).collect()
}

fn activities() -> Vec<Row> {
    let rows = json!([
        {"kind": "Agent Status", "agent_id": "a1", "activity": "Available", "activity_time": 300},
        {"kind": "Agent Status", "agent_id": "a1", "activity": "Break", "activity_time": 100},
        {"kind": "Agent Status", "agent_id": "a2", "activity": "Offline", "activity_time": 1000},
        {"kind": "Agent Status", "agent_id": "a2", "activity": null, "activity_time": 7},
        {"kind": "Agent Status in Progress", "agent_id": "a1", "activity": "Available"},
        {"kind": "Agent Status in Progress", "agent_id": "a2", "activity": "Offline"},
    ]);
    rows.as_array().unwrap().iter().cloned().map(segment).collect()
}

fn workload() -> Vec<Row> {
    let rows = json!([
        {"kind": "Conversation", "agent_id": "a1", "workload_talk_time": 600, "workload_wrap_up_time": 120},
        {"kind": "Conversation", "agent_id": "a1", "workload_talk_time": 60, "workload_wrap_up_time": null},
        {"kind": "Agent Status", "agent_id": "a1", "activity": "Available", "workload_activity_time": 260, "parallel_conversations": 0},
        {"kind": "Agent Status", "agent_id": "a1", "activity": "Available", "workload_activity_time": 640, "parallel_conversations": 2},
        {"kind": "Agent Status", "agent_id": "a1", "activity": "Break", "workload_activity_time": 100, "parallel_conversations": 0},
        {"kind": "Agent Status", "agent_id": "a2", "activity": "Offline", "workload_activity_time": 900, "parallel_conversations": 0},
    ]);
    let at = |mut json: Json| {
        json["segment_start"] = json!("2026-11-02T10:00:00Z");
        row(TableId::Workload, json)
    };
    rows.as_array().unwrap().iter().cloned().map(at).collect()
}

async fn numbers(world: &World, settings: &WorkspaceSettings, set: &str, metrics: &[&str]) -> Vec<f64> {
    let metrics: Vec<Json> = metrics
        .iter()
        .map(|name| match name.split_once(':') {
            Some((name, seconds)) => json!({"metric": name, "seconds": seconds.parse::<u32>().unwrap()}),
            None => json!({"metric": name}),
        })
        .collect();
    let answer = ask_with(world, settings, None, &[], one(json!({"data_set": set, "metrics": metrics}))).await;
    rows_of(&answer)[0].as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

async fn check(world: &World, settings: &WorkspaceSettings, set: &str, expected: &[(&str, f64)]) {
    for part in expected.chunks(20) {
        let names: Vec<&str> = part.iter().map(|(name, _)| *name).collect();
        let got = numbers(world, settings, set, &names).await;
        for ((name, expected), got) in part.iter().zip(got) {
            assert!((got - expected).abs() < 1e-12, "{name}: {got} and not {expected}");
        }
    }
}

fn world() -> Rows {
    Rows { segments: [conversations(), activities()].concat(), workload: workload(), agents: Vec::new() }
}

#[test]
fn conversations_by_hand() {
    run(async {
        let world = World::new(&world()).await;
        let handled = [100.0, 50.0, 200.0];
        check(
            &world,
            &settings(),
            "conversations",
            &[
                ("conversations", 6.0), // c1 c2 c4 c5 c6 c7
                ("handled", 2.0),
                ("handled_segments", 3.0),
                ("abandoned", 2.0),
                ("abandoned_pct", 2.0 / 6.0),
                ("abandoned_segments", 2.0),
                ("abandoned_segments_pct", 2.0 / 4.0),
                ("follow_ups", 1.0),
                ("queued", 4.0),
                ("in_progress", 1.0),
                ("missed_segments", 1.0),
                ("rejected_segments", 1.0),
                // 1 missed of 3 handled + 1 missed + 1 rejected + 1 revoked with an agent.
                ("missed_pct", 1.0 / 6.0),
                ("corrupted_segments", 1.0),
                ("segments", 16.0),
                ("transfers", 1.0),
                ("transfer_pct", 1.0 / 3.0),
                // Answered in 10 and 70 seconds; of the abandons 90 counts and 3 is short; 60 is the threshold.
                ("service_level", 1.0 / 3.0),
                ("answered_within:20", 0.5),
                ("answered_within:9", 0.0),
                ("answered_within:70", 1.0),
                ("asa", 40.0),
                // Talk 350 + wrap-up 60 + ring of the outbound 12, over three segments.
                ("aht", 422.0 / 3.0),
                ("handling_time", 422.0),
                ("talk_time", handled.iter().sum()),
                ("average_talk_time", 350.0 / 3.0),
                ("average_wrap_up_time", 30.0),
                ("average_ring_time", 22.0 / 3.0),
                ("average_hold_time", 20.0),
                ("median_hold_time", 20.0),
                ("conversations_with_hold", 2.0),
                ("conversations_with_hold_pct", 1.0),
                ("average_abandon_time", 46.5),
                ("longest_wait", 90.0),
                // Waits 3, 10, 70, 90: linear between neighbours.
                ("queue_time_p50", 40.0),
                ("queue_time_p90", 84.0),
                ("queue_time_p95", 87.0),
                ("customers", 3.0),
                ("agents", 2.0),
            ],
        )
        .await;
    });
}

#[test]
fn activities_and_workload_by_hand() {
    run(async {
        let world = World::new(&world()).await;
        check(
            &world,
            &settings(),
            "activities",
            &[
                ("activity_time", 1407.0),
                ("available_time", 300.0),
                ("logged_in_time", 400.0),
                ("offline_time", 1000.0),
                ("activities", 4.0),
                ("active_agents", 2.0),
                ("available_pct", 0.75),
                ("agents_now", 1.0),
            ],
        )
        .await;
        check(
            &world,
            &settings(),
            "workload",
            &[
                ("workload_talk_time", 660.0),
                ("workload_wrap_up_time", 120.0),
                ("workload_activity_time", 1900.0),
                ("idle_time", 260.0),
                ("occupancy", 780.0 / 1040.0),
                ("utilisation", 780.0 / 1000.0),
                ("parallel_conversations_max", 2.0),
            ],
        )
        .await;
    });
}

#[test]
fn service_levels_of_their_own_for_queues_and_channels() {
    run(async {
        let world = World::new(&world()).await;
        let of = |queue: Option<&str>, channel: Option<&str>, seconds| ServiceLevelOverride {
            queue: queue.map(Into::into),
            channel: channel.map(Into::into),
            seconds,
        };
        // (overrides, short abandons, answered within, of how many). Answered: Calls 10, Chats 70; abandoned: 90 and 3.
        let cases = [
            (vec![], 5, 1.0, 3.0),
            (vec![], 4, 1.0, 3.0),
            (vec![], 3, 1.0, 4.0),
            (vec![], 91, 1.0, 2.0),
            (vec![of(Some("Chats"), None, 70)], 5, 2.0, 3.0),
            (vec![of(Some("Chats"), None, 69)], 5, 1.0, 3.0),
            (vec![of(None, Some("Call"), 5)], 5, 0.0, 3.0),
            (vec![of(Some("Chats"), Some("Call"), 100), of(None, Some("Call"), 5)], 5, 1.0, 3.0),
            // The first that fits wins, even when a later one is milder.
            (vec![of(None, Some("Call"), 5), of(Some("Chats"), None, 100)], 5, 0.0, 3.0),
            (vec![of(Some("Other"), None, 5)], 5, 1.0, 3.0),
        ];
        for (overrides, short, within, all) in cases {
            let words = format!("{overrides:?} {short}");
            let settings = WorkspaceSettings { service_level_overrides: overrides, short_abandon_seconds: short, ..settings() };
            assert_eq!(numbers(&world, &settings, "conversations", &["service_level"]).await, [within / all], "{words}");
        }
    });
}

#[test]
fn no_rows_and_no_denominators_are_null() {
    run(async {
        let world = World::new(&Rows::default()).await;
        let query = json!({"data_set": "conversations", "metrics": [{"metric": "handled"}, {"metric": "talk_time"}, {"metric": "abandoned_pct"},
            {"metric": "service_level"}, {"metric": "aht"}, {"metric": "queue_time_p90"}, {"metric": "longest_wait"}], "totals": true});
        let answer = ask_with(&world, &settings(), None, &[], one(query)).await;
        assert_eq!(rows_of(&answer), json!([[0, null, null, null, null, null, null]]));
        assert_eq!(json!(answer.reports[0].totals), json!([0, null, null, null, null, null, null]));
        let grouped = json!({"data_set": "conversations", "metrics": [{"metric": "handled"}], "attributes": ["queue"], "totals": true});
        let answer = ask_with(&world, &settings(), None, &[], one(grouped)).await;
        assert_eq!(rows_of(&answer), json!([]));
        assert_eq!(json!(answer.reports[0].totals), json!([null, 0]));
    });
}

#[test]
fn a_total_of_ratios_is_the_ratio_of_the_sums() {
    run(async {
        let world = World::new(&world()).await;
        let query = json!({"data_set": "conversations", "metrics": [{"metric": "abandoned_segments_pct"}, {"metric": "asa"}, {"metric": "conversations"}],
            "attributes": ["queue"], "totals": true});
        let answer = ask_with(&world, &settings(), None, &[], one(query)).await;
        // Calls: 2 of 3 waits abandoned; Chats: 0 of 1. The mean would be 1/3, the ratio of the sums is 2/4. c1 is in both queues.
        assert_eq!(json!(answer.reports[0].totals), json!([null, 0.5, 40, 6]));
        let rows = rows_of(&answer);
        assert_eq!(rows, json!([["Calls", 2.0 / 3.0, 10, 5], ["Chats", 0.0, 70, 1], [null, null, null, 1]]));
    });
}
