//! A challenge for a passkey.

use super::{browser_of, step, step_cookie};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Anonymous;
use crate::schema::PasskeyChallenge;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Response};

/// A challenge for a passkey: for the second step if this browser is at one, else for a sign-in with a passkey alone. Good
/// once, for five minutes.
#[utoipa::path(
    post, path = "/api/v1/sign-in/passkey-options", tag = "Sign-in", security(()),
    responses(
        (status = 200, description = "What the browser needs", body = PasskeyChallenge),
        (status = 409, description = "`no_passkeys_here`: not at this address"),
    )
)]
pub async fn passkey_sign_in_options(State(app): State<App>, anonymous: Anonymous, headers: HeaderMap) -> Result<Response, ApiError> {
    let begun = app.deps.identity.begin_passkey_sign_in(step(&app, &anonymous, browser_of(&app, &headers))).await?;
    let cookie = begun.browser.map(|browser| AppendHeaders([(header::SET_COOKIE, step_cookie(&app, &browser, begun.seconds))]));
    Ok((cookie, [(header::CACHE_CONTROL, "no-store")], Json(PasskeyChallenge { options: begun.options.into_json() })).into_response())
}
