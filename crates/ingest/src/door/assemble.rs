//! The last step of every door: named fields become one event.

use parclose_model::{Event, EventKind};
use serde_json::{Map, Value};

use super::{DoorError, Limits};

/// Ids are keys of tables and parts of unit names: longer than this is no id of any platform.
const LONGEST_ID: usize = 200;

/// Fields that are in the event itself, whatever door they came through.
pub(super) const LIFTED: [&str; 8] =
    ["sid", "event_type", "eventtype", "timestamp", "timestamp_ms", "event_date", "event_date_ms", "event_sid"];

/// The parts of an event that doors find in different places.
pub(super) struct Parts<'a> {
    pub index: usize,
    pub source: &'a str,
    pub id: (&'static str, &'a str),
    pub kind: (&'static str, &'a str),
    pub at_ms: i64,
}

/// Checks and joins.
pub(super) fn event(parts: Parts<'_>, mut payload: Map<String, Value>, limits: &Limits) -> Result<Event, DoorError> {
    let index = parts.index;
    let id = name_of(index, parts.id)?;
    let kind = name_of(index, parts.kind)?;
    if payload.len() > limits.fields {
        return Err(DoorError::TooLarge { index, what: "fields", limit: limits.fields });
    }
    payload.retain(|name, _| !LIFTED.contains(&name.as_str()));
    for value in payload.values_mut() {
        // Attributes may arrive as an object: they are JSON text everywhere in here.
        if value.is_object() || value.is_array() {
            *value = Value::String(value.to_string());
        }
        if value.as_str().is_some_and(|text| text.len() > limits.value_bytes) {
            return Err(DoorError::TooLarge { index, what: "bytes in one value", limit: limits.value_bytes });
        }
    }
    let mut event = Event {
        id: id.to_owned(),
        source: parts.source.to_owned(),
        kind: EventKind::new(kind),
        at_ms: parts.at_ms,
        task: None,
        worker: None,
        payload,
    };
    event.task = key(&event, index, "task_sid")?;
    event.worker = key(&event, index, "worker_sid")?;
    Ok(event)
}

fn name_of<'a>(index: usize, (field, text): (&'static str, &'a str)) -> Result<&'a str, DoorError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DoorError::Missing { index, field });
    }
    if text.len() > LONGEST_ID || text.chars().any(char::is_control) {
        return Err(DoorError::Unreadable { index, field });
    }
    Ok(text)
}

fn key(event: &Event, index: usize, field: &'static str) -> Result<Option<String>, DoorError> {
    match event.field(field) {
        None => Ok(None),
        Some(text) => name_of(index, (field, &text)).map(|text| Some(text.to_owned())),
    }
}
