//! Filters (RFC 7644, 3.4.2.2): read against the schema, then asked of resources. Nothing here is recursive without a limit.

use crate::error::{Refused, TOO_COMPLEX};
use crate::schema::{Attr, Kind, Place, ResourceType, attr_of};
use serde_json::Value;

const MAX_BYTES: usize = 2_000;
const MAX_DEPTH: usize = 10;
const MAX_PARTS: usize = 50;

/// A filter that fits the schema.
#[derive(Debug)]
pub enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// One of them.
    Or(Vec<Filter>),
    /// Not.
    Not(Box<Filter>),
    /// Has a value.
    Present(Place),
    /// Compares.
    Compares(Place, Op, Value),
    /// One value of a list fulfils all of it.
    Within(Place, Box<Filter>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
}

/// What names mean: attributes of a resource, or parts of one attribute.
#[derive(Clone, Copy)]
pub(crate) enum Names {
    Resource(&'static ResourceType),
    Parts(&'static Attr),
}

impl Names {
    fn place(self, path: &str) -> Option<Place> {
        match self {
            Names::Resource(kind) => kind.place(path).filter(|place| place.attr.is_some()),
            Names::Parts(attr) => Some(Place { extension: None, attr: Some(attr_of(attr.parts, path)?), part: None }),
        }
    }
}

/// Reads a filter for a kind of resource.
pub fn parse_filter(text: &str, kind: &'static ResourceType) -> Result<Filter, Refused> {
    parse(text, Names::Resource(kind))
}

pub(crate) fn parse(text: &str, names: Names) -> Result<Filter, Refused> {
    if text.len() > MAX_BYTES {
        return Err(Refused::Filter(TOO_COMPLEX));
    }
    let mut reader = Reader { rest: text, parts: 0 };
    let filter = reader.any_of(names, 0)?;
    reader.space();
    if reader.rest.is_empty() { Ok(filter) } else { Err(Refused::Filter("There is something after the end of the filter.")) }
}

struct Reader<'t> {
    rest: &'t str,
    parts: usize,
}

impl<'t> Reader<'t> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    /// A word of letters; taken only if it is this one and ends there.
    fn word(&mut self, word: &str) -> bool {
        self.space();
        let Some((start, rest)) = self.rest.split_at_checked(word.len()) else { return false };
        let ends = rest.is_empty() || rest.starts_with([' ', '(', ')', '[', ']', '"']);
        if !start.eq_ignore_ascii_case(word) || !ends {
            return false;
        }
        self.rest = rest;
        true
    }

    fn sign(&mut self, sign: char) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn any_of(&mut self, names: Names, depth: usize) -> Result<Filter, Refused> {
        let mut all = vec![self.all_of(names, depth)?];
        while self.word("or") {
            all.push(self.all_of(names, depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::Or(all) })
    }

    fn all_of(&mut self, names: Names, depth: usize) -> Result<Filter, Refused> {
        let mut all = vec![self.one(names, depth)?];
        while self.word("and") {
            all.push(self.one(names, depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
    }

    fn one(&mut self, names: Names, depth: usize) -> Result<Filter, Refused> {
        self.parts += 1;
        if depth > MAX_DEPTH || self.parts > MAX_PARTS {
            return Err(Refused::Filter(TOO_COMPLEX));
        }
        if self.word("not") {
            if !self.sign('(') {
                return Err(Refused::Filter("After \"not\" comes a bracket."));
            }
            return Ok(Filter::Not(Box::new(self.closed(names, depth)?)));
        }
        if self.sign('(') {
            return self.closed(names, depth);
        }
        let path = self.path()?;
        let place = names.place(path).ok_or(Refused::Filter("The filter names an attribute that is not known."))?;
        if self.rest.starts_with('[') {
            return self.within(names, place, depth);
        }
        if self.word("pr") {
            return Ok(Filter::Present(place));
        }
        let ops = [
            ("eq", Op::Eq),
            ("ne", Op::Ne),
            ("co", Op::Co),
            ("sw", Op::Sw),
            ("ew", Op::Ew),
            ("gt", Op::Gt),
            ("ge", Op::Ge),
            ("lt", Op::Lt),
            ("le", Op::Le),
        ];
        let op = ops.into_iter().find(|(word, _)| self.word(word)).map(|(_, op)| op);
        let op = op.ok_or(Refused::Filter("The filter has no such operator."))?;
        let value = self.value()?;
        comparison(place, op, value)
    }

    fn closed(&mut self, names: Names, depth: usize) -> Result<Filter, Refused> {
        let inner = self.any_of(names, depth + 1)?;
        if self.sign(')') { Ok(inner) } else { Err(Refused::Filter("A bracket is not closed.")) }
    }

    fn within(&mut self, names: Names, place: Place, depth: usize) -> Result<Filter, Refused> {
        let attr = place.attr.filter(|attr| attr.kind == Kind::Complex && attr.multi && place.part.is_none());
        let attr =
            attr.filter(|_| matches!(names, Names::Resource(_))).ok_or(Refused::Filter("Only lists of parts take square brackets."))?;
        self.sign('[');
        let inner = self.any_of(Names::Parts(attr), depth + 1)?;
        if !self.sign(']') {
            return Err(Refused::Filter("A bracket is not closed."));
        }
        // `emails[type eq "work"].value eq "x"` is no filter of the RFC, and is not guessed at.
        if self.rest.starts_with('.') {
            return Err(Refused::Filter("After square brackets nothing is compared."));
        }
        Ok(Filter::Within(place, Box::new(inner)))
    }

    fn path(&mut self) -> Result<&'t str, Refused> {
        self.space();
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:$".contains(c))).unwrap_or(self.rest.len());
        let (path, rest) = self.rest.split_at(end);
        self.rest = rest;
        if path.is_empty() { Err(Refused::Filter("The filter has no attribute where one is needed.")) } else { Ok(path) }
    }

    fn value(&mut self) -> Result<Value, Refused> {
        self.space();
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            if self.word(word) {
                return Ok(value);
            }
        }
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<Value>();
        let value = values.next().and_then(Result::ok).filter(|value| value.is_string() || value.is_number());
        let value = value.ok_or(Refused::Filter("The filter has no value where one is needed."))?;
        let rest = &self.rest[values.byte_offset()..];
        if !(rest.is_empty() || rest.starts_with([' ', ')', ']'])) {
            return Err(Refused::Filter("A value is not ended."));
        }
        self.rest = rest;
        Ok(value)
    }
}

/// What the value of a comparison is compared with: of a list of parts, its `value`.
fn compared(place: Place) -> Option<&'static Attr> {
    let attr = place.part.or(place.attr)?;
    if attr.kind == Kind::Complex { attr.value_part() } else { Some(attr) }
}

fn comparison(place: Place, op: Op, value: Value) -> Result<Filter, Refused> {
    let attr = compared(place).ok_or(Refused::Filter("This attribute has parts; name one of them."))?;
    if value.is_null() {
        return match op {
            Op::Eq => Ok(Filter::Not(Box::new(Filter::Present(place)))),
            Op::Ne => Ok(Filter::Present(place)),
            _ => Err(Refused::Filter("Nothing can only be equal or not.")),
        };
    }
    let value = match (attr.kind, value) {
        (Kind::Flag, Value::Bool(flag)) => Value::Bool(flag),
        (Kind::Flag, Value::String(text)) if text.eq_ignore_ascii_case("true") => Value::Bool(true),
        (Kind::Flag, Value::String(text)) if text.eq_ignore_ascii_case("false") => Value::Bool(false),
        (Kind::Text | Kind::Reference, Value::String(text)) => Value::String(text),
        (Kind::Instant, Value::String(text)) if matches!(op, Op::Eq | Op::Ne | Op::Gt | Op::Ge | Op::Lt | Op::Le) => {
            text.parse::<jiff::Timestamp>().map_err(|_| Refused::Filter("An instant is such as 2027-01-31T00:00:00Z."))?;
            Value::String(text)
        }
        _ => return Err(Refused::Filter("The attribute and the value are not of one kind.")),
    };
    if attr.kind == Kind::Flag && !matches!(op, Op::Eq | Op::Ne) {
        return Err(Refused::Filter("True and false can only be equal or not."));
    }
    Ok(Filter::Compares(place, op, value))
}

/// The values at a place, lists taken apart.
fn values_at<'v>(object: &'v Value, place: Place) -> Vec<&'v Value> {
    let Some(attr) = place.attr else { return Vec::new() };
    let holder = match place.extension {
        Some(schema) => object.get(schema.urn),
        None => Some(object),
    };
    let found = spread(holder.and_then(|holder| holder.get(attr.name)));
    match place.part.or_else(|| if attr.kind == Kind::Complex { attr.value_part() } else { None }) {
        Some(part) => found.into_iter().flat_map(|value| spread(value.get(part.name))).collect(),
        None => found,
    }
}

fn spread(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
    }
}

impl Filter {
    /// Whether an object fulfils it.
    pub fn is_met_by(&self, object: &Value) -> bool {
        match self {
            Filter::And(all) => all.iter().all(|one| one.is_met_by(object)),
            Filter::Or(all) => all.iter().any(|one| one.is_met_by(object)),
            Filter::Not(inner) => !inner.is_met_by(object),
            Filter::Present(place) => !values_at(object, Place { part: place.part, ..*place }).is_empty() || has_parts(object, *place),
            Filter::Compares(place, Op::Ne, value) => {
                !values_at(object, *place).into_iter().any(|found| holds(*place, Op::Eq, found, value))
            }
            Filter::Compares(place, op, value) => values_at(object, *place).into_iter().any(|found| holds(*place, *op, found, value)),
            Filter::Within(place, inner) => {
                let holder = match place.extension {
                    Some(schema) => object.get(schema.urn),
                    None => Some(object),
                };
                let found = spread(place.attr.and_then(|attr| holder.and_then(|holder| holder.get(attr.name))));
                found.into_iter().any(|value| inner.is_met_by(value))
            }
        }
    }

    /// The name and text that an object must have in any case, for looking in an index: `userName eq "…"`, alone or joined by *and*.
    pub fn must_equal(&self, name: &str) -> Option<&str> {
        match self {
            Filter::Compares(Place { extension: None, attr: Some(attr), part: None }, Op::Eq, Value::String(text)) if attr.name == name => {
                Some(text)
            }
            Filter::And(all) => all.iter().find_map(|one| one.must_equal(name)),
            _ => None,
        }
    }

    /// What a new value of a list would need to fulfil it, if that is only equalities: `type eq "work"`.
    pub(crate) fn equalities(&self) -> Option<Vec<(&'static str, Value)>> {
        match self {
            Filter::Compares(Place { attr: Some(attr), part: None, .. }, Op::Eq, value) => Some(vec![(attr.name, value.clone())]),
            Filter::And(all) => all.iter().map(Filter::equalities).collect::<Option<Vec<_>>>().map(|all| all.concat()),
            _ => None,
        }
    }

    /// Whether it asks for an attribute, which then has to be loaded.
    pub(crate) fn asks_for(&self, name: &str) -> bool {
        match self {
            Filter::And(all) | Filter::Or(all) => all.iter().any(|one| one.asks_for(name)),
            Filter::Not(inner) => inner.asks_for(name),
            Filter::Present(place) | Filter::Compares(place, ..) | Filter::Within(place, _) => {
                place.attr.is_some_and(|attr| attr.name == name)
            }
        }
    }
}

/// A complex attribute without a `value` is there when it has any part.
fn has_parts(object: &Value, place: Place) -> bool {
    let Some(attr) = place.attr.filter(|attr| attr.kind == Kind::Complex && place.part.is_none()) else { return false };
    let holder = match place.extension {
        Some(schema) => object.get(schema.urn),
        None => Some(object),
    };
    !spread(holder.and_then(|holder| holder.get(attr.name))).is_empty()
}

fn holds(place: Place, op: Op, found: &Value, value: &Value) -> bool {
    let Some(attr) = compared(place) else { return false };
    match (found, value) {
        (Value::Bool(found), Value::Bool(value)) => op == Op::Eq && found == value,
        (Value::String(found), Value::String(value)) if attr.kind == Kind::Instant => {
            match (found.parse::<jiff::Timestamp>(), value.parse::<jiff::Timestamp>()) {
                (Ok(found), Ok(value)) => ordered(op, &found, &value),
                _ => false,
            }
        }
        (Value::String(found), Value::String(value)) if attr.exact => texts(op, found, value),
        (Value::String(found), Value::String(value)) => texts(op, &found.to_lowercase(), &value.to_lowercase()),
        _ => false,
    }
}

fn texts(op: Op, found: &str, value: &str) -> bool {
    match op {
        Op::Co => found.contains(value),
        Op::Sw => found.starts_with(value),
        Op::Ew => found.ends_with(value),
        op => ordered(op, found, value),
    }
}

fn ordered<T: Ord + ?Sized>(op: Op, found: &T, value: &T) -> bool {
    match op {
        Op::Eq => found == value,
        Op::Gt => found > value,
        Op::Ge => found >= value,
        Op::Lt => found < value,
        Op::Le => found <= value,
        Op::Ne | Op::Co | Op::Sw | Op::Ew => false,
    }
}
