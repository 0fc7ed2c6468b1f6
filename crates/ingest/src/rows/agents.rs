//! The table of agents: what worker attributes say of a person now (domain reference 2.5).

use super::fields::{self, first, member};
use super::labels;
use super::team;
use super::timeline::worker_of;
use parclose_model::{Cell, Event, Row, TableId};
use serde_json::Value;

/// Worker attributes that are taken as they are, and their columns.
const MEMBERS: [(&str, &str); 10] = [
    ("email", "agent_email"),
    ("location", "agent_location"),
    ("manager", "agent_manager"),
    ("phone", "agent_phone"),
    ("agent_attribute_1", "agent_attribute_1"),
    ("agent_attribute_2", "agent_attribute_2"),
    ("agent_attribute_3", "agent_attribute_3"),
    ("agent_label_1", "agent_label_1"),
    ("agent_label_2", "agent_label_2"),
    ("agent_label_3", "agent_label_3"),
];

/// The row of the table of agents that an event brings, if it is about a worker and carries the worker's
/// attributes. The later event wins; that is the store's part.
pub fn agent_row(event: &Event) -> Option<Row> {
    if !fields::is_instant(event.at_ms) {
        return None;
    }
    let worker = worker_of(event)?;
    let attributes = fields::object(event, "worker_attributes")?;
    let mut row = Row::empty(TableId::Agents);
    row.set("unit_key", format!("A:{worker}"));
    row.set("seen_at", Cell::Instant(event.at_ms));
    row.set("seen_event", event.id.as_str());
    row.set("agent_name", name(event, Some(&attributes)));
    row.set("agent_id", worker);
    for (name, column) in MEMBERS {
        if let Some(value) = attributes.get(name) {
            row.set(column, fields::attribute(column, value));
        }
    }
    let team = team::team(&attributes).unwrap_or_default();
    row.set("agent_team_id", team.id);
    row.set("agent_team_name", team.name);
    row.set("agent_team_name_in_hierarchy", team.hierarchy);
    let department = team::department(&attributes).unwrap_or_default();
    row.set("agent_department_id", department.id);
    row.set("agent_department_name", department.name);
    row.set("agent_department_name_in_hierarchy", department.hierarchy);
    row.set("agent_role", role(&attributes));
    let deleted = event.kind.as_str() == "worker.deleted";
    let state = if deleted { Some("Deleted".into()) } else { member(&attributes, "state") };
    row.set("agent_state", fields::cell(state.or(Some("Active".into()))));
    let own_id = row.get("agent_id").clone();
    labels::fill(&mut row, &labels::AGENT, &own_id);
    Some(row)
}

/// The agent's name: the full name, else the worker's name.
pub(super) fn name(event: &Event, attributes: Option<&fields::Object>) -> Cell {
    let full = attributes.and_then(|attributes| member(attributes, "full_name"));
    fields::cell(full.or_else(|| fields::text(event, "worker_name")))
}

/// `role`, else `roles[]` joined.
fn role(attributes: &fields::Object) -> Cell {
    match (first(attributes, &["role"]), attributes.get("roles")) {
        (Some(role), _) => fields::cell(Some(role)),
        (None, Some(roles @ (Value::Array(_) | Value::String(_)))) => fields::attribute("agent_role", roles),
        _ => Cell::Null,
    }
}
