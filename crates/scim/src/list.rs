//! Pages of lists.

use crate::error::Refused;
use crate::filter::{Filter, parse_filter};
use crate::schema::{LIST_RESPONSE, ResourceType};
use serde_json::{Value, json};

/// The most resources of a page.
pub(crate) const MAX_COUNT: i64 = 200;
const USUAL_COUNT: i64 = 100;
/// A filter that no index helps is asked of so many resources.
pub(crate) const MAX_SCANNED: i64 = 20_000;

/// What a list is asked for.
pub(crate) struct Asked {
    pub(crate) filter: Option<Filter>,
    /// From 1.
    pub(crate) start: i64,
    pub(crate) count: i64,
}

pub(crate) fn query(raw: Option<&str>) -> Result<Vec<(String, String)>, Refused> {
    let raw = raw.unwrap_or_default();
    if raw.len() > 16_384 {
        return Err(Refused::TooLarge("The address is too long."));
    }
    Ok(form_urlencoded::parse(raw.as_bytes()).into_owned().take(50).collect())
}

impl Asked {
    pub(crate) fn of(kind: &'static ResourceType, query: &[(String, String)]) -> Result<Asked, Refused> {
        let named = |name: &str| {
            query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
        };
        let number = |name: &str, usual: i64| match named(name) {
            None => Ok(usual),
            Some(text) => text.parse::<i64>().map_err(|_| Refused::Value(format!("The parameter \"{name}\" is a whole number."))),
        };
        if named("sortBy").is_some() {
            return Err(Refused::Value("Sorting is not supported; resources come in the order in which they were made.".into()));
        }
        Ok(Asked {
            filter: named("filter").map(|text| parse_filter(text, kind)).transpose()?,
            start: number("startIndex", 1)?.max(1),
            count: number("count", USUAL_COUNT)?.clamp(0, MAX_COUNT),
        })
    }
}

pub(crate) fn page(resources: Vec<Value>, total: i64, start: i64) -> Value {
    json!({
        "schemas": [LIST_RESPONSE], "totalResults": total, "startIndex": start, "itemsPerPage": resources.len(), "Resources": resources,
    })
}
