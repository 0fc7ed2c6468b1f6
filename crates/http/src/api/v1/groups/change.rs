//! Changes to a group.

use super::list::shown;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{Group, GroupChange};
use axum::Json;
use axum::extract::{Path, State};
use parclose_access::Workspace;
use parclose_access::actions::ManageConnections;

/// Changes what a group gives. People whose groups come with their login have it from their next login on.
#[utoipa::path(
    patch, path = "/api/v1/groups/{id}", tag = "Administration", request_body = GroupChange,
    params(("id" = String, Path, description = "The group's id")),
    responses(
        (status = 200, description = "As it is now", body = Group),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`conflict`: there is one of this name"),
    )
)]
pub async fn change_group(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<GroupChange>,
) -> Result<Json<Group>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    let change = parclose_catalog::GroupChange { name: body.name, roles: body.roles, attributes: body.attributes };
    Ok(Json(shown(app.deps.identity.change_group(&grant, &id, change).await?)))
}
