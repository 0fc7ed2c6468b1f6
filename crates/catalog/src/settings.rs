//! Settings of a workspace.

use crate::audit::append_in;
use crate::{Catalog, Error, Result};
use parclose_access::{AuditEntry, Grant, Workspace, actions::ManageSettings};
use parclose_model::{WorkspaceId, WorkspaceSettings};
use sqlx::types::Json;

/// Settings and their version, for lost-update protection.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSettings {
    /// Counts up from 1.
    pub version: i64,
    /// The settings.
    pub settings: WorkspaceSettings,
}

impl Catalog {
    /// The settings of a workspace.
    pub async fn settings(&self, workspace: &WorkspaceId) -> Result<Option<StoredSettings>> {
        let row: Option<(i64, Json<WorkspaceSettings>)> =
            sqlx::query_as("SELECT version, settings FROM workspaces WHERE id = $1").bind(workspace.as_str()).fetch_optional(&self.pool).await?;
        Ok(row.map(|(version, Json(settings))| StoredSettings { version, settings }))
    }

    /// All workspaces, for work without a person.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>> {
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM workspaces ORDER BY id").fetch_all(&self.pool).await?;
        Ok(ids.into_iter().map(WorkspaceId::new).collect())
    }

    /// Makes a workspace at first start. Changes nothing when there is one: false.
    pub async fn install_workspace(&self, workspace: &WorkspaceId, settings: &WorkspaceSettings, now_ms: i64) -> Result<bool> {
        check(settings)?;
        let done = sqlx::query("INSERT INTO workspaces (id, version, settings, changed_by, changed_ms) VALUES ($1, 1, $2, 'start', $3) ON CONFLICT (id) DO NOTHING")
            .bind(workspace.as_str())
            .bind(Json(settings))
            .bind(now_ms)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Changes the settings if they still are at `version`; gives the new version.
    pub async fn save_settings(&self, grant: &Grant<'_, ManageSettings, Workspace>, version: i64, settings: &WorkspaceSettings) -> Result<i64> {
        check(settings)?;
        let workspace = grant.resource().workspace_id();
        // Demo people have passwords that everybody knows: a real workspace can't become a demo, nor the reverse.
        if self.settings(workspace).await?.is_some_and(|stored| stored.settings.demo != settings.demo) {
            return wrong("demo", "Whether this is a demo is decided when a workspace is made.");
        }
        let mut tx = self.write().await?;
        let done = sqlx::query("UPDATE workspaces SET version = version + 1, settings = $3, changed_by = $4, changed_ms = $5 WHERE id = $1 AND version = $2")
            .bind(workspace.as_str())
            .bind(version)
            .bind(Json(settings))
            .bind(grant.caller().person().as_str())
            .bind(grant.ctx().now_ms())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 1 {
            // Open sessions get no more than the new limits give; a longer limit is for new ones.
            sqlx::query(
                "UPDATE sessions SET idle_ms = MIN(idle_ms, $2), expires_ms = MIN(expires_ms, created_ms + $3) \
                 WHERE person IN (SELECT id FROM people WHERE workspace = $1)",
            )
            .bind(workspace.as_str())
            .bind(settings.session_idle_minutes * 60_000)
            .bind(settings.session_hours * 3_600_000)
            .execute(&mut *tx)
            .await?;
            append_in(&mut tx, &[AuditEntry::of_grant(grant).detail("settings_saved")]).await?;
            tx.commit().await?;
            return Ok(version + 1);
        }
        tx.rollback().await?;
        let current = self.settings(workspace).await?.map_or(0, |stored| stored.version);
        Err(Error::Conflict { current })
    }
}

const MAX_OVERRIDES: usize = 500;
const MAX_ACTIVITIES: usize = 200;
const MAX_TEXT: usize = 256;

/// What would make every number wrong. The time zone is checked by who owns a time-zone database.
fn check(settings: &WorkspaceSettings) -> Result<()> {
    let is_threshold = |seconds: i64| (1..=86_400).contains(&seconds);
    let is_text = |text: &String| !text.trim().is_empty() && text.len() <= MAX_TEXT && !text.chars().any(char::is_control);
    if !is_text(&settings.name) {
        return wrong("name", "The name is needed, with at most 256 characters.");
    }
    if settings.time_zone.is_empty() {
        return wrong("time_zone", "The time zone is needed.");
    }
    if !is_threshold(settings.service_level_seconds) {
        return wrong("service_level_seconds", "A service level is 1 to 86400 seconds.");
    }
    if settings.service_level_overrides.len() > MAX_OVERRIDES {
        return wrong("service_level_overrides", "There are too many thresholds: at most 500.");
    }
    for rule in &settings.service_level_overrides {
        if !is_threshold(rule.seconds) {
            return wrong("service_level_overrides", "A service level is 1 to 86400 seconds.");
        }
        if ![&rule.queue, &rule.channel].into_iter().flatten().all(is_text) {
            return wrong("service_level_overrides", "A queue or channel is left out, or has a name.");
        }
    }
    if !(0..=3_600).contains(&settings.short_abandon_seconds) {
        return wrong("short_abandon_seconds", "A short abandon is 0 to 3600 seconds.");
    }
    for (field, activities) in
        [("available_activities", &settings.available_activities), ("offline_activities", &settings.offline_activities)]
    {
        if activities.len() > MAX_ACTIVITIES || !activities.iter().all(is_text) {
            return wrong(field, "Activities are names, at most 200 of them.");
        }
    }
    if settings.available_activities.iter().any(|name| settings.offline_activities.contains(name)) {
        return wrong("offline_activities", "An activity can't be both available and offline.");
    }
    if !(5..=1_440).contains(&settings.session_idle_minutes) {
        return wrong("session_idle_minutes", "A session without a request ends after 5 to 1440 minutes.");
    }
    if !(1..=168).contains(&settings.session_hours) {
        return wrong("session_hours", "A session ends after 1 to 168 hours in any case.");
    }
    if settings.session_idle_minutes > settings.session_hours * 60 {
        return wrong("session_idle_minutes", "A session can't be without a request for longer than it lasts.");
    }
    if settings.contact.len() > MAX_TEXT || settings.contact.chars().any(char::is_control) {
        return wrong("contact", "The contact has at most 256 characters.");
    }
    Ok(())
}

fn wrong<T>(field: &'static str, why: &'static str) -> Result<T> {
    Err(Error::InvalidSettings { field, why })
}
