//! Signing out everywhere.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use axum::extract::State;
use axum::http::StatusCode;

/// Ends all of one's own sessions at once, this one included.
#[utoipa::path(delete, path = "/api/v1/account/sessions", tag = "Sign-in", responses((status = 204, description = "Signed out everywhere")))]
pub async fn end_own_sessions(State(app): State<App>, signed: Signed) -> Result<StatusCode, ApiError> {
    app.deps.identity.end_own_sessions(&signed.ctx(), None).await?;
    Ok(StatusCode::NO_CONTENT)
}
