//! From what a directory sends to what is kept: names in our letters, values of the right kind, nothing that no schema knows.

use crate::error::{Refused, wrong};
use crate::schema::{Attr, Kind, ResourceType, Schema, attr_of};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const MAX_TEXT: usize = 1_024;
const MAX_REFERENCE: usize = 2_048;
const MAX_VALUES: usize = 500;
/// Members that one request may bring.
pub(crate) const MAX_MEMBERS: usize = 10_000;

/// A whole resource, as POST and PUT bring it. What no schema knows is left out, and so is what only we write.
pub(crate) fn resource(kind: &'static ResourceType, body: &Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    no_twin_names(body)?;
    let schemas = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("schemas")).and_then(|(_, value)| value.as_array());
    let names_core =
        |schemas: &Vec<Value>| schemas.iter().any(|urn| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(kind.core.urn)));
    if !schemas.is_some_and(names_core) {
        return Err(Refused::Syntax("\"schemas\" does not name the schema of this resource."));
    }
    let mut kept = Map::new();
    for (name, value) in body {
        if let Some(schema) = kind.extension(name) {
            if let Some(object) = extension(schema, value)? {
                kept.insert(schema.urn.to_owned(), object);
            }
        } else if let Some(attr) = kind.attr(name).filter(|attr| !attr.read_only)
            && let Some(value) = all_values(attr, value)?
        {
            kept.insert(attr.name.to_owned(), value);
        }
    }
    finish(kind, &mut kept)?;
    Ok(kept)
}

/// The object of an extension.
pub(crate) fn extension(schema: &'static Schema, value: &Value) -> Result<Option<Value>, Refused> {
    if value.is_null() {
        return Ok(None);
    }
    let object = value.as_object().ok_or_else(|| wrong(schema.urn, "is an object"))?;
    no_twin_names(object)?;
    let mut kept = Map::new();
    for (name, value) in object {
        if let Some(attr) = attr_of(schema.attrs, name).filter(|attr| !attr.read_only)
            && let Some(value) = all_values(attr, value)?
        {
            kept.insert(attr.name.to_owned(), value);
        }
    }
    Ok((!kept.is_empty()).then_some(Value::Object(kept)))
}

/// All values of an attribute; `None`: it has none.
pub(crate) fn all_values(attr: &'static Attr, value: &Value) -> Result<Option<Value>, Refused> {
    if !attr.multi {
        return one_value(attr, value);
    }
    let list = match value {
        Value::Null => return Ok(None),
        Value::Array(list) => list.as_slice(),
        single => std::slice::from_ref(single),
    };
    let most = if attr.name == "members" { MAX_MEMBERS } else { MAX_VALUES };
    if list.len() > most {
        return Err(Refused::TooLarge("A list has too many values."));
    }
    let mut kept = Vec::new();
    for value in list {
        kept.extend(one_value(attr, value)?);
    }
    Ok((!kept.is_empty()).then_some(Value::Array(kept)))
}

/// One value of an attribute.
pub(crate) fn one_value(attr: &'static Attr, value: &Value) -> Result<Option<Value>, Refused> {
    match (attr.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Flag, Value::Bool(flag)) => Ok(Some(Value::Bool(*flag))),
        (Kind::Flag, Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(Value::Bool(true))),
        (Kind::Flag, Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(Value::Bool(false))),
        (Kind::Flag, _) => Err(wrong(attr.name, "is true or false")),
        (Kind::Text | Kind::Reference | Kind::Instant, Value::String(text)) => {
            let most = if attr.kind == Kind::Reference { MAX_REFERENCE } else { MAX_TEXT };
            if text.len() > most {
                return Err(wrong(attr.name, "is too long"));
            }
            if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
                return Err(wrong(attr.name, "has control characters"));
            }
            // An empty text is what some directories send for no value.
            Ok((!text.is_empty()).then(|| value.clone()))
        }
        (Kind::Text | Kind::Reference | Kind::Instant, _) => Err(wrong(attr.name, "is a text")),
        // One of Entra's ways: the `value` alone.
        (Kind::Complex, Value::String(_)) => match attr.value_part() {
            Some(part) => Ok(one_value(part, value)?.map(|value| Value::Object(Map::from_iter([(part.name.to_owned(), value)])))),
            None => Err(wrong(attr.name, "is an object")),
        },
        (Kind::Complex, Value::Object(object)) => {
            no_twin_names(object)?;
            let mut kept = Map::new();
            for (name, value) in object {
                if let Some(part) = attr_of(attr.parts, name).filter(|part| !part.read_only)
                    && let Some(value) = all_values(part, value)?
                {
                    kept.insert(part.name.to_owned(), value);
                }
            }
            if kept.is_empty() {
                return Ok(None);
            }
            if let Some(part) = attr.parts.iter().find(|part| part.required && !kept.contains_key(part.name)) {
                return Err(wrong(part.name, "is missing"));
            }
            Ok(Some(Value::Object(kept)))
        }
        (Kind::Complex, _) => Err(wrong(attr.name, "is an object")),
    }
}

/// `userName` and `USERNAME` in one object: two readers would read two people.
pub(crate) fn no_twin_names(object: &Map<String, Value>) -> Result<(), Refused> {
    let mut seen = BTreeSet::new();
    if object.keys().all(|name| seen.insert(name.to_ascii_lowercase())) {
        Ok(())
    } else {
        Err(Refused::Syntax("A name occurs twice in one object."))
    }
}

/// What holds for a whole resource: what is required is there, and of a list at most one value is primary, the last that was said to be.
pub(crate) fn finish(kind: &'static ResourceType, resource: &mut Map<String, Value>) -> Result<(), Refused> {
    for attr in kind.core.attrs {
        if attr.required && !resource.contains_key(attr.name) {
            return Err(wrong(attr.name, "is missing"));
        }
        let Some(Value::Array(values)) = resource.get_mut(attr.name) else { continue };
        if values.len() > MAX_VALUES && attr.name != "members" {
            return Err(Refused::TooLarge("A list has too many values."));
        }
        let mut is_taken = false;
        for value in values.iter_mut().rev() {
            if value.get("primary") == Some(&Value::Bool(true)) {
                if is_taken {
                    value["primary"] = Value::Bool(false);
                }
                is_taken = true;
            }
        }
    }
    Ok(())
}
