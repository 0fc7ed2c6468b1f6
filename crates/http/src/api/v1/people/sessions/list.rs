//! A person's open sessions.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::instant::zone;
use crate::schema::OpenSessions;
use axum::Json;
use axum::extract::{Path, State};
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_model::PersonId;

/// A person's open sessions, the last used first.
#[utoipa::path(
    get, path = "/api/v1/people/{id}/sessions", tag = "Administration", params(("id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "Open sessions", body = OpenSessions), (status = 404, description = "`not_found`"))
)]
pub async fn person_sessions(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Json<OpenSessions>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    let id = PersonId::new(id);
    let open = app.deps.identity.sessions_of(&grant, &id).await?;
    app.note_about(&grant, "person", id.as_str(), "sessions_read").await?;
    Ok(Json(OpenSessions::of(open, &zone(&app.settings(signed.caller.workspace()).await?.settings))))
}
