//! The challenge for a new passkey.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{CurrentPassword, PasskeyChallenge};
use axum::Json;
use axum::extract::State;

/// What the browser needs for a new passkey. Good once, for five minutes, in this session.
#[utoipa::path(
    post, path = "/api/v1/account/passkey-options", tag = "Sign-in", request_body = CurrentPassword,
    responses(
        (status = 200, description = "For the browser", body = PasskeyChallenge),
        (status = 400, description = "`bad_request`, with `field`"),
        (status = 409, description = "`no_passkeys_here`: not at this address; `no_local_sign_in`"),
    )
)]
pub async fn passkey_options(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<CurrentPassword>,
) -> Result<Json<PasskeyChallenge>, ApiError> {
    let options = app.deps.identity.begin_passkey(&signed.ctx(), &body.current_password, signed.peer.address).await?;
    Ok(Json(PasskeyChallenge { options: options.into_json() }))
}
