//! Separation rules: what an administrator writes, and what it means for one person.
//!
//! Two effects, two words: a `grant` gives rows and several grants add up; a `restrict` takes rows away from all
//! whom it applies to, and several restricts narrow further. A data set without a matching grant gives no row.

mod parse;
pub(crate) mod why;
mod words;

pub use parse::{MAX_BYTES, RulesError};
pub use why::RuleWhy;

use crate::data_set::DataSet;
use crate::predicate::Predicate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The rules of a workspace, parsed and checked. Empty means that the workspace separates nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, shown to the people it applies to.
    pub name: String,
    /// Gives or takes.
    pub effect: Effect,
    /// What it is about.
    pub data_sets: BTreeSet<DataSet>,
    /// Whom it applies to.
    pub applies_to: AppliesTo,
    /// Which rows.
    pub condition: Condition,
}

/// Whether a rule gives rows or takes rows away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Union with the other grants.
    Grant,
    /// Intersection with all else.
    Restrict,
}

/// Whom a rule applies to; what is left out does not matter, what is given must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliesTo {
    /// The person's attribute has one of these values.
    pub attribute: Option<(String, BTreeSet<String>)>,
    /// The person has one of these roles.
    pub roles: Option<BTreeSet<String>>,
}

/// Which rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Every row.
    Everything,
    /// The column has one of these values.
    In {
        /// Column name.
        column: String,
        /// The values.
        values: Values,
    },
    /// The column is empty.
    IsEmpty {
        /// Column name.
        column: String,
    },
    /// One of them.
    Any(Vec<Condition>),
    /// All of them.
    All(Vec<Condition>),
    /// The contrary; an empty column matches neither.
    Not(Box<Condition>),
}

/// Values that a column is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// Written in the rule.
    Listed(BTreeSet<String>),
    /// Those of the person's attribute of this name.
    OfPerson(String),
}

/// What the rules read of a person.
#[derive(Debug, Clone, Copy)]
pub struct PersonFacts<'a> {
    /// Roles as they arrived.
    pub roles: &'a [String],
    /// Attributes that the person can't edit.
    pub attributes: &'a BTreeMap<String, Vec<String>>,
}

impl PersonFacts<'_> {
    /// The values of an attribute. Empty texts are no values.
    pub fn values(&self, name: &str) -> BTreeSet<String> {
        self.attributes.get(name).into_iter().flatten().filter(|value| !value.trim().is_empty()).cloned().collect()
    }
}

/// What the rules say for one person and one data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The rows, in canonical form.
    pub predicate: Predicate,
    /// The rules that apply, in words for this person.
    pub rules: Vec<AppliedRule>,
    /// The person's own values that a rule used.
    pub own_values: BTreeSet<String>,
}

/// A rule that applies to a person, in words. Values that stand in the rule are not quoted: they might name what
/// the person must not learn of. The person's own values are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedRule {
    /// The rule's name.
    pub name: String,
    /// Gives or takes.
    pub effect: Effect,
    /// What it means.
    pub explains: String,
}

impl RuleSet {
    /// Reads rules from YAML. Anything unknown is an error: a misspelt word must not widen a right.
    pub fn parse(yaml: &str) -> Result<RuleSet, RulesError> {
        parse::parse(yaml)
    }
    /// The rules in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
    /// True when the workspace separates nobody.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// What the rules give a person of a data set. Denies by default; says nothing of the case without any rule,
    /// which is the policy's to decide.
    pub fn evaluate(&self, data_set: DataSet, person: PersonFacts<'_>) -> Outcome {
        let mut grants = Vec::new();
        let mut restricts = Vec::new();
        let mut rules = Vec::new();
        let mut own_values = BTreeSet::new();
        for rule in self.rules.iter().filter(|rule| rule.data_sets.contains(&data_set) && rule.applies_to.holds(person)) {
            let predicate = rule.condition.compile(person, true, &mut own_values);
            match rule.effect {
                Effect::Grant => grants.push(predicate),
                Effect::Restrict => restricts.push(predicate),
            }
            rules.push(AppliedRule {
                name: rule.name.clone(),
                effect: rule.effect,
                explains: words::explain(&rule.condition, data_set, person),
            });
        }
        restricts.push(Predicate::Or(grants));
        Outcome { predicate: Predicate::And(restricts).simplify(), rules, own_values }
    }
}

impl AppliesTo {
    fn holds(&self, person: PersonFacts<'_>) -> bool {
        let attribute = self.attribute.as_ref().is_none_or(|(name, values)| !person.values(name).is_disjoint(values));
        let role = self.roles.as_ref().is_none_or(|roles| person.roles.iter().any(|role| roles.contains(role)));
        attribute && role
    }
}

impl Condition {
    /// Adds the columns that it reads, each once.
    pub(crate) fn columns(&self, into: &mut Vec<String>) {
        match self {
            Condition::In { column, .. } | Condition::IsEmpty { column } => {
                if !into.contains(column) {
                    into.push(column.clone());
                }
            }
            Condition::Any(parts) | Condition::All(parts) => parts.iter().for_each(|part| part.columns(into)),
            Condition::Not(inner) => inner.columns(into),
            _ => {}
        }
    }
    /// The rows for one person. `Not` is pushed down on the way, for one reason: a person without a value makes a
    /// condition match nothing **under `not` as well**. Otherwise "not in my excluded queues" would give all
    /// queues to whoever has no such attribute.
    fn compile(&self, person: PersonFacts<'_>, positive: bool, own_values: &mut BTreeSet<String>) -> Predicate {
        let sign = |predicate: Predicate| if positive { predicate } else { predicate.negated() };
        match self {
            Condition::Everything => sign(Predicate::Everything),
            Condition::IsEmpty { column } => sign(Predicate::IsNull { column: column.clone() }),
            Condition::In { column, values: Values::Listed(values) } => sign(Predicate::is_in(column.as_str(), values.iter().cloned())),
            Condition::In { column, values: Values::OfPerson(name) } => {
                let values = person.values(name);
                if values.is_empty() {
                    return Predicate::Nothing;
                }
                own_values.extend(values.iter().cloned());
                sign(Predicate::is_in(column.as_str(), values))
            }
            Condition::Any(parts) | Condition::All(parts) => {
                let parts = parts.iter().map(|part| part.compile(person, positive, own_values)).collect();
                if matches!(self, Condition::Any(_)) == positive { Predicate::Or(parts) } else { Predicate::And(parts) }
            }
            Condition::Not(inner) => inner.compile(person, !positive, own_values),
        }
    }
}
