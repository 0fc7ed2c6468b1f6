//! People for every kind of right, and the rules that divide them.

use std::collections::BTreeMap;

/// The password of all of them.
pub const PASSWORD: &str = "the password of the tests";

/// A person of the tests.
#[derive(Debug, Clone, Copy)]
pub struct Persona {
    /// Login.
    pub login: &'static str,
    /// Roles.
    pub roles: &'static [&'static str],
    /// The units that are theirs.
    pub units: &'static [&'static str],
    /// Sees everything.
    pub whole: bool,
}

impl Persona {
    /// Attributes as the rules read them.
    pub fn attributes(&self) -> BTreeMap<String, Vec<String>> {
        let mut attributes = BTreeMap::new();
        if !self.units.is_empty() {
            attributes.insert("unit".to_owned(), self.units.iter().map(|unit| (*unit).to_owned()).collect());
        }
        if self.whole {
            attributes.insert("whole".to_owned(), vec!["yes".to_owned()]);
        }
        attributes
    }
}

const fn persona(login: &'static str, roles: &'static [&'static str], units: &'static [&'static str], whole: bool) -> Persona {
    Persona { login, roles, units, whole }
}

/// One for every role of the matrix, and some who are refused.
pub const PEOPLE: &[Persona] = &[
    persona("a@test.example", &["supervisor", "wfo.dashboard_viewer"], &[crate::A], false),
    persona("a2@test.example", &["supervisor", "wfo.team_leader"], &[crate::A], false),
    persona("b@test.example", &["supervisor", "wfo.dashboard_viewer"], &[crate::B], false),
    persona("both@test.example", &["supervisor", "wfo.data_analyst"], &[crate::A, crate::B], false),
    persona("none@test.example", &["supervisor", "wfo.quality_manager"], &[], false),
    persona("whole@test.example", &["supervisor", "wfo.data_auditor"], &[], true),
    persona("admin@test.example", &["admin", "wfo.full_access"], &[], false),
    persona("qpm@test.example", &["supervisor", "wfo.quality_process_manager"], &[crate::A], false),
    persona("agent@test.example", &["agent"], &[crate::A], false),
    persona("no-wfo@test.example", &["supervisor"], &[crate::A], false),
];

/// A unit's people see the unit: conversations by the task's tag, activities by the agent's team of today.
pub const RULES: &str = r#"version: 1
rules:
  - name: Units
    effect: grant
    data_sets: [conversations]
    where:
      attribute: conversation_attribute_1
      in: person.unit
  - name: Teams
    effect: grant
    data_sets: [activities]
    where:
      attribute: agent_team_name
      in: person.unit
  - name: Whole company
    effect: grant
    data_sets: [conversations, activities]
    for:
      attribute: whole
      in: ["yes"]
    where: everything
"#;
