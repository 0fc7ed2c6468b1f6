//! Events as platforms send them: the way back through a door. The doors read from these the same event, its source
//! apart.

use jiff::Timestamp;
use parclose_model::Event;
use serde_json::{Map, Value, json};

use crate::door::to_camel;

/// The decoded parameters of a TaskRouter callback.
pub fn form_params(event: &Event) -> Vec<(String, String)> {
    let mut params = vec![
        ("EventType".to_owned(), event.kind.as_str().to_owned()),
        ("Sid".to_owned(), event.id.clone()),
        ("Timestamp".to_owned(), event.at_ms.div_euclid(1000).to_string()),
        ("TimestampMs".to_owned(), event.at_ms.to_string()),
    ];
    params.extend(event.payload.iter().map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (to_camel(name), text)
    }));
    params
}

/// The body of a TaskRouter callback, `application/x-www-form-urlencoded`.
pub fn form_body(event: &Event) -> String {
    let mut body = String::new();
    for (name, value) in form_params(event) {
        if !body.is_empty() {
            body.push('&');
        }
        encode(&name, &mut body);
        body.push('=');
        encode(&value, &mut body);
    }
    body
}

/// One delivery of Event Streams.
pub fn cloud_events(events: &[Event]) -> Vec<u8> {
    Value::Array(events.iter().map(cloud_event).collect()).to_string().into_bytes()
}

fn cloud_event(event: &Event) -> Value {
    let mut payload = Map::with_capacity(event.payload.len() + 2);
    payload.insert("eventtype".into(), json!(event.kind.as_str()));
    payload.insert("timestamp".into(), json!(event.at_ms.to_string()));
    payload.extend(event.payload.iter().map(|(name, value)| (name.clone(), value.clone())));
    let time = Timestamp::from_millisecond(event.at_ms).unwrap_or_default();
    json!({
        "specversion": "1.0",
        "type": format!("com.twilio.taskrouter.{}", event.kind.as_str()),
        "source": "/v1/simulator",
        "id": event.id,
        "dataschema": "https://events-schemas.twilio.com/TaskRouter.WDSEvent/2",
        "datacontenttype": "application/json",
        "time": time.to_string(),
        "data": { "product_name": "TaskRouter", "payload_type": "task-router", "payload": payload },
    })
}

fn encode(text: &str, body: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => body.push(char::from(byte)),
            b' ' => body.push('+'),
            other => body.push_str(&format!("%{other:02X}")),
        }
    }
}
