//! The secret for an authenticator application.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{CurrentPassword, TotpOffer};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};

/// Makes a secret for an authenticator application. It asks for nothing before a code confirms it.
#[utoipa::path(
    post, path = "/api/v1/account/totp", tag = "Sign-in", request_body = CurrentPassword,
    responses(
        (status = 200, description = "The secret, shown once", body = TotpOffer),
        (status = 400, description = "`bad_request`, with `field`"),
        (status = 409, description = "`conflict`: it is on already; `no_local_sign_in`: this account signs in elsewhere"),
    )
)]
pub async fn begin_totp(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<CurrentPassword>,
) -> Result<([(HeaderName, &'static str); 1], Json<TotpOffer>), ApiError> {
    let offer = app.deps.identity.begin_totp(&signed.ctx(), &body.current_password, signed.peer.address).await?;
    let kept = [(header::CACHE_CONTROL, "no-store, no-transform")];
    Ok((kept, Json(TotpOffer { secret: offer.secret, uri: offer.uri, svg: offer.svg })))
}
