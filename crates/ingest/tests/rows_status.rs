//! Agent status and workload (domain reference 2.2, 2.7, 2.8).

mod rows_support;

use parclose_ingest::UnitRows;
use parclose_ingest::rows::{Busy, WorkerInput, worker_day_rows, worker_now_rows};
use parclose_model::{Event, EventKind};
use rows_support::*;
use serde_json::json;

fn day(updates: &[Event], busy: &[Busy]) -> UnitRows {
    worker_day_rows(&WorkerInput { worker: "WK1", day: DAY, updates, busy, next_day_started: true })
}

#[test]
fn each_update_closes_the_activity_before() {
    let rows = day(
        &[
            update("EV2", "09:30:00.250", "Available", "Break", 1_799_900),
            update("EV1", "09:00:00.350", "Offline", "Available", 10_800_000),
        ],
        &[],
    );
    let columns = ["kind", "segment_id", "activity", "segment_start", "segment_end", "activity_time"];
    assert_eq!(
        table(&rows.segments, &columns),
        [
            "Agent Status | WK1-S1795251600350 | Offline | 06:00:00 | 09:00:00 | 10800",
            "Agent Status | WK1-S1795253400250 | Available | 09:00:00 | 09:30:00 | 1800",
        ]
    );
    let columns =
        ["unit_key", "agent_id", "agent_name", "handling_team_id", "handling_team_name", "handling_department_id"];
    assert_eq!(table(&rows.segments[..1], &columns), ["W:WK1:2026-11-21 | WK1 | Dina Doe | 7 | Anvils | d"]);
    assert_eq!(table(&rows.segments[..1], &["conversation_id", "task_id", "queue", "abandoned"]), ["- | - | - | -"]);
    assert!(!rows.open);
}

#[test]
fn a_day_holds_what_ends_on_it_and_is_open_until_the_next() {
    let mut updates = vec![update("EV1", "00:00:10", "Offline", "Available", 20_000)];
    updates.push(Event { at_ms: at("00:00:00") - 5_000, id: "EV0".into(), ..updates[0].clone() });
    let input = WorkerInput { worker: "WK1", day: DAY, updates: &updates, busy: &[], next_day_started: false };
    let rows = worker_day_rows(&input);
    assert!(rows.open);
    assert_eq!(rows.segments.len(), 1);
    assert_eq!(show(&rows.segments[0], "activity_time"), "15", "never before the update before");
}

#[test]
fn time_is_taken_from_where_it_is_known() {
    let plain = |id: &str, clock: &str, to: &str| status_event(id, at(clock), json!({"worker_activity_name": to}));
    let mut seconds = plain("EV3", "09:01:00", "Offline");
    seconds.payload.insert("worker_time_in_previous_activity".into(), json!("26"));
    let rows = day(&[plain("EV1", "09:00:00", "Available"), plain("EV2", "09:00:20", "Break"), seconds], &[]);
    assert_eq!(
        table(&rows.segments, &["kind", "activity", "segment_start", "activity_time"]),
        [
            "Corrupted Conversation Segment | - | 09:00:00 | -",
            "Agent Status | Available | 09:00:00 | 20",
            "Agent Status | Break | 09:00:34 | 26",
        ]
    );
    assert_eq!(sum(&rows.workload, "workload_activity_time"), 46);
}

#[test]
fn slices_are_cut_at_quarter_hours_and_where_conversations_begin_and_end() {
    let busy = [
        Busy { from_ms: at("09:05:00.700"), to_ms: Some(at("09:20:00.100")) },
        Busy { from_ms: at("09:10:00"), to_ms: None },
        Busy { from_ms: at("09:12:00.100"), to_ms: Some(at("09:12:00.900")) },
    ];
    let rows = day(&[update("EV1", "09:30:00", "Available", "Break", 1_680_000)], &busy);
    let columns = ["segment_start", "segment_end", "workload_activity_time", "parallel_conversations"];
    assert_eq!(
        table(&rows.workload, &columns),
        [
            "09:02:00 | 09:05:00 | 180 | 0",
            "09:05:00 | 09:10:00 | 300 | 1",
            "09:10:00 | 09:15:00 | 300 | 2",
            "09:15:00 | 09:20:00 | 300 | 2",
            "09:20:00 | 09:30:00 | 600 | 1",
        ]
    );
    assert_eq!(
        table(&rows.workload[..1], &["kind", "activity", "handling_team_name"]),
        ["Agent Status | Available | Anvils"]
    );
}

#[test]
fn the_current_activity_is_the_latest_by_version() {
    let version = |mut event: Event, version: i64| {
        event.payload.insert("worker_version".into(), json!(version.to_string()));
        event
    };
    let later = version(update("EV1", "09:00:00", "Offline", "Available", 5), 8);
    let older = version(update("EV2", "09:00:01", "Available", "Break", 5), 7);
    let rows = worker_now_rows("WK1", &[older.clone(), later.clone()]);
    let columns = ["kind", "segment_id", "activity", "segment_start", "segment_end", "activity_time", "unit_key"];
    assert_eq!(
        table(&rows.segments, &columns),
        ["Agent Status in Progress | WK1-P1795251600000 | Available | 09:00:00 | - | - | P:WK1"]
    );
    assert!(rows.open && rows.workload.is_empty());
    let mut deleted = version(update("EV3", "09:00:02", "Available", "Available", 5), 9);
    deleted.kind = EventKind::new("worker.deleted");
    assert!(worker_now_rows("WK1", &[deleted, older, later]).segments.is_empty());
    assert!(worker_now_rows("WK1", &[]).segments.is_empty());
}

#[test]
fn talk_and_wrap_up_are_counted_where_they_happen() {
    let story = |said: serde_json::Value| {
        Story::new("Sales")
            .task("09:00:00", "task-queue.entered")
            .offer("09:00:01", "created", "WR1", "john")
            .offer("09:10:00", "accepted", "WR1", "john")
            .offer("09:32:00", "wrapup", "WR1", "john")
            .says(said)
            .offer("09:46:00", "completed", "WR1", "john")
            .rows()
    };
    let columns = ["kind", "segment_start", "segment_end", "workload_talk_time", "workload_wrap_up_time"];
    assert_eq!(
        table(&story(json!({})).workload, &columns),
        [
            "Conversation | 09:10:00 | 09:15:00 | 300 | 0",
            "Conversation | 09:15:00 | 09:30:00 | 900 | 0",
            "Conversation | 09:30:00 | 09:45:00 | 120 | 780",
            "Conversation | 09:45:00 | 09:46:00 | 0 | 60",
        ]
    );
    let supplied = story(json!({"conversations": {"talk_time": 1001, "wrap_up_time": 0}}));
    assert_eq!(table(&supplied.workload, &columns[3..]), ["227 | 0", "683 | 0", "91 | 0", "0 | 0"]);
    assert_eq!(show(&supplied.workload[0], "segment_id"), "WR1");
    assert_eq!(show(&supplied.workload[0], "conversation_start"), "09:00:00");
}
