//! Waits in queues: where each began, how it ended, and who answered it (domain reference 2.2, 2.7).

use super::draft::{Draft, Form};
use super::timeline::{Moment, What, reservation_key};
use parclose_model::columns::kind;
use parclose_model::time::{seconds_between, whole_second};
use std::collections::{HashMap, HashSet};

/// A transfer to a queue sends `task.transfer-initiated` and, right after it, `task-queue.entered`. Within this
/// time, and before anything was offered, both mean one wait.
const SAME_ENTRY_MS: i64 = 5_000;

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// An agent accepted.
    Answered,
    /// The customer left, or the task was canceled, with nobody talking.
    Abandoned,
    /// The task moved on to another queue, or the transfer was called off while an agent was still there.
    Moved,
    /// The task ended and no event says how the wait did.
    Lost,
}

/// One wait in one queue.
#[derive(Debug, Clone)]
pub(super) struct Wait {
    pub entry: usize,
    pub entered: i64,
    /// The place of the exit's event.
    pub exit_at: usize,
    pub left: i64,
    pub exit: Exit,
    by_transfer: bool,
}

impl Wait {
    /// Queue time: last entry to exit, whole seconds. Unknown for a wait without an exit.
    pub(super) fn seconds(&self) -> Option<i64> {
        (self.exit != Exit::Lost).then(|| seconds_between(self.entered, self.left))
    }
    /// Places to read the queue's name from. The event of a transfer may still name the queue that was left.
    pub(super) fn queue_at(&self) -> Vec<usize> {
        if self.by_transfer && self.exit != Exit::Moved {
            vec![self.exit_at, self.entry]
        } else {
            vec![self.entry, self.exit_at]
        }
    }
}

/// All finished waits of a task in the order of entry.
#[derive(Debug, Default)]
pub(super) struct Waits {
    pub list: Vec<Wait>,
    /// Reservation to the wait that it answered.
    pub answered_by: HashMap<String, usize>,
}

struct Open {
    entry: usize,
    by_transfer: bool,
    offered: bool,
    attempt_failed: Option<usize>,
}

/// Walks the timeline once.
pub(super) fn waits(task: &str, moments: &[Moment<'_>]) -> Waits {
    let mut found = Waits::default();
    let mut open: Option<Open> = None;
    let mut talking: HashSet<String> = HashSet::new();
    let mut accepted: HashSet<String> = HashSet::new();
    for (at, moment) in moments.iter().enumerate() {
        match moment.what {
            What::QueueEntered | What::TransferInitiated => {
                let by_transfer = moment.what == What::TransferInitiated;
                if let Some(wait) = &mut open {
                    if is_same_entry(wait, moments, at) {
                        if !by_transfer {
                            wait.entry = at;
                            wait.attempt_failed = None;
                        }
                        continue;
                    }
                    close(&mut found, &mut open, moments, at, Exit::Moved);
                }
                open = Some(Open { entry: at, by_transfer, offered: false, attempt_failed: None });
            }
            What::OfferCreated => {
                if let Some(wait) = &mut open {
                    wait.offered = true;
                }
            }
            What::OfferAccepted => {
                let Some(key) = reservation_key(task, moment.event) else { continue };
                if !accepted.insert(key.clone()) {
                    continue;
                }
                if open.is_some() {
                    close(&mut found, &mut open, moments, at, Exit::Answered);
                    found.answered_by.insert(key.clone(), found.list.len() - 1);
                }
                talking.insert(key);
            }
            What::TaskCanceled => close(&mut found, &mut open, moments, at, Exit::Abandoned),
            What::TransferFailed | What::TransferCanceled => {
                // In a warm transfer the first agent still has the customer: nobody abandoned anything.
                let exit = if talking.is_empty() { Exit::Abandoned } else { Exit::Moved };
                close(&mut found, &mut open, moments, at, exit);
            }
            What::TransferAttemptFailed => {
                // The offer failed; the transfer may go on with the next one.
                if let Some(wait) = &mut open {
                    wait.attempt_failed.get_or_insert(at);
                }
            }
            What::TaskCompleted | What::TaskDeleted => match open.as_ref().and_then(|wait| wait.attempt_failed) {
                Some(failed) => close(&mut found, &mut open, moments, failed, Exit::Moved),
                None => close(&mut found, &mut open, moments, at, Exit::Lost),
            },
            other if other.is_offer() => {
                if let Some(key) = reservation_key(task, moment.event) {
                    talking.remove(&key);
                }
            }
            _ => {}
        }
    }
    found
}

/// The same entry told twice: by a transfer and by the queue, or through two doors.
fn is_same_entry(wait: &Open, moments: &[Moment<'_>], at: usize) -> bool {
    let (before, now) = (&moments[wait.entry], &moments[at]);
    if before.what == now.what {
        let queue = |moment: &Moment<'_>| moment.event.field("task_queue_sid");
        return before.at == now.at && queue(before) == queue(now);
    }
    before.what == What::TransferInitiated && !wait.offered && now.at - before.at <= SAME_ENTRY_MS
}

fn close(found: &mut Waits, open: &mut Option<Open>, moments: &[Moment<'_>], exit_at: usize, exit: Exit) {
    let Some(wait) = open.take() else { return };
    found.list.push(Wait {
        entry: wait.entry,
        entered: moments[wait.entry].at,
        exit_at,
        left: moments[exit_at].at,
        exit,
        by_transfer: wait.by_transfer,
    });
}

/// The rows of waits: one Queue row each, and for an abandon a Conversation row without an agent beside it.
pub(super) fn drafts(task: &str, waits: &Waits) -> Vec<Draft> {
    let mut drafts = Vec::with_capacity(waits.list.len() + 1);
    let mut abandons = 0;
    for (order, wait) in waits.list.iter().enumerate() {
        let lost = wait.exit == Exit::Lost;
        let name = if lost { kind::CORRUPTED } else { kind::QUEUE };
        let id = format!("{task}-Q{}", order + 1);
        let mut row = Draft::new(Form::Queue, name, id, whole_second(wait.entered), wait.exit_at);
        row.end = (!lost).then(|| whole_second(wait.left));
        row.queue_at = wait.queue_at();
        row.queue_time = wait.seconds();
        row.abandoned = wait.exit == Exit::Abandoned;
        if row.abandoned {
            abandons += 1;
            drafts.push(Draft {
                form: Form::Abandoned,
                kind: kind::CONVERSATION,
                id: format!("{task}-A{abandons}"),
                start: whole_second(wait.left),
                ..row.clone()
            });
        }
        drafts.push(row);
    }
    drafts
}
