//! Attributes, supplied facts, labels, customers, agents (domain reference 2.3 to 2.6).

mod rows_support;

use parclose_ingest::UnitKey;
use parclose_ingest::rows::{agent_row, customer_row, reservations, task_units};
use parclose_model::{Cell, Event, EventKind, Row};
use rows_support::*;
use serde_json::{Value, json};

/// A plain conversation that says this at its end.
fn saying(attributes: Value) -> Story {
    Story::new("Sales")
        .worker("john", json!({"team_id": "7", "team": "Anvils", "full_name": "John Doe"}))
        .task("09:00:00", "task-queue.entered")
        .offer("09:00:01", "created", "WR1", "john")
        .offer("09:00:05", "accepted", "WR1", "john")
        .offer("09:01:05", "wrapup", "WR1", "john")
        .says(attributes)
        .offer("09:01:15", "completed", "WR1", "john")
        .task("09:01:15", "task.completed")
}

fn conversation(attributes: Value) -> Row {
    by_id(&saying(attributes).rows(), "WR1").clone()
}

#[test]
fn what_the_platform_says_is_mapped() {
    let row = conversation(json!({"direction": "outbound", "to": "+420600", "from": "+15550100", "to_country": "CZ"}));
    let columns =
        ["channel", "direction", "workflow", "queue", "agent_id", "agent_name", "customer_id", "customer_phone"];
    assert_eq!(
        table(std::slice::from_ref(&row), &columns),
        ["Call | Outbound | Assign | Sales | john | John Doe | +420600 | +420600"]
    );
    let columns = ["customer_country", "external_contact", "handling_team_id", "handling_team_name", "abandoned"];
    assert_eq!(table(&[row], &columns), ["CZ | +15550100 | 7 | Anvils | No"]);
}

#[test]
fn what_the_task_says_wins() {
    let row = conversation(json!({"conversations": {
        "queue": "My queue", "channel": "Mail", "outcome": "sold", "campaign": 5, "case": "",
        "handling_team_name": "Own", "handling_department_name_in_hierarchy": ["A", "B"],
        "conversation_measure_3": "2.5", "talk_time": "33", "hold_time": 4.9, "ivr_time": -1,
        "kind": "Agent Status", "segment_start": 1, "unit_key": "x", "customer_id": "x", "unknown": "x",
        "conversation_id": "WT0", "language": "é".repeat(300),
    }}));
    let columns = ["queue", "channel", "outcome", "campaign", "case", "handling_team_id", "handling_team_name"];
    assert_eq!(table(std::slice::from_ref(&row), &columns), ["My queue | Mail | sold | 5 | - | Own | Own"]);
    let columns =
        ["handling_department_name_in_hierarchy", "conversation_measure_3", "talk_time", "hold_time", "ivr_time"];
    assert_eq!(table(std::slice::from_ref(&row), &columns), ["A ▸ B | 2.5 | 33 | 4 | -"]);
    let columns = ["kind", "segment_start", "unit_key", "customer_id", "conversation_id"];
    assert_eq!(table(std::slice::from_ref(&row), &columns), ["Conversation | 09:00:05 | T:WT1 | WT0 | WT0"]);
    assert_eq!(show(&row, "language").chars().count(), 128);
}

#[test]
fn one_task_is_one_conversation_even_if_it_is_linked_late() {
    let rows = saying(json!({"conversations": {"conversation_id": "WT0"}})).rows();
    assert_eq!(table(&rows.segments, &["conversation_id"]), ["WT0", "WT0"]);
    assert_eq!(show(&conversation(json!({"conversation_id": "CH1"})), "conversation_id"), "CH1");
}

#[test]
fn the_value_at_completion_counts_and_media_may_come_late() {
    let media = |url: &str| json!({"conversations": {"campaign": url, "media": [{"type": "Raw", "url": url}]}});
    let story = saying(media("a"))
        .says(media("b"))
        .task("09:02:00", "task.updated")
        .says(media("c"))
        .task("09:59:00", "task.updated");
    let rows = story.rows();
    let row = by_id(&rows, "WR1");
    assert_eq!(show(row, "campaign"), "a");
    assert_eq!(show(row, "media"), r#"[{"type":"Raw","url":"b"}]"#);
    assert_eq!(show(by_id(&rows, "WT1-Q1"), "media"), "-", "a wait has no recording");
}

#[test]
fn attributes_come_from_elsewhere_only_when_no_event_that_counts_has_any() {
    let story = Story::new("Sales")
        .says(json!({"conversations": {"campaign": "updated"}}))
        .task("09:00:02", "task.updated")
        .says(Value::Null)
        .task("09:00:00", "task-queue.entered")
        .task("09:01:00", "task.canceled");
    assert_eq!(table(&story.rows().segments, &["campaign"]), ["updated", "updated"]);
    let better =
        story.says(json!({"conversations": {"campaign": "offered"}})).offer("09:00:01", "created", "WR1", "john");
    assert_eq!(show(by_id(&better.rows(), "WT1-Q1"), "campaign"), "offered");
}

#[test]
fn labels_and_attributes_stand_in_for_each_other() {
    let rows = saying(json!({
        "conversations": {"conversation_label_1": "L", "conversation_attribute_2": "A",
            "conversation_attribute_3": "A", "conversation_label_3": "L"},
        "customers": {"external_id": "c1", "customer_label_1": "Gold"},
    }))
    .rows();
    let pair = |n: u8| [format!("conversation_attribute_{n}"), format!("conversation_label_{n}")];
    for (n, wanted) in [(1, "WR1 | L"), (2, "A | A"), (3, "A | L"), (4, "- | -")] {
        let [attribute, label] = pair(n);
        assert_eq!(table(&[by_id(&rows, "WR1").clone()], &[&attribute, &label]), [wanted]);
    }
    let customer = table(&[by_id(&rows, "WR1").clone()], &["customer_attribute_1", "customer_label_1"]);
    assert_eq!(customer, ["c1 | Gold"]);
    let slice = &rows.workload[0];
    assert_eq!(show(slice, "conversation_attribute_1"), "WR1", "slices are labelled like their segment");
}

#[test]
fn rows_without_an_agent_have_their_queue_as_team() {
    let rows = saying(json!({})).rows();
    let team = ["handling_team_id", "handling_team_name", "agent_id"];
    assert_eq!(table(&rows.segments, &team), ["WQ-Sales | Sales | -", "7 | Anvils | john"]);
}

#[test]
fn the_customer_is_the_first_that_is_known() {
    let id = |attributes: Value| show(&conversation(attributes), "customer_id");
    let all = json!({"external_id": "x", "phone": "1", "email": "a@b"});
    assert_eq!(id(json!({"from": "+1", "customers": all})), "x");
    assert_eq!(id(json!({"from": "+1", "customers": {"external_id": "", "phone": 1, "email": "a@b"}})), "1");
    assert_eq!(id(json!({"from": "+1", "customers": {"email": "a@b"}})), "a@b");
    assert_eq!(id(json!({"caller": "+1", "to": "+2"})), "+1");
    assert_eq!(id(json!({"direction": "outbound", "caller": "+1", "called": "+2"})), "+2");
    assert_eq!(id(json!({})), TASK);
    assert_eq!(show(&conversation(json!({"direction": "internal", "from": "client:x"})), "customer_type"), "Agent");
}

#[test]
fn customers_come_from_events_that_count() {
    let story = saying(json!({"customers": {"external_id": "x", "name": "Eva", "zip": 11000}}));
    let row = customer_row(&story.events[4]).unwrap();
    let columns = ["unit_key", "customer_id", "customer_name", "customer_zip", "seen_at", "seen_event"];
    assert_eq!(table(&[row], &columns), ["C:x | x | Eva | 11000 | 09:01:15 | EV5"]);
    assert!(customer_row(&story.events[0]).is_none(), "not read when a queue is entered");
    let silent = Story::new("Sales").says(Value::Null).offer("09:00:00", "created", "WR1", "john");
    assert!(customer_row(&silent.events[0]).is_none());
}

fn worker_event(kind: &str, attributes: Value) -> Event {
    let mut event =
        status_event("EV1", at("09:00:00"), json!({"worker_name": "dina", "worker_attributes": attributes}));
    event.kind = EventKind::new(kind);
    event
}

#[test]
fn agents_are_read_in_both_spellings() {
    let modern = json!({"full_name": "Dina Doe", "team_id": 7, "team_name": "Anvils", "department_id": "d",
        "department_name": "Iron", "team_name_in_hierarchy": ["Works", "Anvils"], "roles": ["agent", "wfo.team_leader"],
        "agent_label_1": "L", "agent_attribute_2": "A"});
    let old = json!({"team_id": 7, "team": "Anvils", "department_id": "d", "department": "Iron", "role": "agent"});
    let columns = ["unit_key", "agent_id", "agent_name", "agent_team_id", "agent_team_name", "agent_department_name"];
    let more = ["agent_role", "agent_state", "agent_team_name_in_hierarchy", "agent_attribute_1", "agent_label_2"];
    let row = agent_row(&worker_event("worker.attributes.update", modern)).unwrap();
    assert_eq!(table(std::slice::from_ref(&row), &columns), ["A:WK1 | WK1 | Dina Doe | 7 | Anvils | Iron"]);
    assert_eq!(table(&[row], &more), ["agent, wfo.team_leader | Active | Works ▸ Anvils | WK1 | A"]);
    let row = agent_row(&worker_event("worker.deleted", Value::String(old.to_string()))).unwrap();
    assert_eq!(table(std::slice::from_ref(&row), &columns), ["A:WK1 | WK1 | dina | 7 | Anvils | Iron"]);
    assert_eq!(show(&row, "agent_state"), "Deleted");
    let nameless = agent_row(&worker_event("worker.created", json!({"team_name": "Anvils"}))).unwrap();
    assert_eq!(nameless.get("agent_team_name"), &Cell::Null, "a team shows only with its id");
    assert!(agent_row(&worker_event("worker.created", json!("no json"))).is_none());
}

#[test]
fn events_touch_their_units() {
    let story = saying(json!({}));
    assert_eq!(task_units(&story.events[1]), [UnitKey::Task(TASK.into())]);
    let update = worker_event("worker.activity.update", json!({}));
    assert_eq!(task_units(&update), [UnitKey::WorkerDay("WK1".into(), DAY.into()), UnitKey::WorkerNow("WK1".into())]);
    assert_eq!(task_units(&worker_event("worker.deleted", json!({}))), [UnitKey::WorkerNow("WK1".into())]);
    assert!(task_units(&worker_event("worker.capacity.update", json!({}))).is_empty());
}

#[test]
fn reservations_end_with_their_task_at_the_latest() {
    let whole = saying(json!({}));
    let found = reservations(&whole.events);
    assert_eq!((found.len(), found[0].worker.as_str()), (1, "john"));
    assert_eq!((found[0].accepted_ms, found[0].completed_ms), (at("09:00:05"), Some(at("09:01:15"))));
    assert_eq!(reservations(&whole.events[..3])[0].completed_ms, None);
    let mut lost = whole.events;
    lost.remove(4);
    assert_eq!(reservations(&lost)[0].completed_ms, Some(at("09:01:15")));
}
