//! What rules give people: deny by default, grants add up, restricts take away, nulls match nothing.

mod common;

use common::caller;
use parclose_access::actions::ReadRows;
use parclose_access::rules::PersonFacts;
use parclose_access::{DataSet, Door, OpCtx, Policy, Predicate, RowScope, ScopeState, StoredPolicy, SystemTask, Workspace};
use parclose_model::WorkspaceId;

const VIEWER: [&str; 2] = ["supervisor", "wfo.dashboard_viewer"];

fn policy(yaml: &str) -> Policy {
    Policy::loaded::<()>(WorkspaceId::new("acme"), Ok(Some(StoredPolicy { version: 3, yaml: yaml.to_owned() })))
}

fn rules(rules: &str) -> Policy {
    let policy = policy(&format!("version: 1\nrules:\n{rules}"));
    assert!(!policy.is_broken(), "{rules}");
    policy
}

fn check(policy: &Policy, attributes: &[(&str, &[&str])], look: impl FnOnce(&RowScope<'_>)) {
    let caller = caller(&VIEWER, attributes);
    let ctx = OpCtx::new(&caller, "r", 0);
    let grant = ctx.authorize(ReadRows, &Workspace::of(&caller)).expect("a viewer reads rows");
    look(&policy.scope(&grant));
}

fn row<'v>(cells: &'v [(&'v str, &'v str)]) -> impl Fn(&str) -> Option<&'v str> {
    move |column| cells.iter().find(|(name, _)| *name == column).map(|(_, value)| *value)
}

const DEPARTMENTS: &str = "
  - {name: Departments, effect: grant, data_sets: [conversations], where: {attribute: conversation_attribute_1, in: person.department}}
  - {name: Teams, effect: grant, data_sets: [activities], where: {any: [{attribute: agent_team_name, in: person.team}, {attribute: handling_team_name, in: person.team}]}}
  - {name: Company wide, effect: grant, data_sets: [conversations, activities], for: {attribute: company_wide, in: ['yes']}, where: everything}
";

#[test]
fn a_person_sees_their_department() {
    check(&rules(DEPARTMENTS), &[("department", &["Anvils"]), ("team", &["A1"])], |scope| {
        assert_eq!(scope.conversations(), &Predicate::is_in("conversation_attribute_1", ["Anvils"]));
        assert!(scope.admits(&row(&[("kind", "Queue"), ("conversation_attribute_1", "Anvils")])));
        assert!(!scope.admits(&row(&[("kind", "Queue"), ("conversation_attribute_1", "Onions")])));
        assert!(!scope.admits(&row(&[("kind", "Queue")])), "a row without department is nobody's");
        assert!(scope.admits(&row(&[("kind", "Agent Status"), ("agent_team_name", "A1")])));
        assert!(!scope.admits(&row(&[("kind", "Agent Status"), ("conversation_attribute_1", "Anvils")])));
        assert_eq!((scope.state(), scope.label(), scope.policy_version()), (ScopeState::Some, "Anvils", 3));
        assert_eq!(scope.explain()[0].rules[0].explains, "Conversation attribute 1 is one of your department: Anvils");
        assert_eq!(scope.explain()[0].rules.len(), 1, "rules for others are not told");
        assert_eq!(scope.fingerprint().len(), 64);
    });
}

#[test]
fn a_person_without_a_value_sees_nothing_and_is_told() {
    for attributes in [&[][..], &[("department", &[][..]), ("team", &[""])], &[("Department", &["Anvils"])]] {
        check(&rules(DEPARTMENTS), attributes, |scope| {
            assert_eq!((scope.conversations(), scope.activities()), (&Predicate::Nothing, &Predicate::Nothing));
            assert_eq!((scope.state(), scope.label()), (ScopeState::None, "Nothing yet"));
            assert!(scope.explain()[0].rules[0].explains.contains("you have none"));
        });
    }
}

#[test]
fn a_rule_for_somebody_applies_to_them_only() {
    check(&rules(DEPARTMENTS), &[("company_wide", &["yes"])], |scope| {
        assert_eq!((scope.state(), scope.label()), (ScopeState::All, "All units"));
    });
    check(&rules(DEPARTMENTS), &[("company_wide", &["Yes"])], |scope| assert_eq!(scope.state(), ScopeState::None));
}

#[test]
fn labels_name_the_persons_own_values_and_never_those_in_the_rules() {
    check(&rules(DEPARTMENTS), &[("department", &["SK", "CZ"])], |scope| assert_eq!(scope.label(), "CZ, SK"));
    check(&rules(DEPARTMENTS), &[("department", &["A", "B", "C", "D", "E"])], |scope| assert_eq!(scope.label(), "A, B, C +2"));
    check(&rules(DEPARTMENTS), &[("team", &["T"])], |scope| assert_eq!(scope.label(), "T"));
    let listed = "
  - {name: Both queues, effect: grant, data_sets: [conversations], where: {attribute: queue, in: [canary-A, canary-B]}}
  - {name: Not that one, effect: restrict, data_sets: [conversations], where: {not: {attribute: queue, equals: canary-C}}}
";
    check(&rules(listed), &[], |scope| {
        assert_eq!(scope.label(), "Both queues, Not that one");
        assert!(!format!("{:?}", scope.summary()).contains("canary"));
    });
}

#[test]
fn no_policy_and_an_empty_one_are_open_and_say_so() {
    let none = Policy::loaded::<()>(WorkspaceId::new("acme"), Ok(None));
    for policy in [none, policy("version: 1\nrules: []\n")] {
        check(&policy, &[], |scope| {
            assert_eq!((scope.state(), scope.conversations()), (ScopeState::Open, &Predicate::Everything));
            assert!(scope.explain().iter().all(|set| set.state == ScopeState::Open));
        });
    }
}

#[test]
fn whatever_goes_wrong_gives_no_rows() {
    let failed = Policy::loaded(WorkspaceId::new("acme"), Err("no disk"));
    let wrong = policy("version: 1\nrule: []\n");
    assert!(failed.is_broken() && wrong.is_broken());
    let of_others = Policy::loaded::<()>(WorkspaceId::new("other"), Ok(None));
    for policy in [failed, wrong, of_others] {
        check(&policy, &[("department", &["Anvils"])], |scope| {
            assert_eq!((scope.state(), scope.conversations(), scope.activities()), (ScopeState::None, &Predicate::Nothing, &Predicate::Nothing));
        });
    }
}

#[test]
fn a_restriction_alone_gives_nothing() {
    let only = "
  - {name: R, effect: restrict, data_sets: [conversations, activities], where: everything}
";
    check(&rules(only), &[], |scope| assert_eq!(scope.state(), ScopeState::None));
}

#[test]
fn restrictions_narrow_every_grant() {
    let both = "
  - {name: A, effect: grant, data_sets: [conversations], where: {attribute: queue, in: person.queues}}
  - {name: B, effect: grant, data_sets: [conversations], where: {attribute: handling_team_name, in: person.team}}
  - {name: C, effect: restrict, data_sets: [conversations], where: {attribute: language, equals: cs}}
";
    check(&rules(both), &[("queues", &["q"]), ("team", &["t"])], |scope| {
        assert!(scope.admits(&row(&[("queue", "q"), ("language", "cs")])));
        assert!(scope.admits(&row(&[("handling_team_name", "t"), ("language", "cs")])));
        assert!(!scope.admits(&row(&[("queue", "q"), ("language", "de")])));
        assert!(!scope.admits(&row(&[("queue", "q")])));
        assert!(!scope.admits(&row(&[("language", "cs")])));
    });
    check(&rules(both), &[("queues", &["q"])], |scope| assert!(!scope.admits(&row(&[("handling_team_name", "t"), ("language", "cs")]))));
}

#[test]
fn not_is_closed_for_empty_columns_and_for_people_without_a_value() {
    let not = "
  - {name: A, effect: grant, data_sets: [conversations], where: {not: {attribute: queue, in: person.hidden}}}
";
    check(&rules(not), &[("hidden", &["Secret"])], |scope| {
        assert!(scope.admits(&row(&[("queue", "Anvils")])));
        assert!(!scope.admits(&row(&[("queue", "Secret")])));
        assert!(!scope.admits(&row(&[])), "an empty queue is not shown to be another queue");
    });
    check(&rules(not), &[], |scope| assert_eq!(scope.conversations(), &Predicate::Nothing, "no value must not mean all queues"));
    let nested = "
  - {name: A, effect: grant, data_sets: [conversations], where: {not: {all: [{attribute: queue, in: person.hidden}, {not: {attribute: language, in: person.languages}}]}}}
";
    check(&rules(nested), &[], |scope| assert_eq!(scope.conversations(), &Predicate::Nothing));
    let or_empty = "
  - {name: A, effect: grant, data_sets: [conversations], where: {any: [{not: {attribute: queue, equals: Secret}}, {attribute: queue, is_empty: true}]}}
";
    check(&rules(or_empty), &[], |scope| assert!(scope.admits(&row(&[]))));
}

#[test]
fn the_fingerprint_follows_the_rows() {
    let mut seen = Vec::new();
    for department in [&["A"][..], &["B"], &["A", "B"], &["A,B"]] {
        check(&rules(DEPARTMENTS), &[("department", department)], |scope| seen.push(scope.fingerprint().to_owned()));
    }
    check(&rules(DEPARTMENTS), &[("department", &["B", "A", "B"])], |scope| assert_eq!(scope.fingerprint(), seen[2], "order and doubles don't matter"));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[test]
fn tasks_read_what_their_row_of_the_table_says() {
    let door = Door::for_tests();
    let policy = rules(DEPARTMENTS);
    let attributes = [("department".to_owned(), vec!["Anvils".to_owned()])].into();
    let facts = PersonFacts { roles: &[], attributes: &attributes };
    for row in parclose_access::system::TABLE {
        let ctx = door.system(row.task, WorkspaceId::new("acme"), 0);
        assert_eq!(row.task.row(), &row);
        let (every, one) = (ctx.every_row().is_ok(), ctx.as_person(&policy, facts).is_ok());
        let expected = match row.task {
            SystemTask::Ingest | SystemTask::Compaction | SystemTask::Simulate => (false, false),
            SystemTask::LakeCheck => (true, false),
            SystemTask::SeparationVerify => (true, true),
        };
        assert_eq!((every, one), expected, "{:?}", row.task);
    }
    let ctx = door.system(SystemTask::SeparationVerify, WorkspaceId::new("acme"), 0);
    let as_person = ctx.as_person(&policy, facts).expect("verify looks as a person");
    check(&policy, &[("department", &["Anvils"])], |scope| assert_eq!(scope.fingerprint(), as_person.fingerprint()));
    assert_ne!(ctx.every_row().expect("verify reads all").fingerprint(), as_person.fingerprint());
}

#[test]
fn a_row_without_a_kind_is_a_conversations() {
    assert_eq!(DataSet::of_kind(""), DataSet::Conversations);
    assert_eq!(DataSet::of_kind("Agent Status in Progress"), DataSet::Activities);
}
