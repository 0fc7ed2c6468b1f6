//! Changes to a connection.

use super::list::shown;
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Body, Signed};
use crate::schema::{Connection, ConnectionChange};
use axum::Json;
use axum::extract::{Path, State};
use parclose_access::Workspace;
use parclose_access::actions::ManageConnections;

/// Puts all settings in place of those of the version that was read. A secret that is left out stays, unless it would
/// go somewhere else. Switched off, sessions that began with it end at once.
#[utoipa::path(
    put, path = "/api/v1/connections/{id}", tag = "Administration", request_body = ConnectionChange,
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 200, description = "As it is now", body = Connection),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
pub async fn change_connection(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<ConnectionChange>,
) -> Result<Json<Connection>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    let (name, enabled) = (body.settings.name.clone(), body.settings.enabled);
    let settings = body.settings.settings().map_err(|error| ApiError::says(Code::BadRequest, error.0))?;
    let view = app.deps.identity.change_connection(&grant, &id, body.version, &name, enabled, settings).await?;
    Ok(Json(shown(&app, signed.caller.workspace(), &view).await?))
}
