//! The second step, with a code.

use super::{browser_of, let_in, step};
use crate::api::v1::me::Me;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Anonymous, Body};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondStepCode {
    /// Six digits of the authenticator application, or a recovery code; blanks and hyphens do not matter.
    pub code: String,
}

/// Finishes a sign-in with a code. A step has five tries and five minutes.
#[utoipa::path(
    post, path = "/api/v1/sign-in/code", tag = "Sign-in", request_body = SecondStepCode, security(()),
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = Me),
        (status = 401, description = "`second_factor_failed`: try again; `sign_in_failed`: no step is open, begin with the password"),
        (status = 403, description = "`role_missing`"),
    )
)]
pub async fn sign_in_with_code(
    State(app): State<App>,
    anonymous: Anonymous,
    headers: HeaderMap,
    Body(body): Body<SecondStepCode>,
) -> Result<Response, ApiError> {
    let attempt = step(&app, &anonymous, browser_of(&app, &headers));
    let signed_in = app.deps.identity.sign_in_with_code(attempt, &body.code).await.map_err(super::code::at_sign_in)?;
    let_in(&app, &anonymous, signed_in).await
}

/// At the door a wrong code or passkey is a failed sign-in, and no wrong field of a form.
pub(super) fn at_sign_in(error: parclose_identity::Error) -> ApiError {
    use parclose_identity::Error;
    match error {
        Error::WrongCode | Error::PasskeyRefused => crate::error::Code::SecondFactorFailed.into(),
        error => error.into(),
    }
}
