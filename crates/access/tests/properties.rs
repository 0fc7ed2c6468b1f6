//! Properties over random predicates, rules, people and rows.

use parclose_access::rules::PersonFacts;
use parclose_access::{DataSet, Predicate, RuleSet};
use proptest::prelude::*;
use std::collections::BTreeMap;

const COLUMNS: [&str; 3] = ["queue", "language", "handling_team_name"];
const VALUES: [&str; 3] = ["a", "b", "c"];

fn predicate() -> impl Strategy<Value = Predicate> {
    let column = prop::sample::select(COLUMNS.to_vec());
    let values = prop::collection::btree_set(prop::sample::select(VALUES.to_vec()), 0..3);
    let leaf = prop_oneof![
        Just(Predicate::Nothing),
        Just(Predicate::Everything),
        (column.clone(), values).prop_map(|(column, values)| Predicate::is_in(column, values)),
        column.prop_map(|column| Predicate::IsNull { column: column.into() }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Predicate::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Predicate::Or),
            inner.prop_map(Predicate::negated),
        ]
    })
}

/// All rows over three columns: each value and empty.
fn rows() -> Vec<[Option<&'static str>; 3]> {
    let cells: Vec<Option<&str>> = VALUES.iter().copied().map(Some).chain([None]).collect();
    let mut rows = Vec::new();
    for a in &cells {
        for b in &cells {
            rows.extend(cells.iter().map(|c| [*a, *b, *c]));
        }
    }
    rows
}

fn matches(predicate: &Predicate, row: &[Option<&'static str>; 3]) -> bool {
    predicate.matches(&|column| COLUMNS.iter().position(|known| *known == column).and_then(|index| row[index]))
}

fn is_canonical(predicate: &Predicate, inside: bool) -> bool {
    match predicate {
        Predicate::Nothing | Predicate::Everything => !inside,
        Predicate::In { values, .. } => !values.is_empty(),
        Predicate::IsNull { .. } => true,
        Predicate::Not(inner) => matches!(**inner, Predicate::In { .. } | Predicate::IsNull { .. }) && is_canonical(inner, true),
        Predicate::And(parts) => parts.len() > 1 && parts.iter().all(|part| !matches!(part, Predicate::And(_)) && is_canonical(part, true)),
        Predicate::Or(parts) => parts.len() > 1 && parts.iter().all(|part| !matches!(part, Predicate::Or(_)) && is_canonical(part, true)),
    }
}

/// A condition of the language as YAML in one line.
fn condition() -> impl Strategy<Value = String> {
    let column = prop::sample::select(COLUMNS.to_vec());
    let leaf = prop_oneof![
        (column.clone(), prop::collection::vec(prop::sample::select(VALUES.to_vec()), 1..3))
            .prop_map(|(column, values)| format!("{{attribute: {column}, in: [{}]}}", values.join(", "))),
        (column.clone(), prop::sample::select(vec!["team", "market"])).prop_map(|(column, name)| format!("{{attribute: {column}, in: person.{name}}}")),
        column.prop_map(|column| format!("{{attribute: {column}, is_empty: true}}")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(|parts| format!("{{any: [{}]}}", parts.join(", "))),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|parts| format!("{{all: [{}]}}", parts.join(", "))),
            inner.prop_map(|inner| format!("{{not: {inner}}}")),
        ]
    })
}

fn rule() -> impl Strategy<Value = (bool, String)> {
    let whom = prop::sample::select(vec!["", "for: {attribute: market, in: [a]}, ", "for: {roles: [admin]}, "]);
    (any::<bool>(), whom, prop_oneof![1 => Just("everything".to_owned()), 4 => condition()])
        .prop_map(|(is_grant, whom, condition)| (is_grant, format!("{whom}where: {condition}")))
}

fn person() -> impl Strategy<Value = BTreeMap<String, Vec<String>>> {
    let values = || prop::collection::vec(prop::sample::select(VALUES.to_vec()).prop_map(str::to_owned), 0..3);
    (values(), values()).prop_map(|(team, market)| [("team".to_owned(), team), ("market".to_owned(), market)].into())
}

fn predicate_of(rules: &[(bool, String)], person: &BTreeMap<String, Vec<String>>) -> Predicate {
    let mut yaml = "version: 1\nrules:\n".to_owned();
    for (index, (is_grant, rest)) in rules.iter().enumerate() {
        let effect = if *is_grant { "grant" } else { "restrict" };
        yaml.push_str(&format!("  - {{name: R{index}, effect: {effect}, data_sets: [conversations], {rest}}}\n"));
    }
    let rules = RuleSet::parse(&yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    let roles = ["supervisor".to_owned()];
    rules.evaluate(DataSet::Conversations, PersonFacts { roles: &roles, attributes: person }).predicate
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn simplify_keeps_the_rows_and_gives_one_form(predicate in predicate()) {
        let simple = predicate.simplify();
        for row in rows() {
            prop_assert_eq!(matches(&predicate, &row), matches(&simple, &row), "{:?} became {:?} on {:?}", predicate, simple, row);
        }
        prop_assert!(is_canonical(&simple, false), "{:?}", simple);
        prop_assert_eq!(simple.simplify(), simple.clone());
        prop_assert!(simple.columns().is_subset(&predicate.columns()));
    }

    #[test]
    fn taking_a_grant_away_never_widens(rules in prop::collection::vec(rule(), 2..6), person in person(), at in any::<prop::sample::Index>()) {
        let before = predicate_of(&rules, &person);
        let mut fewer = rules.clone();
        let at = at.index(rules.len());
        prop_assume!(rules[at].0);
        fewer.remove(at);
        let after = predicate_of(&fewer, &person);
        for row in rows() {
            prop_assert!(!matches(&after, &row) || matches(&before, &row), "{:?} on {:?}", rules, row);
        }
    }

    #[test]
    fn adding_a_restriction_never_widens(rules in prop::collection::vec(rule(), 1..5), extra in rule(), person in person()) {
        let before = predicate_of(&rules, &person);
        let mut more = rules.clone();
        more.push((false, extra.1));
        let after = predicate_of(&more, &person);
        for row in rows() {
            prop_assert!(!matches(&after, &row) || matches(&before, &row), "{:?} on {:?}", more, row);
        }
    }

    #[test]
    fn losing_all_values_never_widens_what_rules_without_for_give(rules in prop::collection::vec(rule(), 1..5), person in person()) {
        let plain: Vec<_> = rules.into_iter().filter(|(_, rest)| !rest.starts_with("for:")).collect();
        prop_assume!(!plain.is_empty());
        let before = predicate_of(&plain, &person);
        let after = predicate_of(&plain, &BTreeMap::new());
        for row in rows() {
            prop_assert!(!matches(&after, &row) || matches(&before, &row), "{:?} on {:?}", plain, row);
        }
    }

    #[test]
    fn any_text_is_rules_or_an_error(text in "(version: 1\nrules:\n)?[ -~\n]{0,200}") {
        let _ = RuleSet::parse(&text);
    }
}
