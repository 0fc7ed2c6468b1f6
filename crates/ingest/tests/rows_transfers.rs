//! Parts of a conversation that ended in a transfer, and what follows.

mod rows_support;

use rows_support::*;
use serde_json::json;

const MARKS: [&str; 3] = ["segment_id", "preceded_by", "followed_by"];

fn answered() -> Story {
    Story::new("Level 1")
        .task("09:00:00", "task.created")
        .task("09:00:00.100", "task-queue.entered")
        .offer("09:00:05", "created", "WR1", "john")
        .offer("09:00:10", "accepted", "WR1", "john")
}

fn marks(story: &Story) -> Vec<String> {
    let rows = story.rows();
    let parts: Vec<_> = rows.segments.iter().filter(|r| show(r, "segment_id").starts_with("WR")).cloned().collect();
    table(&parts, &MARKS)
}

#[test]
fn a_transfer_marks_the_part_before_and_the_part_after() {
    let story = answered()
        .task("09:02:00", "task.transfer-initiated")
        .queue("Level 2")
        .task("09:02:00.100", "task-queue.entered")
        .offer("09:02:01", "wrapup", "WR1", "john")
        .offer("09:02:10", "completed", "WR1", "john")
        .offer("09:02:20", "created", "WR2", "alba")
        .offer("09:02:30", "accepted", "WR2", "alba")
        .task("09:02:30.100", "task.transfer-completed")
        .offer("09:05:00", "wrapup", "WR2", "alba")
        .offer("09:05:10", "completed", "WR2", "alba")
        .task("09:05:10.100", "task.completed");
    assert_eq!(marks(&story), ["WR1 | - | Transfer", "WR2 | Transfer | -"]);
    let rows = story.rows();
    assert!(rows.segments.iter().filter(|r| show(r, "kind") == "Queue").all(|r| show(r, "followed_by") == "-"));
}

#[test]
fn a_conversation_that_goes_on_with_somebody_else_was_transferred() {
    let story = answered()
        .offer("09:02:10", "completed", "WR1", "john")
        .offer("09:02:20", "created", "WR2", "alba")
        .offer("09:02:30", "accepted", "WR2", "alba")
        .offer("09:05:10", "completed", "WR2", "alba")
        .task("09:05:10.100", "task.completed");
    assert_eq!(marks(&story), ["WR1 | - | Transfer", "WR2 | Transfer | -"]);
}

#[test]
fn a_transfer_that_fails_is_none() {
    for ending in ["task.transfer-failed", "task.transfer-canceled", "task.transfer-attempt-failed"] {
        let story = answered()
            .task("09:02:00", "task.transfer-initiated")
            .task("09:02:20", ending)
            .offer("09:05:00", "wrapup", "WR1", "john")
            .offer("09:05:10", "completed", "WR1", "john")
            .task("09:05:10.100", "task.completed");
        assert_eq!(marks(&story), ["WR1 | - | -"], "{ending}");
    }
}

#[test]
fn what_the_task_says_comes_first_and_others_stay_unmarked() {
    let said = answered().says(json!({"conversations": {"followed_by": "Callback"}})).task("09:02:00", "task.transfer-initiated").offer(
        "09:02:10",
        "completed",
        "WR1",
        "john",
    );
    assert_eq!(marks(&said), ["WR1 | - | Callback"]);
    let plain = answered().offer("09:02:10", "completed", "WR1", "john").task("09:02:10.100", "task.completed");
    assert_eq!(marks(&plain), ["WR1 | - | -"]);
    // Two agents at once are a conference and no transfer.
    let conference = answered()
        .offer("09:01:00", "created", "WR2", "alba")
        .offer("09:01:05", "accepted", "WR2", "alba")
        .offer("09:03:00", "completed", "WR1", "john")
        .offer("09:03:00", "completed", "WR2", "alba")
        .task("09:03:00.100", "task.completed");
    assert_eq!(marks(&conference), ["WR1 | - | -", "WR2 | - | -"]);
}

#[test]
fn facts_that_make_no_sense_are_left_out() {
    let story = answered()
        .says(json!({"conversations": {"hold_time": 9_007_199_254_740_991_i64, "ivr_time": 10_000_000_000_i64, "silence_time": "-5",
            "conversation_measure_1": 1e300, "conversation_measure_2": -2.5}}))
        .offer("09:02:10", "completed", "WR1", "john");
    let rows = story.rows();
    let row = by_id(&rows, "WR1");
    assert_eq!(show(row, "hold_time"), "-");
    assert_eq!(show(row, "ivr_time"), "10000000000");
    assert_eq!(show(row, "silence_time"), "-");
    assert_eq!(show(row, "conversation_measure_1"), "-");
    assert_eq!(show(row, "conversation_measure_2"), "-2.5");
}
