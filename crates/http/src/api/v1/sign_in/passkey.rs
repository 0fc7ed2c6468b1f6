//! Sign in with a passkey: alone, or as the second step.

use super::code::at_sign_in;
use super::{browser_of, let_in, step};
use crate::api::v1::me::Me;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Anonymous, Body};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What the browser answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAnswer {
    /// `AuthenticationResponseJSON` of the browser.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// Finishes a sign-in with a passkey, whose challenge was asked for before.
#[utoipa::path(
    post, path = "/api/v1/sign-in/passkey", tag = "Sign-in", request_body = PasskeyAnswer, security(()),
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = Me),
        (status = 401, description = "`sign_in_failed`; at a second step that has tries left `second_factor_failed`"),
        (status = 403, description = "`role_missing`"),
        (status = 409, description = "`no_passkeys_here`"),
    )
)]
pub async fn sign_in_with_passkey(
    State(app): State<App>,
    anonymous: Anonymous,
    headers: HeaderMap,
    Body(body): Body<PasskeyAnswer>,
) -> Result<Response, ApiError> {
    let attempt = step(&app, &anonymous, browser_of(&app, &headers));
    let signed_in = app.deps.identity.sign_in_with_passkey(attempt, body.credential).await.map_err(at_sign_in)?;
    let_in(&app, &anonymous, signed_in).await
}
