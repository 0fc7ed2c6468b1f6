//! The end of one of one's own sessions.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// Ends one of one's own sessions at once.
#[utoipa::path(
    delete, path = "/api/v1/account/sessions/{session}", tag = "Sign-in", params(("session" = String, Path, description = "The session's id")),
    responses((status = 204, description = "Ended"), (status = 404, description = "`not_found`: none of yours, or over"))
)]
pub async fn end_own_session(State(app): State<App>, signed: Signed, Path(session): Path<String>) -> Result<StatusCode, ApiError> {
    app.deps.identity.end_own_sessions(&signed.ctx(), Some(&session)).await?;
    Ok(StatusCode::NO_CONTENT)
}
