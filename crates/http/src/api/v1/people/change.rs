//! Changes to a person.

use super::list::shown;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::instant::zone;
use crate::schema::{Person, PersonChange};
use axum::Json;
use axum::extract::{Path, State};
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_model::PersonId;

/// Changes what is given, all of it or nothing, and leaves the rest. Roles and attributes hold from the person's next request on.
#[utoipa::path(
    patch, path = "/api/v1/people/{id}", tag = "Administration", request_body = PersonChange,
    params(("id" = String, Path, description = "The person's id")),
    responses(
        (status = 200, description = "As the person is now", body = Person),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`conflict`: the last administrator stays"),
    )
)]
pub async fn change_person(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<PersonChange>,
) -> Result<Json<Person>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    let id = PersonId::new(id);
    let change = parclose_catalog::PersonChange {
        email: body.email,
        name: body.name,
        roles: body.roles,
        attributes: body.attributes,
        active: body.active,
    };
    let person = app.deps.identity.change_person_wholly(&grant, &id, change, body.password.as_deref()).await?;
    Ok(Json(shown(person, &zone(&app.settings(signed.caller.workspace()).await?.settings))))
}
