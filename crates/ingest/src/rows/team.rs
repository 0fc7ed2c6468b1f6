//! Teams and departments, with the naming traps (domain reference 2.5): both spellings are read, a name shows
//! only with its id, and a row without a team falls back to its queue.

use super::fields::{self, Object};
use parclose_model::{Cell, Row};
use std::borrow::Cow;

/// A team or department: id, name, name in hierarchy.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Group {
    pub id: Cell,
    pub name: Cell,
    pub hierarchy: Cell,
}

/// The worker's team, if a team id is set.
pub(super) fn team(worker: &Object) -> Option<Group> {
    group(worker, "team_id", ["team_name", "team"], "team_name_in_hierarchy")
}

/// The worker's department, if a department id is set.
pub(super) fn department(worker: &Object) -> Option<Group> {
    group(worker, "department_id", ["department_name", "department"], "department_name_in_hierarchy")
}

fn group(worker: &Object, id: &str, names: [&str; 2], hierarchy: &str) -> Option<Group> {
    let id = fields::cell(fields::member(worker, id));
    if id.is_null() {
        return None;
    }
    let name = names
        .iter()
        .map(|name| worker.get(*name).map_or(Cell::Null, |value| fields::attribute(name, value)))
        .find(|name| !name.is_null())
        .unwrap_or_else(|| id.clone());
    let hierarchy = worker.get(hierarchy).map_or(Cell::Null, |value| fields::attribute(hierarchy, value));
    Some(Group { id, name, hierarchy })
}

/// The queue of a row: sid and name.
#[derive(Debug, Default, Clone)]
pub(super) struct Queue<'a> {
    pub sid: Option<Cow<'a, str>>,
    pub name: Option<Cow<'a, str>>,
}

impl Queue<'_> {
    fn group(&self) -> Group {
        let name = fields::cell(self.name.clone());
        let id = fields::cell(self.sid.clone());
        // A queue known by name only (an importer's) is its own id.
        let id = if id.is_null() { name.clone() } else { id };
        Group { name: if name.is_null() { id.clone() } else { name }, id, hierarchy: Cell::Null }
    }
}

/// Fills handling team and department. What the task says explicitly wins, then the agent's at the time, then
/// (teams only) the queue.
pub(super) fn fill_handling(row: &mut Row, worker: Option<&Object>, queue: Option<&Queue<'_>>) {
    let own = worker.and_then(team).or_else(|| queue.map(Queue::group)).unwrap_or_default();
    let columns = ["handling_team_id", "handling_team_name", "handling_team_name_in_hierarchy"];
    fill(row, columns, own);
    let own = worker.and_then(department).unwrap_or_default();
    let columns = ["handling_department_id", "handling_department_name", "handling_department_name_in_hierarchy"];
    fill(row, columns, own);
}

/// An explicit id or name replaces the group as a whole: an id of one team must never stand with the name of another.
fn fill(row: &mut Row, [id, name, hierarchy]: [&str; 3], own: Group) {
    let explicit_id = row.get(id).clone();
    let explicit_name = row.get(name).clone();
    let group = match (explicit_id.is_null(), explicit_name.is_null()) {
        (true, true) => own,
        (false, true) if explicit_id == own.id => own,
        (false, true) => Group { name: explicit_id.clone(), id: explicit_id, hierarchy: Cell::Null },
        (true, false) if explicit_name == own.name => own,
        (true, false) => Group { id: explicit_name.clone(), name: explicit_name, hierarchy: Cell::Null },
        (false, false) => {
            let hierarchy = if explicit_id == own.id { own.hierarchy } else { Cell::Null };
            Group { id: explicit_id, name: explicit_name, hierarchy }
        }
    };
    row.set(id, group.id);
    row.set(name, group.name);
    if row.get(hierarchy).is_null() {
        row.set(hierarchy, group.hierarchy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parclose_model::TableId;
    use serde_json::json;

    fn filled(worker: serde_json::Value, explicit: &[(&str, &str)]) -> (Option<String>, Option<String>) {
        let mut row = Row::empty(TableId::Segments);
        for (column, value) in explicit {
            row.set(column, *value);
        }
        let queue = Queue { sid: Some("WQ1".into()), name: Some("Sales queue".into()) };
        fill_handling(&mut row, worker.as_object(), Some(&queue));
        let text = |column: &str| row.get(column).as_text().map(str::to_owned);
        (text("handling_team_id"), text("handling_team_name"))
    }

    fn pair(id: &str, name: &str) -> (Option<String>, Option<String>) {
        (Some(id.into()), Some(name.into()))
    }

    #[test]
    fn both_spellings_are_read_and_the_queue_is_the_fallback() {
        assert_eq!(filled(json!({"team_id": "7", "team_name": "Alpha", "team": "Beta"}), &[]), pair("7", "Alpha"));
        assert_eq!(filled(json!({"team_id": 7, "team": "Beta"}), &[]), pair("7", "Beta"));
        assert_eq!(filled(json!({"team_id": "7", "team": ["CZ"]}), &[]), pair("7", "CZ"));
        assert_eq!(filled(json!({"team_id": "7"}), &[]), pair("7", "7"));
        assert_eq!(filled(json!({"team_name": "Alpha"}), &[]), pair("WQ1", "Sales queue"), "no name without an id");
        assert_eq!(filled(json!({}), &[]), pair("WQ1", "Sales queue"));
    }

    #[test]
    fn what_the_task_says_wins_and_groups_are_never_mixed() {
        let worker = json!({"team_id": "7", "team_name": "Alpha"});
        assert_eq!(filled(worker.clone(), &[("handling_team_name", "Gamma")]), pair("Gamma", "Gamma"));
        assert_eq!(filled(worker.clone(), &[("handling_team_name", "Alpha")]), pair("7", "Alpha"));
        assert_eq!(filled(worker.clone(), &[("handling_team_id", "9")]), pair("9", "9"));
        let both = [("handling_team_id", "9"), ("handling_team_name", "Nine")];
        assert_eq!(filled(worker, &both), pair("9", "Nine"));
    }
}
