//! The doors read what platforms send, name what they can't read, and never panic.

use parclose_ingest::door::{DoorError, Limits, backfill, cloud_events, form};
use proptest::prelude::*;
use serde_json::json;

fn params(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

const CALLBACK: &[(&str, &str)] = &[
    ("EventType", "reservation.accepted"),
    ("ResourceType", "reservation"),
    ("ReservationSid", "WR01"),
    ("ReservationVersion", "1"),
    ("Sid", "EV0001"),
    ("Timestamp", "1700000000"),
    ("TimestampMs", "1700000000123"),
    ("TaskSid", "WT01"),
    ("TaskAttributes", r#"{"from":"+15550100"}"#),
    ("TaskQueueName", "Anvils_Calls"),
    ("TaskCompletedReason", ""),
    ("WorkerSid", "WK1"),
];

#[test]
fn a_callback_becomes_an_event() {
    let event = form::parse(&params(CALLBACK)).unwrap();
    assert_eq!((event.id.as_str(), event.source.as_str(), event.at_ms), ("EV0001", "taskrouter", 1_700_000_000_123));
    assert_eq!(event.kind.as_str(), "reservation.accepted");
    assert_eq!((event.task.as_deref(), event.worker.as_deref()), (Some("WT01"), Some("WK1")));
    assert_eq!(event.field("task_queue_name").as_deref(), Some("Anvils_Calls"));
    assert_eq!(event.payload["task_attributes"], json!(r#"{"from":"+15550100"}"#), "attributes stay text");
    for absent in ["sid", "event_type", "timestamp", "timestamp_ms", "task_completed_reason"] {
        assert!(!event.payload.contains_key(absent), "{absent}");
    }
}

#[test]
fn seconds_serve_when_there_are_no_milliseconds() {
    let list: Vec<_> = CALLBACK.iter().copied().filter(|(n, _)| *n != "TimestampMs").collect();
    assert_eq!(form::parse(&params(&list)).unwrap().at_ms, 1_700_000_000_000);
}

#[test]
fn a_callback_without_its_parts_is_refused_by_name() {
    for (field, code) in [("Sid", "door.missing_field"), ("EventType", "door.missing_field")] {
        let list: Vec<_> = CALLBACK.iter().copied().filter(|(n, _)| *n != field).collect();
        let error = form::parse(&params(&list)).unwrap_err();
        assert_eq!(error, DoorError::Missing { index: 0, field });
        assert_eq!(error.code(), code);
    }
    let mut list = CALLBACK.to_vec();
    list[6] = ("TimestampMs", "secret-value");
    let error = form::parse(&params(&list)).unwrap_err();
    assert_eq!(error.code(), "door.unreadable_field");
    assert!(!error.to_string().contains("secret"), "no data in errors");
}

fn cloud(id: &str, kind: &str, payload: serde_json::Value) -> serde_json::Value {
    json!({"specversion": "1.0", "type": kind, "source": "x", "id": id, "time": "2023-11-14T22:13:20.123Z",
        "data": {"product_name": "Flex", "payload": payload}})
}

#[test]
fn a_stream_and_a_callback_of_one_event_have_the_same_fields() {
    let from_form = form::parse(&params(CALLBACK)).unwrap();
    let body = json!([cloud(
        "EV0001",
        "com.twilio.taskrouter.reservation.accepted",
        json!({
        "eventtype": "reservation.accepted", "timestamp": "1700000000", "resource_type": "reservation",
        "reservation_sid": "WR01", "reservation_version": "1", "task_sid": "WT01",
        "task_attributes": "{\"from\":\"+15550100\"}", "task_queue_name": "Anvils_Calls", "worker_sid": "WK1"})
    )]);
    let mut from_stream = cloud_events::parse(body.to_string().as_bytes(), &Limits::default()).unwrap().remove(0);
    assert_eq!(from_stream.source, "event-streams");
    from_stream.source = from_form.source.clone();
    assert_eq!(from_stream, from_form, "the envelope's milliseconds refine the payload's second");
}

#[test]
fn one_object_numbers_and_attribute_objects_are_read() {
    let body = cloud(
        "EZ1",
        "com.twilio.taskrouter.task-queue.expression-updated",
        json!({
        "timestamp": 1_700_000_000_500_i64, "task_sid": "WT1", "task_attributes": {"a": 1}, "task_version": 3}),
    );
    let events = cloud_events::parse(body.to_string().as_bytes(), &Limits::default()).unwrap();
    assert_eq!(events[0].kind.as_str(), "task-queue.expression.updated");
    assert_eq!(events[0].at_ms, 1_700_000_000_500);
    assert_eq!(events[0].payload["task_attributes"], json!("{\"a\":1}"));
    assert_eq!(events[0].whole("task_version"), Some(3));
}

#[test]
fn unknown_types_are_kept() {
    let body = json!([
        cloud("EZ1", "com.twilio.messaging.message.sent", json!({"a": "b"})),
        cloud("EZ2", "com.twilio.taskrouter.workflow.brand-new", json!({}))
    ]);
    let events = cloud_events::parse(body.to_string().as_bytes(), &Limits::default()).unwrap();
    assert_eq!(events[0].kind.as_str(), "com.twilio.messaging.message.sent");
    assert_eq!(events[1].kind.as_str(), "workflow.brand-new");
}

#[test]
fn a_bad_element_is_named_by_its_place() {
    let good = cloud("EZ1", "t", json!({}));
    let limits = Limits::default();
    for (bad, code) in [
        (json!(7), "door.not_an_object"),
        (json!({"type": "t", "time": "2023-11-14T22:13:20Z"}), "door.missing_field"),
        (json!({"id": "EZ9", "time": "2023-11-14T22:13:20Z"}), "door.missing_field"),
        (json!({"id": "EZ9", "type": "t", "time": "yesterday"}), "door.unreadable_field"),
        (json!({"id": "EZ9", "type": "t"}), "door.missing_field"),
        (json!({"id": "EZ9", "type": "t", "time": "2023-11-14T22:13:20Z", "data": 1}), "door.unreadable_field"),
    ] {
        let body = json!([good, bad]).to_string();
        let error = cloud_events::parse(body.as_bytes(), &limits).unwrap_err();
        assert_eq!((error.code(), error.index()), (code, Some(1)), "{bad}");
        let each = cloud_events::parse_each(body.as_bytes(), &limits).unwrap();
        assert!(each[0].is_ok() && each[1].is_err());
    }
    assert_eq!(cloud_events::parse(b"nonsense", &limits).unwrap_err().code(), "door.not_json");
    assert_eq!(cloud_events::parse(b"3", &limits).unwrap_err().code(), "door.not_events");
    assert!(cloud_events::parse(b"[]", &limits).unwrap().is_empty());
}

#[test]
fn limits_hold() {
    let limits = Limits { events: 1, fields: 2, value_bytes: 4 };
    let code = |payload: serde_json::Value, n: usize| {
        let body = json!(vec![cloud("EZ1", "t", payload); n]).to_string();
        cloud_events::parse(body.as_bytes(), &limits).map_err(|e| e.code())
    };
    assert!(code(json!({"a": "1234", "b": 1}), 1).is_ok());
    for (payload, n) in [(json!({}), 2), (json!({"a": 1, "b": 2, "c": 3}), 1), (json!({"a": "12345"}), 1)] {
        assert_eq!(code(payload, n), Err("door.too_large"));
    }
    assert_eq!(form::parse_within(&params(CALLBACK), &limits).unwrap_err().code(), "door.too_large");
}

#[test]
fn back_fill_lines_and_pages_are_read() {
    let item = json!({"sid": "EV7", "event_type": "worker.activity.update", "event_date_ms": "1700000000123",
        "resource_type": "worker", "event_data": {"worker_sid": "WK1", "worker_activity_name": "Offline",
        "worker_time_in_previous_activity": "26", "worker_time_in_previous_activity_ms": "26123"}});
    let file = format!("{item}\n\nnonsense\n{}\n{{\"sid\":\"EV9\"}}", json!({"events": [item, item]}));
    let read: Vec<_> = backfill::parse_lines(file.as_bytes(), Limits::default()).collect();
    assert_eq!(read.len(), 5);
    let event = read[0].as_ref().unwrap();
    assert_eq!((event.id.as_str(), event.at_ms, event.worker.as_deref()), ("EV7", 1_700_000_000_123, Some("WK1")));
    assert_eq!(event.field("resource_type").as_deref(), Some("worker"));
    assert_eq!(event.whole("worker_time_in_previous_activity_ms"), Some(26_123));
    assert_eq!(read[1].as_ref().unwrap_err().index(), Some(2));
    assert!(read[2].is_ok() && read[3].is_ok());
    assert_eq!(read[4].as_ref().unwrap_err().code(), "door.missing_field");
}

proptest! {
    #[test]
    fn junk_never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,80}", list in
        proptest::collection::vec((".{0,20}", ".{0,20}"), 0..10)) {
        let limits = Limits::default();
        let _ = cloud_events::parse(&body, &limits);
        let _ = form::parse(&list);
        let _ = backfill::parse_lines(body.as_slice(), limits).count();
        let stamped = params(&[("Sid", &text), ("EventType", &text), ("Timestamp", &text)]);
        let _ = form::parse(&stamped);
        let signed = json!([{"id": text, "type": text, "time": text, "data": {"payload": {"timestamp": text}}}]);
        let _ = cloud_events::parse(signed.to_string().as_bytes(), &limits);
    }
}
