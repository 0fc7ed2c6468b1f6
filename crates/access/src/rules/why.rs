//! Rules in words for the administrator who asks why a person sees what they see.
//!
//! Unlike the words for the person themselves these quote the values that stand in a rule: whoever may read the rules
//! may read them here as well. They show no row and count none.

use super::{AppliesTo, Condition, Effect, PersonFacts, Rule, RuleSet, Values};
use crate::data_set::DataSet;
use crate::predicate::Predicate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many values of a list are written out.
const SHOWN: usize = 8;

/// One rule, seen from one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleWhy {
    /// The rule's name.
    pub name: String,
    /// Gives or takes.
    pub effect: Effect,
    /// Whether it is for this person at all.
    pub applies: bool,
    /// Whom it is for: "everyone", "people with the role supervisor".
    pub for_whom: String,
    /// Which rows it is about, with the person's own values filled in.
    pub rows: String,
    /// The person's attributes that it reads, with their values; an empty list is what is missing.
    pub reads: BTreeMap<String, BTreeSet<String>>,
    /// True when it is for this person and matches no row for want of a value.
    pub lacks: bool,
}

impl RuleSet {
    /// Every rule for a data set in order, those that don't apply included.
    pub fn why(&self, data_set: DataSet, person: PersonFacts<'_>) -> Vec<RuleWhy> {
        self.rules.iter().filter(|rule| rule.data_sets.contains(&data_set)).map(|rule| rule.why(data_set, person)).collect()
    }
}

impl Rule {
    fn why(&self, data_set: DataSet, person: PersonFacts<'_>) -> RuleWhy {
        let mut names = BTreeSet::new();
        self.condition.attributes_of_person(&mut names);
        if let Some((name, _)) = &self.applies_to.attribute {
            names.insert(name.as_str());
        }
        let applies = self.applies_to.holds(person);
        let is_nothing = self.condition.compile(person, true, &mut BTreeSet::new()).simplify() == Predicate::Nothing;
        RuleWhy {
            name: self.name.clone(),
            effect: self.effect,
            applies,
            for_whom: self.applies_to.words(),
            rows: capital(self.condition.words(data_set, person, true)),
            reads: names.into_iter().map(|name| (name.to_owned(), person.values(name))).collect(),
            lacks: applies && is_nothing,
        }
    }
}

impl AppliesTo {
    fn words(&self) -> String {
        let role = self.roles.as_ref().map(|roles| format!("with the role {}", listed(roles, " or ")));
        let attribute = self.attribute.as_ref().map(|(name, values)| format!("whose {name} is {}", listed(values, " or ")));
        match (role, attribute) {
            (None, None) => "everyone".to_owned(),
            (role, attribute) => format!("people {}", [role, attribute].into_iter().flatten().collect::<Vec<_>>().join(" and ")),
        }
    }
}

impl Condition {
    fn attributes_of_person<'c>(&'c self, into: &mut BTreeSet<&'c str>) {
        match self {
            Condition::In { values: Values::OfPerson(name), .. } => {
                into.insert(name);
            }
            Condition::Everything | Condition::In { .. } | Condition::IsEmpty { .. } => {}
            Condition::Any(parts) | Condition::All(parts) => parts.iter().for_each(|part| part.attributes_of_person(into)),
            Condition::Not(inner) => inner.attributes_of_person(into),
        }
    }

    fn words(&self, data_set: DataSet, person: PersonFacts<'_>, positive: bool) -> String {
        let not = if positive { "" } else { "not " };
        match self {
            Condition::Everything => format!("{} {}", if positive { "all" } else { "no" }, data_set.as_str()),
            Condition::IsEmpty { column } => format!("{} is {not}empty", title(data_set, column)),
            Condition::In { column, values: Values::Listed(values) } => {
                format!("{} is {not}{}", title(data_set, column), listed(values, " or "))
            }
            Condition::In { column, values: Values::OfPerson(name) } => {
                let own = person.values(name);
                let own = if own.is_empty() { "of which they have none".to_owned() } else { listed(&own, ", ") };
                format!("{} is {not}one of their {name}: {own}", title(data_set, column))
            }
            Condition::Any(parts) | Condition::All(parts) => {
                let word = if matches!(self, Condition::Any(_)) == positive { "; or " } else { "; and " };
                joined(parts.iter().map(|part| part.words(data_set, person, positive)).collect(), word)
            }
            Condition::Not(inner) => inner.words(data_set, person, !positive),
        }
    }
}

impl Predicate {
    /// The rows in words, values included: for administrators, never for the person.
    pub(crate) fn words(&self, data_set: DataSet) -> String {
        match self {
            Predicate::Nothing => "no rows".to_owned(),
            Predicate::Everything => "all rows".to_owned(),
            Predicate::In { column, values } => format!("{} is {}", title(data_set, column), listed(values, " or ")),
            Predicate::IsNull { column } => format!("{} is empty", title(data_set, column)),
            Predicate::And(parts) => joined(parts.iter().map(|part| part.words(data_set)).collect(), "; and "),
            Predicate::Or(parts) => joined(parts.iter().map(|part| part.words(data_set)).collect(), "; or "),
            Predicate::Not(inner) => match inner.as_ref() {
                Predicate::In { column, values } => format!("{} is not {}", title(data_set, column), listed(values, " or ")),
                Predicate::IsNull { column } => format!("{} is not empty", title(data_set, column)),
                other => format!("not ({})", other.words(data_set)),
            },
        }
    }
}

fn title(data_set: DataSet, column: &str) -> String {
    data_set.column(column).map_or_else(|| column.to_owned(), |known| known.title.to_owned())
}

/// The first values, and how many more there are.
fn listed(values: &BTreeSet<String>, word: &str) -> String {
    let shown = values.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(word);
    if values.len() > SHOWN { format!("{shown} and {} more", values.len() - SHOWN) } else { shown }
}

fn joined(parts: Vec<String>, word: &str) -> String {
    if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(word)) }
}

pub(crate) fn capital(text: String) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
