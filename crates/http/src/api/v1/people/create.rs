//! A new person or service.

use super::list::shown;
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Body, Signed};
use crate::instant::zone;
use crate::schema::{NewPerson, Person};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_catalog::PersonKind;
use parclose_identity::NewAccount;

/// Makes a person or a service, with the roles given here and nothing else.
#[utoipa::path(
    post, path = "/api/v1/people", tag = "Administration", request_body = NewPerson,
    responses((status = 201, description = "Made", body = Person), (status = 409, description = "`conflict`: the login is taken"))
)]
pub async fn create_person(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<NewPerson>,
) -> Result<(StatusCode, Json<Person>), ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    let kind = match body.kind.as_deref() {
        None | Some("person") => PersonKind::Person,
        Some("service") => PersonKind::Service,
        Some(_) => return Err(ApiError::says(Code::BadRequest, "The field \"kind\" is person or service.")),
    };
    let account = NewAccount {
        kind,
        email: body.email.unwrap_or_else(|| body.login.clone()),
        login: body.login,
        name: body.name,
        roles: body.roles,
        attributes: body.attributes,
    };
    let id = app.deps.identity.create_person(&grant, account, body.password.as_deref()).await?;
    let person = app.deps.identity.find_person(&grant, &id).await?;
    Ok((StatusCode::CREATED, Json(shown(person, &zone(&app.settings(signed.caller.workspace()).await?.settings)))))
}
