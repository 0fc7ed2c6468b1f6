//! The first code.

use crate::api::v1::account::second_factors::{Changed, changed};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{FactorsChanged, OneCode};
use axum::extract::State;

/// Turns codes on, with the first of them. All other sessions end; this one goes on with a new cookie.
#[utoipa::path(
    post, path = "/api/v1/account/totp/confirm", tag = "Sign-in", request_body = OneCode,
    responses(
        (status = 200, description = "On; with recovery codes, if there were none", body = FactorsChanged),
        (status = 400, description = "`bad_request`, with `field`: the code is wrong"),
        (status = 404, description = "`not_found`: nothing was begun"),
    )
)]
pub async fn confirm_totp(State(app): State<App>, signed: Signed, Body(body): Body<OneCode>) -> Result<Changed, ApiError> {
    let done = app.deps.identity.confirm_totp(&signed.ctx(), &body.code, signed.peer.address).await?;
    changed(&app, &signed, done).await
}
