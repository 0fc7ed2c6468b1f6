//! Reading fields: JSON values as the platform sends them to text and numbers, without copying more than needed.

use parclose_model::{Cell, Event};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// Attribute values are cut at this many characters (domain reference 2.6).
const ATTRIBUTE_CHARS: usize = 128;
/// Levels of a hierarchy are joined with this (domain reference 2.3).
const HIERARCHY: &str = " ▸ ";
/// Instants that the platform accepts: the years 1901 to 2049 (domain reference 2.6).
const INSTANTS: std::ops::Range<i64> = -2_177_452_800_000..2_524_608_000_000;

/// True for an instant that arithmetic and calendars can be trusted with.
pub(super) fn is_instant(ms: i64) -> bool {
    INSTANTS.contains(&ms)
}

/// An instant brought into the accepted years.
pub(super) fn clamp_instant(ms: i64) -> i64 {
    ms.clamp(INSTANTS.start, INSTANTS.end - 1)
}

/// The UTC day of an instant, `2026-11-21`.
pub(super) fn utc_day(ms: i64) -> Option<String> {
    if !is_instant(ms) {
        return None;
    }
    let instant = jiff::Timestamp::from_millisecond(ms).ok()?;
    Some(jiff::tz::TimeZone::UTC.to_datetime(instant).date().to_string())
}

/// A text, number or flag as text; nothing for an empty text and for anything else.
pub(super) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then_some(Cow::Borrowed(text))
        }
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        _ => None,
    }
}

/// A field of an event as text.
pub(super) fn text<'a>(event: &'a Event, name: &str) -> Option<Cow<'a, str>> {
    event.payload.get(name).and_then(scalar)
}

/// A member of an object as text.
pub(super) fn member<'a>(object: &'a Object, name: &str) -> Option<Cow<'a, str>> {
    object.get(name).and_then(scalar)
}

/// The first of several members that has a text.
pub(super) fn first<'a>(object: &'a Object, names: &[&str]) -> Option<Cow<'a, str>> {
    names.iter().find_map(|name| member(object, name))
}

/// A member that is an object.
pub(super) fn inner<'a>(object: &'a Object, name: &str) -> Option<&'a Object> {
    object.get(name).and_then(Value::as_object)
}

/// A field of an event that holds JSON text, or an object already. Anything but an object counts as absent.
pub(super) fn object<'a>(event: &'a Event, name: &str) -> Option<Cow<'a, Object>> {
    match event.payload.get(name)? {
        Value::Object(map) => Some(Cow::Borrowed(map)),
        Value::String(text) => serde_json::from_str::<Object>(text).ok().map(Cow::Owned),
        _ => None,
    }
}

/// A whole number from a number or from its text; fractions are cut.
pub(super) fn whole(value: &Value) -> Option<i64> {
    let number = number(value)?;
    const SAFE: f64 = 9_007_199_254_740_992.0;
    (number.abs() <= SAFE).then_some(number as i64)
}

/// A finite number from a number or from its text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// Text cut at 128 characters.
pub(super) fn cut(text: &str) -> &str {
    match text.char_indices().nth(ATTRIBUTE_CHARS) {
        Some((end, _)) if text.len() > ATTRIBUTE_CHARS => &text[..end],
        _ => text,
    }
}

/// Text as a cell, cut at 128 characters.
pub(super) fn cell(text: Option<Cow<'_, str>>) -> Cell {
    text.map_or(Cell::Null, |text| Cell::from(cut(&text)))
}

/// An attribute's value as a cell: scalars as they are, lists joined with the separator of their column
/// (hierarchies with ` ▸ `, others with a comma), cut at 128 characters.
pub(super) fn attribute(column: &str, value: &Value) -> Cell {
    match value {
        Value::Array(items) => {
            let separator = if column.ends_with("_in_hierarchy") { HIERARCHY } else { ", " };
            // Only as many as can show: a list may be long.
            let parts: Vec<_> = items.iter().filter_map(scalar).take(ATTRIBUTE_CHARS).collect();
            if parts.is_empty() { Cell::Null } else { Cell::from(cut(&parts.join(separator))) }
        }
        other => cell(scalar(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_cut_at_128_characters_not_bytes() {
        let long = "ž".repeat(200);
        assert_eq!(cut(&long).chars().count(), 128);
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"a".repeat(128)).len(), 128);
    }

    #[test]
    fn lists_are_joined_by_column() {
        assert_eq!(attribute("team_name_in_hierarchy", &json!(["London", "Sales"])), Cell::from("London ▸ Sales"));
        assert_eq!(attribute("language", &json!(["cs", "de"])), Cell::from("cs, de"));
        assert_eq!(attribute("language", &json!({"a": 1})), Cell::Null);
        assert_eq!(attribute("language", &json!("  ")), Cell::Null);
    }

    #[test]
    fn days_are_utc_and_bounded() {
        assert_eq!(utc_day(0).as_deref(), Some("1970-01-01"));
        assert_eq!(utc_day(-1).as_deref(), Some("1969-12-31"));
        assert_eq!(utc_day(i64::MAX), None);
        assert_eq!(utc_day(i64::MIN), None);
    }
}
