//! Sign in with a local account.

use crate::api::v1::me::{self, Me, MeAnswer};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Anonymous, Body};
use axum::extract::State;
use axum::http::{HeaderName, header};
use parclose_access::OpCtx;
use parclose_identity::SignIn;
use serde::Deserialize;
use utoipa::ToSchema;

/// Login and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// As typed.
    pub login: String,
    /// As typed.
    pub password: String,
}

/// Signs in and sets the cookie.
#[utoipa::path(
    post, path = "/api/v1/sign-in", tag = "Sign-in", request_body = SignInRequest, security(()),
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = Me),
        (status = 401, description = "`sign_in_failed`: the same for an unknown login and a wrong password"),
        (status = 403, description = "`role_missing`: the password is right and the roles are not enough"),
    )
)]
pub async fn sign_in(
    State(app): State<App>,
    anonymous: Anonymous,
    Body(body): Body<SignInRequest>,
) -> Result<([(HeaderName, String); 1], MeAnswer), ApiError> {
    let attempt = SignIn {
        login: &body.login,
        password: &body.password,
        peer: anonymous.peer.address,
        previous: anonymous.cookie.as_deref(),
        request_id: &anonymous.request_id,
    };
    let signed_in = app.deps.identity.sign_in(attempt, anonymous.now_ms).await?;
    if signed_in.caller.workspace() != &app.deps.workspace {
        app.deps.identity.sign_out(signed_in.token.secret(), &anonymous.request_id, anonymous.now_ms).await?;
        return Err(Code::SignInFailed.into());
    }
    app.deps.identity.describe_session(signed_in.token.secret(), &anonymous.client).await?;
    let ctx = OpCtx::new(&signed_in.caller, anonymous.request_id.as_str(), anonymous.now_ms);
    let me = me::answer(&app, &ctx, signed_in.csrf.secret()).await?;
    let seconds = (signed_in.expires_ms - anonymous.now_ms) / 1000;
    Ok(([(header::SET_COOKIE, cookie(&app, signed_in.token.secret(), seconds))], me))
}

/// A cookie for this host only, out of reach of scripts.
pub(crate) fn cookie(app: &App, value: &str, seconds: i64) -> String {
    let config = app.config();
    let secure = if config.is_https() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", config.cookie_name())
}
