//! From a draft to a row: keys, attributes, facts (domain reference 2.3 to 2.7).

use super::attributes::Attributes;
use super::customers::{self, Direction};
use super::draft::{Draft, Form};
use super::fields::{self, Object};
use super::team::Queue;
use super::timeline::{Moment, What, worker_of};
use super::{agents, labels, media, team};
use parclose_model::columns::{CONVERSATION_ATTRIBUTES, SEGMENT_FACTS, kind};
use parclose_model::{Cell, ColumnType, Row, TableId};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::LazyLock;

/// Positions of the conversation's attributes and of the facts among a segment's columns.
static PLACES: LazyLock<(Range<usize>, Range<usize>)> = LazyLock::new(|| {
    let at = |name: &str| TableId::Segments.index_of(name).unwrap_or_default();
    let (attributes, facts) = (at(CONVERSATION_ATTRIBUTES[0].name), at(SEGMENT_FACTS[0].name));
    (attributes..attributes + CONVERSATION_ATTRIBUTES.len(), facts..facts + SEGMENT_FACTS.len())
});

/// Longer than any conversation: 317 years.
const MOST_SECONDS: i64 = 10_000_000_000;
const MOST_MEASURE: f64 = 1e15;

/// What one set of task attributes says of a segment, whichever segment it is.
struct Said {
    row: Row,
    facts: Vec<(&'static str, Cell)>,
}

/// Makes the rows of one task.
pub(super) struct Composer<'a> {
    moments: &'a [Moment<'a>],
    attributes: &'a Attributes<'a>,
    unit_key: Cell,
    task_id: Cell,
    conversation_id: Cell,
    conversation_start: Cell,
    /// Said by the attributes at a place; parsed and mapped once.
    said: HashMap<Option<usize>, Rc<Said>>,
    channel: Option<Cow<'a, str>>,
    workflow: Option<Cow<'a, str>>,
    completed_reason: Option<Cow<'a, str>>,
    last_handled: Option<usize>,
}

impl<'a> Composer<'a> {
    pub(super) fn new(task: &str, moments: &'a [Moment<'a>], attributes: &'a Attributes<'a>, drafts: &[Draft], unit_key: String) -> Self {
        let anywhere = |name: &str| moments.iter().rev().find_map(|moment| fields::text(moment.event, name));
        let mut places: Vec<usize> = drafts.iter().filter_map(|draft| attributes.place_for(draft.as_of)).collect();
        places.sort_unstable();
        // The rows of one task never fall apart into several conversations: the latest link counts for all.
        let linked = places.iter().rev().find_map(|at| attributes.task(*at).and_then(customers::conversation_id));
        let conversation_id = fields::cell(Some(linked.unwrap_or(Cow::Borrowed(task))));
        let start = drafts.iter().map(|draft| draft.start).min();
        let handled = drafts.iter().filter(|draft| draft.form == Form::Handled);
        let completed = moments.iter().rev().filter(|moment| moment.what == What::TaskCompleted);
        Self {
            moments,
            attributes,
            unit_key: unit_key.into(),
            task_id: task.into(),
            conversation_id,
            conversation_start: start.map_or(Cell::Null, Cell::Instant),
            said: HashMap::new(),
            channel: anywhere("task_channel_unique_name"),
            workflow: anywhere("workflow_name"),
            completed_reason: completed
                .map(|moment| moment.event)
                .find_map(|event| fields::text(event, "task_completed_reason").or_else(|| fields::text(event, "reason"))),
            last_handled: handled.map(|draft| draft.as_of).max(),
        }
    }

    /// The row of one draft.
    pub(super) fn row(&mut self, draft: &Draft) -> Row {
        let place = self.attributes.place_for(draft.as_of);
        let said = self.said(place);
        // A conversation that was answered at once never waited; its source says so with a queue time.
        let told_wait = draft.lacks_wait && said.facts.iter().any(|(name, value)| *name == "queue_time" && !value.is_null());
        let mended = told_wait.then(|| Draft {
            kind: if draft.form == Form::Progress { kind::CONVERSATION_IN_PROGRESS } else { kind::CONVERSATION },
            ..draft.clone()
        });
        let draft = mended.as_ref().unwrap_or(draft);
        let mut row = said.row.clone();
        let id = Cell::from(draft.id.as_str());
        row.set("unit_key", self.unit_key.clone());
        row.set("segment_id", id.clone());
        row.set("conversation_id", self.conversation_id.clone());
        row.set("task_id", self.task_id.clone());
        row.set("kind", draft.kind);
        row.set("segment_start", Cell::Instant(draft.start));
        row.set("segment_end", draft.end.map_or(Cell::Null, Cell::Instant));
        row.set("conversation_start", self.conversation_start.clone());
        self.event_attributes(&mut row, draft);
        abandoned(&mut row, draft);
        self.media(&mut row, draft, place);
        facts(&mut row, draft, &said.facts);
        labels::fill(&mut row, &labels::CONVERSATION, &id);
        row
    }

    fn said(&mut self, place: Option<usize>) -> Rc<Said> {
        let (attributes, conversation_id) = (self.attributes, &self.conversation_id);
        let said = self.said.entry(place).or_insert_with(|| {
            let task = place.and_then(|at| attributes.task(at));
            Rc::new(say(task.unwrap_or(&Object::new()), conversation_id))
        });
        Rc::clone(said)
    }

    /// What comes from the event's own fields where the task attributes say nothing.
    fn event_attributes(&self, row: &mut Row, draft: &Draft) {
        let event = self.moments[draft.as_of].event;
        let queue_at = |name: &str| draft.queue_at.iter().find_map(|at| fields::text(self.moments[*at].event, name));
        let queue = Queue { sid: queue_at("task_queue_sid"), name: queue_at("task_queue_name") };
        let or = |row: &mut Row, column: &str, value: Option<Cow<'_, str>>| {
            if value.is_some() && row.get(column).is_null() {
                row.set(column, fields::cell(value));
            }
        };
        or(row, "queue", queue.name.clone());
        or(row, "workflow", fields::text(event, "workflow_name").or_else(|| self.workflow.clone()));
        or(row, "priority", fields::text(event, "task_priority"));
        let channel = fields::text(event, "task_channel_unique_name").or_else(|| self.channel.clone());
        or(row, "channel", channel.map(channel_name));
        or(row, "outcome", self.outcome(draft));
        or(row, "followed_by", draft.transferred.then_some(Cow::Borrowed("Transfer")));
        or(row, "preceded_by", draft.from_transfer.then_some(Cow::Borrowed("Transfer")));
        let workers = || draft.worker_at.iter().copied();
        let worker = workers().find_map(|at| self.attributes.worker(at));
        if let Some(agent) = workers().find_map(|at| worker_of(self.moments[at].event)) {
            row.set("agent_id", agent);
            let name = workers().map(|at| agents::name(self.moments[at].event, self.attributes.worker(at)));
            row.set("agent_name", name.into_iter().find(|name| !name.is_null()).unwrap_or_default());
        }
        team::fill_handling(row, worker, Some(&queue));
    }

    /// The reason that the deciding event gives; for the last agent's part also the reason of the task's completion.
    fn outcome(&self, draft: &Draft) -> Option<Cow<'a, str>> {
        let names: &[&str] = match draft.form {
            Form::Handled => &["task_completed_reason", "reason"],
            Form::Offer => &["task_canceled_reason", "reason"],
            Form::Abandoned => &["task_canceled_reason", "task_completed_reason", "reason"],
            Form::Queue if draft.abandoned => &["task_canceled_reason", "task_completed_reason", "reason"],
            Form::Queue | Form::Progress => &[],
        };
        let event = self.moments[draft.as_of].event;
        names.iter().find_map(|name| fields::text(event, name)).or_else(|| {
            let last = draft.form == Form::Handled && self.last_handled == Some(draft.as_of);
            self.completed_reason.clone().filter(|_| last)
        })
    }

    /// Recordings belong to the part in which they were made: waits and offers carry none.
    fn media(&self, row: &mut Row, draft: &Draft, place: Option<usize>) {
        if matches!(draft.form, Form::Queue | Form::Offer) {
            row.set("segment_link", Cell::Null);
            return;
        }
        let reservation = draft.reservation.as_deref();
        let task = place.and_then(|at| self.attributes.task(at));
        let mut found = task.and_then(|task| media::of_task(task, reservation));
        if draft.form == Form::Handled {
            let until = self.moments[draft.as_of].at + media::LATE_MEDIA_MS;
            for (at, moment) in self.moments.iter().enumerate().skip(draft.as_of + 1) {
                if moment.at > until {
                    break;
                }
                if moment.what != What::TaskUpdated {
                    continue;
                }
                let Some(task) = self.attributes.task(at) else { continue };
                found = media::of_task(task, reservation).or(found);
                let link = fields::inner(task, "conversations").and_then(|own| fields::member(own, "segment_link"));
                if link.is_some() {
                    row.set("segment_link", fields::cell(link));
                }
            }
        }
        row.set("media", found);
    }
}

/// Maps one set of task attributes.
fn say(task: &Object, conversation_id: &Cell) -> Said {
    let mut said = Said { row: Row::empty(TableId::Segments), facts: Vec::new() };
    let (attributes, facts) = &*PLACES;
    for (name, value) in fields::inner(task, "conversations").into_iter().flatten() {
        // Unknown names are ignored; keys, times and the customer can't be set from here.
        let Some(index) = TableId::Segments.index_of(name) else { continue };
        if attributes.contains(&index) && name != "media" {
            said.row.set_at(index, fields::attribute(name, value));
        } else if facts.contains(&index) {
            let column = TableId::Segments.columns()[index];
            // Nonsense is left out: no sum of facts may come near the end of its type.
            let fact = match column.ty {
                ColumnType::Number => fields::number(value).filter(|n| n.abs() <= MOST_MEASURE).map_or(Cell::Null, Cell::Number),
                _ => fields::whole(value).filter(|seconds| (0..=MOST_SECONDS).contains(seconds)).into(),
            };
            if !fact.is_null() {
                said.facts.push((column.name, fact));
            }
        }
    }
    if let Some(Value::Bool(flag)) = fields::inner(task, "conversations").and_then(|own| own.get("abandoned")) {
        said.row.set("abandoned", if *flag { "Yes" } else { "No" });
    }
    let direction = Direction::of(task);
    said.row.set("direction", direction.text());
    if said.row.get("external_contact").is_null() {
        said.row.set("external_contact", fields::cell(direction.centre(task)));
    }
    customers::fill(&mut said.row, task, conversation_id);
    said
}

/// `voice` and `chat` have names of their own, other channels keep theirs.
fn channel_name(channel: Cow<'_, str>) -> Cow<'_, str> {
    match &*channel {
        "voice" => "Call".into(),
        "chat" => "Chat".into(),
        _ => channel,
    }
}

/// Abandoned is what the task says (a callback or voicemail says Follow-Up), else what happened. An offer is
/// never the abandoned part. Of the phases only Queue is known without being told.
fn abandoned(row: &mut Row, draft: &Draft) {
    let said = match (draft.form, row.get("abandoned").as_text()) {
        (Form::Offer, _) => None,
        (_, Some(text)) if text.eq_ignore_ascii_case("yes") => Some(Cell::from("Yes")),
        (_, Some(text)) if text.eq_ignore_ascii_case("no") => Some(Cell::from("No")),
        (_, Some(text)) if text.eq_ignore_ascii_case("follow-up") => Some(Cell::from("Follow-Up")),
        (_, Some(text)) => Some(Cell::from(text)),
        (_, None) => None,
    };
    let happened = match draft.kind {
        kind::CORRUPTED => Cell::Null,
        _ if draft.abandoned => Cell::from("Yes"),
        _ => Cell::from("No"),
    };
    row.set("abandoned", said.unwrap_or(happened));
    let yes = row.get("abandoned").as_text() == Some("Yes");
    if draft.form == Form::Offer {
        row.set("abandoned_phase", Cell::Null);
    } else if yes && draft.abandoned && row.get("abandoned_phase").is_null() {
        row.set("abandoned_phase", "Queue");
    }
}

/// Computed facts, then those that the task supplied for facts which this kind of row fills.
fn facts(row: &mut Row, draft: &Draft, supplied: &[(&'static str, Cell)]) {
    row.set("queue_time", draft.queue_time);
    row.set("ring_time", draft.ring_time);
    row.set("talk_time", draft.talk_time);
    row.set("wrap_up_time", draft.wrap_up_time);
    for (name, value) in supplied {
        if fills(draft, name) {
            row.set(name, value.clone());
        }
    }
    let abandoned = draft.abandoned && row.get("abandoned").as_text() == Some("Yes");
    if abandoned && row.get("abandon_time").is_null() {
        let waited = row.get("queue_time").clone();
        row.set("abandon_time", waited);
    }
}

fn fills(draft: &Draft, fact: &str) -> bool {
    match draft.form {
        Form::Queue => fact == "queue_time" || (fact == "abandon_time" && draft.abandoned),
        Form::Offer => fact == "ring_time",
        Form::Progress => !matches!(fact, "talk_time" | "wrap_up_time" | "activity_time"),
        Form::Handled => fact != "activity_time",
        Form::Abandoned => !matches!(fact, "ring_time" | "talk_time" | "wrap_up_time" | "activity_time"),
    }
}
