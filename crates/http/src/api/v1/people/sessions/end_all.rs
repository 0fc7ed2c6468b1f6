//! The end of all of a person's sessions.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_model::PersonId;

/// Ends all sessions of a person at once. They may sign in again.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/sessions", tag = "Administration", params(("id" = String, Path, description = "The person's id")),
    responses((status = 204, description = "Ended, however many there were"), (status = 404, description = "`not_found`"))
)]
pub async fn end_person_sessions(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    app.deps.identity.end_sessions_of(&grant, &PersonId::new(id), None).await?;
    Ok(StatusCode::NO_CONTENT)
}
