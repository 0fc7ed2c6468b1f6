//! New separation rules.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::Separation;
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ManageSeparation;

/// Saves rules over the version that was read. They hold for every request from now on.
#[utoipa::path(
    put, path = "/api/v1/separation", tag = "Administration", request_body = Separation,
    responses(
        (status = 200, description = "Saved, with the new version", body = Separation),
        (status = 409, description = "`conflict`: somebody saved other rules meanwhile"),
        (status = 422, description = "`invalid_rules`, with the line"),
    )
)]
pub async fn save_separation(State(app): State<App>, signed: Signed, Body(body): Body<Separation>) -> Result<Json<Separation>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageSeparation, &Workspace::of(&signed.caller)).await?;
    let version = app.deps.catalog.save_separation(&grant, body.version, &body.yaml).await?;
    Ok(Json(Separation { yaml: body.yaml, version }))
}
