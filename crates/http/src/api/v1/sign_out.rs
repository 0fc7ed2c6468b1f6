//! Sign out.

use crate::api::v1::sign_in::cookie;
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Signed;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};

/// Ends the session and takes the cookie away.
#[utoipa::path(post, path = "/api/v1/sign-out", tag = "Sign-in", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(State(app): State<App>, signed: Signed) -> Result<(StatusCode, [(HeaderName, String); 1]), ApiError> {
    let Some(session) = &signed.session else {
        return Err(ApiError::says(Code::NotAllowed, "A key has no session to end. Revoke the key instead."));
    };
    app.deps.identity.sign_out(session, &signed.request_id, signed.now_ms).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(&app, "", 0))]))
}
