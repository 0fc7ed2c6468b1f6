//! Where a person's rights come from.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Everything that was said of a person, by whom.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What an administrator gave here.
    pub given: Given,
    /// What identity providers gave, by connection.
    pub connections: Vec<OriginConnection>,
    /// Groups that they are in.
    pub groups: Vec<OriginGroup>,
    /// The worker of the platform that goes by their e-mail, login or name there; null when nobody does.
    pub worker: Option<OriginWorker>,
}

/// Roles and attributes of one source.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Roles.
    pub roles: Vec<String>,
    /// Attributes.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// What one connection said.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginConnection {
    /// The connection's id.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// `saml`, `oidc`.
    pub kind: String,
    /// Whether what it says counts.
    pub enabled: bool,
    /// The provider's name for the person.
    pub subject: String,
    /// `login` or `scim`: how it was said.
    pub source: String,
    /// `login`: at a first login; `scim`; otherwise the id of the administrator who linked it.
    pub linked_by: String,
    /// When it was said; null when never.
    pub at: Option<String>,
    /// Roles as they came, and those of groups that came along.
    pub roles: Vec<String>,
    /// Attributes as they came.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// A group of a person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginGroup {
    /// The group's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The connection whose directory says so.
    pub connection: String,
    /// Roles that it gives.
    pub roles: Vec<String>,
    /// Attributes that it gives.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// A worker of the platform, as last seen in events.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginWorker {
    /// The platform's id.
    pub worker_id: String,
    /// The platform's name.
    pub name: String,
    /// `email`, `worker_name`, `friendly_id`.
    pub matched_by: String,
    /// When an event last described it.
    pub seen_at: Option<String>,
    /// Its attributes as they were sent; a member of an object is `object.member`.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Attributes that both have, with different values.
    pub differences: Vec<OriginDifference>,
}

/// An attribute that differs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginDifference {
    /// Its name.
    pub attribute: String,
    /// The person's values, which rules read.
    pub person: Vec<String>,
    /// The worker's values.
    pub worker: Vec<String>,
}
