//! YAML to rules, strict: every word is known or refused, with the line where it stands.

use super::{AppliesTo, Condition, Effect, Rule, RuleSet, Values};
use crate::data_set::DataSet;
use serde_yaml_ng::{Mapping, Value};
use std::collections::BTreeSet;
use thiserror::Error;

/// Longest accepted text.
pub const MAX_BYTES: usize = 256 * 1024;
const MAX_RULES: usize = 200;
const MAX_DEPTH: usize = 8;

/// Why rules are refused. The message speaks of the rules' text only, never of data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {message}")]
pub struct RulesError {
    /// Line in the text, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// A mistake before its line is known: what is wrong, and the word by which to find it.
struct Mistake {
    message: String,
    word: String,
}
type Parsed<T> = Result<T, Mistake>;

fn mistake<T>(word: impl Into<String>, message: impl Into<String>) -> Parsed<T> {
    Err(Mistake { word: word.into(), message: message.into() })
}

pub(super) fn parse(yaml: &str) -> Result<RuleSet, RulesError> {
    if yaml.len() > MAX_BYTES {
        return Err(RulesError { line: 1, message: format!("longer than {MAX_BYTES} bytes") });
    }
    let value: Value = serde_yaml_ng::from_str(yaml).map_err(|error| RulesError {
        line: error.location().map_or(1, |location| location.line()),
        message: error.to_string(),
    })?;
    let at = |line: usize| move |error: Mistake| RulesError { line: line_of(yaml, line, &error.word), message: error.message };
    let top = mapping(&value, "the text").map_err(at(1))?;
    only(top, &["version", "rules"]).map_err(at(1))?;
    if top.get("version").and_then(Value::as_u64) != Some(1) {
        return Err(at(1)(Mistake { word: "version".into(), message: "`version: 1` is missing".into() }));
    }
    let Some(Value::Sequence(list)) = top.get("rules") else {
        return Err(at(1)(Mistake { word: "rules".into(), message: "`rules` must be a list; `rules: []` separates nobody".into() }));
    };
    if list.len() > MAX_RULES {
        return Err(RulesError { line: 1, message: format!("more than {MAX_RULES} rules") });
    }
    let mut rules: Vec<Rule> = Vec::new();
    let mut start = 1;
    for value in list {
        // Rules are found in the text by their names, one after the other.
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
        start = line_of(yaml, start, &format!("name: {name}")).max(line_of(yaml, start, name));
        let rule = rule(value).map_err(at(start))?;
        if rules.iter().any(|known| known.name == rule.name) {
            return Err(RulesError { line: start, message: format!("two rules are called `{}`", rule.name) });
        }
        rules.push(rule);
    }
    Ok(RuleSet { rules })
}

/// The first line from `start` on that holds the word; `start` when none does.
fn line_of(yaml: &str, start: usize, word: &str) -> usize {
    if word.is_empty() {
        return start;
    }
    yaml.lines().enumerate().skip(start - 1).find(|(_, line)| line.contains(word)).map_or(start, |(index, _)| index + 1)
}

fn rule(value: &Value) -> Parsed<Rule> {
    let map = mapping(value, "a rule")?;
    only(map, &["name", "effect", "data_sets", "for", "where"])?;
    let name = match map.get("name") {
        Some(Value::String(name)) if !name.trim().is_empty() && name.len() <= 100 => name.trim().to_owned(),
        _ => return mistake("name", "a rule needs a `name` of at most 100 characters"),
    };
    let effect = match map.get("effect").and_then(Value::as_str) {
        Some("grant") => Effect::Grant,
        Some("restrict") => Effect::Restrict,
        _ => return mistake("effect", "`effect` must be `grant` or `restrict`"),
    };
    let mut data_sets = BTreeSet::new();
    for word in texts(map.get("data_sets"), "data_sets")? {
        match DataSet::parse(&word) {
            Some(set) => data_sets.insert(set),
            None => return mistake(&word, format!("unknown data set `{word}`: there are `conversations` and `activities`, all else follows from them")),
        };
    }
    let applies_to = map.get("for").map(applies_to).transpose()?.unwrap_or_default();
    let condition = match map.get("where") {
        Some(Value::String(word)) if word == "everything" => Condition::Everything,
        Some(value) => condition(value, &data_sets, MAX_DEPTH)?,
        None => return mistake("name", "a rule needs `where`; `where: everything` takes all rows"),
    };
    Ok(Rule { name, effect, data_sets, applies_to, condition })
}

fn applies_to(value: &Value) -> Parsed<AppliesTo> {
    let map = mapping(value, "`for`")?;
    only(map, &["attribute", "in", "roles"])?;
    let attribute = match (map.get("attribute"), map.get("in")) {
        (None, None) => None,
        (Some(Value::String(name)), Some(values)) => Some((name.clone(), texts(Some(values), "in")?.into_iter().collect())),
        _ => return mistake("for", "`for` needs `attribute` together with `in`"),
    };
    let roles = map.get("roles").map(|roles| texts(Some(roles), "roles")).transpose()?;
    if let Some(role) = roles.iter().flatten().find(|role| !crate::matrix::is_known(role)) {
        return mistake(role, format!("unknown role `{role}`"));
    }
    if attribute.is_none() && roles.is_none() {
        return mistake("for", "`for` names nobody: leave it out, or give `attribute` and `in`, or `roles`");
    }
    Ok(AppliesTo { attribute, roles: roles.map(|roles| roles.into_iter().collect()) })
}

fn condition(value: &Value, data_sets: &BTreeSet<DataSet>, depth: usize) -> Parsed<Condition> {
    if depth == 0 {
        return mistake("where", format!("conditions are nested deeper than {MAX_DEPTH}"));
    }
    let map = mapping(value, "a condition")?;
    only(map, &["any", "all", "not", "attribute", "in", "equals", "is_empty"])?;
    let parts = |list: &Value, word: &str| -> Parsed<Vec<Condition>> {
        match list {
            Value::Sequence(list) if !list.is_empty() => list.iter().map(|part| condition(part, data_sets, depth - 1)).collect(),
            _ => mistake(word, format!("`{word}` needs a list with at least one condition")),
        }
    };
    if map.len() == 1 {
        if let Some(list) = map.get("any") {
            return Ok(Condition::Any(parts(list, "any")?));
        }
        if let Some(list) = map.get("all") {
            return Ok(Condition::All(parts(list, "all")?));
        }
        if let Some(inner) = map.get("not") {
            return Ok(Condition::Not(Box::new(condition(inner, data_sets, depth - 1)?)));
        }
    }
    let Some(Value::String(column)) = map.get("attribute") else {
        return mistake("where", "a condition is `attribute` with `in`, `equals` or `is_empty`, or one of `any`, `all`, `not`");
    };
    if let Some(set) = data_sets.iter().find(|set| set.column(column).is_none()) {
        return mistake(column, format!("unknown attribute `{column}` for {}", set.as_str()));
    }
    let column = column.clone();
    match (map.len(), map.get("in"), map.get("equals"), map.get("is_empty")) {
        (2, Some(Value::String(word)), None, None) => Ok(Condition::In { column, values: of_person(word)? }),
        (2, Some(list), None, None) => Ok(Condition::In { column, values: Values::Listed(texts(Some(list), "in")?.into_iter().collect()) }),
        (2, None, Some(Value::String(word)), None) if word.starts_with("person.") => Ok(Condition::In { column, values: of_person(word)? }),
        (2, None, Some(word), None) => Ok(Condition::In { column, values: Values::Listed([text(word, "equals")?].into()) }),
        (2, None, None, Some(Value::Bool(true))) => Ok(Condition::IsEmpty { column }),
        (2, None, None, Some(_)) => mistake("is_empty", "`is_empty` can only be `true`; use `not` for the contrary"),
        _ => mistake(&column, "a condition needs exactly one of `in`, `equals`, `is_empty`"),
    }
}

fn of_person(word: &str) -> Parsed<Values> {
    match word.strip_prefix("person.") {
        Some(name) if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) => Ok(Values::OfPerson(name.to_owned())),
        _ => mistake(word, "`in` needs a list of values or `person.` with the name of a person's attribute"),
    }
}

fn texts(value: Option<&Value>, word: &str) -> Parsed<Vec<String>> {
    match value {
        Some(Value::Sequence(list)) if !list.is_empty() => list.iter().map(|value| text(value, word)).collect(),
        _ => mistake(word, format!("`{word}` needs a list with at least one value")),
    }
}

/// A value as text. Numbers are refused because `007` and `7` would become one; `person.x` in a list because it
/// would be compared as it stands, which nobody means.
fn text(value: &Value, word: &str) -> Parsed<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => mistake(word, "an empty text is no value; use `is_empty: true`"),
        Value::String(text) if text.starts_with("person.") => mistake(text, format!("`{text}` in a list would be compared as it stands; write `in: {text}`")),
        Value::String(text) => Ok(text.clone()),
        _ => mistake(word, format!("values of `{word}` are texts: put them in quotes")),
    }
}

fn mapping<'v>(value: &'v Value, what: &str) -> Parsed<&'v Mapping> {
    match value {
        Value::Mapping(map) => Ok(map),
        _ => mistake("", format!("{what} must be a mapping")),
    }
}

fn only(map: &Mapping, known: &[&str]) -> Parsed<()> {
    for key in map.keys() {
        let key = key.as_str().unwrap_or("?");
        if !known.contains(&key) {
            return mistake(key, format!("unknown word `{key}`: expected {}", known.join(", ")));
        }
    }
    Ok(())
}
