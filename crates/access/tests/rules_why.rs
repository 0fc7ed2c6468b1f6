//! What an administrator is told of a person's rows: every rule, whether it is theirs, with which of their values.

mod common;

use common::caller;
use parclose_access::actions::ManageSeparation;
use parclose_access::rules::PersonFacts;
use parclose_access::{OpCtx, Policy, PolicyWhy, ScopeState, StoredPolicy, Workspace};
use parclose_model::WorkspaceId;
use std::collections::BTreeMap;

const RULES: &str = "version: 1
rules:
  - {name: Departments, effect: grant, data_sets: [conversations], where: {attribute: conversation_attribute_1, in: person.department}}
  - {name: Teams, effect: grant, data_sets: [activities], where: {attribute: agent_team_name, in: person.team}}
  - {name: Leaders, effect: grant, data_sets: [conversations], for: {roles: [wfo.team_leader]}, where: {attribute: queue, in: [Overflow, Night]}}
  - {name: No test calls, effect: restrict, data_sets: [conversations], where: {not: {attribute: queue, in: [Test]}}}
";

fn explain(yaml: &str, roles: &[&str], attributes: &[(&str, &[&str])]) -> PolicyWhy {
    let policy = Policy::loaded::<()>(WorkspaceId::new("acme"), Ok(Some(StoredPolicy { version: 3, yaml: yaml.to_owned() })));
    let admin = caller(&["admin", "wfo.full_access"], &[]);
    let ctx = OpCtx::new(&admin, "r", 0);
    let grant = ctx.authorize(ManageSeparation, &Workspace::of(&admin)).expect("an administrator manages rules");
    let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    let attributes: BTreeMap<String, Vec<String>> =
        attributes.iter().map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())).collect();
    let facts = PersonFacts { roles: &roles, attributes: &attributes };
    let why = policy.explain(&grant, facts);
    assert_eq!(why.summary, policy.preview(&grant, facts), "both say the same");
    why
}

#[test]
fn each_rule_says_whether_it_applies_and_what_it_reads() {
    let why = explain(RULES, &["supervisor", "wfo.dashboard_viewer"], &[("department", &["Anvils", "Onions"])]);
    let [conversations, activities] = why.data_sets.try_into().expect("two data sets");
    assert_eq!(conversations.state, ScopeState::Some);
    assert_eq!(conversations.result, "(Conversation attribute 1 is Anvils or Onions; and Queue is not Test)");
    let told: Vec<_> = conversations
        .rules
        .iter()
        .map(|rule| (rule.name.as_str(), rule.applies, rule.lacks, rule.for_whom.as_str(), rule.rows.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Departments", true, false, "everyone", "Conversation attribute 1 is one of their department: Anvils, Onions"),
            ("Leaders", false, false, "people with the role wfo.team_leader", "Queue is Night or Overflow"),
            ("No test calls", true, false, "everyone", "Queue is not Test"),
        ]
    );
    assert_eq!(conversations.rules[0].reads["department"].len(), 2);
    assert_eq!((activities.state, activities.result.as_str()), (ScopeState::None, "No rows"));
    assert!(activities.rules[0].lacks, "the missing value is named: {:?}", activities.rules[0]);
    assert!(activities.rules[0].reads["team"].is_empty());
    assert_eq!(activities.rules[0].rows, "Agent team is one of their team: of which they have none");
}

#[test]
fn a_policy_that_can_not_be_read_says_so_and_gives_nothing() {
    let why = explain("rules: [", &["supervisor"], &[("department", &["Anvils"])]);
    assert!(
        why.is_broken && why.data_sets.iter().all(|set| set.result == "No rows" && set.state == ScopeState::None && set.rules.is_empty())
    );
    let open = explain("version: 1\nrules: []\n", &[], &[]);
    assert!(!open.is_broken && open.data_sets.iter().all(|set| set.result == "All rows" && set.state == ScopeState::Open));
}
