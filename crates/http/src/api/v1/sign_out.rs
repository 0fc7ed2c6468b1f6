//! Sign out.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Signed;
use crate::seats::SetCookies;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Signed out here, and not yet at the provider.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedOut {
    /// Where the browser goes on to, so that the session at the identity provider ends as well.
    pub provider_logout_url: String,
}

/// Ends the session, and those that the same browser has in other workspaces, and takes the cookies away.
#[utoipa::path(
    post, path = "/api/v1/sign-out", tag = "Sign-in",
    responses(
        (status = 200, description = "Signed out; the session began at a provider of which one signs out too", body = SignedOut),
        (status = 204, description = "Signed out"),
    )
)]
pub async fn sign_out(State(app): State<App>, signed: Signed) -> Result<Response, ApiError> {
    let Some(seats) = &signed.seats else {
        return Err(ApiError::says(Code::NotAllowed, "A key has no session to end. Revoke the key instead."));
    };
    // Whoever leaves a machine leaves it wholly: sessions in other workspaces end with this one. The browser can go on to one
    // provider only: that of the session it was in.
    let mut leaves_to = None;
    for (workspace, token) in seats.each() {
        let provider = app.deps.identity.sign_out(token, &signed.request_id, signed.now_ms).await?;
        if seats.at.as_ref() == Some(workspace) {
            leaves_to = provider;
        }
    }
    let gone: SetCookies = app.clear_sessions(seats);
    Ok(match leaves_to {
        Some(provider_logout_url) => (StatusCode::OK, gone, Json(SignedOut { provider_logout_url })).into_response(),
        None => (StatusCode::NO_CONTENT, gone).into_response(),
    })
}
