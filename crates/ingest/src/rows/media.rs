//! Recordings, transcripts and links of a conversation row, kept as JSON text.

use super::fields::{Object, inner};
use serde_json::Value;

/// Media text is never longer than this; whole entries are dropped from the end until it fits.
const MEDIA_BYTES: usize = 4 * 1024;

/// Media links may still change this long after completion (domain reference 2.6).
pub(super) const LATE_MEDIA_MS: i64 = 120_000;

/// The media of a row: those of its own reservation win over those of the conversation.
pub(super) fn of_task(task: &Object, reservation: Option<&str>) -> Option<String> {
    let own =
        reservation.and_then(|sid| inner(inner(task, "reservation_attributes")?, sid)?.get("media")).and_then(as_text);
    own.or_else(|| inner(task, "conversations")?.get("media").and_then(as_text))
}

/// A list or object of media as JSON text within the limit.
fn as_text(media: &Value) -> Option<String> {
    match media {
        Value::Array(items) => {
            let mut text = String::from("[");
            for item in items {
                let item = serde_json::to_string(item).ok()?;
                // One byte for the comma, one for the closing bracket.
                if text.len() + item.len() + 2 > MEDIA_BYTES {
                    break;
                }
                if text.len() > 1 {
                    text.push(',');
                }
                text.push_str(&item);
            }
            text.push(']');
            (text.len() > 2).then_some(text)
        }
        Value::Object(map) if !map.is_empty() => {
            serde_json::to_string(media).ok().filter(|text| text.len() <= MEDIA_BYTES)
        }
        Value::String(text) => match serde_json::from_str(text) {
            Ok(inner @ (Value::Array(_) | Value::Object(_))) => as_text(&inner),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_long_list_keeps_its_first_entries_and_stays_json() {
        let items: Vec<Value> =
            (0..200).map(|n| json!({"type": "Raw", "url": format!("https://x.test/{n:060}")})).collect();
        let text = as_text(&Value::Array(items)).unwrap();
        assert!(text.len() <= MEDIA_BYTES && text.len() > MEDIA_BYTES - 200);
        assert!(serde_json::from_str::<Vec<Value>>(&text).unwrap().len() > 10);
    }

    #[test]
    fn the_reservations_own_media_win() {
        let task = json!({
            "conversations": {"media": [{"url": "a"}]},
            "reservation_attributes": {"WR1": {"media": [{"url": "b"}]}}
        });
        let task = task.as_object().unwrap();
        assert_eq!(of_task(task, Some("WR1")).unwrap(), r#"[{"url":"b"}]"#);
        assert_eq!(of_task(task, Some("WR2")).unwrap(), r#"[{"url":"a"}]"#);
        assert_eq!(of_task(task, None).unwrap(), r#"[{"url":"a"}]"#);
    }
}
