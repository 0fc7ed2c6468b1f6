//! The end of a connection.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManageConnections;

/// Removes a connection. Its sessions end; its people stay, without the roles and attributes that it gave.
#[utoipa::path(
    delete, path = "/api/v1/connections/{id}", tag = "Administration",
    params(("id" = String, Path, description = "The connection's id")),
    responses((status = 204, description = "Removed"), (status = 404, description = "`not_found`"))
)]
pub async fn remove_connection(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    app.deps.identity.remove_connection(&grant, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
