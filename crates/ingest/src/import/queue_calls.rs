//! Calls of a queue log, put together line by line.

use parclose_model::Event;
use serde_json::{Map, json};

use super::canonical::{Story, Worker, id};
use super::queue_log::{Bounded, Left, Line, QueueLogMapping, SOURCE};

/// Calls that are remembered, open or ended.
const CALLS: usize = 200_000;

/// Where a part of a call is.
#[derive(PartialEq)]
enum Stage {
    /// In a queue, since when.
    Waiting(i64),
    /// With an agent; the offer's number.
    Talking(usize),
    /// Out of the queue and not yet seen elsewhere: when and how.
    Left(i64, &'static str),
    Ended,
}

/// A call: one task at a time. A call that comes back after an agent had it is a new task of the same conversation.
struct Call {
    first_task: String,
    part: usize,
    entries: usize,
    offers: usize,
    stage: Stage,
    worker: Option<Worker>,
    story: Story,
}

/// All calls so far.
pub(super) struct Calls<'a> {
    mapping: &'a QueueLogMapping,
    known: Bounded<Call>,
    forgotten_open: u64,
}

impl<'a> Calls<'a> {
    pub fn new(mapping: &'a QueueLogMapping) -> Self {
        Self { mapping, known: Bounded::new(CALLS), forgotten_open: 0 }
    }

    pub fn line(&mut self, line: &Line<'_>) -> Result<Vec<Event>, Left> {
        let mut events = Vec::new();
        let known = self.known.get(line.call).is_some();
        if !known {
            let call = self.call(line, 1, None);
            if line.event == "ENTERQUEUE" {
                events.push(call.story.task("task.created", "0", line.at_ms, &[]));
            }
            if let Some(forgotten) = self.known.put(line.call, call) {
                events.extend(self.close(forgotten));
            }
        }
        let mapping = self.mapping;
        let again = self
            .known
            .get(line.call)
            .filter(|call| call.stage == Stage::Ended)
            .map(|call| (call.part + 1, call.first_task.clone()));
        if let (Some((part, first)), "ENTERQUEUE") = (again, line.event) {
            let call = self.call(line, part, Some(first));
            events.push(call.story.task("task.created", "0", line.at_ms, &[]));
            self.known.put(line.call, call);
        }
        let Some(call) = self.known.get(line.call) else { return Ok(events) };
        if call.stage == Stage::Ended {
            return Err(Left::Skipped("a call's event after its end"));
        }
        step(mapping, call, line, &mut events);
        if known || line.event == "ENTERQUEUE" {
            Ok(events)
        } else {
            Err(Left::Noted("a call whose beginning isn't in the file", events))
        }
    }

    /// What is still to be told at the end of the file, and how many calls have no end.
    pub fn finish(&mut self) -> (Vec<Event>, u64) {
        let mut events = Vec::new();
        for call in self.known.drain() {
            events.extend(self.close(call));
        }
        (events, self.forgotten_open)
    }

    /// A call that left its queue for somewhere that this log doesn't tell of is neither served nor abandoned.
    fn close(&mut self, mut call: Call) -> Option<Event> {
        match call.stage {
            Stage::Ended => None,
            Stage::Left(at_ms, reason) => {
                call.story.say("abandoned", "Follow-Up");
                let entry = call.entries.to_string();
                Some(call.story.task("task.canceled", &entry, at_ms, &[("task_canceled_reason", reason)]))
            }
            Stage::Waiting(_) | Stage::Talking(_) => {
                self.forgotten_open += 1;
                None
            }
        }
    }

    fn call(&self, line: &Line<'_>, part: usize, first: Option<String>) -> Call {
        let source = &self.mapping.source;
        let task = match part {
            1 => id("IM", &[source, line.call]),
            _ => id("IM", &[source, line.call, &part.to_string()]),
        };
        let mut story = Story {
            door: SOURCE,
            source: source.clone(),
            task: task.clone(),
            channel: "voice".into(),
            queue: String::new(),
            priority: String::new(),
            attributes: Map::new(),
        };
        story.attributes.insert("direction".into(), json!("inbound"));
        story.attributes.insert("call_sid".into(), json!(line.call));
        if let Some(first) = &first {
            story.say("conversation_id", first.as_str());
        }
        if let Some(tag) = self.mapping.tags.get(line.queue) {
            story.say("conversation_attribute_1", tag.as_str());
        }
        if line.event == "ENTERQUEUE" && !line.param(1).is_empty() {
            story.attributes.insert("from".into(), json!(line.param(1)));
        }
        let stage = Stage::Waiting(line.at_ms);
        Call { first_task: first.unwrap_or(task), part, entries: 0, offers: 0, stage, worker: None, story }
    }
}

fn step(mapping: &QueueLogMapping, call: &mut Call, line: &Line<'_>, events: &mut Vec<Event>) {
    let at_ms = line.at_ms;
    if !matches!(line.queue, "" | "NONE") {
        call.story.queue = mapping.queue_name(line.queue);
    }
    let entry = call.entries.to_string();
    let since = |call: &Call| if let Stage::Waiting(since) = call.stage { since.min(at_ms) } else { at_ms };
    match line.event {
        "ENTERQUEUE" => {
            call.entries += 1;
            call.stage = Stage::Waiting(at_ms);
            events.push(call.story.task("task-queue.entered", &call.entries.to_string(), at_ms, &[]));
        }
        "RINGNOANSWER" | "RINGCANCELED" => {
            let offered = (at_ms - line.whole(0).unwrap_or(0)).max(since(call));
            call.offers += 1;
            let (offer, worker) = (call.offers.to_string(), worker(mapping, line));
            let kind = if line.event == "RINGNOANSWER" { "reservation.timeout" } else { "reservation.canceled" };
            events.push(call.story.offer("reservation.created", &offer, offered, worker.as_ref()));
            events.push(call.story.offer(kind, &offer, at_ms, worker.as_ref()));
        }
        "CONNECT" => {
            let offered = (at_ms - line.whole(2).unwrap_or(0).saturating_mul(1000)).max(since(call));
            call.offers += 1;
            call.stage = Stage::Talking(call.offers);
            call.worker = worker(mapping, line);
            if let Some(seconds) = line.whole(0) {
                call.story.say("queue_time", seconds);
            }
            let offer = call.offers.to_string();
            events.push(call.story.offer("reservation.created", &offer, offered, call.worker.as_ref()));
            events.push(call.story.offer("reservation.accepted", &offer, at_ms, call.worker.as_ref()));
        }
        "ABANDON" => {
            if let Some(seconds) = line.whole(2) {
                call.story.say("queue_time", seconds);
            }
            call.stage = Stage::Ended;
            events.push(call.story.task("task.canceled", &entry, at_ms, &[("task_canceled_reason", "hangup")]));
        }
        "EXITWITHTIMEOUT" => call.stage = Stage::Left(at_ms, "left the queue by time-out"),
        "EXITWITHKEY" => call.stage = Stage::Left(at_ms, "left the queue by key"),
        "EXITEMPTY" => call.stage = Stage::Left(at_ms, "nobody served the queue"),
        _ => talk_ends(mapping, call, line, events),
    }
}

/// `COMPLETE…`, `…TRANSFER`, `AGENTDUMP`: the agent's part is over, and with it the task.
fn talk_ends(mapping: &QueueLogMapping, call: &mut Call, line: &Line<'_>, events: &mut Vec<Event>) {
    let (hang_up_by, talk_at) = match line.event {
        "COMPLETECALLER" => ("Customer", 1),
        "COMPLETEAGENT" => ("Agent", 1),
        "ATTENDEDTRANSFER" => ("External Warm Transfer", 3),
        "BLINDTRANSFER" | "TRANSFER" => ("External Cold Transfer", 3),
        _ => ("Agent", usize::MAX),
    };
    if let Some(seconds) = line.whole(talk_at) {
        call.story.say("talk_time", seconds);
    }
    call.story.say("hang_up_by", hang_up_by);
    let offer = match call.stage {
        Stage::Talking(offer) => offer,
        // The beginning isn't in the file: the offer has no other event.
        _ => call.offers + 1,
    }
    .to_string();
    let worker = call.worker.take().or_else(|| worker(mapping, line));
    call.stage = Stage::Ended;
    events.push(call.story.offer("reservation.completed", &offer, line.at_ms, worker.as_ref()));
    events.push(call.story.task("task.completed", "1", line.at_ms, &[]));
}

fn worker(mapping: &QueueLogMapping, line: &Line<'_>) -> Option<Worker> {
    mapping.agent_name(line.agent).map(|name| Worker::new(&mapping.source, &name, Map::new()))
}
