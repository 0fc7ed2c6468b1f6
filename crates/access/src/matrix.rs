//! The role matrix as data, and the rule of entry.

use serde::Serialize;
use std::collections::BTreeSet;
use thiserror::Error;

/// What a person may do with assessments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Assess {
    /// Sees none.
    No,
    /// Sees others' results and can't answer.
    View,
    /// Assesses.
    Yes,
}

/// What a person may do with dashboards. Each level includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dashboards {
    /// No access to dashboards.
    None,
    /// Opens, filters, drills, exports.
    Viewer,
    /// And makes insights and KPI dashboards.
    Explorer,
    /// And makes dashboards, reports, metrics; sees the data model.
    Editor,
}

/// One row of the matrix.
#[derive(Debug, Clone, Copy)]
pub struct RoleRow {
    /// The role's name as it arrives.
    pub role: &'static str,
    /// Plays recordings.
    pub play: bool,
    /// Exports recordings.
    pub export: bool,
    /// Assessments.
    pub assess: Assess,
    /// Creates and edits questionnaires.
    pub questionnaires: bool,
    /// Dashboards.
    pub dashboards: Dashboards,
}

const fn row(role: &'static str, play: bool, export: bool, assess: Assess, questionnaires: bool, dashboards: Dashboards) -> RoleRow {
    RoleRow { role, play, export, assess, questionnaires, dashboards }
}

/// The matrix. Rights of several roles add up, column by column.
#[rustfmt::skip]
pub const MATRIX: [RoleRow; 7] = [
    //  role                             play   export assess        questionnaires dashboards
    row("wfo.full_access",             true,  true,  Assess::Yes,  true,          Dashboards::Editor),
    row("wfo.team_leader",             true,  false, Assess::Yes,  false,         Dashboards::Explorer),
    row("wfo.data_analyst",            true,  true,  Assess::View, false,         Dashboards::Editor),
    row("wfo.data_auditor",            true,  true,  Assess::No,   false,         Dashboards::Editor),
    row("wfo.quality_manager",         true,  true,  Assess::Yes,  false,         Dashboards::Viewer),
    row("wfo.quality_process_manager", false, false, Assess::No,   true,          Dashboards::None),
    row("wfo.dashboard_viewer",        true,  false, Assess::No,   false,         Dashboards::Viewer),
];

/// Roles of the contact-centre platform. `agent` gives nothing here; the other two open the door.
pub const FLEX_ROLES: [&str; 3] = ["agent", "supervisor", "admin"];

/// What the roles of a person add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// What may be done with dashboards.
    pub dashboards: Dashboards,
    /// Plays recordings.
    pub play_calls: bool,
    /// Exports recordings.
    pub export_calls: bool,
    /// What may be done with assessments.
    pub assess: Assess,
    /// Creates and edits questionnaires.
    pub questionnaires: bool,
    /// Manages people, keys, separation rules and settings. Managing is not reading: rows stay under the rules.
    pub administer: bool,
}

impl Capabilities {
    const NOTHING: Capabilities = Capabilities {
        dashboards: Dashboards::None,
        play_calls: false,
        export_calls: false,
        assess: Assess::No,
        questionnaires: false,
        administer: false,
    };

    fn add(&mut self, row: &RoleRow) {
        self.dashboards = self.dashboards.max(row.dashboards);
        self.play_calls |= row.play;
        self.export_calls |= row.export;
        self.assess = self.assess.max(row.assess);
        self.questionnaires |= row.questionnaires;
    }
}

/// Why a person may not come in, although they are who they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryRefused {
    /// Neither `supervisor` nor `admin`, whatever else there is; `agent` alone never enters.
    #[error("neither supervisor nor admin")]
    NoFlexRole,
    /// No `wfo.*` role that we know.
    #[error("no wfo role")]
    NoWfoRole,
}

/// The rule of entry: `supervisor` or `admin`, **and** at least one `wfo.*` role of the matrix.
///
/// Roles are compared exactly. A role that is not in the matrix gives nothing; [`unknown_roles`] reports it.
pub fn entry<S: AsRef<str>>(roles: &[S]) -> Result<Capabilities, EntryRefused> {
    let has = |name: &str| roles.iter().any(|role| role.as_ref() == name);
    let administer = has("admin");
    if !administer && !has("supervisor") {
        return Err(EntryRefused::NoFlexRole);
    }
    let mut capabilities = Capabilities { administer, ..Capabilities::NOTHING };
    let mut any = false;
    for row in MATRIX.iter().filter(|row| has(row.role)) {
        capabilities.add(row);
        any = true;
    }
    if any { Ok(capabilities) } else { Err(EntryRefused::NoWfoRole) }
}

/// The roles that give nothing because nobody knows them, sorted, for the log and the administrator's page.
pub fn unknown_roles<S: AsRef<str>>(roles: &[S]) -> Vec<String> {
    let unknown: BTreeSet<String> = roles.iter().map(|role| role.as_ref().to_owned()).filter(|role| !is_known(role)).collect();
    unknown.into_iter().collect()
}

/// True for the seven `wfo.*` roles and the three of the platform.
pub fn is_known(role: &str) -> bool {
    FLEX_ROLES.contains(&role) || MATRIX.iter().any(|row| row.role == role)
}
