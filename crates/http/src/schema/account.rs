//! Sessions, rights and the state of the audit trail.

use crate::instant::rfc3339;
use jiff::tz::TimeZone;
use parclose_identity::OpenSession as Open;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Open sessions of one person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSessions {
    /// The last used first.
    pub sessions: Vec<OpenSession>,
}

/// A session that is not over.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// Names it; opens nothing.
    pub id: String,
    /// What the browser said it is; empty when it said nothing.
    pub client: String,
    /// When it began.
    pub started_at: String,
    /// Last request, within a minute.
    pub last_seen_at: String,
    /// When it ends if nothing more is asked.
    pub ends_at: String,
    /// The one that is asking.
    pub current: bool,
}

impl OpenSessions {
    /// Fields are named one by one: what identity keeps beside them stays there.
    pub(crate) fn of(open: Vec<Open>, zone: &TimeZone) -> OpenSessions {
        let sessions = open.into_iter().map(|session| OpenSession {
            id: session.id,
            client: session.client,
            started_at: rfc3339(session.created_ms, zone),
            last_seen_at: rfc3339(session.last_seen_ms, zone),
            ends_at: rfc3339(session.ends_ms, zone),
            current: session.is_current,
        });
        OpenSessions { sessions: sessions.collect() }
    }
}

/// What a person may do and see, and why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonRights {
    /// Id.
    pub person: String,
    /// `open`, or why they can't come in: `not_active`, `no_flex_role`, `no_wfo_role`.
    pub entry: String,
    /// Roles as they arrived.
    pub roles: Vec<RoleGives>,
    /// What they add up to.
    pub capabilities: Vec<CapabilityWhy>,
    /// Which rows the separation rules give.
    pub rows: RowsWhy,
}

/// A role of a person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleGives {
    /// As it arrived.
    pub role: String,
    /// False: nobody knows it, so it gives nothing.
    pub known: bool,
}

/// A capability and where it comes from.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapabilityWhy {
    /// `dashboards`, `play_calls`, `export_calls`, `assess`, `questionnaires`, `administer`.
    pub name: String,
    /// `none`, `yes`, or a level: `viewer`, `explorer`, `editor`, `view`.
    pub level: String,
    /// The roles that give as much.
    pub from: Vec<String>,
}

/// Which rows, and why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowsWhy {
    /// `all`, `some`, `none`, `open`.
    pub state: String,
    /// In words, as the person sees it.
    pub label: String,
    /// Version of the separation rules.
    pub policy_version: i64,
    /// The rules can't be read: nobody has rows.
    pub broken: bool,
    /// By data set.
    pub data_sets: Vec<DataSetWhy>,
}

/// Which rows of a data set, and why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DataSetWhy {
    /// `conversations`, `activities`.
    pub data_set: String,
    /// `all`, `some`, `none`, `open`.
    pub state: String,
    /// What all rules together leave, in words.
    pub result: String,
    /// Every rule for this data set, those for others included.
    pub rules: Vec<RuleWhy>,
}

/// A rule, seen from one person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleWhy {
    /// Name.
    pub name: String,
    /// `grant`, `restrict`.
    pub effect: String,
    /// Whether it is for this person.
    pub applies: bool,
    /// Whom it is for.
    pub for_whom: String,
    /// Which rows, with the person's values filled in.
    pub rows: String,
    /// What it reads of the person.
    pub reads: Vec<RuleReads>,
    /// It is for this person and matches nothing for want of a value.
    pub lacks: bool,
}

/// An attribute that a rule reads.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleReads {
    /// Name.
    pub attribute: String,
    /// The person's values; none: that is what is missing.
    pub values: Vec<String>,
}

/// Whether the audit trail is as it was written.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditChain {
    /// Every line fits the one before it.
    pub holds: bool,
    /// The first line that does not fit.
    pub broken_at: Option<i64>,
    /// Lines that fit.
    pub entries: i64,
    /// The last hash. Kept elsewhere, it shows later that nothing was cut off.
    pub hash: Option<String>,
}
