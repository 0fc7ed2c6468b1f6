//! One passkey less.

use crate::api::v1::account::second_factors::{Changed, changed};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema::{CurrentPassword, FactorsChanged};
use axum::extract::{Path, State};

/// Removes one of one's own passkeys. All other sessions end; this one goes on with a new cookie.
#[utoipa::path(
    post, path = "/api/v1/account/passkeys/{passkey}/remove", tag = "Sign-in", request_body = CurrentPassword,
    params(("passkey" = String, Path, description = "The passkey's id")),
    responses(
        (status = 200, description = "Removed", body = FactorsChanged),
        (status = 400, description = "`bad_request`, with `field`"),
        (status = 404, description = "`not_found`: none of yours"),
    )
)]
pub async fn remove_passkey(
    State(app): State<App>,
    signed: Signed,
    Path(passkey): Path<String>,
    Body(body): Body<CurrentPassword>,
) -> Result<Changed, ApiError> {
    let done = app.deps.identity.remove_passkey(&signed.ctx(), &passkey, &body.current_password, signed.peer.address).await?;
    changed(&app, &signed, done).await
}
