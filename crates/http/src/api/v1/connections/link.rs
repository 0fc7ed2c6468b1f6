//! A subject of a provider is this person.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::IdentityLink;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManageConnections;
use parclose_model::PersonId;

/// Says that a subject of the provider is this person: an e-mail alone never does.
#[utoipa::path(
    post, path = "/api/v1/connections/{id}/identities", tag = "Administration", request_body = IdentityLink,
    params(("id" = String, Path, description = "The connection's id")),
    responses(
        (status = 204, description = "Linked"),
        (status = 404, description = "`not_found`: no such connection or person"),
        (status = 409, description = "`conflict`: the subject is somebody already"),
    )
)]
pub async fn link_identity(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<IdentityLink>,
) -> Result<StatusCode, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    app.deps.identity.link_identity(&grant, &id, &PersonId::new(body.person), &body.subject).await?;
    Ok(StatusCode::NO_CONTENT)
}
