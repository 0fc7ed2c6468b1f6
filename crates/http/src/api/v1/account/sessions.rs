//! One's own open sessions.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::instant::zone;
use crate::schema::OpenSessions;
use axum::Json;
use axum::extract::State;

/// One's own open sessions, the last used first.
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "Sign-in", responses((status = 200, description = "Open sessions", body = OpenSessions)))]
pub async fn own_sessions(State(app): State<App>, signed: Signed) -> Result<Json<OpenSessions>, ApiError> {
    let open = app.deps.identity.own_sessions(&signed.ctx()).await?;
    Ok(Json(OpenSessions::of(open, &zone(&app.settings(signed.caller.workspace()).await?.settings))))
}
