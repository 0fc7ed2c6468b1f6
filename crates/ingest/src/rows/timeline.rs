//! One order for a task's events, whatever the order in which they came.

use super::fields::{is_instant, text};
use parclose_model::Event;
use std::cmp::Ordering;
use std::collections::HashMap;

/// What an event means for a task's rows. The order of the variants is the order in which events of the same
/// instant are taken: a wait begins before the offer, the offer before its answer, the answer before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum What {
    TaskCreated,
    TransferInitiated,
    QueueEntered,
    OfferCreated,
    OfferRejected,
    OfferTimeout,
    OfferCanceled,
    OfferRescinded,
    OfferFailed,
    OfferAccepted,
    TransferCompleted,
    OfferWrapup,
    TransferAttemptFailed,
    TransferFailed,
    TransferCanceled,
    OfferCompleted,
    TaskCanceled,
    TaskWrapup,
    TaskCompleted,
    TaskDeleted,
    TaskUpdated,
}

impl What {
    /// The meaning of an event's kind; nothing for kinds that no row depends on.
    pub(super) fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "task.created" => What::TaskCreated,
            "task.updated" => What::TaskUpdated,
            "task.canceled" => What::TaskCanceled,
            "task.wrapup" => What::TaskWrapup,
            "task.completed" => What::TaskCompleted,
            "task.deleted" | "task.system-deleted" => What::TaskDeleted,
            "task.transfer-initiated" => What::TransferInitiated,
            "task.transfer-attempt-failed" => What::TransferAttemptFailed,
            "task.transfer-failed" => What::TransferFailed,
            "task.transfer-canceled" => What::TransferCanceled,
            "task.transfer-completed" => What::TransferCompleted,
            "task-queue.entered" => What::QueueEntered,
            "reservation.created" => What::OfferCreated,
            "reservation.accepted" => What::OfferAccepted,
            "reservation.rejected" => What::OfferRejected,
            "reservation.timeout" => What::OfferTimeout,
            "reservation.canceled" => What::OfferCanceled,
            "reservation.rescinded" => What::OfferRescinded,
            "reservation.failed" => What::OfferFailed,
            "reservation.wrapup" => What::OfferWrapup,
            "reservation.completed" => What::OfferCompleted,
            _ => return None,
        })
    }
    /// After this nothing more happens to the task as a matter of course.
    pub(super) fn ends_task(self) -> bool {
        matches!(self, What::TaskCanceled | What::TaskCompleted | What::TaskDeleted)
    }
    /// Belongs to one reservation.
    pub(super) fn is_offer(self) -> bool {
        matches!(
            self,
            What::OfferCreated
                | What::OfferAccepted
                | What::OfferRejected
                | What::OfferTimeout
                | What::OfferCanceled
                | What::OfferRescinded
                | What::OfferFailed
                | What::OfferWrapup
                | What::OfferCompleted
        )
    }
    /// Attributes are read at these (domain reference 2.6); accepted and wrapup serve rows in progress.
    pub(super) fn reads_attributes(self) -> bool {
        self.is_offer() || self == What::TaskCanceled
    }
}

/// One event in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub what: What,
    pub at: i64,
    pub event: &'a Event,
}

/// Puts a task's events in order: duplicates by id dropped, events of other tasks, of unknown kind or outside
/// the accepted years left out; then by instant, and within one instant by the task's version where all events
/// of that instant carry one, by the natural order of kinds, by the reservation's version, by id.
pub(super) fn timeline<'a>(task: &str, events: &'a [Event]) -> Vec<Moment<'a>> {
    let mut moments: Vec<Moment<'a>> = Vec::with_capacity(events.len());
    for event in unique(events) {
        if event.task.as_deref().is_some_and(|other| other != task) || !is_instant(event.at_ms) {
            continue;
        }
        if let Some(what) = What::of(event.kind.as_str()) {
            moments.push(Moment { what, at: event.at_ms, event });
        }
    }
    // A comparison that looks at versions only where both sides have one would not be transitive, so the choice
    // is made once for a whole instant.
    moments.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| natural(a, b)));
    let mut from = 0;
    while from < moments.len() {
        let at = moments[from].at;
        let to = from + moments[from..].iter().take_while(|moment| moment.at == at).count();
        let same = &mut moments[from..to];
        if same.len() > 1 && same.iter().all(|moment| moment.event.whole("task_version").is_some()) {
            same.sort_by_key(|moment| moment.event.whole("task_version"));
        }
        from = to;
    }
    moments
}

fn natural(a: &Moment<'_>, b: &Moment<'_>) -> Ordering {
    let version = |moment: &Moment<'_>| moment.event.whole("reservation_version");
    a.what.cmp(&b.what).then_with(|| version(a).cmp(&version(b))).then_with(|| a.event.id.cmp(&b.event.id))
}

/// The events without duplicates. Should two differ although they share an id, the same one is kept whatever the order.
pub(super) fn unique<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<&'a Event> {
    let mut kept: Vec<&'a Event> = Vec::new();
    let mut seen: HashMap<&'a str, usize> = HashMap::new();
    for event in events {
        match seen.get(event.id.as_str()) {
            None => {
                seen.insert(&event.id, kept.len());
                kept.push(event);
            }
            Some(&at) if *kept[at] != *event && content(event) < content(kept[at]) => kept[at] = event,
            Some(_) => {}
        }
    }
    kept
}

/// Any total order over an event's content will do; used only when two events claim one id.
fn content(event: &Event) -> (i64, String) {
    (event.at_ms, serde_json::to_string(event).unwrap_or_default())
}

/// The key of the reservation that an event belongs to: its sid, or the worker where a source sends no sid.
pub(super) fn reservation_key(task: &str, event: &Event) -> Option<String> {
    if let Some(sid) = text(event, "reservation_sid") {
        return Some(sid.into_owned());
    }
    if let Some(sid) = text(event, "resource_sid").filter(|sid| sid.starts_with("WR")) {
        return Some(sid.into_owned());
    }
    worker_of(event).map(|worker| format!("{task}-R-{worker}"))
}

/// The worker that an event is about.
pub(super) fn worker_of(event: &Event) -> Option<String> {
    match &event.worker {
        Some(worker) if !worker.is_empty() => Some(worker.clone()),
        _ => text(event, "worker_sid").map(|sid| sid.into_owned()),
    }
}
