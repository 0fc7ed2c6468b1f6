//! Names of attributes and metrics.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::schema;
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ReadMetadata;
use parclose_portal::Metadata;

/// Names of everything that can be asked. Never a value.
#[utoipa::path(get, path = "/api/v1/metadata", tag = "Data", responses((status = 200, description = "Names", body = schema::Metadata)))]
pub async fn metadata(State(app): State<App>, signed: Signed) -> Result<Json<Metadata>, ApiError> {
    let ctx = signed.ctx();
    let _grant = app.allow(&ctx, ReadMetadata, &Workspace::of(&signed.caller)).await?;
    Ok(Json(parclose_portal::metadata(&ctx)?))
}
