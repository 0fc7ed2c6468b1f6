//! The end of a person's session.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_model::PersonId;

/// Ends one session of a person at once.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/sessions/{session}", tag = "Administration",
    params(("id" = String, Path, description = "The person's id"), ("session" = String, Path, description = "The session's id")),
    responses((status = 204, description = "Ended"), (status = 404, description = "`not_found`: no such person or session, or over"))
)]
pub async fn end_person_session(
    State(app): State<App>,
    signed: Signed,
    Path((id, session)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    app.deps.identity.end_sessions_of(&grant, &PersonId::new(id), Some(&session)).await?;
    Ok(StatusCode::NO_CONTENT)
}
