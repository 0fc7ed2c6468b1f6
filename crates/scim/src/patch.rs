//! Changes (RFC 7644, 3.5.2), as Okta and Entra ID write them too: operations in any case of letters, no path but an object of
//! paths, true and false as texts, members removed by a list of values. All of them or none.

use crate::error::{Refused, wrong};
use crate::filter::{Filter, Names, parse};
use crate::normal::{MAX_MEMBERS, all_values, extension, finish, no_twin_names, one_value};
use crate::schema::{Attr, Kind, PATCH_OP, Place, ResourceType, Schema, attr_of};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashSet;

const MAX_OPERATIONS: usize = 1_000;
/// Values of lists that the operations of a request look at, all together. They are applied while nobody else can write: a list that
/// grows with each of a thousand operations would have everybody wait for seconds.
const MAX_LOOKED_AT: usize = 200_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Add,
    Replace,
    Remove,
}

/// What a path leads to.
struct Target {
    place: Place,
    filter: Option<Filter>,
}

/// Applies a request's operations to a resource as it is kept, and checks what comes out.
pub fn apply(kind: &'static ResourceType, id: &str, resource: &mut Map<String, Value>, body: &Map<String, Value>) -> Result<(), Refused> {
    no_twin_names(body)?;
    let find = |name: &str| body.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let schemas = find("schemas").and_then(Value::as_array);
    if !schemas.is_some_and(|all| all.iter().any(|urn| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(PATCH_OP)))) {
        return Err(Refused::Syntax("\"schemas\" does not name the schema of changes."));
    }
    let operations = find("Operations").and_then(Value::as_array).filter(|all| !all.is_empty());
    let operations = operations.ok_or(Refused::Syntax("\"Operations\" is a list of changes."))?;
    if operations.len() > MAX_OPERATIONS {
        return Err(Refused::TooLarge("There are too many operations."));
    }
    let mut looked_at = 0;
    for operation in operations {
        let operation = operation.as_object().ok_or(Refused::Syntax("An operation is an object."))?;
        one(kind, id, resource, operation)?;
        looked_at += resource.iter().map(|(name, value)| listed(name, value)).sum::<usize>();
        if looked_at > MAX_LOOKED_AT {
            return Err(Refused::TooLarge("The operations change too many values."));
        }
    }
    finish(kind, resource)
}

/// How many values of lists there are. Members are compared by their ids, which takes no time to speak of.
fn listed(name: &str, value: &Value) -> usize {
    match value {
        Value::Array(_) if name == "members" => 0,
        Value::Array(values) => values.len() + values.iter().map(|value| listed("", value)).sum::<usize>(),
        Value::Object(object) => object.iter().map(|(name, value)| listed(name, value)).sum(),
        _ => 0,
    }
}

fn one(kind: &'static ResourceType, id: &str, resource: &mut Map<String, Value>, operation: &Map<String, Value>) -> Result<(), Refused> {
    no_twin_names(operation)?;
    let find = |name: &str| operation.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let act = match find("op").and_then(Value::as_str).map(str::to_ascii_lowercase).as_deref() {
        Some("add") => Act::Add,
        Some("replace") => Act::Replace,
        Some("remove") => Act::Remove,
        _ => return Err(Refused::Syntax("\"op\" is add, replace or remove.")),
    };
    let value = find("value");
    let path = match find("path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.trim()).filter(|path| !path.is_empty()),
        Some(_) => return Err(Refused::Path("\"path\" is a text.")),
    };
    let Some(path) = path else {
        if act == Act::Remove {
            return Err(Refused::NoTarget);
        }
        let object = value.and_then(Value::as_object).ok_or(Refused::Syntax("Without a path, \"value\" is an object."))?;
        no_twin_names(object)?;
        for (name, value) in object {
            let is_about_it = ["schemas", "meta"].iter().any(|ours| ours.eq_ignore_ascii_case(name));
            let is_own_id = name.eq_ignore_ascii_case("id") && value.as_str() == Some(id);
            // What no schema knows is left out, as in a whole resource.
            if is_about_it || is_own_id || target(kind, name).is_err() {
                continue;
            }
            change(kind, resource, &target(kind, name)?, act, Some(value))?;
        }
        return Ok(());
    };
    change(kind, resource, &target(kind, path)?, act, value)
}

/// Reads a path: a name, with a filter in square brackets and a part behind it if there are such.
fn target(kind: &'static ResourceType, path: &str) -> Result<Target, Refused> {
    const UNKNOWN: Refused = Refused::Path("The path names nothing that is known here.");
    if path.len() > 2_000 {
        return Err(Refused::Path("The path is too long."));
    }
    let Some((name, rest)) = path.split_once('[') else {
        return Ok(Target { place: kind.place(path).ok_or(UNKNOWN)?, filter: None });
    };
    let place = kind.place(name.trim_end()).filter(|place| place.part.is_none()).ok_or(UNKNOWN)?;
    let attr = place
        .attr
        .filter(|attr| attr.multi && attr.kind == Kind::Complex)
        .ok_or(Refused::Path("Only lists of parts take square brackets."))?;
    let (inner, part) = rest.rsplit_once(']').ok_or(Refused::Path("A bracket is not closed."))?;
    let part = match part {
        "" => None,
        part => Some(part.strip_prefix('.').and_then(|part| attr_of(attr.parts, part)).ok_or(UNKNOWN)?),
    };
    let filter = parse(inner, Names::Parts(attr)).map_err(|refused| match refused {
        Refused::Filter(why) if refused_by_limit(why) => Refused::Filter(why),
        Refused::Filter(why) => Refused::Path(why),
        other => other,
    })?;
    Ok(Target { place: Place { part, ..place }, filter: Some(filter) })
}

fn refused_by_limit(why: &str) -> bool {
    why == crate::error::TOO_COMPLEX
}

fn change(
    kind: &'static ResourceType,
    resource: &mut Map<String, Value>,
    target: &Target,
    act: Act,
    value: Option<&Value>,
) -> Result<(), Refused> {
    let Some(attr) = target.place.attr else {
        // An extension as a whole.
        let Some(schema) = target.place.extension else { return Err(Refused::NoTarget) };
        return whole_extension(kind, resource, schema, act, value);
    };
    if attr.read_only || target.place.part.is_some_and(|part| part.read_only) {
        return Err(Refused::Mutability(format!("The attribute \"{}\" is read-only.", attr.name)));
    }
    match target.place.extension {
        None => {
            at(resource, attr, target, act, value)?;
            if attr.required && !resource.contains_key(attr.name) {
                return Err(Refused::Mutability(format!("The attribute \"{}\" is required.", attr.name)));
            }
        }
        Some(schema) => {
            let holder = resource.entry(schema.urn).or_insert_with(|| Value::Object(Map::new()));
            let done = holder.as_object_mut().map_or(Ok(()), |holder| at(holder, attr, target, act, value));
            if resource.get(schema.urn).and_then(Value::as_object).is_none_or(Map::is_empty) {
                resource.shift_remove(schema.urn);
            }
            done?;
        }
    }
    Ok(())
}

fn whole_extension(
    kind: &'static ResourceType,
    resource: &mut Map<String, Value>,
    schema: &'static Schema,
    act: Act,
    value: Option<&Value>,
) -> Result<(), Refused> {
    if act == Act::Remove {
        resource.shift_remove(schema.urn);
        return Ok(());
    }
    let value = value.ok_or(Refused::Syntax("The operation has no value."))?;
    let Some(Value::Object(object)) = extension(schema, value)? else { return Ok(()) };
    for (name, value) in &object {
        let place = Place { extension: Some(schema), attr: attr_of(schema.attrs, name), part: None };
        change(kind, resource, &Target { place, filter: None }, act, Some(value))?;
    }
    Ok(())
}

/// One attribute of an object.
fn at(holder: &mut Map<String, Value>, attr: &'static Attr, target: &Target, act: Act, value: Option<&Value>) -> Result<(), Refused> {
    if act != Act::Remove && value.is_none() {
        return Err(Refused::Syntax("The operation has no value."));
    }
    let value = value.unwrap_or(&Value::Null);
    match (&target.filter, target.place.part) {
        (Some(filter), part) => in_list(holder, attr, filter, part, act, value)?,
        (None, Some(part)) if attr.multi => in_every(holder, attr, part, act, value)?,
        (None, Some(part)) => {
            let mut object = holder.shift_remove(attr.name).unwrap_or_else(|| Value::Object(Map::new()));
            set_part(&mut object, part, act, value)?;
            if object.as_object().is_some_and(|object| !object.is_empty()) {
                holder.insert(attr.name.to_owned(), object);
            }
        }
        (None, None) => whole(holder, attr, act, value)?,
    }
    if holder.get(attr.name).and_then(Value::as_array).is_some_and(Vec::is_empty) {
        holder.shift_remove(attr.name);
    }
    Ok(())
}

fn whole(holder: &mut Map<String, Value>, attr: &'static Attr, act: Act, value: &Value) -> Result<(), Refused> {
    if act == Act::Remove {
        // Entra's way to remove members: which, the value says.
        match (attr.multi, all_values(attr, value)?) {
            (true, Some(Value::Array(gone))) => {
                let gone: HashSet<Cow<'_, str>> = gone.iter().map(|value| sameness(attr, value)).collect();
                if let Some(Value::Array(values)) = holder.get_mut(attr.name) {
                    values.retain(|value| !gone.contains(&sameness(attr, value)));
                }
            }
            _ => {
                holder.shift_remove(attr.name);
            }
        }
        return Ok(());
    }
    let Some(new) = all_values(attr, value)? else {
        if act == Act::Replace {
            holder.shift_remove(attr.name);
        }
        return Ok(());
    };
    match (holder.get_mut(attr.name), new) {
        (Some(Value::Array(known)), Value::Array(new)) if attr.multi && act == Act::Add => {
            let mut seen: HashSet<Cow<'_, str>> = known.iter().map(|value| sameness(attr, value)).collect();
            let is_new: Vec<bool> = new.iter().map(|value| seen.insert(sameness(attr, value))).collect();
            let new: Vec<Value> = new.into_iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(value, _)| value).collect();
            let is_primary = |value: &Value| value.get("primary") == Some(&Value::Bool(true));
            // What is there already makes nothing primary again.
            if new.iter().any(is_primary) {
                for value in known.iter_mut().filter(|value| is_primary(value)) {
                    value["primary"] = Value::Bool(false);
                }
            }
            known.extend(new);
            if known.len() > MAX_MEMBERS {
                return Err(Refused::TooLarge("A list has too many values."));
            }
        }
        (Some(Value::Object(known)), Value::Object(new)) => known.extend(new),
        (_, new) => {
            holder.insert(attr.name.to_owned(), new);
        }
    }
    Ok(())
}

/// What makes two values of a list one: a member's id; of other lists everything.
fn sameness<'v>(attr: &Attr, value: &'v Value) -> Cow<'v, str> {
    let id = value.get("value").filter(|_| attr.name == "members").and_then(Value::as_str);
    id.map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}

fn in_list(
    holder: &mut Map<String, Value>,
    attr: &'static Attr,
    filter: &Filter,
    part: Option<&'static Attr>,
    act: Act,
    value: &Value,
) -> Result<(), Refused> {
    let list = holder.entry(attr.name).or_insert_with(|| Value::Array(Vec::new()));
    let Some(values) = list.as_array_mut() else { return Err(Refused::NoTarget) };
    let mut found = false;
    let mut kept = Vec::with_capacity(values.len());
    for mut one in std::mem::take(values) {
        if !filter.is_met_by(&one) {
            kept.push(one);
            continue;
        }
        found = true;
        match (part, act) {
            (None, Act::Remove) => continue,
            (Some(part), _) => set_part(&mut one, part, act, value)?,
            (None, Act::Replace) => one = one_value(attr, value)?.ok_or_else(|| wrong(attr.name, "has no value"))?,
            (None, Act::Add) => {
                if let (Some(known), Some(Value::Object(new))) = (one.as_object_mut(), one_value(attr, value)?) {
                    known.extend(new);
                }
            }
        }
        // A list of values has no use for one without its value.
        if attr.value_part().is_none_or(|value| one.get(value.name).is_some()) && one.as_object().is_some_and(|one| !one.is_empty()) {
            kept.push(one);
        }
    }
    *values = kept;
    match (found, act) {
        (true, _) | (false, Act::Remove) => Ok(()),
        (false, Act::Replace) => Err(Refused::NoTarget),
        (false, Act::Add) => {
            // Entra adds a work address to people who have none by a path that finds none.
            let mut new = Value::Object(
                filter.equalities().ok_or(Refused::NoTarget)?.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            );
            match part {
                Some(part) => set_part(&mut new, part, act, value)?,
                None => {
                    if let (Some(new), Some(Value::Object(more))) = (new.as_object_mut(), one_value(attr, value)?) {
                        new.extend(more);
                    }
                }
            }
            let new = one_value(attr, &new)?.ok_or(Refused::NoTarget)?;
            values.push(new);
            Ok(())
        }
    }
}

fn in_every(holder: &mut Map<String, Value>, attr: &'static Attr, part: &'static Attr, act: Act, value: &Value) -> Result<(), Refused> {
    match holder.get_mut(attr.name).and_then(Value::as_array_mut) {
        Some(values) => {
            for one in values.iter_mut() {
                set_part(one, part, act, value)?;
            }
            values.retain(|one| one.as_object().is_some_and(|one| !one.is_empty()));
            Ok(())
        }
        None if act == Act::Add => {
            let mut new = Value::Object(Map::new());
            set_part(&mut new, part, act, value)?;
            let new = one_value(attr, &new)?.ok_or(Refused::NoTarget)?;
            holder.insert(attr.name.to_owned(), Value::Array(vec![new]));
            Ok(())
        }
        None if act == Act::Remove => Ok(()),
        None => Err(Refused::NoTarget),
    }
}

fn set_part(object: &mut Value, part: &'static Attr, act: Act, value: &Value) -> Result<(), Refused> {
    let Some(object) = object.as_object_mut() else { return Err(Refused::NoTarget) };
    let new = if act == Act::Remove { None } else { all_values(part, value)? };
    match (new, part.required) {
        (Some(Value::Array(new)), _) if part.multi && act == Act::Add => {
            let known = object.entry(part.name).or_insert_with(|| Value::Array(Vec::new()));
            if let Some(known) = known.as_array_mut() {
                known.extend(new);
                let mut seen = HashSet::new();
                known.retain(|value| seen.insert(value.to_string()));
            }
        }
        (Some(new), _) => {
            object.insert(part.name.to_owned(), new);
        }
        (None, true) => return Err(Refused::Mutability(format!("The attribute \"{}\" is required.", part.name))),
        (None, false) => {
            object.shift_remove(part.name);
        }
    }
    Ok(())
}
