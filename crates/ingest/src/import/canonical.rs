//! Imported calls as a platform would have told them. Ids come from the source and the key, never from chance.

use parclose_model::{Event, EventKind};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// An id that depends on its parts only.
pub(super) fn id(prefix: &str, parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    format!("{prefix}{}", hex::encode(&digest.finalize()[..16]))
}

/// Somebody who takes calls.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub sid: String,
    pub name: String,
    pub attributes: String,
}

impl Worker {
    pub fn new(source: &str, name: &str, mut attributes: Map<String, Value>) -> Self {
        attributes.entry("full_name").or_insert_with(|| json!(name));
        Self {
            sid: id("WK", &[source, "worker", name]),
            name: name.to_owned(),
            attributes: Value::Object(attributes).to_string(),
        }
    }
    pub fn fields(&self, payload: &mut Map<String, Value>) {
        put(payload, "worker_sid", &self.sid);
        put(payload, "worker_name", &self.name);
        put(payload, "worker_attributes", &self.attributes);
    }
}

/// A call in the making.
#[derive(Debug, Clone)]
pub(super) struct Story {
    /// Which importer: the event's `source`.
    pub door: &'static str,
    /// The source's name.
    pub source: String,
    pub task: String,
    pub channel: String,
    pub queue: String,
    pub priority: String,
    /// Task attributes; told with every event as they are then.
    pub attributes: Map<String, Value>,
}

impl Story {
    /// A member of `conversations`.
    pub fn say(&mut self, name: &str, value: impl Into<Value>) {
        let conversations = self.attributes.entry("conversations").or_insert_with(|| json!({}));
        if let Value::Object(conversations) = conversations {
            conversations.insert(name.to_owned(), value.into());
        }
    }

    /// Tells that something happened to the task. `part` keeps the ids of equal kinds apart.
    pub fn task(&self, kind: &str, part: &str, at_ms: i64, extra: &[(&str, &str)]) -> Event {
        let mut payload = self.payload();
        extra.iter().for_each(|(name, value)| put(&mut payload, name, value));
        self.event(kind, part, at_ms, None, payload)
    }

    /// Tells that something happened to an offer. Without a worker nobody knows who it was.
    pub fn offer(&self, kind: &str, part: &str, at_ms: i64, worker: Option<&Worker>) -> Event {
        let mut payload = self.payload();
        put(&mut payload, "reservation_sid", &format!("{}-{part}", self.task.replacen("IM", "IR", 1)));
        if let Some(worker) = worker {
            worker.fields(&mut payload);
        }
        self.event(kind, part, at_ms, worker.map(|worker| worker.sid.clone()), payload)
    }

    fn payload(&self) -> Map<String, Value> {
        let mut payload = Map::new();
        put(&mut payload, "task_sid", &self.task);
        put(&mut payload, "task_attributes", &Value::Object(self.attributes.clone()).to_string());
        put(&mut payload, "task_channel_unique_name", &self.channel);
        put(&mut payload, "task_priority", &self.priority);
        if !self.queue.is_empty() {
            put(&mut payload, "task_queue_sid", &id("WQ", &[&self.source, "queue", &self.queue]));
            put(&mut payload, "task_queue_name", &self.queue);
        }
        payload
    }

    fn event(&self, kind: &str, part: &str, at_ms: i64, worker: Option<String>, payload: Map<String, Value>) -> Event {
        Event {
            id: format!("{}.{part}.{kind}", self.task),
            source: self.door.to_owned(),
            kind: EventKind::new(kind),
            at_ms,
            task: Some(self.task.clone()),
            worker,
            payload,
        }
    }
}

/// Empty texts are absent fields.
pub(super) fn put(payload: &mut Map<String, Value>, name: &str, value: &str) {
    if !value.is_empty() {
        payload.insert(name.to_owned(), Value::String(value.to_owned()));
    }
}
