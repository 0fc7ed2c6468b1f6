//! Event Streams: an array of CloudEvents, each with the platform's payload inside.

use parclose_model::Event;
use serde_json::{Map, Value};

use super::assemble::{self, Parts};
use super::{DoorError, Limits, time};

/// Where these events say that they come from.
pub const SOURCE: &str = "event-streams";

/// Reads a whole delivery; the first element that isn't an event refuses all of it.
pub fn parse(body: &[u8], limits: &Limits) -> Result<Vec<Event>, DoorError> {
    parse_each(body, limits)?.into_iter().collect()
}

/// Reads a delivery element by element, so that a door may keep the good ones: the sender discards a refused
/// delivery as a whole and never sends it again.
pub fn parse_each(body: &[u8], limits: &Limits) -> Result<Vec<Result<Event, DoorError>>, DoorError> {
    let elements = match serde_json::from_slice(body).map_err(|_| DoorError::NotJson)? {
        Value::Array(elements) => elements,
        element @ Value::Object(_) => vec![element],
        _ => return Err(DoorError::NotEvents),
    };
    if elements.len() > limits.events {
        return Err(DoorError::TooLarge { index: limits.events, what: "events", limit: limits.events });
    }
    Ok(elements.into_iter().enumerate().map(|(index, element)| element_of(index, element, limits)).collect())
}

fn element_of(index: usize, element: Value, limits: &Limits) -> Result<Event, DoorError> {
    let Value::Object(mut envelope) = element else { return Err(DoorError::NotAnObject { index }) };
    let text = |name: &str| envelope.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (id, kind, envelope_time) = (text("id"), text("type"), text("time"));
    let payload = match envelope.remove("data") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(mut data)) => match data.remove("payload") {
            Some(Value::Object(payload)) => payload,
            // Other products put their fields straight into `data`.
            None => data,
            Some(_) => return Err(DoorError::Unreadable { index, field: "data.payload" }),
        },
        Some(_) => return Err(DoorError::Unreadable { index, field: "data" }),
    };
    let at_ms = instant(index, &payload, &envelope_time)?;
    let parts = Parts { index, source: SOURCE, id: ("id", &id), kind: ("type", &kind), at_ms };
    assemble::event(parts, payload, limits)
}

/// The payload says when the thing happened, the envelope when it was told. Whole seconds in the payload are
/// refined by the envelope when both name the same second.
fn instant(index: usize, payload: &Map<String, Value>, envelope_time: &str) -> Result<i64, DoorError> {
    let text = |name: &str| match payload.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let told = time::read(envelope_time);
    let (ms, happened) = (text("timestamp_ms"), text("timestamp"));
    if !ms.is_empty() {
        return time::read_ms(&ms).ok_or(DoorError::Unreadable { index, field: "data.payload.timestamp_ms" });
    }
    if happened.is_empty() {
        let missing = if envelope_time.is_empty() {
            DoorError::Missing { index, field: "time" }
        } else {
            DoorError::Unreadable { index, field: "time" }
        };
        return told.map(|instant| instant.ms).ok_or(missing);
    }
    let happened = time::read(&happened).ok_or(DoorError::Unreadable { index, field: "data.payload.timestamp" })?;
    match told {
        Some(told) if happened.whole_seconds && told.ms.div_euclid(1000) == happened.ms.div_euclid(1000) => Ok(told.ms),
        _ => Ok(happened.ms),
    }
}
