//! The simulator's traffic through the rules: what it tells must make whole rows.

mod rows_support;

use parclose_ingest::rows::{Busy, WorkerInput, reservations, task_rows, task_units, worker_day_rows};
use parclose_ingest::simulate::{Simulator, acme};
use parclose_ingest::{UnitKey, UnitRows};
use parclose_model::Event;
use rows_support::*;
use std::collections::BTreeMap;

const FROM: i64 = 1_767_567_600_000;
const HOURS: i64 = 3_600_000;

/// All rows of some days, unit by unit, as the pipeline would make them.
fn rows(events: &[Event]) -> Vec<UnitRows> {
    let mut units: BTreeMap<UnitKey, Vec<Event>> = BTreeMap::new();
    for event in events {
        for unit in task_units(event) {
            units.entry(unit).or_default().push(event.clone());
        }
    }
    let mut busy: BTreeMap<String, Vec<Busy>> = BTreeMap::new();
    for (_, events) in units.iter().filter(|(unit, _)| matches!(unit, UnitKey::Task(_))) {
        for found in reservations(events) {
            let stretch = Busy { from_ms: found.accepted_ms, to_ms: found.completed_ms };
            busy.entry(found.worker).or_default().push(stretch);
        }
    }
    let none = Vec::new();
    let rows = units.iter().map(|(unit, events)| match unit {
        UnitKey::Task(task) => task_rows(task, events),
        UnitKey::WorkerDay(worker, day) => {
            let busy = busy.get(worker).unwrap_or(&none);
            worker_day_rows(&WorkerInput { worker, day, updates: events, busy, next_day_started: true })
        }
        UnitKey::WorkerNow(_) => UnitRows::default(),
    });
    rows.collect()
}

#[test]
fn simulated_days_make_whole_rows_of_every_kind() {
    let events: Vec<Event> = Simulator::new(acme::demo(), 7, FROM, FROM + 48 * HOURS).collect();
    let all = rows(&events);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for rows in &all {
        for segment in &rows.segments {
            *kinds.entry(show(segment, "kind")).or_default() += 1;
            let slices = || rows.workload.iter().filter(|slice| slice.get("segment_id") == segment.get("segment_id"));
            if slices().next().is_some() {
                assert_eq!(sum(slices(), "workload_talk_time"), sum([segment], "talk_time"));
                assert_eq!(sum(slices(), "workload_wrap_up_time"), sum([segment], "wrap_up_time"));
                assert_eq!(sum(slices(), "workload_activity_time"), sum([segment], "activity_time"));
            }
        }
    }
    for kind in ["Queue", "Conversation", "Missed Conversation", "Rejected Conversation", "Agent Status"] {
        assert!(kinds.get(kind).is_some_and(|count| *count > 5), "{kind}: {kinds:?}");
    }
    assert_eq!(kinds.get("Corrupted Conversation Segment"), None, "{kinds:?}");
}
