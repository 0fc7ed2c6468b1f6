//! A new key.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Body, Signed};
use crate::schema::{IssuedApiKey, NewApiKey};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use parclose_access::actions::ManageKeys;
use parclose_access::{KeyScope, Workspace};
use parclose_identity::KeyRequest;
use parclose_model::PersonId;
use std::collections::BTreeSet;

/// Made, with a secret: never compressed.
type Made = (StatusCode, [(HeaderName, &'static str); 1], Json<IssuedApiKey>);

/// Makes a key. A key can do less than its owner, never more.
#[utoipa::path(
    post, path = "/api/v1/api-keys", tag = "Administration", request_body = NewApiKey,
    responses((status = 201, description = "Made; the key is shown now and never again", body = IssuedApiKey), (status = 404, description = "`not_found`: no such person"))
)]
pub async fn create_api_key(State(app): State<App>, signed: Signed, Body(body): Body<NewApiKey>) -> Result<Made, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageKeys, &Workspace::of(&signed.caller)).await?;
    let scopes: Option<BTreeSet<KeyScope>> = body.scopes.iter().map(|scope| KeyScope::parse(scope)).collect();
    let scopes = scopes.ok_or_else(|| ApiError::says(Code::BadRequest, "The field \"scopes\" has a scope that is not known."))?;
    let expires: Option<jiff::Timestamp> = body
        .expires_at
        .map(|text| text.parse())
        .transpose()
        .map_err(|_| ApiError::says(Code::BadRequest, "The field \"expires_at\" is an instant such as 2027-01-31T00:00:00Z."))?;
    let request =
        KeyRequest { name: body.name, person: PersonId::new(body.person), scopes, connection: body.connection, expires_ms: expires.map(|at| at.as_millisecond()) };
    let issued = app.deps.identity.create_api_key(&grant, request).await?;
    let key = IssuedApiKey { id: issued.id.clone(), prefix: issued.prefix.clone(), key: issued.secret().to_owned() };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store, no-transform")], Json(key)))
}
