//! Back-fill: items of the platform's REST event list, saved one JSON object a line (or one page a line).

use std::io::{BufRead, Read};

use parclose_model::Event;
use serde_json::{Map, Value};

use super::assemble::{self, Parts};
use super::{DoorError, Limits, time};

/// Callbacks and the REST list share their ids, so that a back-filled event is the duplicate of its callback.
pub const SOURCE: &str = super::form::SOURCE;

/// Longest line that is read; a page of 1,000 events with their attributes fits.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Reads a file line by line; a bad line is one error and the next line is read. Empty lines are skipped.
/// Errors carry the line's number minus one as their index.
pub fn parse_lines<R: BufRead>(reader: R, limits: Limits) -> impl Iterator<Item = Result<Event, DoorError>> {
    Lines { reader, line: 0, failed: false }.flat_map(move |(index, line)| match line {
        Ok(bytes) => parse_line(index, &bytes, &limits),
        Err(error) => vec![Err(error)],
    })
}

/// Reads one line: an item, or a page (`{"events": [...]}`), or an array of items.
pub fn parse_line(index: usize, line: &[u8], limits: &Limits) -> Vec<Result<Event, DoorError>> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Vec::new();
    }
    let items = match serde_json::from_slice(line) {
        Err(_) => return vec![Err(DoorError::Unreadable { index, field: "line" })],
        Ok(Value::Array(items)) => items,
        Ok(Value::Object(mut page)) => match page.remove("events") {
            Some(Value::Array(items)) => items,
            Some(_) => return vec![Err(DoorError::Unreadable { index, field: "events" })],
            None => vec![Value::Object(page)],
        },
        Ok(_) => return vec![Err(DoorError::NotAnObject { index })],
    };
    items.into_iter().map(|item| item_of(index, item, limits)).collect()
}

fn item_of(index: usize, item: Value, limits: &Limits) -> Result<Event, DoorError> {
    let Value::Object(mut item) = item else { return Err(DoorError::NotAnObject { index }) };
    let text = |item: &Map<String, Value>, name: &str| match item.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (id, kind) = (text(&item, "sid"), text(&item, "event_type"));
    let (ms, date) = (text(&item, "event_date_ms"), text(&item, "event_date"));
    let at_ms = match (ms.is_empty(), date.is_empty()) {
        (false, _) => time::read_ms(&ms).ok_or(DoorError::Unreadable { index, field: "event_date_ms" })?,
        (true, false) => time::read(&date).ok_or(DoorError::Unreadable { index, field: "event_date" })?.ms,
        (true, true) => return Err(DoorError::Missing { index, field: "event_date_ms" }),
    };
    let mut payload = match item.remove("event_data") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(payload)) => payload,
        Some(Value::String(text)) => {
            serde_json::from_str(&text).map_err(|_| DoorError::Unreadable { index, field: "event_data" })?
        }
        Some(_) => return Err(DoorError::Unreadable { index, field: "event_data" }),
    };
    // A callback carries these beside the event's own fields; the list carries them one level up.
    for (name, field) in [
        ("account_sid", "account_sid"),
        ("workspace_sid", "workspace_sid"),
        ("resource_type", "resource_type"),
        ("resource_sid", "resource_sid"),
        ("description", "event_description"),
    ] {
        let value = text(&item, name);
        if !value.is_empty() && !payload.contains_key(field) {
            payload.insert(field.to_owned(), Value::String(value));
        }
    }
    let parts = Parts { index, source: SOURCE, id: ("sid", &id), kind: ("event_type", &kind), at_ms };
    assemble::event(parts, payload, limits)
}

struct Lines<R> {
    reader: R,
    line: usize,
    failed: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = (usize, Result<Vec<u8>, DoorError>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes);
        let index = self.line;
        self.line += 1;
        match read {
            Ok(0) => None,
            Ok(length) if length as u64 == LONGEST_LINE && bytes.last() != Some(&b'\n') => {
                // The rest of such a line can't be told from an event: stop.
                self.failed = true;
                let limit = LONGEST_LINE as usize;
                Some((index, Err(DoorError::TooLarge { index, what: "bytes in one line", limit })))
            }
            Ok(_) => Some((index, Ok(bytes))),
            Err(_) => {
                self.failed = true;
                Some((index, Err(DoorError::Read { line: index + 1 })))
            }
        }
    }
}
