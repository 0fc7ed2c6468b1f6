//! Which parts of a conversation ended in a transfer, and which came from one (domain reference 2.3).

use super::draft::{Draft, Form};
use super::timeline::{Moment, What};

/// Marks the agents' parts among a task's drafts, which are in order of start.
pub(super) fn mark(drafts: &mut [Draft], moments: &[Moment<'_>]) {
    let parts: Vec<usize> = (0..drafts.len()).filter(|at| matches!(drafts[*at].form, Form::Handled | Form::Progress)).collect();
    for (nth, at) in parts.iter().enumerate() {
        let next = parts.get(nth + 1).copied();
        if is_transferred(*at, drafts, moments) {
            drafts[*at].transferred = true;
            if let Some(next) = next {
                drafts[next].from_transfer = true;
            }
        }
    }
}

/// The agent asked for a transfer and it was not taken back; or without a word the conversation went on elsewhere.
fn is_transferred(at: usize, drafts: &[Draft], moments: &[Moment<'_>]) -> bool {
    let part = &drafts[at];
    let (Form::Handled, Some(end), Some(accepted)) = (part.form, part.end, part.accepted) else { return false };
    let said = said(accepted, part.as_of, moments);
    let others = || drafts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, draft)| draft);
    let goes_on_with_an_agent =
        others().any(|d| matches!(d.form, Form::Handled | Form::Progress) && d.start >= end && d.start > part.start);
    let goes_on_in_a_queue = others().any(|d| d.form == Form::Queue && d.start > part.start && said.is_none());
    said == Some(true) || goes_on_with_an_agent || goes_on_in_a_queue
}

/// What the events say of a transfer that began between acceptance and completion: the last word counts.
fn said(accepted: usize, completed: usize, moments: &[Moment<'_>]) -> Option<bool> {
    let mut said = None;
    for (at, moment) in moments.iter().enumerate().skip(accepted + 1) {
        match moment.what {
            What::TransferInitiated if at > completed => break,
            What::TransferInitiated => said = Some(true),
            What::TransferCompleted if said.is_some() => said = Some(true),
            What::TransferAttemptFailed | What::TransferFailed | What::TransferCanceled if said.is_some() => said = Some(false),
            _ => {}
        }
    }
    said
}
