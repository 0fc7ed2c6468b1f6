//! The separation rules as they are.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::schema::Separation;
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ManageSeparation;

/// The rules and their version.
#[utoipa::path(get, path = "/api/v1/separation", tag = "Administration", responses((status = 200, description = "The rules", body = Separation)))]
pub async fn read_separation(State(app): State<App>, signed: Signed) -> Result<Json<Separation>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageSeparation, &Workspace::of(&signed.caller)).await?;
    let text = app.deps.catalog.separation(&grant).await?;
    Ok(Json(Separation { yaml: text.yaml, version: text.version }))
}
