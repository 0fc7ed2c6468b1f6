//! Reservations: offers and what became of them (domain reference 2.2, 2.7).

use super::draft::{Draft, Form};
use super::timeline::{Moment, What, reservation_key, timeline, worker_of};
use super::waits::Waits;
use parclose_model::Event;
use parclose_model::columns::kind;
use parclose_model::time::{seconds_between, whole_second};
use std::collections::HashMap;

/// The events of one reservation, as places in the timeline. Of several equal ones the first counts.
#[derive(Debug, Default)]
pub(super) struct Offer {
    pub key: String,
    created: Option<usize>,
    accepted: Option<usize>,
    wrapup: Option<usize>,
    completed: Option<usize>,
    /// Rejected, timed out, canceled, rescinded or failed.
    ended: Option<usize>,
}

impl Offer {
    /// All places, those that know the most of the agent first: attributes at the end count.
    fn places(&self) -> Vec<usize> {
        [self.completed, self.ended, self.wrapup, self.accepted, self.created].into_iter().flatten().collect()
    }
}

/// All reservations of a task in the order of their first event.
pub(super) fn offers(task: &str, moments: &[Moment<'_>]) -> Vec<Offer> {
    let mut list: Vec<Offer> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, moment) in moments.iter().enumerate() {
        if !moment.what.is_offer() {
            continue;
        }
        let Some(key) = reservation_key(task, moment.event) else { continue };
        let index = *known.entry(key).or_insert_with_key(|key| {
            list.push(Offer { key: key.clone(), ..Offer::default() });
            list.len() - 1
        });
        let offer = &mut list[index];
        let place = match moment.what {
            What::OfferCreated => &mut offer.created,
            What::OfferAccepted => &mut offer.accepted,
            What::OfferWrapup => &mut offer.wrapup,
            What::OfferCompleted => &mut offer.completed,
            _ => &mut offer.ended,
        };
        place.get_or_insert(at);
    }
    list
}

/// The row of one reservation, if it has one yet. `task_ended` is the instant at which the task ended.
pub(super) fn draft(offer: &Offer, waits: &Waits, moments: &[Moment<'_>], task_ended: Option<i64>) -> Option<Draft> {
    let mut row = match (offer.accepted, offer.completed) {
        (Some(accepted), _) => accepted_row(offer, accepted, waits, moments, task_ended),
        (None, Some(completed)) => lost_row(offer, completed, moments),
        (None, None) => match (offer.ended, offer.wrapup, offer.created) {
            (Some(ended), _, _) => ended_row(offer, ended, moments),
            (None, Some(wrapup), _) => lost_row(offer, wrapup, moments),
            // Still ringing: no row before it is known how the offer ended.
            (None, None, Some(created)) => {
                task_ended?;
                lost_row(offer, created, moments)
            }
            (None, None, None) => return None,
        },
    };
    row.worker_at = offer.places();
    row.reservation = Some(offer.key.clone());
    Some(row)
}

fn accepted_row(offer: &Offer, accepted: usize, waits: &Waits, moments: &[Moment<'_>], task_ended: Option<i64>) -> Draft {
    let start = whole_second(moments[accepted].at);
    let wait = waits.answered_by.get(&offer.key).and_then(|at| waits.list.get(*at));
    let ring = offer.created.map(|at| moments[at].at).filter(|created| whole_second(*created) <= start);
    let mut row = Draft::new(Form::Handled, kind::CONVERSATION, offer.key.clone(), start, accepted);
    row.queue_time = wait.and_then(|wait| wait.seconds());
    row.ring_time = ring.map(|created| seconds_between(created, start));
    row.accepted = Some(accepted);
    row.queue_at = vec![accepted];
    row.queue_at.extend(offer.created);
    row.queue_at.extend(wait.map(|wait| wait.entry));
    let mut whole = row.ring_time.is_some();
    match offer.completed {
        Some(completed) => {
            row.as_of = completed;
            let end = whole_second(moments[completed].at);
            row.end = Some(end.max(start));
            if end >= start {
                let talk_end = offer.wrapup.map_or(end, |at| whole_second(moments[at].at).clamp(start, end));
                row.talk_end = Some(talk_end);
                row.talk_time = Some(seconds_between(start, talk_end));
                row.wrap_up_time = Some(seconds_between(talk_end, end));
            } else {
                whole = false;
            }
        }
        None => {
            row.form = Form::Progress;
            row.kind = kind::CONVERSATION_IN_PROGRESS;
            row.as_of = offer.wrapup.unwrap_or(accepted);
            // An agent may wrap up after the task is over; but a task can't be over while its agent still talks.
            whole &= offer.ended.is_none() && (task_ended.is_none() || offer.wrapup.is_some());
        }
    }
    row.lacks_wait = whole && row.queue_time.is_none();
    if !whole || row.queue_time.is_none() {
        row.kind = kind::CORRUPTED;
    }
    row
}

fn ended_row(offer: &Offer, ended: usize, moments: &[Moment<'_>]) -> Draft {
    let end = whole_second(moments[ended].at);
    let created = offer.created.map(|at| whole_second(moments[at].at)).filter(|created| *created <= end);
    let name = match (created, moments[ended].what) {
        (None, _) => kind::CORRUPTED,
        (_, What::OfferRejected) => kind::REJECTED,
        // A failed offer is not the agent's doing: it counts as taken back.
        (_, What::OfferRescinded | What::OfferFailed) => kind::REVOKED,
        _ => kind::MISSED,
    };
    let mut row = Draft::new(Form::Offer, name, offer.key.clone(), created.unwrap_or(end), ended);
    row.end = Some(end);
    row.ring_time = created.map(|created| seconds_between(created, end));
    row.queue_at = vec![ended];
    row.queue_at.extend(offer.created);
    row
}

/// Events are missing: what is known of when and who, and no facts.
fn lost_row(offer: &Offer, last: usize, moments: &[Moment<'_>]) -> Draft {
    let end = whole_second(moments[last].at);
    let start = offer.created.map_or(end, |at| whole_second(moments[at].at).min(end));
    let mut row = Draft::new(Form::Offer, kind::CORRUPTED, offer.key.clone(), start, last);
    row.end = (Some(last) != offer.created).then_some(end);
    row.queue_at = vec![last];
    row.queue_at.extend(offer.created);
    row
}

/// The time that a worker was busy with a task: accepted until completed, wrap-up included.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reservation {
    /// The worker's sid.
    pub worker: String,
    /// When the worker accepted, epoch milliseconds.
    pub accepted_ms: i64,
    /// When it was over; unknown while it lasts.
    pub completed_ms: Option<i64>,
}

/// The accepted reservations among one task's events, for finding the worker days that they cut. A reservation
/// whose completion never came ends with its task, so that a lost event doesn't keep a worker busy for ever.
pub fn reservations(events: &[Event]) -> Vec<Reservation> {
    let task = events.iter().find_map(|event| event.task.as_deref()).unwrap_or_default();
    let moments = timeline(task, events);
    let task_ended = task_end(&moments);
    let mut list: Vec<Reservation> = offers(task, &moments)
        .into_iter()
        .filter_map(|offer| {
            let accepted = &moments[offer.accepted?];
            let end = offer.completed.or(offer.ended).map(|at| moments[at].at).or_else(|| {
                let wrapup = offer.wrapup.map_or(i64::MIN, |at| moments[at].at);
                task_ended.map(|ended| ended.max(wrapup))
            });
            Some(Reservation {
                worker: offer.places().into_iter().find_map(|at| worker_of(moments[at].event))?,
                accepted_ms: accepted.at,
                completed_ms: end.map(|end| end.max(accepted.at)),
            })
        })
        .collect();
    list.sort();
    list
}

/// When the task ended, if it did.
pub(super) fn task_end(moments: &[Moment<'_>]) -> Option<i64> {
    moments.iter().find(|moment| moment.what.ends_task()).map(|moment| moment.at)
}
