//! Acme's people and separation rules (the teams, queues and agents are the simulator's).

use std::collections::BTreeMap;

/// A person of the demo. All have the same password, printed at start.
pub struct Person {
    pub login: &'static str,
    pub name: &'static str,
    pub what: &'static str,
    pub roles: &'static [&'static str],
    attributes: &'static [(&'static str, &'static [&'static str])],
}

impl Person {
    pub fn attributes(&self) -> BTreeMap<String, Vec<String>> {
        self.attributes.iter().map(|(name, values)| ((*name).to_owned(), values.iter().map(|v| (*v).to_owned()).collect())).collect()
    }
}

const fn person(
    login: &'static str,
    name: &'static str,
    what: &'static str,
    roles: &'static [&'static str],
    attributes: &'static [(&'static str, &'static [&'static str])],
) -> Person {
    Person { login, name, what, roles, attributes }
}

/// One for every role and every kind of unit.
pub fn people() -> &'static [Person] {
    const ALL: &[Person] = &[
        person("admin@acme.example", "Ada Admin", "Administrator with full access, sees the whole company", &["admin", "wfo.full_access"], &[("company_wide", &["yes"])]),
        person("anvils@acme.example", "Dina Novak", "Supervisor of Anvils", &["supervisor", "wfo.dashboard_viewer"], &[("department", &["Anvils"]), ("team", &["Anvils"]), ("team_id", &["Anvils"])]),
        person("tennis@acme.example", "Tom Baker", "Supervisor of Tennis Balls", &["supervisor", "wfo.dashboard_viewer"], &[("department", &["Tennis Balls"]), ("team", &["Tennis Balls"]), ("team_id", &["Tennis Balls"])]),
        person("onions@acme.example", "Olga Shaw", "Team leader of Onions", &["supervisor", "wfo.team_leader"], &[("department", &["Onions"]), ("team", &["Onions"])]),
        person("candles@acme.example", "Carl Wick", "Data analyst of Candles", &["supervisor", "wfo.data_analyst"], &[("department", &["Candles"]), ("team", &["Candles"])]),
        person("quality@acme.example", "Quinn Hale", "Quality manager of Anvils and Tennis Balls", &["supervisor", "wfo.quality_manager"], &[("department", &["Anvils", "Tennis Balls"]), ("team", &["Anvils", "Tennis Balls"])]),
        person("cz@acme.example", "Zdenka Dvorak", "Supervisor of the market CZ", &["supervisor", "wfo.dashboard_viewer"], &[("market", &["CZ"]), ("team", &["Market CZ"])]),
        person("dach@acme.example", "Heidi Berger", "Supervisor of the markets DE, AT and CH", &["supervisor", "wfo.team_leader"], &[("market", &["DE", "AT", "CH"]), ("team", &["Market DE", "Market AT", "Market CH"])]),
        person("auditor@acme.example", "Avery Stone", "Data auditor, sees the whole company", &["supervisor", "wfo.data_auditor"], &[("company_wide", &["yes"])]),
        person("new@acme.example", "Nora New", "New supervisor without any unit: sees nothing and is told why", &["supervisor", "wfo.dashboard_viewer"], &[]),
        person("it@acme.example", "Ivan Techman", "Administrator without any unit: manages, sees no rows", &["admin", "wfo.dashboard_viewer"], &[]),
        person("qpm@acme.example", "Petra Moss", "Quality process manager: no dashboards", &["supervisor", "wfo.quality_process_manager"], &[("department", &["Anvils"])]),
        person("agent@acme.example", "Ben Agent", "Agent: refused at the door, with the reason", &["agent"], &[("team", &["Anvils"])]),
    ];
    ALL
}

/// The rule of journey J4 for Acme: the department or the market in the task's tag decides; activities go by the
/// agent's team; whoever is company-wide sees all; otherwise nothing.
pub const RULES: &str = r#"# Separation rules of Acme Corporation.
# A grant gives rows, several add up. Without a grant that fits there are no rows.
version: 1
rules:
  - name: Departments
    effect: grant
    data_sets: [conversations]
    where:
      attribute: conversation_attribute_1
      in: person.department
  - name: Markets
    effect: grant
    data_sets: [conversations]
    where:
      attribute: conversation_attribute_1
      in: person.market
  - name: Teams
    effect: grant
    data_sets: [activities]
    where:
      attribute: agent_team_name      # the agent's team as it is now
      in: person.team
  - name: Whole company
    effect: grant
    data_sets: [conversations, activities]
    for:
      attribute: company_wide
      in: ["yes"]
    where: everything
"#;
