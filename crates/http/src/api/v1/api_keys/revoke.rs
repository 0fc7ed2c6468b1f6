//! The end of a key.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManageKeys;

/// Revokes a key at once.
#[utoipa::path(
    delete, path = "/api/v1/api-keys/{id}", tag = "Administration", params(("id" = String, Path, description = "The key's id")),
    responses((status = 204, description = "Revoked"), (status = 404, description = "`not_found`: none, or revoked before"))
)]
pub async fn revoke_api_key(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageKeys, &Workspace::of(&signed.caller)).await?;
    app.deps.identity.revoke_api_key(&grant, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
