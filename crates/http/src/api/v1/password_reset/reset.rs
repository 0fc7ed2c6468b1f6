//! A new password with a link.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Anonymous, Body};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// The link and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// What stands behind the `#` of the link.
    pub secret: String,
    /// As typed, at least twelve characters.
    pub password: String,
}

/// Sets the password of the person that a link is for. All their sessions end, the link is used up, and nobody is signed in: a
/// second factor is still asked for.
#[utoipa::path(
    post, path = "/api/v1/password-reset", tag = "Sign-in", request_body = PasswordReset, security(()),
    responses(
        (status = 204, description = "Changed"),
        (status = 400, description = "`bad_request`, with `field`: the password does not fit the rules"),
        (status = 404, description = "`link_not_valid`"),
    )
)]
pub async fn reset_password(State(app): State<App>, anonymous: Anonymous, Body(body): Body<PasswordReset>) -> Result<StatusCode, ApiError> {
    let identity = &app.deps.identity;
    // Which workspace's it is, before the slow part.
    let (workspace, _) = app.password_link(&body.secret, anonymous.now_ms).await?;
    identity.reset_password(&workspace, &body.secret, &body.password, &anonymous.request_id, anonymous.now_ms).await?;
    Ok(StatusCode::NO_CONTENT)
}
