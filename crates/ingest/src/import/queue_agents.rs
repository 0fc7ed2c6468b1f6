//! Agents of a queue log: logging in, pausing, going.

use parclose_model::{Event, EventKind};
use serde_json::Map;

use super::canonical::{Worker, id, put};
use super::queue_log::{Bounded, Left, Line, QueueLogMapping, SOURCE};

/// Agents that are remembered.
const AGENTS: usize = 50_000;
/// Queues of one agent that are remembered.
const QUEUES: usize = 1_000;

struct Agent {
    queues: Vec<String>,
    paused: Option<String>,
    activity: String,
    since_ms: i64,
}

/// All agents so far.
pub(super) struct Agents<'a> {
    mapping: &'a QueueLogMapping,
    known: Bounded<Agent>,
}

impl<'a> Agents<'a> {
    pub fn new(mapping: &'a QueueLogMapping) -> Self {
        Self { mapping, known: Bounded::new(AGENTS) }
    }

    /// A change of activity, if this is one: an agent of three queues logs in three times and arrives once.
    pub fn line(&mut self, line: &Line<'_>) -> Result<Vec<Event>, Left> {
        let name = self.mapping.agent_name(line.agent).ok_or(Left::Refused("an agent's event without an agent"))?;
        if self.known.get(&name).is_none() {
            let since_ms = line.at_ms;
            self.known.put(&name, Agent { queues: Vec::new(), paused: None, activity: String::new(), since_ms });
        }
        let Some(agent) = self.known.get(&name) else { return Ok(Vec::new()) };
        let queue = line.queue.to_owned();
        match line.event {
            "ADDMEMBER" | "AGENTLOGIN" | "AGENTCALLBACKLOGIN" => {
                if !agent.queues.contains(&queue) && agent.queues.len() < QUEUES {
                    agent.queues.push(queue);
                }
            }
            "REMOVEMEMBER" => agent.queues.retain(|other| *other != queue),
            "AGENTLOGOFF" | "AGENTCALLBACKLOGOFF" => agent.queues.clear(),
            "PAUSE" | "PAUSEALL" => {
                let reason = line.param(0).trim();
                agent.paused =
                    Some(if reason.is_empty() { "Paused".to_owned() } else { reason.chars().take(128).collect() });
            }
            _ => agent.paused = None,
        }
        // Logs begin in the middle: whoever pauses must have been there.
        let there = !agent.queues.is_empty() || line.event.contains("PAUSE");
        let activity = match (&agent.paused, there) {
            (_, false) => "Offline".to_owned(),
            (Some(reason), true) => reason.clone(),
            (None, true) => "Available".to_owned(),
        };
        if activity == "Offline" {
            agent.paused = None;
        }
        if activity == agent.activity {
            return Ok(Vec::new());
        }
        let previous = std::mem::replace(&mut agent.activity, activity.clone());
        let spent_ms = (line.at_ms - std::mem::replace(&mut agent.since_ms, line.at_ms)).max(0);
        let worker = Worker::new(&self.mapping.source, &name, Map::new());
        let mut payload = Map::new();
        worker.fields(&mut payload);
        put(&mut payload, "worker_activity_name", &activity);
        if !previous.is_empty() {
            put(&mut payload, "worker_previous_activity_name", &previous);
            put(&mut payload, "worker_time_in_previous_activity", &(spent_ms / 1000).to_string());
            put(&mut payload, "worker_time_in_previous_activity_ms", &spent_ms.to_string());
        }
        let at = line.at_ms.to_string();
        Ok(vec![Event {
            id: id("IA", &[&self.mapping.source, &name, &at, line.event, line.queue, &activity]),
            source: SOURCE.to_owned(),
            kind: EventKind::new("worker.activity.update"),
            at_ms: line.at_ms,
            task: None,
            worker: Some(worker.sid),
            payload,
        }])
    }
}
