//! All people and services.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::instant::{rfc3339, zone};
use crate::schema::{People, Person};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_access::matrix::unknown_roles;
use parclose_catalog::PersonKind;

/// All people and services of the workspace.
#[utoipa::path(get, path = "/api/v1/people", tag = "Administration", responses((status = 200, description = "People and services", body = People)))]
pub async fn list_people(State(app): State<App>, signed: Signed) -> Result<Json<People>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    let zone = zone(&app.settings(signed.caller.workspace()).await?.settings);
    let people = app.deps.identity.list_people(&grant).await?;
    Ok(Json(People { people: people.into_iter().map(|person| shown(person, &zone)).collect() }))
}

/// A person as it is sent. The stored person holds no secret, and fields are named one by one all the same.
pub(crate) fn shown(person: parclose_catalog::Person, zone: &TimeZone) -> Person {
    let kind = match person.kind {
        PersonKind::Person => "person",
        PersonKind::Service => "service",
    };
    Person {
        id: person.id.as_str().into(),
        kind: kind.into(),
        login: person.login,
        email: person.email,
        name: person.name,
        unknown_roles: unknown_roles(&person.roles),
        roles: person.roles,
        attributes: person.attributes,
        provided_roles: person.provided.roles,
        provided_attributes: person.provided.attributes,
        active: person.active,
        created_at: rfc3339(person.created_ms, zone),
        changed_at: rfc3339(person.changed_ms, zone),
        last_sign_in_at: person.last_sign_in_ms.map(|ms| rfc3339(ms, zone)),
        has_password: person.has_password,
        password_change_due: person.password_due,
        second_factor: person.has_factor,
    }
}
