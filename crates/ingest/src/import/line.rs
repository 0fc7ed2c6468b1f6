//! One line of a mapped file to the events of one call.

use parclose_model::Event;
use serde_json::{Map, Value, json};

use super::canonical::{Story, Worker, id};
use super::clock::{Clock, Decision, Placed};
use super::expression::Fields;
use super::mapping::Mapping;
use super::report::Report;

/// Where events of mapped files say that they come from.
pub(super) const SOURCE: &str = "csv";

/// The phases of a call, placed one after the other.
struct Phases {
    begun: i64,
    ivr_seconds: Option<i64>,
    queue: Option<Placed>,
    service: Option<Placed>,
}

/// The events of a line that isn't skipped, or why it is refused.
pub(super) fn events(
    mapping: &Mapping,
    clock: &Clock,
    fields: &Fields<'_>,
    line: u64,
    report: &mut Report,
) -> Result<Vec<Event>, &'static str> {
    let key: Vec<String> = mapping.key.iter().map(|part| part.value(fields, &mapping.tables)).collect();
    if key.iter().all(String::is_empty) {
        return Err("the key is empty");
    }
    let mut notes = Vec::new();
    let phases = phases(mapping, clock, fields, &mut notes)?;
    let events = tell(mapping, clock, fields, &key, &phases)?;
    for (phase, decision) in notes {
        report.note(&format!("{phase} {}", decision.text()), line);
    }
    for note in mapping.notes.iter().filter(|note| note.when.holds(fields)) {
        report.note(&note.say, line);
    }
    Ok(events)
}

fn phases(
    mapping: &Mapping,
    clock: &Clock,
    fields: &Fields<'_>,
    notes: &mut Vec<(&'static str, Decision)>,
) -> Result<Phases, &'static str> {
    let mut before = None;
    let mut place = |name, phase: &super::Phase, before: &mut Option<i64>| {
        let present = match &phase.present {
            Some(condition) => condition.holds(fields),
            None => !fields.get(&phase.from).is_empty(),
        };
        if !present {
            return Ok(None);
        }
        let (placed, decisions) = clock.place(phase, fields, *before)?;
        notes.extend(decisions.into_iter().map(|decision| (name, decision)));
        *before = Some(placed.to);
        Ok::<_, &'static str>(Some(placed))
    };
    let arrival = match &mapping.arrival {
        Some(phase) => place("the arrival", phase, &mut before)?,
        None => None,
    };
    let queue = place("the wait", &mapping.queue, &mut before)?;
    let service = place("the talk", &mapping.service, &mut before)?;
    let begun = [arrival, queue, service].into_iter().flatten().map(|placed| placed.from).next();
    if queue.is_none() && service.is_none() {
        return Err("the line has neither a wait nor a talk");
    }
    let begun = begun.ok_or("the line has no time")?;
    Ok(Phases { begun, ivr_seconds: arrival.and_then(|placed| placed.seconds), queue, service })
}

fn tell(
    mapping: &Mapping,
    clock: &Clock,
    fields: &Fields<'_>,
    key: &[String],
    phases: &Phases,
) -> Result<Vec<Event>, &'static str> {
    let value = |expression: &super::Expression| expression.value(fields, &mapping.tables);
    let at = |line_ms: i64| clock.instant(line_ms).ok_or("a time can't be read");
    let optional =
        |expression: &Option<super::Expression>| match expression.as_ref().map(value).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => super::clock::duration(&text).filter(|s| *s >= 0).map(Some).ok_or("a duration can't be read"),
        };
    let parts: Vec<&str> = std::iter::once(mapping.source.as_str()).chain(key.iter().map(String::as_str)).collect();
    let mut story = Story {
        door: SOURCE,
        source: mapping.source.clone(),
        task: id("IM", &parts),
        channel: value(&mapping.channel),
        queue: value(&mapping.queue_name),
        priority: mapping.priority.as_ref().map(value).unwrap_or_default(),
        attributes: attributes(mapping, fields),
    };
    if let Some(seconds) = phases.ivr_seconds {
        story.say("ivr_time", seconds);
    }
    let mut events = Vec::with_capacity(7);
    let begun = at(phases.begun)?;
    let queue_seconds = match phases.queue {
        // Answered at once: that it waited no time is a fact, not a gap.
        None => mapping.queue.seconds.as_ref().map(|_| 0),
        Some(wait) => wait.seconds,
    };
    if let Some(seconds) = queue_seconds {
        story.say("queue_time", seconds);
    }
    let Some(talk) = phases.service else {
        let wait = phases.queue.ok_or("the line has neither a wait nor a talk")?;
        let abandoned = mapping.abandoned.as_ref().is_none_or(|condition| condition.holds(fields));
        story.say("abandoned", if abandoned { "Yes" } else { "No" });
        events.push(story.task("task.created", "0", begun, &[]));
        events.push(story.task("task-queue.entered", "1", at(wait.from)?, &[]));
        let reason = if abandoned { "hangup" } else { "left the queue" };
        events.push(story.task("task.canceled", "1", at(wait.to)?, &[("task_canceled_reason", reason)]));
        return Ok(events);
    };
    if let Some(seconds) = talk.seconds {
        story.say("talk_time", seconds);
    }
    let (ring, wrap_up) = (optional(&mapping.ring_seconds)?, optional(&mapping.wrap_up_seconds)?);
    let worker = worker(mapping, fields);
    let worker = worker.as_ref();
    events.push(story.task("task.created", "0", begun, &[]));
    if let Some(wait) = phases.queue {
        events.push(story.task("task-queue.entered", "1", at(wait.from)?, &[]));
    }
    let (accepted, ended) = (at(talk.from)?, at(talk.to)?);
    let earliest = at(phases.queue.map_or(phases.begun, |wait| wait.from))?;
    let offered = (accepted - ring.unwrap_or(0) * 1000).max(earliest.min(accepted));
    events.push(story.offer("reservation.created", "1", offered, worker));
    events.push(story.offer("reservation.accepted", "1", accepted, worker));
    let completed = ended + wrap_up.unwrap_or(0) * 1000;
    if wrap_up.is_some() {
        events.push(story.offer("reservation.wrapup", "1", ended, worker));
    }
    events.push(story.offer("reservation.completed", "1", completed, worker));
    events.push(story.task("task.completed", "1", completed, &[]));
    Ok(events)
}

fn worker(mapping: &Mapping, fields: &Fields<'_>) -> Option<Worker> {
    let agent = &mapping.agent;
    let name = agent.name.value(fields, &mapping.tables);
    if name.is_empty() || agent.unnamed.as_ref().is_some_and(|condition| condition.holds(fields)) {
        return None;
    }
    Some(Worker::new(&mapping.source, &name, texts(&agent.attributes, mapping, fields)))
}

fn attributes(mapping: &Mapping, fields: &Fields<'_>) -> Map<String, Value> {
    let mut attributes = texts(&mapping.task, mapping, fields);
    let customers = texts(&mapping.customer, mapping, fields);
    if !customers.is_empty() {
        attributes.insert("customers".into(), Value::Object(customers));
    }
    attributes.insert("conversations".into(), Value::Object(texts(&mapping.conversation, mapping, fields)));
    attributes
}

/// Empty values are left out: unknown is absent, not empty.
fn texts(
    map: &std::collections::BTreeMap<String, super::Expression>,
    mapping: &Mapping,
    fields: &Fields<'_>,
) -> Map<String, Value> {
    let values = map.iter().map(|(name, expression)| (name.clone(), expression.value(fields, &mapping.tables)));
    values.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, json!(value))).collect()
}
