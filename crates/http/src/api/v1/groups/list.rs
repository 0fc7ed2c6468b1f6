//! All groups.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::schema::{Group, Groups};
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ManageConnections;
use parclose_access::matrix::unknown_roles;

/// All groups of identity providers and what they give.
#[utoipa::path(get, path = "/api/v1/groups", tag = "Administration", responses((status = 200, description = "Groups", body = Groups)))]
pub async fn list_groups(State(app): State<App>, signed: Signed) -> Result<Json<Groups>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    let groups = app.deps.identity.list_groups(&grant).await?;
    Ok(Json(Groups { groups: groups.into_iter().map(shown).collect() }))
}

pub(crate) fn shown(group: parclose_catalog::Group) -> Group {
    Group { id: group.id, name: group.name, unknown_roles: unknown_roles(&group.roles), roles: group.roles, attributes: group.attributes }
}
