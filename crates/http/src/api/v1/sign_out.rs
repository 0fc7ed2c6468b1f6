//! Sign out.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Signed;
use crate::seats::SetCookies;
use axum::extract::State;
use axum::http::StatusCode;

/// Ends the session, and those that the same browser has in other workspaces, and takes the cookies away.
#[utoipa::path(post, path = "/api/v1/sign-out", tag = "Sign-in", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(State(app): State<App>, signed: Signed) -> Result<(StatusCode, SetCookies), ApiError> {
    let Some(seats) = &signed.seats else {
        return Err(ApiError::says(Code::NotAllowed, "A key has no session to end. Revoke the key instead."));
    };
    // Whoever leaves a machine leaves it wholly: sessions in other workspaces end with this one.
    for (_, token) in seats.each() {
        app.deps.identity.sign_out(token, &signed.request_id, signed.now_ms).await?;
    }
    Ok((StatusCode::NO_CONTENT, app.clear_sessions(seats)))
}
