//! A new connection.

use super::list::shown;
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Body, Signed};
use crate::schema::{Connection, ConnectionDraft};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManageConnections;

/// Makes a connection. Its addresses, which the provider needs, are in the answer.
#[utoipa::path(
    post, path = "/api/v1/connections", tag = "Administration", request_body = ConnectionDraft,
    responses((status = 201, description = "Made", body = Connection))
)]
pub async fn create_connection(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<ConnectionDraft>,
) -> Result<(StatusCode, Json<Connection>), ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    let (name, enabled) = (body.name.clone(), body.enabled);
    let settings = body.settings().map_err(|error| ApiError::says(Code::BadRequest, error.0))?;
    let view = app.deps.identity.create_connection(&grant, &name, enabled, &settings).await?;
    Ok((StatusCode::CREATED, Json(shown(&app, signed.caller.workspace(), &view).await?)))
}
