//! Claims as attributes.

use crate::Claims;
use serde_json::Value;
use std::collections::BTreeMap;

/// What the protocol needs and no rule should read.
const OF_THE_PROTOCOL: [&str; 16] = [
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "auth_time",
    "sid",
    "ver",
    "session_state",
];

const MAX_DEPTH: usize = 3;

/// All other claims: texts, numbers and booleans as texts, arrays as several values, objects with dotted names
/// (`realm_access.roles`).
pub fn attributes_of(claims: &Claims) -> BTreeMap<String, Vec<String>> {
    let mut attributes = BTreeMap::new();
    for (name, value) in claims.iter().filter(|(name, _)| !OF_THE_PROTOCOL.contains(&name.as_str())) {
        add(name, value, 0, &mut attributes);
    }
    attributes
}

fn add(name: &str, value: &Value, depth: usize, into: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Null => {}
        Value::String(text) => into.entry(name.to_owned()).or_default().push(text.clone()),
        Value::Number(_) | Value::Bool(_) => into.entry(name.to_owned()).or_default().push(value.to_string()),
        Value::Array(values) => {
            values.iter().filter(|value| !value.is_object() && !value.is_array()).for_each(|value| add(name, value, depth, into))
        }
        Value::Object(inner) if depth < MAX_DEPTH => {
            inner.iter().for_each(|(key, value)| add(&format!("{name}.{key}"), value, depth + 1, into))
        }
        Value::Object(_) => {}
    }
}
