//! Agent status: the stretches that a worker spent in each activity (domain reference 2.2, 2.7, 2.8).

use super::agents;
use super::fields::{self, Object};
use super::team;
use super::timeline::{unique, worker_of};
use super::workload::{Parallel, status_slices};
use crate::unit::{UnitKey, UnitRows};
use parclose_model::columns::kind;
use parclose_model::time::{seconds_between, whole_second};
use parclose_model::{Cell, Event, Row, TableId};

/// A stretch in which a worker had a conversation: accepted until completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// Accepted, epoch milliseconds.
    pub from_ms: i64,
    /// Completed; nothing while it lasts.
    pub to_ms: Option<i64>,
}

/// What the status rows of one worker's day depend on.
#[derive(Debug, Clone, Copy)]
pub struct WorkerInput<'a> {
    /// The worker's sid.
    pub worker: &'a str,
    /// The UTC day on which the rows end, `2026-11-21`.
    pub day: &'a str,
    /// The `worker.activity.update` events of that day and, for sources that don't tell how long the previous
    /// activity took, the one before. Any order, duplicates allowed.
    pub updates: &'a [Event],
    /// The worker's conversations around that day, each once.
    pub busy: &'a [Busy],
    /// True when the day is over.
    pub next_day_started: bool,
}

/// The Agent Status rows that end on one UTC day, and their slices. Rows never overlap: each begins no earlier
/// than the update before it. Each row is written by the update that ended it and is named after it:
/// `<worker>-S<epoch ms>`. Time is what the platform measured (`worker_time_in_previous_activity_ms`, then the
/// same in whole seconds), then the distance to the update before; without any of these the row is corrupted.
pub fn worker_day_rows(input: &WorkerInput<'_>) -> UnitRows {
    let mut rows = UnitRows { open: !input.next_day_started, ..UnitRows::default() };
    let unit_key = UnitKey::WorkerDay(input.worker.to_owned(), input.day.to_owned()).text();
    let busy = Parallel::new(input.busy.iter().map(|busy| {
        let to = busy.to_ms.unwrap_or(i64::MAX);
        (fields::clamp_instant(busy.from_ms), fields::clamp_instant(to))
    }));
    let updates = updates(input.worker, input.updates);
    let mut before: Option<&Event> = None;
    let mut twins = 0;
    for event in updates {
        twins = if before.is_some_and(|other| other.at_ms == event.at_ms) { twins + 1 } else { 0 };
        if fields::utc_day(event.at_ms).as_deref() == Some(input.day) {
            let end = whole_second(event.at_ms);
            let start = start_of(event, before);
            let mut id = format!("{}-S{}", input.worker, event.at_ms);
            if twins > 0 {
                id.push_str(&format!(".{twins}"));
            }
            let mut row = status_row(input.worker, event, &unit_key, id);
            row.set("kind", if start.is_some() { kind::AGENT_STATUS } else { kind::CORRUPTED });
            row.set("segment_start", Cell::Instant(start.unwrap_or(end)));
            row.set("segment_end", Cell::Instant(end));
            let activity = fields::text(event, "worker_previous_activity_name");
            let activity = activity.or_else(|| fields::text(before?, "worker_activity_name"));
            row.set("activity", fields::cell(activity));
            if let Some(start) = start {
                row.set("activity_time", seconds_between(start, end));
                status_slices(&row, start, end, &busy, &mut rows.workload);
            }
            rows.segments.push(row);
        }
        before = Some(event);
    }
    rows
}

/// The worker's current activity: one row Agent Status in Progress, from the latest update by the worker's
/// version, then instant, then id; none once the worker was deleted. Named `<worker>-P<epoch ms>`.
pub fn worker_now_rows(worker: &str, events: &[Event]) -> UnitRows {
    let mut rows = UnitRows { open: true, ..UnitRows::default() };
    let latest = unique(events)
        .into_iter()
        .filter(|event| matches!(event.kind.as_str(), "worker.activity.update" | "worker.deleted"))
        .filter(|event| is_of(worker, event))
        .max_by(|a, b| {
            let key = |event: &Event| (event.whole("worker_version"), event.at_ms);
            key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
        });
    let Some(event) = latest.filter(|event| event.kind.as_str() != "worker.deleted") else { return rows };
    let unit_key = UnitKey::WorkerNow(worker.to_owned()).text();
    let mut row = status_row(worker, event, &unit_key, format!("{worker}-P{}", event.at_ms));
    row.set("kind", kind::AGENT_STATUS_IN_PROGRESS);
    row.set("segment_start", Cell::Instant(whole_second(event.at_ms)));
    row.set("activity", fields::cell(fields::text(event, "worker_activity_name")));
    rows.segments.push(row);
    rows
}

/// The worker's updates in order.
fn updates<'a>(worker: &str, events: &'a [Event]) -> Vec<&'a Event> {
    let mut updates: Vec<&Event> = unique(events)
        .into_iter()
        .filter(|event| event.kind.as_str() == "worker.activity.update" && is_of(worker, event))
        .collect();
    updates.sort_by(|a, b| {
        let key = |event: &Event| (event.at_ms, event.whole("worker_version"));
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    updates
}

fn is_of(worker: &str, event: &Event) -> bool {
    fields::is_instant(event.at_ms) && worker_of(event).is_none_or(|own| own == worker)
}

/// When the activity that an update ends had begun, milliseconds zeroed.
fn start_of(event: &Event, before: Option<&Event>) -> Option<i64> {
    let end = whole_second(event.at_ms);
    let took = |name: &str| event.whole(name).filter(|time| (0..=i64::MAX / 2000).contains(time));
    let measured = match (took("worker_time_in_previous_activity_ms"), took("worker_time_in_previous_activity")) {
        (Some(ms), _) => Some(event.at_ms - ms),
        (None, Some(seconds)) => Some(end - seconds * 1000),
        (None, None) => None,
    };
    let before = before.map(|event| whole_second(event.at_ms));
    match (measured.filter(|start| fields::is_instant(*start)).map(whole_second), before) {
        (Some(start), Some(before)) => Some(start.max(before).min(end)),
        (Some(start), None) => Some(start),
        (None, before) => before,
    }
}

/// What both kinds of status row share.
fn status_row(worker: &str, event: &Event, unit_key: &str, id: String) -> Row {
    let mut row = Row::empty(TableId::Segments);
    row.set("unit_key", unit_key);
    row.set("segment_id", id);
    row.set("agent_id", worker);
    let attributes = fields::object(event, "worker_attributes");
    let attributes: Option<&Object> = attributes.as_deref();
    row.set("agent_name", agents::name(event, attributes));
    team::fill_handling(&mut row, attributes, None);
    row
}
