//! New settings.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Body, Signed};
use crate::schema::{SavedSettings, Settings};
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ManageSettings;
use parclose_model::WorkspaceSettings;
use parclose_model::settings::ServiceLevelOverride;

/// Saves all settings over the version that was read.
#[utoipa::path(
    put, path = "/api/v1/settings", tag = "Administration", request_body = SavedSettings,
    responses(
        (status = 200, description = "Saved, with the new version", body = SavedSettings),
        (status = 409, description = "`conflict`"),
        (status = 422, description = "`invalid_settings`"),
    )
)]
pub async fn save_settings(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<SavedSettings>,
) -> Result<Json<SavedSettings>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageSettings, &Workspace::of(&signed.caller)).await?;
    if jiff::tz::TimeZone::get(&body.settings.time_zone).is_err() {
        return Err(ApiError::says(Code::InvalidSettings, "The time zone is not known. It needs an IANA name such as Europe/Prague.")
            .at("time_zone"));
    }
    let version = app.deps.catalog.save_settings(&grant, body.version, &body.settings.clone().into()).await?;
    Ok(Json(SavedSettings { version, settings: body.settings }))
}

impl From<Settings> for WorkspaceSettings {
    fn from(sent: Settings) -> Self {
        let overrides = sent.service_level_overrides.into_iter();
        Self {
            name: sent.name,
            time_zone: sent.time_zone,
            service_level_seconds: sent.service_level_seconds,
            service_level_overrides: overrides
                .map(|rule| ServiceLevelOverride { queue: rule.queue, channel: rule.channel, seconds: rule.seconds })
                .collect(),
            short_abandon_seconds: sent.short_abandon_seconds,
            available_activities: sent.available_activities,
            offline_activities: sent.offline_activities,
            contact: sent.contact,
            session_idle_minutes: sent.session_idle_minutes,
            session_hours: sent.session_hours,
            second_factor_required: sent.second_factor_required,
            demo: sent.demo,
        }
    }
}
