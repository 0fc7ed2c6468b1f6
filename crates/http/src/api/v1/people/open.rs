//! One person.

use super::list::shown;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::instant::zone;
use crate::schema::Person;
use axum::Json;
use axum::extract::{Path, State};
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_model::PersonId;

/// One person or service.
#[utoipa::path(
    get, path = "/api/v1/people/{id}", tag = "Administration", params(("id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "As they are now", body = Person), (status = 404, description = "`not_found`"))
)]
pub async fn open_person(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Json<Person>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    let person = app.deps.identity.find_person(&grant, &PersonId::new(id)).await?;
    app.note_about(&grant, "person", person.id.as_str(), "opened").await?;
    Ok(Json(shown(person, &zone(&app.settings(signed.caller.workspace()).await?.settings))))
}
