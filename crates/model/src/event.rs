//! What comes in: one event of a contact-centre platform, in one form whatever door it came through.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The type of an event, as the platform names it, lower case (`reservation.accepted`).
/// Unknown types are kept and ignored, so this is text and not an enum.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventKind(String);

impl EventKind {
    /// Normalises spellings that mean the same: `cancelled` to `canceled`, a leading
    /// `com.twilio.taskrouter.` is cut, `expression-updated` to `expression.updated`.
    pub fn new(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_prefix("com.twilio.taskrouter.").unwrap_or(&text);
        Self(text.replace("cancelled", "canceled").replace("expression-updated", "expression.updated"))
    }
    /// The normalised name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The sender's id, the key for duplicates (`EV…`, `EZ…`; importers derive one from the line).
    pub id: String,
    /// Where it came from: `taskrouter`, `event-streams`, `csv`, `queue-log`, `simulator`.
    pub source: String,
    /// What happened.
    pub kind: EventKind,
    /// When it happened, epoch milliseconds.
    pub at_ms: i64,
    /// The task that it belongs to, if any (`task_sid`).
    pub task: Option<String>,
    /// The worker that it belongs to, if any (`worker_sid`).
    pub worker: Option<String>,
    /// All fields of the event in snake case (domain reference: Event Streams payload names).
    /// `task_attributes` and `worker_attributes` stay JSON text as they were sent.
    pub payload: Map<String, Value>,
}

impl Event {
    /// A payload field as text. Numbers arrive as strings or numbers depending on the door: both are read.
    pub fn field(&self, name: &str) -> Option<String> {
        match self.payload.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }
    /// A payload field as a whole number.
    pub fn whole(&self, name: &str) -> Option<i64> {
        let text = self.field(name)?;
        text.parse::<i64>().ok().or_else(|| text.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| n as i64))
    }
    /// A payload field that holds JSON text (or an object already): `task_attributes`, `worker_attributes`.
    pub fn object(&self, name: &str) -> Option<Map<String, Value>> {
        match self.payload.get(name)? {
            Value::Object(map) => Some(map.clone()),
            Value::String(text) => match serde_json::from_str(text) {
                Ok(Value::Object(map)) => Some(map),
                _ => None,
            },
            _ => None,
        }
    }
}
