//! No second factors any more, for who lost theirs.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_model::PersonId;

/// Removes all second factors of a person and ends their sessions. From then on the password alone opens.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/second-factors", tag = "Administration", params(("id" = String, Path, description = "The person's id")),
    responses((status = 204, description = "Removed"), (status = 404, description = "`not_found`: no such person, or they have none"))
)]
pub async fn remove_second_factors(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    app.deps.identity.remove_factors_of(&grant, &PersonId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
