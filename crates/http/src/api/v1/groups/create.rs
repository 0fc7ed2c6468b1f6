//! A new group.

use super::list::shown;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{Group, NewGroup};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManageConnections;

/// Says what a group of an identity provider gives.
#[utoipa::path(
    post, path = "/api/v1/groups", tag = "Administration", request_body = NewGroup,
    responses((status = 201, description = "Made", body = Group), (status = 409, description = "`conflict`: there is one of this name"))
)]
pub async fn create_group(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<NewGroup>,
) -> Result<(StatusCode, Json<Group>), ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    let group = app.deps.identity.create_group(&grant, &body.name, &body.roles, &body.attributes).await?;
    Ok((StatusCode::CREATED, Json(shown(group))))
}
