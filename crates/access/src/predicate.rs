//! Which rows: a condition over columns, as plain data.

use serde::Serialize;
use std::collections::BTreeSet;

/// A condition on one row. A column may be empty (null); as in SQL the answer is then *unknown*, unknown stays
/// unknown under `Not`, and a row whose answer is not *true* is not in scope.
///
/// Being a predicate gives no right: only a [`RowScope`](crate::RowScope) says which one applies to whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Predicate {
    /// No row.
    Nothing,
    /// Every row.
    Everything,
    /// The column has one of these values.
    In {
        /// Column name.
        column: String,
        /// The values; none of them matches nothing.
        values: BTreeSet<String>,
    },
    /// The column is empty.
    IsNull {
        /// Column name.
        column: String,
    },
    /// All of them; of none, every row.
    And(Vec<Predicate>),
    /// One of them; of none, no row.
    Or(Vec<Predicate>),
    /// The contrary; unknown stays unknown.
    Not(Box<Predicate>),
}

impl Predicate {
    /// `column IN values`.
    pub fn is_in<I: IntoIterator<Item = S>, S: Into<String>>(column: impl Into<String>, values: I) -> Predicate {
        Predicate::In { column: column.into(), values: values.into_iter().map(Into::into).collect() }
    }
    /// `NOT predicate`.
    pub fn negated(self) -> Predicate {
        Predicate::Not(Box::new(self))
    }

    /// The columns that it reads, sorted.
    pub fn columns(&self) -> BTreeSet<&str> {
        let mut columns = BTreeSet::new();
        self.collect_columns(&mut columns);
        columns
    }
    fn collect_columns<'a>(&'a self, into: &mut BTreeSet<&'a str>) {
        match self {
            Predicate::Nothing | Predicate::Everything => {}
            Predicate::In { column, .. } | Predicate::IsNull { column } => {
                into.insert(column);
            }
            Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| part.collect_columns(into)),
            Predicate::Not(inner) => inner.collect_columns(into),
        }
    }

    /// Whether a row, given as a function from column to value, is in. The slow, plain reading of the rules: the
    /// oracle that every engine is compared with.
    pub fn matches<'v>(&self, value: &dyn Fn(&str) -> Option<&'v str>) -> bool {
        self.evaluate(value) == Some(true)
    }
    fn evaluate<'v>(&self, value: &dyn Fn(&str) -> Option<&'v str>) -> Option<bool> {
        match self {
            Predicate::Nothing => Some(false),
            Predicate::Everything => Some(true),
            Predicate::In { column, values } => value(column).map(|text| values.contains(text)),
            Predicate::IsNull { column } => Some(value(column).is_none()),
            Predicate::And(parts) => {
                let answers: Vec<_> = parts.iter().map(|part| part.evaluate(value)).collect();
                if answers.contains(&Some(false)) { Some(false) } else if answers.contains(&None) { None } else { Some(true) }
            }
            Predicate::Or(parts) => {
                let answers: Vec<_> = parts.iter().map(|part| part.evaluate(value)).collect();
                if answers.contains(&Some(true)) { Some(true) } else if answers.contains(&None) { None } else { Some(false) }
            }
            Predicate::Not(inner) => inner.evaluate(value).map(|answer| !answer),
        }
    }

    /// A predicate that matches the same rows, in one canonical form: `Not` only directly on `In` and `IsNull`,
    /// no `And` in an `And`, no constant inside, parts sorted and without doubles. Canonical, so that the same
    /// right has the same fingerprint.
    pub fn simplify(&self) -> Predicate {
        self.normal(true)
    }

    /// Pushes `Not` down to the leaves (De Morgan holds for three values too). In what remains nothing stands under
    /// a `Not` but leaves, so *unknown* and *false* can be treated alike from there upwards.
    fn normal(&self, positive: bool) -> Predicate {
        match self {
            Predicate::Nothing | Predicate::Everything => {
                if matches!(self, Predicate::Everything) == positive { Predicate::Everything } else { Predicate::Nothing }
            }
            Predicate::In { column, values } if values.is_empty() => {
                if positive {
                    Predicate::Nothing
                } else {
                    Predicate::IsNull { column: column.clone() }.negated()
                }
            }
            Predicate::In { .. } | Predicate::IsNull { .. } => {
                if positive { self.clone() } else { self.clone().negated() }
            }
            Predicate::And(parts) | Predicate::Or(parts) => {
                let parts = parts.iter().map(|part| part.normal(positive));
                if matches!(self, Predicate::And(_)) == positive { all_of(parts) } else { any_of(parts) }
            }
            Predicate::Not(inner) => inner.normal(!positive),
        }
    }
}

/// Conjunction of parts in normal form.
fn all_of(parts: impl Iterator<Item = Predicate>) -> Predicate {
    let mut flat = BTreeSet::new();
    for part in parts {
        match part {
            Predicate::Nothing => return Predicate::Nothing,
            Predicate::Everything => {}
            Predicate::And(inner) => flat.extend(inner),
            other => {
                flat.insert(other);
            }
        }
    }
    // Two lists on one column: the column has one value, so it must stand in both.
    let merged = merge_lists(flat, |left, right| left.intersection(right).cloned().collect());
    if merged.iter().any(|part| matches!(part, Predicate::In { values, .. } if values.is_empty())) {
        return Predicate::Nothing;
    }
    close(merged, Predicate::Everything, Predicate::And)
}

/// Disjunction of parts in normal form.
fn any_of(parts: impl Iterator<Item = Predicate>) -> Predicate {
    let mut flat = BTreeSet::new();
    for part in parts {
        match part {
            Predicate::Everything => return Predicate::Everything,
            Predicate::Nothing => {}
            Predicate::Or(inner) => flat.extend(inner),
            other => {
                flat.insert(other);
            }
        }
    }
    let merged = merge_lists(flat, |left, right| left.union(right).cloned().collect());
    close(merged, Predicate::Nothing, Predicate::Or)
}

fn merge_lists(parts: BTreeSet<Predicate>, merge: impl Fn(&BTreeSet<String>, &BTreeSet<String>) -> BTreeSet<String>) -> BTreeSet<Predicate> {
    let mut lists: std::collections::BTreeMap<String, BTreeSet<String>> = Default::default();
    let mut rest = BTreeSet::new();
    for part in parts {
        match part {
            Predicate::In { column, values } => {
                let merged = lists.get(&column).map(|known| merge(known, &values)).unwrap_or(values);
                lists.insert(column, merged);
            }
            other => {
                rest.insert(other);
            }
        }
    }
    rest.extend(lists.into_iter().map(|(column, values)| Predicate::In { column, values }));
    rest
}

fn close(parts: BTreeSet<Predicate>, of_none: Predicate, join: impl Fn(Vec<Predicate>) -> Predicate) -> Predicate {
    let mut parts: Vec<_> = parts.into_iter().collect();
    match parts.len() {
        0 => of_none,
        1 => parts.swap_remove(0),
        _ => join(parts),
    }
}
