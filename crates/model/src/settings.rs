//! What a workspace sets once and every number depends on.

use serde::{Deserialize, Serialize};

/// Settings of a workspace. Stored in the catalog; changed by its administrators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkspaceSettings {
    /// The company's name, as shown.
    pub name: String,
    /// IANA time zone of all dates and buckets.
    pub time_zone: String,
    /// Seconds within which an answer counts for the service level, where no rule below fits.
    pub service_level_seconds: i64,
    /// Thresholds for a queue and/or a channel; the first that fits wins.
    pub service_level_overrides: Vec<ServiceLevelOverride>,
    /// Abandons shorter than this many seconds are left out of the service level.
    pub short_abandon_seconds: i64,
    /// Activities in which an agent is available.
    pub available_activities: Vec<String>,
    /// Activities in which an agent is not at work.
    pub offline_activities: Vec<String>,
    /// Whom a person without rows should ask.
    pub contact: String,
    /// Minutes without a request after which a session ends.
    pub session_idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub session_hours: i64,
    /// Local accounts need a second factor: who has none sets one up before anything else.
    pub second_factor_required: bool,
    /// Marks the demo company in the app.
    pub demo: bool,
}

/// A service-level threshold of its own for a queue, a channel, or a queue on a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevelOverride {
    /// Queue name; any queue when left out.
    #[serde(default)]
    pub queue: Option<String>,
    /// Channel name; any channel when left out.
    #[serde(default)]
    pub channel: Option<String>,
    /// The threshold.
    pub seconds: i64,
}

impl Default for WorkspaceSettings {
    fn default() -> Self {
        Self {
            name: "Workspace".into(),
            time_zone: "UTC".into(),
            service_level_seconds: 60,
            service_level_overrides: Vec::new(),
            short_abandon_seconds: 5,
            available_activities: vec!["Available".into()],
            offline_activities: vec!["Offline".into()],
            contact: "the administrator of this workspace".into(),
            session_idle_minutes: 30,
            session_hours: 12,
            second_factor_required: false,
            demo: false,
        }
    }
}
