//! What the rules' language accepts and refuses, as tables.

use parclose_access::RuleSet;

const EXAMPLE: &str = r#"version: 1
rules:
  - name: Departments
    effect: grant
    data_sets: [conversations]
    where:
      attribute: conversation_attribute_1
      in: person.department
  - name: Teams
    effect: grant
    data_sets: [activities]
    where: {any: [{attribute: agent_team_name, in: person.team}, {attribute: handling_team_name, in: person.team}]}
  - name: Company wide
    effect: grant
    data_sets: [conversations, activities]
    for: {attribute: company_wide, in: ["yes"]}
    where: everything
  - name: No secret queue
    effect: restrict
    data_sets: [conversations]
    where: {any: [{not: {attribute: queue, in: [Secret]}}, {attribute: queue, is_empty: true}]}
"#;

#[test]
fn the_example_is_read() {
    let rules = RuleSet::parse(EXAMPLE).expect("the example is right");
    assert_eq!(rules.rules().iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["Departments", "Teams", "Company wide", "No secret queue"]);
    assert!(!rules.is_empty());
    assert!(RuleSet::parse("version: 1\nrules: []\n").expect("no rules are rules").is_empty());
}

/// A rule with this body after `name: R`, so that it starts on line 4.
fn with(body: &str) -> String {
    let mut text = "version: 1\nrules:\n  - name: R\n".to_owned();
    for line in body.lines() {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn refused(text: &str) -> (usize, String) {
    let error = RuleSet::parse(text).expect_err(text);
    (error.line, error.message)
}

#[test]
fn whatever_is_not_known_is_refused() {
    let head = "effect: grant\ndata_sets: [conversations]\n";
    let activities = "effect: grant\ndata_sets: [activities]\n";
    // (body, line, a part of the message)
    let cases: Vec<(String, usize, &str)> = vec![
        ("effect: allow\ndata_sets: [conversations]\nwhere: everything".into(), 4, "`grant` or `restrict`"),
        ("effect: grant\ndata_sets: [workload]\nwhere: everything".into(), 5, "unknown data set `workload`"),
        ("effect: grant\ndata_sets: []\nwhere: everything".into(), 5, "at least one value"),
        ("effect: grant\nwhere: everything".into(), 3, "`data_sets` needs"),
        (head.into(), 3, "needs `where`"),
        (format!("{head}where: everyting"), 3, "must be a mapping"),
        (format!("{head}were: everything"), 6, "unknown word `were`"),
        (format!("{head}where: {{}}"), 6, "a condition is"),
        (format!("{head}where: null"), 3, "must be a mapping"),
        (format!("{head}where: {{attribute: quue, in: [A]}}"), 6, "unknown attribute `quue` for conversations"),
        (format!("{head}where: {{attribute: queue_time, in: [A]}}"), 6, "unknown attribute"),
        (format!("{head}where: {{attribute: unit_key, in: [A]}}"), 6, "unknown attribute"),
        (format!("{activities}where: {{attribute: queue, in: [A]}}"), 6, "unknown attribute `queue` for activities"),
        (format!("{head}where: {{attribute: queue, in: []}}"), 6, "at least one value"),
        (format!("{head}where: {{attribute: queue, in: department}}"), 6, "`person.`"),
        (format!("{head}where: {{attribute: queue, in: person.}}"), 6, "`person.`"),
        (format!("{head}where: {{attribute: queue, in: [person.department]}}"), 6, "would be compared as it stands"),
        (format!("{head}where: {{attribute: queue, in: [1, 2]}}"), 6, "put them in quotes"),
        (format!("{head}where: {{attribute: queue, equals: true}}"), 6, "put them in quotes"),
        (format!("{head}where: {{attribute: queue, equals: ''}}"), 6, "no value"),
        (format!("{head}where: {{attribute: queue, is_empty: false}}"), 6, "can only be `true`"),
        (format!("{head}where: {{attribute: queue}}"), 6, "exactly one of"),
        (format!("{head}where: {{attribute: queue, in: [A], equals: B}}"), 6, "exactly one of"),
        (format!("{head}where: {{attribute: queue, in: [A], like: B}}"), 6, "unknown word `like`"),
        (format!("{head}where: {{any: []}}"), 6, "at least one condition"),
        (format!("{head}where: {{any: [{{attribute: queue, in: [A]}}], all: [{{attribute: queue, in: [A]}}]}}"), 6, "a condition is"),
        (format!("{head}where: {{any: [everything]}}"), 3, "must be a mapping"),
        (format!("{head}for: {{}}\nwhere: everything"), 6, "names nobody"),
        (format!("{head}for: {{attribute: x}}\nwhere: everything"), 6, "together with `in`"),
        (format!("{head}for: {{attribute: x, in: []}}\nwhere: everything"), 5, "at least one value"),
        (format!("{head}for: {{roles: [wfo.godmode]}}\nwhere: everything"), 6, "unknown role"),
        (format!("{head}for: {{role: [admin]}}\nwhere: everything"), 6, "unknown word `role`"),
        (format!("{head}effect: restrict\nwhere: everything"), 0, "duplicate"),
    ];
    for (body, line, message) in cases {
        let (got_line, got_message) = refused(&with(&body));
        assert!(got_message.contains(message), "{body}\n-> {got_message}");
        assert!(line == 0 || (got_line as i64 - line as i64).abs() <= 1, "{body}\n-> line {got_line} and not {line}: {got_message}");
    }
}

#[test]
fn whatever_is_not_a_list_of_rules_is_refused() {
    for text in ["", "null", "[]", "version: 1", "version: 1\nrules:", "version: 2\nrules: []", "rules: []", "version: 1\nrule: []", "version: 1\nrules: {}", "version: 1\nrules: []\nopen: true", "version: '1'\nrules: []", "version: 1\nrules: [null]", "a: [", "\u{0}"] {
        refused(text);
    }
    refused(&format!("version: 1\nrules: []\n#{}", "x".repeat(300_000)));
}

#[test]
fn two_rules_of_one_name_are_refused() {
    let body = "effect: grant\n    data_sets: [conversations]\n    where: everything\n";
    let text = format!("version: 1\nrules:\n  - name: R\n    {body}  - name: R\n    {body}");
    let (line, message) = refused(&text);
    assert!(message.contains("two rules"), "{message}");
    assert!(line >= 3, "{line}");
}

#[test]
fn deep_nesting_is_refused() {
    let mut condition = "{attribute: queue, in: [A]}".to_owned();
    for _ in 0..20 {
        condition = format!("{{not: {condition}}}");
    }
    let (_, message) = refused(&with(&format!("effect: grant\ndata_sets: [conversations]\nwhere: {condition}")));
    assert!(message.contains("deeper"), "{message}");
}
