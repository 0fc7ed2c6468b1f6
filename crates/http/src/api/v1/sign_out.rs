//! Sign out.

use crate::api::v1::sign_in::cookie;
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Signed;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
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

/// Ends the session and takes the cookie away.
#[utoipa::path(
    post, path = "/api/v1/sign-out", tag = "Sign-in",
    responses(
        (status = 200, description = "Signed out; the session began at a provider of which one signs out too", body = SignedOut),
        (status = 204, description = "Signed out"),
    )
)]
pub async fn sign_out(State(app): State<App>, signed: Signed) -> Result<Response, ApiError> {
    let Some(session) = &signed.session else {
        return Err(ApiError::says(Code::NotAllowed, "A key has no session to end. Revoke the key instead."));
    };
    let leaves_to = app.deps.identity.sign_out(session, &signed.request_id, signed.now_ms).await?;
    let gone = [(header::SET_COOKIE, cookie(&app, "", 0))];
    Ok(match leaves_to {
        Some(provider_logout_url) => (StatusCode::OK, gone, Json(SignedOut { provider_logout_url })).into_response(),
        None => (StatusCode::NO_CONTENT, gone).into_response(),
    })
}
