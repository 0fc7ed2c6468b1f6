//! Administration.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The separation rules as text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Separation {
    /// The rules; empty when there are none.
    pub yaml: String,
    /// The version that was read; 0 when there are none.
    pub version: i64,
}

/// People and services of the workspace.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// All of them.
    pub people: Vec<Person>,
}

/// A person, or a service that acts by key only.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Id.
    pub id: String,
    /// `person`, `service`.
    pub kind: String,
    /// Login.
    pub login: String,
    /// E-mail.
    pub email: String,
    /// Name.
    pub name: String,
    /// All roles that hold.
    pub roles: Vec<String>,
    /// Those of them that give nothing because nobody knows them.
    pub unknown_roles: Vec<String>,
    /// All attributes that hold and that separation rules may read.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// The roles among them that identity providers gave; they are changed there.
    pub provided_roles: Vec<String>,
    /// The attributes among them that identity providers gave; they are changed there.
    pub provided_attributes: BTreeMap<String, Vec<String>>,
    /// False: no way in.
    pub active: bool,
    /// When made.
    pub created_at: String,
    /// When last changed.
    pub changed_at: String,
    /// When they last signed in.
    pub last_sign_in_at: Option<String>,
    /// Whether they can sign in by password.
    pub has_password: bool,
    /// Somebody else chose the password: they must choose their own at the next sign-in.
    pub password_change_due: bool,
    /// A password alone does not let them in.
    pub second_factor: bool,
}

/// A person to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// `person` (when left out) or `service`.
    #[serde(default)]
    pub kind: Option<String>,
    /// Login.
    pub login: String,
    /// E-mail; the login when left out.
    #[serde(default)]
    pub email: Option<String>,
    /// Name.
    pub name: String,
    /// Roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Password, to be changed at the first sign-in; without one there is no sign-in by password.
    #[serde(default)]
    pub password: Option<String>,
}

/// What changes; what is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// E-mail.
    #[serde(default)]
    pub email: Option<String>,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// All roles.
    #[serde(default)]
    pub roles: Option<Vec<String>>,
    /// All attributes.
    #[serde(default)]
    pub attributes: Option<BTreeMap<String, Vec<String>>>,
    /// Let in or not. Leaving ends all sessions and keys at once.
    #[serde(default)]
    pub active: Option<bool>,
    /// A new password, to be changed at the next sign-in. Ends all sessions.
    #[serde(default)]
    pub password: Option<String>,
}

/// Keys of the workspace.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeys {
    /// The newest first.
    pub api_keys: Vec<ApiKey>,
}

/// A key, without its secret.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// Id.
    pub id: String,
    /// How it begins.
    pub prefix: String,
    /// What it is for.
    pub name: String,
    /// The person or service that it acts for.
    pub person: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// The connection that a key with the scope `scim` speaks for.
    pub connection: Option<String>,
    /// When made.
    pub created_at: String,
    /// When it ends.
    pub expires_at: Option<String>,
    /// Last use, within a minute.
    pub last_used_at: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

/// A key to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// The id of the person or service that it acts for.
    pub person: String,
    /// `read:rows`, `read:recordings`, `read:audit`, `admin`; at least one. Or `scim`, alone.
    pub scopes: Vec<String>,
    /// With `scim`: the connection that the key speaks for.
    #[serde(default)]
    pub connection: Option<String>,
    /// When it ends, RFC 3339; never when left out.
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// A key that was made. The key itself is shown now and never again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuedApiKey {
    /// Id.
    pub id: String,
    /// How it begins.
    pub prefix: String,
    /// The whole key.
    pub key: String,
}

/// A page of the audit trail, the newest first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditPage {
    /// Entries.
    pub entries: Vec<AuditEntry>,
    /// `before` for the next page.
    pub next: Option<i64>,
}

/// One line of the audit trail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// Counts up from 1; each workspace sees its own.
    pub number: i64,
    /// When.
    pub at: String,
    /// Who; null for a failed sign-in or a task.
    pub person: Option<AuditPerson>,
    /// `session`, `key:<id>`, `task:<name>`, `password`.
    pub means: String,
    /// What.
    pub action: String,
    /// Kind of thing.
    pub resource: String,
    /// Its id.
    pub resource_id: String,
    /// Its name as it is now, if it is a person.
    pub on: Option<String>,
    /// `done`, `refused`, `failed`.
    pub outcome: String,
    /// Rows that left.
    pub rows: Option<i64>,
    /// Fingerprint of the scope.
    pub scope: Option<String>,
    /// Version of the separation rules.
    pub policy_version: Option<i64>,
    /// A word that says more.
    pub detail: Option<String>,
    /// The request.
    pub request_id: String,
    /// Hash over this entry and the one before.
    pub hash: String,
}

/// Who, in the audit trail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditPerson {
    /// Id.
    pub id: String,
    /// Login as it is now; null when the person is gone.
    pub login: Option<String>,
    /// Name as it is now.
    pub name: Option<String>,
}

/// Settings with their version, for reading and for saving.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedSettings {
    /// The version that was read.
    pub version: i64,
    /// All settings: none may be left out.
    pub settings: Settings,
}

/// Settings of the workspace.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The company's name.
    pub name: String,
    /// IANA time zone of all dates.
    pub time_zone: String,
    /// Seconds within which an answer counts for the service level.
    pub service_level_seconds: i64,
    /// Other thresholds for a queue or a channel; the first that fits wins.
    pub service_level_overrides: Vec<Overrides>,
    /// Abandons shorter than this are left out of the service level.
    pub short_abandon_seconds: i64,
    /// Activities in which an agent is available.
    pub available_activities: Vec<String>,
    /// Activities in which an agent is not at work.
    pub offline_activities: Vec<String>,
    /// Whom a person without rows should ask.
    pub contact: String,
    /// Minutes without a request after which a session ends, 5 to 1440.
    pub session_idle_minutes: i64,
    /// Hours after which a session ends in any case, 1 to 168.
    pub session_hours: i64,
    /// Everybody with a password needs a second factor.
    pub second_factor_required: bool,
    /// Whether this is the demo; can't be changed.
    pub demo: bool,
}

/// A threshold of its own.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Queue; any when left out.
    #[serde(default)]
    pub queue: Option<String>,
    /// Channel; any when left out.
    #[serde(default)]
    pub channel: Option<String>,
    /// Seconds.
    pub seconds: i64,
}
