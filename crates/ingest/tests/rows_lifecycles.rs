//! Whole stories of tasks and the rows that they must become (domain reference 2.2 and 2.7).

mod rows_support;

use rows_support::*;
use serde_json::json;

/// The platform's own worked example: five rows, one conversation. Its table gives John's queue wait as 1:12
/// although 07:21:33 to 07:22:44 is 1:11; the starts and all other facts are kept exactly here, and the wait
/// follows from them.
#[test]
fn worked_example_of_an_abandon_after_a_transfer() {
    let story = Story::new("Level 1")
        .worker("john", json!({"full_name": "John Doe"}))
        .worker("alba", json!({"full_name": "Alba Perez"}))
        .task("07:21:33", "task.created")
        .task("07:21:33.412", "task-queue.entered")
        .offer("07:22:40.800", "created", "WR1", "john")
        .offer("07:22:44.100", "accepted", "WR1", "john")
        .offer("07:25:01.050", "wrapup", "WR1", "john")
        .queue("Level 2")
        .task("07:25:01.100", "task.transfer-initiated")
        .task("07:25:01.130", "task-queue.entered")
        .offer("07:25:02.300", "created", "WR2", "alba")
        .offer("07:25:04.500", "canceled", "WR2", "alba")
        .task("07:25:04.510", "task.canceled")
        .queue("Level 2")
        .offer("07:25:31.000", "completed", "WR1", "john");
    let rows = story.rows();
    assert_eq!(
        table(&rows.segments, &USUAL),
        [
            "Queue | 07:21:33 | - | Level 1 | 71 | - | - | - | No",
            "Conversation | 07:22:44 | John Doe | Level 1 | 71 | 4 | 137 | 30 | No",
            "Queue | 07:25:01 | - | Level 2 | 3 | - | - | - | Yes",
            "Missed Conversation | 07:25:02 | Alba Perez | Level 2 | - | 2 | - | - | No",
            "Conversation | 07:25:04 | - | Level 2 | 3 | - | - | - | Yes",
        ]
    );
    assert_eq!(table(&rows.segments, &["segment_id"]), ["WT1-Q1", "WR1", "WT1-Q2", "WR2", "WT1-A1"]);
    assert_eq!(table(&rows.segments, &["abandon_time", "abandoned_phase"])[2..], ["3 | Queue", "- | -", "3 | Queue"]);
    assert!(rows.segments.iter().all(|row| show(row, "conversation_id") == TASK));
    assert!(rows.segments.iter().all(|row| show(row, "task_id") == TASK && show(row, "unit_key") == "T:WT1"));
    assert!(rows.segments.iter().all(|row| show(row, "conversation_start") == "07:21:33"));
    assert!(!rows.open);
}

fn level(story: Story, queue: &str, entered: &str, created: &str, accepted: &str, wrapup: &str, n: u8) -> Story {
    let (reservation, worker) = (format!("WR{n}"), format!("agent {n}"));
    let kind = if n == 1 { "task-queue.entered" } else { "task.transfer-initiated" };
    story
        .queue(queue)
        .task(entered, kind)
        .offer(created, "created", &reservation, &worker)
        .offer(accepted, "accepted", &reservation, &worker)
        .offer(wrapup, "wrapup", &reservation, &worker)
}

/// The second worked example: one conversation through three levels.
#[test]
fn worked_example_of_three_levels() {
    let story = level(Story::new("1"), "Level 1", "06:42:07", "06:42:08", "06:42:15", "06:42:49", 1);
    let story = level(story, "Level 2", "06:42:50", "06:42:50", "06:42:59", "06:45:39", 2);
    let story = level(story, "Level 3", "06:45:39.900", "06:45:39.950", "06:45:45", "06:48:36", 3)
        .offer("06:43:46", "completed", "WR1", "agent 1")
        .offer("06:53:39", "completed", "WR2", "agent 2")
        .offer("07:01:03", "completed", "WR3", "agent 3")
        .task("07:01:03.100", "task.completed");
    let rows = story.rows();
    let talks: Vec<_> = rows.segments.iter().filter(|row| show(row, "kind") == "Conversation").cloned().collect();
    assert_eq!(
        table(&talks, &["segment_start", "queue", "queue_time", "ring_time", "talk_time", "wrap_up_time"]),
        [
            "06:42:15 | Level 1 | 8 | 7 | 34 | 57",
            "06:42:59 | Level 2 | 9 | 9 | 160 | 480",
            "06:45:45 | Level 3 | 6 | 6 | 171 | 747",
        ]
    );
    assert_eq!(rows.segments.len(), 6);
}

#[test]
fn a_cold_transfer_that_is_answered_is_four_rows() {
    let story = level(Story::new("Sales"), "Sales", "09:00:00", "09:00:03", "09:00:10", "09:05:00", 1);
    let story = level(story, "Support", "09:05:00.500", "09:05:02", "09:05:07", "09:10:00", 2)
        .task("09:05:07.100", "task.transfer-completed")
        .offer("09:05:20", "completed", "WR1", "agent 1")
        .offer("09:10:30", "completed", "WR2", "agent 2")
        .task("09:10:30", "task.completed");
    assert_eq!(
        table(&story.rows().segments, &USUAL),
        [
            "Queue | 09:00:00 | - | Sales | 10 | - | - | - | No",
            "Conversation | 09:00:10 | agent 1 | Sales | 10 | 7 | 290 | 20 | No",
            "Queue | 09:05:00 | - | Support | 7 | - | - | - | No",
            "Conversation | 09:05:07 | agent 2 | Support | 7 | 5 | 293 | 30 | No",
        ]
    );
}

#[test]
fn a_warm_transfer_that_fails_is_no_abandon_while_the_first_agent_talks() {
    for ending in ["task.transfer-failed", "task.transfer-canceled"] {
        let story = Story::new("Sales")
            .task("09:00:00", "task-queue.entered")
            .offer("09:00:01", "created", "WR1", "john")
            .offer("09:00:05", "accepted", "WR1", "john")
            .task("09:02:00", "task.transfer-initiated")
            .offer("09:02:01", "created", "WR2", "alba")
            .offer("09:02:11", "rejected", "WR2", "alba")
            .task("09:02:11.100", "task.transfer-attempt-failed")
            .task("09:02:11.200", ending)
            .offer("09:04:05", "wrapup", "WR1", "john")
            .offer("09:04:15", "completed", "WR1", "john")
            .task("09:04:15", "task.completed");
        assert_eq!(
            table(&story.rows().segments, &USUAL),
            [
                "Queue | 09:00:00 | - | Sales | 5 | - | - | - | No",
                "Conversation | 09:00:05 | john | Sales | 5 | 4 | 240 | 10 | No",
                "Queue | 09:02:00 | - | Sales | 11 | - | - | - | No",
                "Rejected Conversation | 09:02:01 | alba | Sales | - | 10 | - | - | No",
            ]
        );
    }
}

#[test]
fn a_cold_transfer_that_fails_is_an_abandon() {
    let story = Story::new("Sales")
        .task("09:00:00", "task-queue.entered")
        .offer("09:00:01", "created", "WR1", "john")
        .offer("09:00:05", "accepted", "WR1", "john")
        .offer("09:02:00", "wrapup", "WR1", "john")
        .task("09:02:00", "task.transfer-initiated")
        .task("09:02:30", "task.transfer-failed")
        .offer("09:02:40", "completed", "WR1", "john")
        .task("09:02:40", "task.canceled");
    let rows = story.rows();
    assert_eq!(
        table(&rows.segments[2..], &["kind", "segment_start", "queue_time", "abandon_time", "abandoned"]),
        ["Queue | 09:02:00 | 30 | 30 | Yes", "Conversation | 09:02:30 | 30 | 30 | Yes"]
    );
    assert_eq!(rows.segments.len(), 4, "the cancel that follows adds nothing");
}

#[test]
fn a_warm_transfer_that_succeeds_lets_both_agents_have_their_part() {
    let story = Story::new("Sales")
        .task("09:00:00", "task-queue.entered")
        .offer("09:00:01", "created", "WR1", "john")
        .offer("09:00:05", "accepted", "WR1", "john")
        .task("09:02:00", "task.transfer-initiated")
        .offer("09:02:00.500", "created", "WR2", "alba")
        .offer("09:02:06", "accepted", "WR2", "alba")
        .offer("09:03:00", "wrapup", "WR1", "john")
        .task("09:03:00", "task.transfer-completed")
        .offer("09:03:20", "completed", "WR1", "john")
        .offer("09:08:06", "completed", "WR2", "alba")
        .task("09:08:06", "task.completed");
    assert_eq!(
        table(&story.rows().segments, &USUAL),
        [
            "Queue | 09:00:00 | - | Sales | 5 | - | - | - | No",
            "Conversation | 09:00:05 | john | Sales | 5 | 4 | 175 | 20 | No",
            "Queue | 09:02:00 | - | Sales | 6 | - | - | - | No",
            "Conversation | 09:02:06 | alba | Sales | 6 | 6 | 360 | 0 | No",
        ]
    );
}

#[test]
fn a_callback_or_voicemail_is_a_follow_up_and_no_abandon() {
    let said = json!({"conversations": {"abandoned": "Follow-Up", "abandoned_phase": "Voicemail"}});
    let story = Story::new("Sales").task("09:00:00", "task-queue.entered").says(said).task_with(
        "09:01:00",
        "task.canceled",
        json!({"task_canceled_reason": "voicemail left"}),
    );
    let columns = ["kind", "abandoned", "abandoned_phase", "abandon_time", "queue_time", "outcome"];
    assert_eq!(
        table(&story.rows().segments, &columns),
        [
            "Queue | Follow-Up | Voicemail | - | 60 | voicemail left",
            "Conversation | Follow-Up | Voicemail | - | 60 | voicemail left",
        ]
    );
}

#[test]
fn offers_that_end_otherwise_have_their_kinds() {
    let story = Story::new("Sales").task("09:00:00", "task-queue.entered");
    let story =
        ["rejected", "timeout", "canceled", "rescinded"].iter().enumerate().fold(story, |story, (n, ending)| {
            let (reservation, worker) = (format!("WR{n}"), format!("agent {n}"));
            story.offer(&format!("09:00:{:02}", 10 * n + 1), "created", &reservation, &worker).offer(
                &format!("09:00:{:02}", 10 * n + 9),
                ending,
                &reservation,
                &worker,
            )
        });
    let rows = story.rows();
    assert_eq!(
        table(&rows.segments, &["kind", "agent_name", "segment_start", "segment_end", "ring_time", "queue_time"]),
        [
            "Rejected Conversation | agent 0 | 09:00:01 | 09:00:09 | 8 | -",
            "Missed Conversation | agent 1 | 09:00:11 | 09:00:19 | 8 | -",
            "Missed Conversation | agent 2 | 09:00:21 | 09:00:29 | 8 | -",
            "Revoked Conversation | agent 3 | 09:00:31 | 09:00:39 | 8 | -",
        ]
    );
    assert!(rows.open && rows.workload.is_empty());
}

#[test]
fn a_conversation_in_progress_has_neither_talk_nor_wrap_up() {
    let story = Story::new("Sales")
        .says(json!({"conversations": {"talk_time": 5, "hold_time": 3}}))
        .task("09:00:00", "task-queue.entered")
        .offer("09:00:01", "created", "WR1", "john");
    assert!(story.rows().segments.is_empty(), "ringing is no row yet");
    let story = story.offer("09:00:05", "accepted", "WR1", "john");
    let rows = story.rows();
    assert_eq!(
        table(
            &rows.segments[1..],
            &["kind", "segment_end", "queue_time", "ring_time", "talk_time", "wrap_up_time", "hold_time"]
        ),
        ["Conversation in Progress | - | 5 | 4 | - | - | 3"]
    );
    assert!(rows.open && rows.workload.is_empty());
    let wrapping = story.offer("09:04:05", "wrapup", "WR1", "john").task("09:04:06", "task.completed");
    assert_eq!(show(&wrapping.rows().segments[1], "kind"), "Conversation in Progress");
    assert!(wrapping.rows().open);
}

#[test]
fn missing_events_make_corrupted_rows_and_no_slices() {
    let corrupted = |story: &Story| {
        let rows = story.rows();
        assert!(rows.workload.is_empty());
        let columns = ["kind", "segment_id", "queue_time", "ring_time", "talk_time", "wrap_up_time"];
        let rows = table(&rows.segments, &columns);
        rows.into_iter().filter(|row| row.starts_with("Corrupted")).collect::<Vec<_>>()
    };
    let entered = || Story::new("Sales").task("09:00:00", "task-queue.entered");
    let name = "Corrupted Conversation Segment";
    let no_accept = entered().offer("09:00:01", "created", "WR1", "john").offer("09:05:01", "completed", "WR1", "john");
    assert_eq!(corrupted(&no_accept), [format!("{name} | WR1 | - | - | - | -")]);
    let lost_exit = no_accept.task("09:05:02", "task.completed");
    assert_eq!(corrupted(&lost_exit)[0], format!("{name} | WT1-Q1 | - | - | - | -"));
    let no_created =
        entered().offer("09:00:05", "accepted", "WR1", "john").offer("09:01:05", "completed", "WR1", "john");
    assert_eq!(corrupted(&no_created), [format!("{name} | WR1 | 5 | - | 60 | 0")]);
    let no_entry = Story::new("Sales")
        .offer("09:00:01", "created", "WR1", "john")
        .offer("09:00:05", "accepted", "WR1", "john")
        .offer("09:01:05", "completed", "WR1", "john");
    assert_eq!(corrupted(&no_entry), [format!("{name} | WR1 | - | 4 | 60 | 0")]);
    let no_end = entered()
        .offer("09:00:01", "created", "WR1", "john")
        .offer("09:00:05", "accepted", "WR1", "john")
        .task("09:09:00", "task.completed");
    assert_eq!(corrupted(&no_end), [format!("{name} | WR1 | 5 | 4 | - | -")]);
    let nowhere = Story::new("Sales").task("09:09:00", "task.canceled");
    assert_eq!(corrupted(&nowhere), [format!("{name} | WT1-A1 | - | - | - | -")]);
}

#[test]
fn each_queue_of_an_escalation_has_its_wait() {
    let story = Story::new("Sales")
        .task("09:00:00", "task-queue.entered")
        .queue("Everyone")
        .task("09:01:00", "task-queue.entered")
        .offer("09:01:02", "created", "WR1", "john")
        .offer("09:01:05", "accepted", "WR1", "john");
    assert_eq!(
        table(&story.rows().segments, &["kind", "segment_id", "queue", "queue_time", "abandoned"]),
        [
            "Queue | WT1-Q1 | Sales | 60 | No",
            "Queue | WT1-Q2 | Everyone | 5 | No",
            "Conversation in Progress | WR1 | Everyone | 5 | No",
        ]
    );
}

#[test]
fn milliseconds_are_zeroed_before_subtraction() {
    let story = Story::new("Sales")
        .task("09:00:00.999", "task-queue.entered")
        .offer("09:00:01.999", "created", "WR1", "john")
        .offer("09:00:02.001", "accepted", "WR1", "john")
        .offer("09:00:03.999", "completed", "WR1", "john");
    let facts = ["segment_start", "segment_end", "queue_time", "ring_time", "talk_time"];
    assert_eq!(table(&story.rows().segments[1..], &facts), ["09:00:02 | 09:00:03 | 2 | 1 | 1"]);
}

#[test]
fn unknown_kinds_and_other_tasks_change_nothing() {
    let story = Story::new("Sales").task("09:00:00", "task-queue.entered").task("09:00:30", "task.canceled");
    let mut more = story.clone().task("09:00:10", "workflow.whatever").task("09:00:15", "task.exploded");
    let mut stranger = story.events[1].clone();
    stranger.id = "EV99".into();
    stranger.at_ms -= 20_000;
    stranger.task = Some("WT2".into());
    more.events.push(stranger);
    assert_eq!(story.rows(), more.rows());
}
