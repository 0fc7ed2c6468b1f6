//! Whom a link is for.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Anonymous, Body};
use crate::instant::{rfc3339, zone};
use crate::schema::{LinkSecret, LinkShown};
use axum::Json;
use axum::extract::State;

/// Whom a password link is for, and until when. It stays good.
#[utoipa::path(
    post, path = "/api/v1/password-reset/check", tag = "Sign-in", request_body = LinkSecret, security(()),
    responses(
        (status = 200, description = "The link is good", body = LinkShown),
        (status = 404, description = "`link_not_valid`: used, replaced, over, or never one"),
    )
)]
pub async fn check_password_link(
    State(app): State<App>,
    anonymous: Anonymous,
    Body(body): Body<LinkSecret>,
) -> Result<Json<LinkShown>, ApiError> {
    let (workspace, whose) = app.password_link(&body.secret, anonymous.now_ms).await?;
    let zone = zone(&app.settings(&workspace).await?.settings);
    Ok(Json(LinkShown { login: whose.login, name: whose.name, expires_at: rfc3339(whose.expires_ms, &zone) }))
}
