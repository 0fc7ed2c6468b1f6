//! What must hold for any events at all: order and duplicates don't matter, slices sum to their segments,
//! segment ids are unique, nothing panics.

mod rows_support;

use parclose_ingest::UnitRows;
use parclose_ingest::rows::*;
use parclose_model::{Cell, Event, EventKind};
use proptest::collection::vec;
use proptest::prelude::*;
use rows_support::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};

const KINDS: &[&str] = &[
    "task.created",
    "task.updated",
    "task.canceled",
    "task.wrapup",
    "task.completed",
    "task.deleted",
    "task.transfer-initiated",
    "task.transfer-attempt-failed",
    "task.transfer-failed",
    "task.transfer-canceled",
    "task.transfer-completed",
    "task-queue.entered",
    "task-queue.entered",
    "reservation.created",
    "reservation.accepted",
    "reservation.rejected",
    "reservation.timeout",
    "reservation.canceled",
    "reservation.rescinded",
    "reservation.failed",
    "reservation.wrapup",
    "reservation.completed",
    "worker.activity.update",
    "worker.deleted",
    "unheard.of",
];

/// Any JSON, small.
fn junk() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9.eE+-]{1,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-z_]{1,10}", inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Task attributes: known names with any values.
fn attributes() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "abandoned",
        "talk_time",
        "wrap_up_time",
        "queue_time",
        "media",
        "conversation_id",
        "conversation_label_1",
        "conversation_measure_1",
        "handling_team_id",
        "handling_team_name",
        "direction",
        "segment_link",
        "kind",
    ]);
    let top =
        prop::sample::select(vec!["direction", "from", "to", "customers", "conversation_id", "reservation_attributes"]);
    (vec((names, junk()), 0..6), vec((top, junk()), 0..4)).prop_map(|(own, top)| {
        let mut all: Map<String, Value> = top.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let own: Map<String, Value> = own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        all.insert("conversations".into(), Value::Object(own));
        Value::Object(all)
    })
}

fn instant() -> impl Strategy<Value = i64> {
    prop_oneof![
        20 => (0..7_200_000i64).prop_map(|ms| at("09:00:00") + ms),
        // Many events within the same instant.
        10 => (0..4i64).prop_map(|s| at("09:00:00") + s * 1000),
        1 => any::<i64>(),
        1 => Just(i64::MIN),
        1 => Just(i64::MAX),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let payload =
        (attributes(), vec(("[a-z_]{1,8}", junk()), 0..3), prop::option::of(0..9i64), prop::option::of(junk()));
    (0..400u32, prop::sample::select(KINDS), instant(), 0..4u8, payload).prop_map(
        |(id, kind, at_ms, reservation, (said, more, version, odd))| {
            let mut payload: Map<String, Value> = more.into_iter().collect();
            if reservation > 0 {
                payload.insert("reservation_sid".into(), json!(format!("WR{reservation}")));
            }
            payload.insert("task_attributes".into(), if id % 3 == 0 { json!(said.to_string()) } else { said });
            payload.insert("task_queue_name".into(), json!(format!("queue {}", id % 3)));
            if let Some(version) = version {
                payload.insert("task_version".into(), json!(version.to_string()));
                payload.insert("worker_version".into(), json!(version));
            }
            if let Some(odd) = odd {
                payload.insert("worker_attributes".into(), odd.clone());
                payload.insert("worker_time_in_previous_activity_ms".into(), odd);
            }
            Event {
                id: format!("EV{id}"),
                source: "junk".into(),
                kind: EventKind::new(kind),
                at_ms,
                task: (id % 7 != 0).then(|| TASK.to_owned()),
                worker: (id % 5 != 0).then(|| "WK1".to_owned()),
                payload,
            }
        },
    )
}

/// Events, and the same events shuffled and with some of them repeated.
fn told_twice() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    (vec(event(), 0..24), vec(any::<prop::sample::Index>(), 0..8)).prop_flat_map(|(events, again)| {
        let mut more = events.clone();
        if !events.is_empty() {
            more.extend(again.iter().map(|index| index.get(&events).clone()));
        }
        (Just(events), Just(more).prop_shuffle())
    })
}

/// One agent's part: whether it begins with a transfer, how the offer ends, and how long each step takes.
#[derive(Debug, Clone)]
struct Part {
    warm: bool,
    ending: &'static str,
    seconds: [i64; 5],
    wraps_up: bool,
    said: Value,
}

fn part() -> impl Strategy<Value = Part> {
    let ending = prop::sample::select(vec!["completed", "completed", "completed", "timeout", "rejected", "rescinded"]);
    let step = || prop_oneof![0..3i64, 0..2_000i64];
    (any::<bool>(), ending, [step(), step(), step(), step(), step()], any::<bool>(), attributes())
        .prop_map(|(warm, ending, seconds, wraps_up, said)| Part { warm, ending, seconds, wraps_up, said })
}

/// A task that goes from queue to agent to queue, as the platform would tell it.
fn told(parts: &[Part], canceled: bool) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut tell = |kind: &str, at_ms: i64, n: usize, said: &Value| {
        let id = format!("EV{}", events.len());
        let mut payload = Map::new();
        payload.insert("reservation_sid".into(), json!(format!("WR{n}")));
        payload.insert("task_queue_name".into(), json!(format!("queue {n}")));
        payload.insert("task_attributes".into(), json!(said.to_string()));
        let (task, worker) = (Some(TASK.to_owned()), Some(format!("WK{n}")));
        events.push(Event { id, source: "story".into(), kind: EventKind::new(kind), at_ms, task, worker, payload });
    };
    let mut now = at("09:00:00");
    for (n, part) in parts.iter().enumerate() {
        let [wait, ring, talk, wrap, pause] = part.seconds.map(|seconds| seconds * 1000);
        // Nobody accepts and transfers within the same instant; who accepts a transfer may.
        let talk = talk.max(1);
        if n > 0 {
            tell("task.transfer-initiated", now, n, &part.said);
        }
        if n == 0 || part.warm {
            tell("task-queue.entered", now + 20, n, &part.said);
        }
        tell("reservation.created", now + wait + 30, n, &part.said);
        now += wait + ring + 40;
        if part.ending == "completed" {
            tell("reservation.accepted", now, n, &part.said);
            now += talk;
            if part.wraps_up {
                tell("reservation.wrapup", now, n, &part.said);
            }
            tell("reservation.completed", now + wrap, n, &part.said);
        } else {
            tell(&format!("reservation.{}", part.ending), now, n, &part.said);
        }
        now += pause;
    }
    tell(if canceled { "task.canceled" } else { "task.completed" }, now, 0, &json!({}));
    events
}

fn day_rows(events: &[Event]) -> UnitRows {
    let busy: Vec<Busy> = reservations(events)
        .into_iter()
        .map(|found| Busy { from_ms: found.accepted_ms, to_ms: found.completed_ms })
        .collect();
    worker_day_rows(&WorkerInput { worker: "WK1", day: DAY, updates: events, busy: &busy, next_day_started: false })
}

/// Sums of the slices by segment must be the segments' facts, and ids must be unique.
fn check(rows: &UnitRows) {
    let mut sums: BTreeMap<String, [i64; 3]> = BTreeMap::new();
    for slice in &rows.workload {
        let sums = sums.entry(show(slice, "segment_id")).or_default();
        for (sum, fact) in
            sums.iter_mut().zip(["workload_talk_time", "workload_wrap_up_time", "workload_activity_time"])
        {
            *sum += slice.get(fact).as_whole().unwrap_or(0);
        }
        assert!(slice.get("segment_start").as_instant() <= slice.get("segment_end").as_instant());
        assert!(slice.get("parallel_conversations").as_whole().unwrap_or(0) >= 0);
    }
    let mut ids = HashSet::new();
    for segment in &rows.segments {
        let id = show(segment, "segment_id");
        let sums = sums.remove(&id).unwrap_or_default();
        if matches!(show(segment, "kind").as_str(), "Conversation" | "Agent Status") {
            let facts =
                ["talk_time", "wrap_up_time", "activity_time"].map(|fact| segment.get(fact).as_whole().unwrap_or(0));
            assert_eq!(sums, facts, "slices of {id}");
        } else {
            assert_eq!(sums, [0; 3], "only finished segments have slices");
        }
        assert!(ids.insert(id), "segment ids are unique");
        assert!(!segment.get("kind").is_null() && !segment.get("segment_start").is_null());
        let end = segment.get("segment_end").as_instant();
        assert!(end.is_none_or(|end| segment.get("segment_start").as_instant() <= Some(end)));
        for (column, cell) in segment.table().columns().iter().zip(segment.cells()) {
            if let Cell::Text(text) = cell {
                let limit = if column.name == "media" { 4096 } else { 128 };
                assert!(text.chars().count() <= limit && !text.is_empty(), "{}: {text}", column.name);
            }
        }
    }
    assert!(sums.is_empty(), "no slices without a segment");
}

proptest! {
    #[test]
    fn order_and_duplicates_do_not_matter((events, more) in told_twice()) {
        prop_assert_eq!(task_rows(TASK, &events), task_rows(TASK, &more));
        prop_assert_eq!(day_rows(&events), day_rows(&more));
        prop_assert_eq!(worker_now_rows("WK1", &events), worker_now_rows("WK1", &more));
        let mut found = (reservations(&events), reservations(&more));
        found.0.sort();
        found.1.sort();
        prop_assert_eq!(found.0, found.1);
    }

    #[test]
    fn slices_sum_to_their_segments(events in vec(event(), 0..24)) {
        check(&task_rows(TASK, &events));
        check(&day_rows(&events));
    }

    /// Whole stories in any order: nothing is corrupted, each accepted offer is a conversation, each entry a wait.
    #[test]
    fn stories_are_told_in_any_order(parts in vec(part(), 1..5), canceled: bool, seed in any::<[u8; 32]>()) {
        let events = told(&parts, canceled);
        let rows = task_rows(TASK, &events);
        check(&rows);
        let accepted = parts.iter().filter(|part| part.ending == "completed").count();
        let of_kind = |kind: &str| rows.segments.iter().filter(|row| show(row, "kind") == kind).count();
        let last_waits = parts.last().is_some_and(|part| part.ending != "completed");
        prop_assert_eq!(of_kind("Conversation"), accepted + usize::from(canceled && last_waits));
        prop_assert_eq!(of_kind("Queue"), parts.len() - usize::from(!canceled && last_waits));
        prop_assert_eq!(of_kind("Corrupted Conversation Segment"), usize::from(!canceled && last_waits));
        prop_assert!(!rows.open);
        let mut shuffled: Vec<(u8, Event)> = events.iter().chain(&events).cloned()
            .enumerate().map(|(n, event)| (seed[n % 32].wrapping_mul(n as u8 | 1), event)).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Event> = shuffled.into_iter().map(|(_, event)| event).collect();
        prop_assert_eq!(rows, task_rows(TASK, &shuffled));
        prop_assert_eq!(reservations(&events), reservations(&shuffled));
        // Any event may be missing.
        for missing in 0..events.len() {
            let mut fewer = events.clone();
            fewer.remove(missing);
            check(&task_rows(TASK, &fewer));
        }
    }

    #[test]
    fn single_events_never_panic(event in event()) {
        let _ = (agent_row(&event), customer_row(&event), task_units(&event));
    }
}
