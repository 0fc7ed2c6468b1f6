//! Computes units from the log: which units an event touches, and the rows of each.

use crate::log::{EventLog, Found, LogError, Logged};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use parclose_ingest::rows::{Busy, WorkerInput, reservations, task_rows, worker_day_rows, worker_now_rows};
use parclose_ingest::{UnitKey, UnitRows};
use parclose_model::Event;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(crate) const DAY_MS: i64 = 86_400_000;
/// A reservation without an end counts as busy for this long: a lost event must not make an agent busy for ever.
const LONGEST_BUSY_MS: i64 = DAY_MS;
/// Questions to the log beside each other: as many as it has connections for reading.
const AT_ONCE: usize = 4;
/// Workers that one question asks about: each question waits for a thread and a look at the log.
const WORKERS_TOGETHER: usize = 100;
/// How far before a day accepted reservations are looked for.
const BUSY_LOOK_BACK_MS: i64 = 3 * DAY_MS;

/// The UTC day (days since 1970-01-01) of an instant.
pub(crate) fn day_of(ms: i64) -> i64 {
    ms.div_euclid(DAY_MS)
}
/// `2026-11-21`.
pub(crate) fn day_text(day: i64) -> String {
    jiff::Timestamp::from_millisecond(day * DAY_MS).unwrap_or_default().strftime("%Y-%m-%d").to_string()
}
/// Reads `2026-11-21` back.
pub(crate) fn day_number(text: &str) -> Option<i64> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(day_of(zoned.timestamp().as_millisecond()))
}

/// A unit as computed from the log.
#[derive(Debug)]
pub(crate) struct Computed {
    pub key: UnitKey,
    pub rows: UnitRows,
    /// Position of the unit's first event, 0 when it can't be told: whether an earlier commit can hold rows of it.
    pub first_seq: u64,
    /// Earliest and latest instant of its events, epoch ms.
    pub range_ms: (i64, i64),
}

/// Events that were just read: all readable ones of the log after `since`. They are not read and unpacked again.
#[derive(Debug)]
pub(crate) struct AtHand {
    since: u64,
    of_tasks: HashMap<String, Vec<Logged>>,
    /// Changes of activity.
    of_workers: HashMap<String, Vec<Logged>>,
}

impl AtHand {
    /// Nothing: everything up to a position is read from the log.
    pub fn nothing(up_to: u64) -> Self {
        Self { since: up_to, of_tasks: HashMap::new(), of_workers: HashMap::new() }
    }
    /// The events that follow a position without a gap.
    pub fn after(since: u64, events: Vec<Logged>) -> Self {
        let mut at_hand = Self::nothing(since);
        for logged in events {
            let worker = logged.event.worker.clone().filter(|_| logged.event.kind.as_str() == UPDATE);
            match (logged.event.task.clone(), worker) {
                (Some(task), worker) => {
                    if let Some(worker) = worker {
                        at_hand.of_workers.entry(worker).or_default().push(logged.clone());
                    }
                    at_hand.of_tasks.entry(task).or_default().push(logged);
                }
                (None, Some(worker)) => at_hand.of_workers.entry(worker).or_default().push(logged),
                (None, None) => {}
            }
        }
        at_hand
    }
}

/// A change of activity.
const UPDATE: &str = "worker.activity.update";

/// What a batch of events touches.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub tasks: BTreeSet<String>,
    pub worker_days: BTreeMap<String, BTreeSet<i64>>,
    pub workers_now: BTreeSet<String>,
}

impl Touched {
    pub fn note(&mut self, event: &Event) {
        if let Some(task) = &event.task {
            self.tasks.insert(task.clone());
        }
        if let Some(worker) = &event.worker {
            match event.kind.as_str() {
                UPDATE => {
                    self.worker_days.entry(worker.clone()).or_default().insert(day_of(event.at_ms));
                    self.workers_now.insert(worker.clone());
                }
                "worker.deleted" | "worker.created" => {
                    self.workers_now.insert(worker.clone());
                }
                _ => {}
            }
        }
    }
    pub fn note_unit(&mut self, key: &UnitKey) {
        match key {
            UnitKey::Task(task) => {
                self.tasks.insert(task.clone());
            }
            UnitKey::WorkerDay(worker, day) => {
                if let Some(day) = day_number(day) {
                    self.worker_days.entry(worker.clone()).or_default().insert(day);
                }
            }
            UnitKey::WorkerNow(worker) => {
                self.workers_now.insert(worker.clone());
            }
        }
    }
}

fn range(events: &[Event]) -> (i64, i64) {
    let min = events.iter().map(|e| e.at_ms).min().unwrap_or(0);
    let max = events.iter().map(|e| e.at_ms).max().unwrap_or(0);
    (min, max)
}

fn split(logged: Vec<Logged>) -> (u64, Vec<Event>) {
    let first = logged.iter().map(|l| l.seq).min().unwrap_or(u64::MAX);
    (first, logged.into_iter().map(|l| l.event).collect())
}

/// Computes all touched units from the events up to a position, of which the last may be at hand. Handled conversations cut the slices of their
/// agents' status, so the worker days that a touched task's reservations overlap are computed too.
pub(crate) async fn compute(
    log: &EventLog,
    mut touched: Touched,
    mut at_hand: AtHand,
    up_to: u64,
    mut take: impl FnMut(Computed),
) -> Result<(), LogError> {
    let tasks: Vec<String> = std::mem::take(&mut touched.tasks).into_iter().collect();
    let mut handled = compute_tasks(log, &tasks, &mut at_hand, &mut take).await?;
    let spans: Vec<(String, (i64, i64))> = handled
        .iter()
        .map(|(worker, spans)| {
            let from = spans.iter().map(|s| s.0).min().unwrap_or(0);
            let to = spans.iter().map(|s| s.1).max().unwrap_or(0);
            // A status segment belongs to the day on which it ends: the first change after the span's end is included.
            (worker.clone(), (from, to.saturating_add(14 * DAY_MS)))
        })
        .collect();
    for (worker, changes) in changes_of(log, spans, up_to).await? {
        let days = touched.worker_days.entry(worker.clone()).or_default();
        for (start, end) in handled.remove(&worker).unwrap_or_default() {
            let first = changes.partition_point(|at| *at < start);
            let last = changes.partition_point(|at| *at <= end);
            days.extend(changes[first..(last + 1).min(changes.len())].iter().map(|at| day_of(*at)));
        }
    }
    // The first segment of a day starts at the change before it: a late change moves the start of the next one.
    let mut worker_days = touched.worker_days;
    worker_days.retain(|_, days| !days.is_empty());
    let ends = |days: &BTreeSet<i64>| (days.first().copied().unwrap_or(0), days.last().copied().unwrap_or(0));
    let spans = worker_days.iter().map(|(worker, days)| {
        let (first, last) = ends(days);
        (worker.clone(), (first * DAY_MS, (last + 15) * DAY_MS))
    });
    for (worker, changes) in changes_of(log, spans.collect(), up_to).await? {
        let Some(days) = worker_days.get_mut(&worker) else { continue };
        let next: Vec<i64> = days
            .iter()
            .filter_map(|day| changes.get(changes.partition_point(|at| *at < (day + 1) * DAY_MS)))
            .map(|at| day_of(*at))
            .collect();
        days.extend(next);
    }
    let mut by_days: BTreeMap<(i64, i64), Vec<String>> = BTreeMap::new();
    for (worker, days) in &worker_days {
        by_days.entry(ends(days)).or_default().push(worker.clone());
    }
    let (worker_days, since, new) = (&worker_days, at_hand.since, &at_hand.of_workers);
    let mut asked = Vec::new();
    for (ends, workers) in by_days {
        for some in workers.chunks(WORKERS_TOGETHER) {
            asked.push(compute_worker_days(log, some.to_vec(), ends, worker_days, new, since, up_to));
        }
    }
    let mut computed = stream::iter(asked).buffered(AT_ONCE);
    while let Some(computed) = computed.try_next().await? {
        computed.into_iter().for_each(&mut take);
    }
    let workers: Vec<String> = touched.workers_now.into_iter().collect();
    let asked: Vec<_> = workers.chunks(WORKERS_TOGETHER).map(|some| compute_workers_now(log, some.to_vec(), up_to)).collect();
    let mut now = stream::iter(asked).buffered(AT_ONCE);
    while let Some(computed) = now.try_next().await? {
        computed.into_iter().for_each(&mut take);
    }
    Ok(())
}

async fn compute_workers_now(log: &EventLog, workers: Vec<String>, up_to: u64) -> Result<Vec<Computed>, LogError> {
    let mut newest = log.newest_of_workers(&workers, up_to).await?;
    let of_worker = |worker: String| {
        let (first_seq, events) = split(newest.remove(&worker).unwrap_or_default());
        let mut rows = worker_now_rows(&worker, &events);
        rows.open = true;
        Computed { key: UnitKey::WorkerNow(worker), rows, first_seq, range_ms: range(&events) }
    };
    Ok(workers.into_iter().map(of_worker).collect())
}

/// Instants of changes of activity of each worker in their own span of time, both ends included.
async fn changes_of(log: &EventLog, spans: Vec<(String, (i64, i64))>, up_to: u64) -> Result<Vec<(String, Vec<i64>)>, LogError> {
    // Spans that lie in the same days are asked for together, so that one that is long makes no other longer.
    let mut together: BTreeMap<(i64, i64), Vec<(String, (i64, i64))>> = BTreeMap::new();
    for (worker, span) in spans {
        together.entry((day_of(span.0), day_of(span.1))).or_default().push((worker, span));
    }
    let mut asked = Vec::new();
    for all in together.into_values() {
        asked.extend(all.chunks(WORKERS_TOGETHER).map(|some| changes_of_some(log, some.to_vec(), up_to)));
    }
    let answers: Vec<Vec<(String, Vec<i64>)>> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
    Ok(answers.into_iter().flatten().collect())
}

async fn changes_of_some(log: &EventLog, some: Vec<(String, (i64, i64))>, up_to: u64) -> Result<Vec<(String, Vec<i64>)>, LogError> {
    let workers: Vec<String> = some.iter().map(|(worker, _)| worker.clone()).collect();
    let from = some.iter().map(|(_, span)| span.0).min().unwrap_or(0);
    let to = some.iter().map(|(_, span)| span.1).max().unwrap_or(0);
    let mut found = log.activity_changes(&workers, (from, to), up_to).await?;
    let own = |(worker, (from, to)): (String, (i64, i64))| {
        let mut changes = found.remove(&worker).unwrap_or_default();
        changes.retain(|at| (from..=to).contains(at));
        (worker, changes)
    };
    Ok(some.into_iter().map(own).collect())
}

/// Spans in which workers were busy with the tasks: (accepted, completed), epoch ms, by worker.
type Handled = HashMap<String, Vec<(i64, i64)>>;

/// Computes tasks alone, without the worker days that they touch.
pub(crate) async fn compute_tasks(
    log: &EventLog,
    tasks: &[String],
    at_hand: &mut AtHand,
    take: &mut impl FnMut(Computed),
) -> Result<Handled, LogError> {
    let mut handled = Handled::new();
    for some in tasks.chunks(2000) {
        let mut earlier = log.of_tasks(some, at_hand.since).await?;
        for task in some {
            let mut events = earlier.events.remove(task).unwrap_or_default();
            events.extend(at_hand.of_tasks.remove(task).unwrap_or_default());
            let (first_seq, events) = split(events);
            let first_seq = if earlier.is_whole { first_seq } else { 0 };
            for r in reservations(&events) {
                let end = r.completed_ms.unwrap_or(r.accepted_ms + LONGEST_BUSY_MS);
                handled.entry(r.worker).or_default().push((r.accepted_ms, end));
            }
            let rows = task_rows(task, &events);
            take(Computed { key: UnitKey::Task(task.clone()), rows, first_seq, range_ms: range(&events) });
        }
    }
    Ok(handled)
}

/// The days of some workers, whose first and last day are these.
async fn compute_worker_days(
    log: &EventLog,
    workers: Vec<String>,
    (first, last): (i64, i64),
    worker_days: &BTreeMap<String, BTreeSet<i64>>,
    new: &HashMap<String, Vec<Logged>>,
    since: u64,
    up_to: u64,
) -> Result<Vec<Computed>, LogError> {
    let span = (first * DAY_MS - BUSY_LOOK_BACK_MS, (last + 1) * DAY_MS - 1);
    let Found { events: mut updates, is_whole } = log.of_workers(&workers, UPDATE, span, since).await?;
    let busy = (first * DAY_MS - 2 * BUSY_LOOK_BACK_MS, (last + 1) * DAY_MS + LONGEST_BUSY_MS);
    let accepted = log.reservations_of_workers(&workers, busy, up_to).await?;
    let mut computed = Vec::new();
    for worker in &workers {
        let Some(days) = worker_days.get(worker) else { continue };
        let mut own = updates.remove(worker).unwrap_or_default();
        let new = new.get(worker).into_iter().flatten();
        own.extend(new.filter(|logged| (span.0..=span.1).contains(&logged.event.at_ms)).cloned());
        own.sort_by_key(|logged| (logged.event.at_ms, logged.seq));
        let accepted = accepted.get(worker).map_or(&[][..], Vec::as_slice);
        days_of_worker(worker, days, &own, accepted, is_whole, &mut computed);
    }
    Ok(computed)
}

/// The rows of a worker's days from their changes of activity and reservations. `is_whole`: no change is missing.
fn days_of_worker(
    worker: &str,
    days: &BTreeSet<i64>,
    updates: &[Logged],
    accepted: &[(String, String, i64)],
    is_whole: bool,
    computed: &mut Vec<Computed>,
) {
    let busy = pair(accepted);
    for day in days {
        let (start, end) = (day * DAY_MS, (day + 1) * DAY_MS);
        let mut first_seq = u64::MAX;
        let mut range_ms = (start, end);
        let mut of_day: Vec<Event> = Vec::new();
        for logged in updates.iter().filter(|l| l.event.at_ms < end) {
            if logged.event.at_ms >= start {
                first_seq = first_seq.min(logged.seq);
                range_ms.0 = range_ms.0.min(logged.event.at_ms - longest_before(&logged.event));
                of_day.push(logged.event.clone());
            }
        }
        // One earlier change is enough for the start of the day's first segment. It is looked for in the same stretch
        // whatever other days are computed along: rows must not depend on what else came in.
        let look_back = start - BUSY_LOOK_BACK_MS..start;
        if let Some(earlier) = updates.iter().rev().find(|l| look_back.contains(&l.event.at_ms)) {
            range_ms.0 = range_ms.0.min(earlier.event.at_ms);
            of_day.push(earlier.event.clone());
        }
        if first_seq == u64::MAX {
            continue;
        }
        let first_seq = if is_whole { first_seq } else { 0 };
        let near: Vec<Busy> = busy
            .iter()
            .filter(|b| b.from_ms < end && b.to_ms.is_none_or(|to| to > start - BUSY_LOOK_BACK_MS))
            .map(|b| Busy { from_ms: b.from_ms, to_ms: b.to_ms })
            .collect();
        let text = day_text(*day);
        let rows = worker_day_rows(&WorkerInput { worker, day: &text, updates: &of_day, busy: &near, next_day_started: true });
        computed.push(Computed { key: UnitKey::WorkerDay(worker.into(), text), rows, first_seq, range_ms });
    }
}

/// How far before a change of activity the row that it ends can begin, in milliseconds.
fn longest_before(event: &Event) -> i64 {
    let told = |name: &str, unit: i64| event.whole(name).filter(|n| (0..=i64::MAX / 2000).contains(n)).map_or(0, |n| n * unit);
    told("worker_time_in_previous_activity_ms", 1).max(told("worker_time_in_previous_activity", 1000)).saturating_add(1000)
}

/// Pairs accepted with completed by reservation; an end that never came is capped.
fn pair(events: &[(String, String, i64)]) -> Vec<Busy> {
    let mut spans: BTreeMap<&str, (Option<i64>, Option<i64>)> = BTreeMap::new();
    for (reservation, kind, at) in events {
        let span = spans.entry(reservation).or_default();
        match kind.as_str() {
            "reservation.accepted" => span.0 = Some(span.0.map_or(*at, |known: i64| known.min(*at))),
            _ => span.1 = Some(span.1.map_or(*at, |known: i64| known.max(*at))),
        }
    }
    spans
        .into_values()
        .filter_map(|(from, to)| {
            let from_ms = from?;
            Some(Busy { from_ms, to_ms: Some(to.unwrap_or(from_ms + LONGEST_BUSY_MS).max(from_ms)) })
        })
        .collect()
}
