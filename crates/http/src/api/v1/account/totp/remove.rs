//! No more codes.

use crate::api::v1::account::second_factors::{Changed, changed};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{FactorsChanged, PasswordAndCode};
use axum::extract::State;

/// Turns codes off, with the password and a code. All other sessions end; this one goes on with a new cookie.
#[utoipa::path(
    post, path = "/api/v1/account/totp/remove", tag = "Sign-in", request_body = PasswordAndCode,
    responses((status = 200, description = "Off", body = FactorsChanged), (status = 400, description = "`bad_request`, with `field`: which of the two is wrong"))
)]
pub async fn remove_totp(State(app): State<App>, signed: Signed, Body(body): Body<PasswordAndCode>) -> Result<Changed, ApiError> {
    let done = app.deps.identity.remove_totp(&signed.ctx(), &body.current_password, &body.code, signed.peer.address).await?;
    changed(&app, &signed, done).await
}
