//! The small total language of mappings: what a value is, and when a rule applies. Evaluating never fails; what isn't
//! there is empty.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

/// The fields of one line by name, derived ones included.
pub(super) struct Fields<'a> {
    pub names: &'a HashMap<String, usize>,
    pub values: Vec<String>,
}

impl Fields<'_> {
    pub fn get(&self, name: &str) -> &str {
        self.names.get(name).and_then(|at| self.values.get(*at)).map_or("", String::as_str)
    }
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "ExpressionText")]
pub enum Expression {
    /// A column of the file, or a derived one.
    Column(String),
    /// Always the same text.
    Constant(String),
    /// Several texts joined; empty ones are left out together with their separator.
    Concat(Vec<Expression>, String),
    /// The first that isn't empty.
    First(Vec<Expression>),
    /// A text in place of another; `otherwise` for texts that aren't listed (without it: empty).
    Map(Box<Expression>, BTreeMap<String, String>, Option<Box<Expression>>),
    /// As `map`, with one of the mapping's own tables.
    Lookup(Box<Expression>, String, Option<Box<Expression>>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpressionText {
    column: Option<String>,
    constant: Option<Scalar>,
    concat: Option<Vec<Expression>>,
    with: Option<String>,
    first: Option<Vec<Expression>>,
    map: Option<Box<Expression>>,
    values: Option<BTreeMap<String, Scalar>>,
    lookup: Option<Box<Expression>>,
    table: Option<String>,
    otherwise: Option<Box<Expression>>,
}

/// A text, or a number or flag that was written without quotes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

impl Scalar {
    pub fn text(self) -> String {
        match self {
            Scalar::Text(text) => text,
            Scalar::Whole(number) => number.to_string(),
            Scalar::Number(number) => number.to_string(),
            Scalar::Flag(flag) => flag.to_string(),
        }
    }
}

impl TryFrom<ExpressionText> for Expression {
    type Error = String;

    fn try_from(text: ExpressionText) -> Result<Self, String> {
        let ExpressionText { column, constant, concat, with, first, map, values, lookup, table, otherwise } = text;
        // Each form with the words that only it may have.
        let (mut with, mut values, mut table, mut otherwise) = (with, values, table, otherwise);
        let forms =
            [column.is_some(), constant.is_some(), concat.is_some(), first.is_some(), map.is_some(), lookup.is_some()];
        let one = forms.iter().filter(|form| **form).count() == 1;
        let expression = if let Some(column) = column {
            Expression::Column(column)
        } else if let Some(constant) = constant {
            Expression::Constant(constant.text())
        } else if let Some(list) = concat {
            Expression::Concat(list, with.take().unwrap_or_default())
        } else if let Some(list) = first {
            Expression::First(list)
        } else if let Some(of) = map {
            let values = values.take().ok_or("`map` needs `values`")?;
            let values = values.into_iter().map(|(from, to)| (from, to.text())).collect();
            Expression::Map(of, values, otherwise.take())
        } else if let Some(of) = lookup {
            Expression::Lookup(of, table.take().ok_or("`lookup` needs `table`")?, otherwise.take())
        } else {
            return Err(FORMS.into());
        };
        let left_over = with.is_some() || values.is_some() || table.is_some() || otherwise.is_some();
        if one && !left_over { Ok(expression) } else { Err(FORMS.into()) }
    }
}

const FORMS: &str = "a value is one of `column`, `constant`, `concat` (with `with`), `first`, `map` (with `values`, \
                     `otherwise`) and `lookup` (with `table`, `otherwise`)";

/// The mapping's tables: name, then text to text.
pub(super) type Tables = BTreeMap<String, BTreeMap<String, String>>;

impl Expression {
    pub(super) fn value(&self, fields: &Fields<'_>, tables: &Tables) -> String {
        let or = |otherwise: &Option<Box<Expression>>| {
            otherwise.as_ref().map(|e| e.value(fields, tables)).unwrap_or_default()
        };
        match self {
            Expression::Column(name) => fields.get(name).to_owned(),
            Expression::Constant(text) => text.clone(),
            Expression::Concat(list, separator) => {
                let parts = list.iter().map(|part| part.value(fields, tables)).filter(|part| !part.is_empty());
                parts.collect::<Vec<_>>().join(separator)
            }
            Expression::First(list) => {
                list.iter().map(|part| part.value(fields, tables)).find(|part| !part.is_empty()).unwrap_or_default()
            }
            Expression::Map(of, values, otherwise) => {
                values.get(&of.value(fields, tables)).cloned().unwrap_or_else(|| or(otherwise))
            }
            Expression::Lookup(of, table, otherwise) => {
                let found = tables.get(table).and_then(|table| table.get(&of.value(fields, tables)));
                found.cloned().unwrap_or_else(|| or(otherwise))
            }
        }
    }

    pub(super) fn visit(&self, columns: &mut Vec<String>, tables: &mut Vec<String>) {
        match self {
            Expression::Column(name) => columns.push(name.clone()),
            Expression::Constant(_) => {}
            Expression::Concat(list, _) | Expression::First(list) => {
                list.iter().for_each(|part| part.visit(columns, tables));
            }
            Expression::Map(of, _, otherwise) | Expression::Lookup(of, _, otherwise) => {
                if let Expression::Lookup(_, table, _) = self {
                    tables.push(table.clone());
                }
                of.visit(columns, tables);
                otherwise.iter().for_each(|other| other.visit(columns, tables));
            }
        }
    }
}

/// When a rule applies.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "ConditionText")]
pub enum Condition {
    /// The column has one of these texts.
    OneOf(String, Vec<String>),
    /// The column is a number greater than this.
    Above(String, f64),
    /// The column is a number less than this.
    Below(String, f64),
    /// All of these hold.
    All(Vec<Condition>),
    /// At least one of these holds.
    Any(Vec<Condition>),
    /// This doesn't hold.
    Not(Box<Condition>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionText {
    column: Option<String>,
    is: Option<Scalar>,
    one_of: Option<Vec<Scalar>>,
    above: Option<f64>,
    below: Option<f64>,
    all: Option<Vec<Condition>>,
    any: Option<Vec<Condition>>,
    not: Option<Box<Condition>>,
}

impl TryFrom<ConditionText> for Condition {
    type Error = String;

    fn try_from(text: ConditionText) -> Result<Self, String> {
        let ConditionText { column, is, one_of, above, below, all, any, not } = text;
        let group = match (all, any, not) {
            (None, None, None) => None,
            (Some(list), None, None) => Some(Condition::All(list)),
            (None, Some(list), None) => Some(Condition::Any(list)),
            (None, None, Some(condition)) => Some(Condition::Not(condition)),
            _ => return Err("a condition has only one of `all`, `any`, `not`".into()),
        };
        let test = match (column, is, one_of, above, below) {
            (None, None, None, None, None) => None,
            (Some(column), Some(text), None, None, None) => Some(Condition::OneOf(column, vec![text.text()])),
            (Some(column), None, Some(list), None, None) => {
                Some(Condition::OneOf(column, list.into_iter().map(Scalar::text).collect()))
            }
            (Some(column), None, None, Some(limit), None) => Some(Condition::Above(column, limit)),
            (Some(column), None, None, None, Some(limit)) => Some(Condition::Below(column, limit)),
            _ => return Err("a condition has a `column` and one of `is`, `one_of`, `above`, `below`".into()),
        };
        match (group, test) {
            (Some(condition), None) | (None, Some(condition)) => Ok(condition),
            _ => Err("a condition is one of `all`, `any`, `not`, or a `column` with a test".into()),
        }
    }
}

impl Condition {
    pub(super) fn holds(&self, fields: &Fields<'_>) -> bool {
        let number = |column: &str| fields.get(column).parse::<f64>().ok();
        match self {
            Condition::OneOf(column, list) => list.iter().any(|text| text == fields.get(column)),
            Condition::Above(column, limit) => number(column).is_some_and(|number| number > *limit),
            Condition::Below(column, limit) => number(column).is_some_and(|number| number < *limit),
            Condition::All(list) => list.iter().all(|condition| condition.holds(fields)),
            Condition::Any(list) => list.iter().any(|condition| condition.holds(fields)),
            Condition::Not(condition) => !condition.holds(fields),
        }
    }

    pub(super) fn visit(&self, columns: &mut Vec<String>) {
        match self {
            Condition::OneOf(column, _) | Condition::Above(column, _) | Condition::Below(column, _) => {
                columns.push(column.clone())
            }
            Condition::All(list) | Condition::Any(list) => list.iter().for_each(|condition| condition.visit(columns)),
            Condition::Not(condition) => condition.visit(columns),
        }
    }
}
