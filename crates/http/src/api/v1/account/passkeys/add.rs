//! A new passkey.

use crate::api::v1::account::second_factors::{Changed, changed};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{FactorsChanged, NewPasskey};
use axum::extract::State;

/// Keeps the passkey that the browser made. All other sessions end; this one goes on with a new cookie.
#[utoipa::path(
    post, path = "/api/v1/account/passkeys", tag = "Sign-in", request_body = NewPasskey,
    responses(
        (status = 200, description = "Kept; with recovery codes, if it is the first second factor", body = FactorsChanged),
        (status = 409, description = "`no_passkeys_here`: not at this address"),
        (status = 400, description = "`bad_request`, with `field`: the name, or the passkey, which is refused"),
    )
)]
pub async fn add_passkey(State(app): State<App>, signed: Signed, Body(body): Body<NewPasskey>) -> Result<Changed, ApiError> {
    let done = app.deps.identity.add_passkey(&signed.ctx(), &body.name, body.credential).await?;
    changed(&app, &signed, done).await
}
