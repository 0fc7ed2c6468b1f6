//! New recovery codes.

use crate::api::v1::account::second_factors::{Changed, changed};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{CurrentPassword, FactorsChanged};
use axum::extract::State;

/// Ten new recovery codes in place of the old ones. All other sessions end; this one goes on with a new cookie.
#[utoipa::path(
    post, path = "/api/v1/account/recovery-codes", tag = "Sign-in", request_body = CurrentPassword,
    responses(
        (status = 200, description = "The codes, shown once", body = FactorsChanged),
        (status = 400, description = "`bad_request`, with `field`"),
        (status = 404, description = "`not_found`: there is no second factor that they could stand in for"),
    )
)]
pub async fn renew_recovery_codes(State(app): State<App>, signed: Signed, Body(body): Body<CurrentPassword>) -> Result<Changed, ApiError> {
    let done = app.deps.identity.renew_recovery_codes(&signed.ctx(), &body.current_password, signed.peer.address).await?;
    changed(&app, &signed, done).await
}
