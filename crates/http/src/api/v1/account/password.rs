//! A new password of one's own.

use crate::api::v1::me::{self, Me, MeAnswer};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::seats::SetCookies;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

/// The password that is, and the one that shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// As typed.
    pub current_password: String,
    /// As typed, at least twelve characters.
    pub password: String,
}

/// Changes one's own password. All other sessions end; this one goes on with a new cookie and a new token.
#[utoipa::path(
    post, path = "/api/v1/account/password", tag = "Sign-in", request_body = NewPassword,
    responses((status = 200, description = "Changed; the cookie is set anew", body = Me), (status = 400, description = "`bad_request`, with `field`: which of the two is wrong"))
)]
pub async fn change_own_password(
    State(app): State<App>,
    signed: Signed,
    Body(body): Body<NewPassword>,
) -> Result<(SetCookies, MeAnswer), ApiError> {
    let ctx = signed.ctx();
    let renewed = app.deps.identity.change_own_password(&ctx, &body.current_password, &body.password, signed.peer.address).await?;
    let me = me::answer(&app, &ctx, renewed.csrf.secret(), signed.seats.as_ref()).await?;
    Ok((app.set_session(signed.caller.workspace(), renewed.token.secret(), renewed.lasts_ms / 1000), me))
}
