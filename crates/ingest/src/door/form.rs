//! A TaskRouter callback: one event as a form post.

use parclose_model::Event;
use serde_json::{Map, Value};

use super::assemble::{self, Parts};
use super::{DoorError, Limits, time, to_snake};

/// Where these events say that they come from.
pub const SOURCE: &str = "taskrouter";

/// Reads the decoded parameters of a callback with the default limits.
pub fn parse(params: &[(String, String)]) -> Result<Event, DoorError> {
    parse_within(params, &Limits::default())
}

/// Reads the decoded parameters of a callback.
///
/// The first of repeated names counts, and an empty value is an absent one. Milliseconds are preferred to seconds:
/// two events within one second are common, and their order matters.
pub fn parse_within(params: &[(String, String)], limits: &Limits) -> Result<Event, DoorError> {
    if params.len() > limits.fields {
        return Err(DoorError::TooLarge { index: 0, what: "fields", limit: limits.fields });
    }
    let mut payload = Map::with_capacity(params.len());
    for (name, value) in params {
        let name = to_snake(name);
        if !value.is_empty() && !payload.contains_key(&name) {
            payload.insert(name, Value::String(value.clone()));
        }
    }
    let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (id, kind) = (text("sid"), text("event_type"));
    let at_ms = match (text("timestamp_ms"), text("timestamp")) {
        (ms, seconds) if ms.is_empty() && seconds.is_empty() => {
            return Err(DoorError::Missing { index: 0, field: "Timestamp" });
        }
        (ms, seconds) if ms.is_empty() => {
            time::read(&seconds).ok_or(DoorError::Unreadable { index: 0, field: "Timestamp" })?.ms
        }
        (ms, _) => time::read_ms(&ms).ok_or(DoorError::Unreadable { index: 0, field: "TimestampMs" })?,
    };
    let parts = Parts { index: 0, source: SOURCE, id: ("Sid", &id), kind: ("EventType", &kind), at_ms };
    assemble::event(parts, payload, limits)
}
