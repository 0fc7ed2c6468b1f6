//! All rows of one task.

use super::attributes::Attributes;
use super::compose::Composer;
use super::draft::{Draft, Form};
use super::timeline::{Moment, What, timeline};
use super::{offers, transfers, waits, workload};
use crate::unit::{UnitKey, UnitRows};
use parclose_model::Event;
use parclose_model::columns::kind;
use parclose_model::time::whole_second;

/// The rows of one task from all its events, in any order and with any duplicates: segments by the rules of the
/// domain reference 2.2 to 2.7, and the workload slices of its finished conversations (2.8).
///
/// Segment ids are stable: the reservation's sid for an agent's rows; `<task>-Q1`, `-Q2`… for waits in the order
/// of entry; `<task>-A1`… for the conversation rows of abandons.
pub fn task_rows(task: &str, events: &[Event]) -> UnitRows {
    let moments = timeline(task, events);
    let attributes = Attributes::new(&moments);
    let task_ended = offers::task_end(&moments);
    let found = waits::waits(task, &moments);
    let offers = offers::offers(task, &moments);
    let mut drafts = waits::drafts(task, &found);
    drafts.extend(offers.iter().filter_map(|offer| offers::draft(offer, &found, &moments, task_ended)));
    if drafts.is_empty() {
        drafts.extend(canceled_from_nowhere(task, &moments));
    }
    drafts.sort_by(|a, b| (a.start, a.form, &a.id).cmp(&(b.start, b.form, &b.id)));
    transfers::mark(&mut drafts, &moments);

    let mut rows = UnitRows {
        open: task_ended.is_none() || drafts.iter().any(|draft| draft.kind == kind::CONVERSATION_IN_PROGRESS),
        ..UnitRows::default()
    };
    let unit_key = UnitKey::Task(task.to_owned()).text();
    let mut composer = Composer::new(task, &moments, &attributes, &drafts, unit_key);
    for draft in &drafts {
        let row = composer.row(draft);
        // The row's own kind: a supplied queue time may have mended it.
        let shown = row.get("kind").as_text();
        rows.open |= shown == Some(kind::CONVERSATION_IN_PROGRESS);
        if let (Some(kind::CONVERSATION), Some(talk_end), Some(end)) = (shown, draft.talk_end, draft.end) {
            workload::conversation_slices(&row, draft.start, talk_end, end, &mut rows.workload);
        }
        rows.segments.push(row);
    }
    rows
}

/// A task that was canceled although no event says that it ever waited: shown, with no facts.
fn canceled_from_nowhere(task: &str, moments: &[Moment<'_>]) -> Option<Draft> {
    let at = moments.iter().position(|moment| moment.what == What::TaskCanceled)?;
    let instant = whole_second(moments[at].at);
    let mut draft = Draft::new(Form::Abandoned, kind::CORRUPTED, format!("{task}-A1"), instant, at);
    draft.end = Some(instant);
    draft.queue_at = vec![at];
    Some(draft)
}
