//! What an event says of a worker, as it was sent: for the administrator's page that shows a person's own attributes next
//! to those of the person's worker. Rows are made by [`super::agents`].

use super::fields::{self, Object};
use super::timeline::worker_of;
use parclose_model::Event;
use serde_json::Value;
use std::collections::BTreeMap;

/// A worker as last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerSeen {
    /// The platform's id.
    pub worker: String,
    /// The platform's name: often an e-mail, with `_40` for `@` and `_2E` for a dot.
    pub name: String,
    /// Attributes by name; a member of an object is `object.member`.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// When, epoch milliseconds.
    pub seen_ms: i64,
}

const MOST_ATTRIBUTES: usize = 200;
const MOST_VALUES: usize = 500;
const LONGEST: usize = 256;
const DEEPEST: usize = 3;

/// The worker that an event describes; none when it carries no attributes of one.
pub fn worker_seen(event: &Event) -> Option<WorkerSeen> {
    let worker = worker_of(event)?.to_owned();
    let sent = fields::object(event, "worker_attributes")?;
    let mut attributes = BTreeMap::new();
    flatten("", &sent, 0, &mut attributes);
    let name = fields::text(event, "worker_name").map(|name| name.into_owned()).unwrap_or_default();
    Some(WorkerSeen { worker, name, attributes, seen_ms: event.at_ms })
}

fn flatten(above: &str, object: &Object, depth: usize, into: &mut BTreeMap<String, Vec<String>>) {
    for (name, value) in object {
        let name = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        if name.len() > LONGEST || into.len() >= MOST_ATTRIBUTES {
            continue;
        }
        match value {
            Value::Object(inner) if depth < DEEPEST => flatten(&name, inner, depth + 1, into),
            Value::Array(list) => {
                let values: Vec<String> = list.iter().take(MOST_VALUES).filter_map(one).collect();
                if !values.is_empty() {
                    into.insert(name, values);
                }
            }
            value => {
                if let Some(value) = one(value) {
                    into.insert(name, vec![value]);
                }
            }
        }
    }
}

fn one(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    let is_fine = !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control);
    is_fine.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parclose_model::EventKind;
    use serde_json::json;

    #[test]
    fn attributes_are_flattened_and_nothing_else_is_kept() {
        let attributes = json!({"email": "anna@acme.example", "team_name": " Anvils & Co ", "market": ["CZ", "SK", 3], "routing": {"skills": ["a"], "levels": {"a": 5}}, "nothing": null, "on": true}).to_string();
        let payload = json!({"worker_sid": "WK1", "worker_name": "anna_40acme_2Eexample", "worker_attributes": attributes});
        let payload = payload.as_object().unwrap().clone();
        let event = Event { id: "e".into(), source: "s".into(), kind: EventKind::new("worker.created"), at_ms: 5, task: None, worker: Some("WK1".into()), payload };
        let seen = worker_seen(&event).unwrap();
        assert_eq!((seen.worker.as_str(), seen.name.as_str(), seen.seen_ms), ("WK1", "anna_40acme_2Eexample", 5));
        let expected = json!({"email": ["anna@acme.example"], "team_name": ["Anvils & Co"], "market": ["CZ", "SK", "3"], "routing.skills": ["a"], "routing.levels.a": ["5"], "on": ["true"]});
        assert_eq!(serde_json::to_value(&seen.attributes).unwrap(), expected);
    }
}
