//! The workspace's settings.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::schema::{Overrides, SavedSettings, Settings};
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ManageSettings;
use parclose_model::WorkspaceSettings;

/// The settings and their version.
#[utoipa::path(get, path = "/api/v1/settings", tag = "Administration", responses((status = 200, description = "The settings", body = SavedSettings)))]
pub async fn read_settings(State(app): State<App>, signed: Signed) -> Result<Json<SavedSettings>, ApiError> {
    let ctx = signed.ctx();
    let _grant = app.allow(&ctx, ManageSettings, &Workspace::of(&signed.caller)).await?;
    let stored = app.settings(signed.caller.workspace()).await?;
    Ok(Json(SavedSettings { version: stored.version, settings: stored.settings.into() }))
}

impl From<WorkspaceSettings> for Settings {
    fn from(stored: WorkspaceSettings) -> Self {
        let overrides = stored.service_level_overrides.into_iter();
        Self {
            name: stored.name,
            time_zone: stored.time_zone,
            service_level_seconds: stored.service_level_seconds,
            service_level_overrides: overrides
                .map(|rule| Overrides { queue: rule.queue, channel: rule.channel, seconds: rule.seconds })
                .collect(),
            short_abandon_seconds: stored.short_abandon_seconds,
            available_activities: stored.available_activities,
            offline_activities: stored.offline_activities,
            contact: stored.contact,
            session_idle_minutes: stored.session_idle_minutes,
            session_hours: stored.session_hours,
            second_factor_required: stored.second_factor_required,
            demo: stored.demo,
        }
    }
}
