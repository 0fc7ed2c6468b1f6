//! Which attributes an answer holds, and how it goes out.

use crate::error::Refused;
use crate::schema::{Place, ResourceType};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

const MAX_NAMES: usize = 100;

/// What a request wants to see. `id` and `schemas` are always shown.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    only: Option<Vec<Place>>,
    without: Vec<Place>,
}

impl Wanted {
    pub(crate) fn of(kind: &'static ResourceType, query: &[(String, String)]) -> Result<Wanted, Refused> {
        let named = |name: &str| query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let (only, without) = (named("attributes"), named("excludedAttributes"));
        if only.is_some() && without.is_some() {
            return Err(Refused::Value("Either \"attributes\" or \"excludedAttributes\" is given.".into()));
        }
        let places = |text: &str| {
            let names: Vec<&str> = text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
            if names.len() > MAX_NAMES {
                return Err(Refused::TooLarge("Too many attributes are named."));
            }
            Ok(names.into_iter().filter_map(|name| kind.place(name)).collect::<Vec<_>>())
        };
        Ok(Wanted { only: only.map(places).transpose()?, without: without.map(places).transpose()?.unwrap_or_default() })
    }

    /// Whether an attribute of the resource itself is shown at all, so that it need not be loaded.
    pub(crate) fn shows(&self, name: &str) -> bool {
        let is_named = |place: &Place| place.extension.is_none() && place.attr.is_some_and(|attr| attr.name == name);
        match &self.only {
            Some(only) => only.iter().any(is_named),
            None => !self.without.iter().any(|place| is_named(place) && place.part.is_none()),
        }
    }

    /// The part of a resource that is shown.
    pub(crate) fn cut(&self, mut whole: Map<String, Value>) -> Map<String, Value> {
        if let Some(only) = &self.only {
            let mut kept: Map<String, Value> =
                ["schemas", "id"].iter().filter_map(|name| Some(((*name).to_owned(), whole.get(*name)?.clone()))).collect();
            for place in only {
                let (from, into) = match place.extension {
                    Some(schema) => {
                        let Some(from) = whole.get(schema.urn).and_then(Value::as_object) else { continue };
                        let into = kept.entry(schema.urn).or_insert_with(|| Value::Object(Map::new()));
                        let Some(into) = into.as_object_mut() else { continue };
                        (from, into)
                    }
                    None => (&whole, &mut kept),
                };
                match place.attr {
                    Some(attr) => take(from, into, attr.name, place.part.map(|part| part.name)),
                    None => into.extend(from.clone()),
                }
            }
            kept.retain(|_, value| value.as_object().is_none_or(|object| !object.is_empty()));
            return kept;
        }
        for place in &self.without {
            let holder = match (place.extension, place.attr) {
                (Some(schema), None) => {
                    whole.shift_remove(schema.urn);
                    continue;
                }
                (Some(schema), _) => whole.get_mut(schema.urn).and_then(Value::as_object_mut),
                (None, _) => Some(&mut whole),
            };
            let (Some(holder), Some(attr)) = (holder, place.attr) else { continue };
            if ["id", "schemas"].contains(&attr.name) {
                continue;
            }
            match place.part {
                None => {
                    holder.shift_remove(attr.name);
                }
                Some(part) => each_object(holder.get_mut(attr.name), |object| {
                    object.shift_remove(part.name);
                }),
            }
        }
        whole
    }
}

fn take(from: &Map<String, Value>, into: &mut Map<String, Value>, name: &str, part: Option<&str>) {
    let Some(value) = from.get(name) else { return };
    let Some(part) = part else {
        into.insert(name.to_owned(), value.clone());
        return;
    };
    let mut whole = value.clone();
    let before = into.get(name).cloned();
    each_object(Some(&mut whole), |object| object.retain(|key, _| key == part));
    // Several parts of one attribute come together again, value by value.
    if let Some(before) = before {
        merge(&mut whole, &before);
    }
    into.insert(name.to_owned(), whole);
}

fn merge(into: &mut Value, more: &Value) {
    match (into, more) {
        (Value::Array(into), Value::Array(more)) => into.iter_mut().zip(more).for_each(|(into, more)| merge(into, more)),
        (Value::Object(into), Value::Object(more)) => into.extend(more.clone()),
        _ => {}
    }
}

fn each_object(value: Option<&mut Value>, mut act: impl FnMut(&mut Map<String, Value>)) {
    match value {
        Some(Value::Object(object)) => act(object),
        Some(Value::Array(values)) => values.iter_mut().filter_map(Value::as_object_mut).for_each(act),
        _ => {}
    }
}

/// An answer with a body.
pub(crate) fn answer(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/scim+json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body.to_string()).into_response()
}

/// An answer that is a resource, with its version and, when it is new, where it lies.
pub(crate) fn resource(status: StatusCode, whole: Map<String, Value>, wanted: &Wanted) -> Response {
    let text = |name: &str| {
        whole.get("meta").and_then(|meta| meta.get(name)).and_then(Value::as_str).and_then(|text| HeaderValue::from_str(text).ok())
    };
    let (tag, location) = (text("version"), text("location"));
    let mut response = answer(status, &Value::Object(wanted.cut(whole)));
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    if let Some(location) = location.filter(|_| status == StatusCode::CREATED) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Whether a header names this version, or any. Versions are weak: their sign is not compared.
pub(crate) fn names_version(headers: &HeaderMap, name: header::HeaderName, tag: &str) -> Option<bool> {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let mut sent = headers.get_all(name).iter().peekable();
    sent.peek()?;
    Some(
        sent.filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|one| one.trim() == "*" || bare(one) == bare(tag)),
    )
}

/// Refuses when the client has another version in hand.
pub(crate) fn same_version(headers: &HeaderMap, tag: &str) -> Result<(), Refused> {
    match names_version(headers, header::IF_MATCH, tag) {
        None | Some(true) => Ok(()),
        Some(false) => Err(Refused::Precondition),
    }
}
