//! Sign in with a local account: by password, and by a second step or a passkey.

pub mod code;
pub mod passkey;
pub mod passkey_options;

use crate::api::v1::me::{self, Me};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Anonymous, Body};
use crate::schema::SecondStep;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use parclose_access::OpCtx;
use parclose_identity::{Entrance, SignIn, SignedIn, StepAttempt};
use serde::Deserialize;
use utoipa::ToSchema;

/// Login and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// The workspace's id; the one that the browser was at last, or the server's first, when left out.
    #[serde(default)]
    pub workspace: Option<String>,
    /// As typed.
    pub login: String,
    /// As typed.
    pub password: String,
}

/// Signs in and sets the cookie. Who has a second factor gets 202 and a cookie for the second step, and nobody is signed in.
#[utoipa::path(
    post, path = "/api/v1/sign-in", tag = "Sign-in", request_body = SignInRequest, security(()),
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = Me),
        (status = 202, description = "The password is right; a second factor is asked for", body = SecondStep),
        (status = 401, description = "`sign_in_failed`: the same for an unknown login and a wrong password"),
        (status = 403, description = "`role_missing`: the password is right and the roles are not enough"),
    )
)]
pub async fn sign_in(State(app): State<App>, anonymous: Anonymous, Body(body): Body<SignInRequest>) -> Result<Response, ApiError> {
    let Some(workspace) = app.visited(&anonymous.seats, body.workspace.as_deref()) else { return Err(Code::SignInFailed.into()) };
    let attempt = SignIn {
        workspace: &workspace,
        login: &body.login,
        password: &body.password,
        peer: anonymous.peer.address,
        previous: anonymous.seats.token(&workspace),
        request_id: &anonymous.request_id,
    };
    match app.deps.identity.sign_in(attempt, anonymous.now_ms).await? {
        Entrance::Open(signed_in) => let_in(&app, &anonymous, *signed_in).await,
        Entrance::Factor(step) => {
            let cookies = AppendHeaders([(header::SET_COOKIE, step_cookie(&app, &step.browser, step.seconds)), (header::CACHE_CONTROL, "no-store".into())]);
            Ok((StatusCode::ACCEPTED, cookies, Json(SecondStep { totp: step.totp, passkey: step.passkey, seconds: step.seconds })).into_response())
        }
    }
}

/// The session's cookie is set, that of the step before goes, and the answer says who it is.
pub(crate) async fn let_in(app: &App, anonymous: &Anonymous, signed_in: SignedIn) -> Result<Response, ApiError> {
    app.deps.identity.describe_session(signed_in.token.secret(), &anonymous.client).await?;
    let ctx = OpCtx::new(&signed_in.caller, anonymous.request_id.as_str(), anonymous.now_ms);
    let me = me::answer(app, &ctx, signed_in.csrf.secret(), Some(&anonymous.seats)).await?;
    let seconds = (signed_in.expires_ms - anonymous.now_ms) / 1000;
    let session = app.set_session(signed_in.caller.workspace(), signed_in.token.secret(), seconds);
    Ok((session, AppendHeaders([(header::SET_COOKIE, step_cookie(app, "", 0))]), me).into_response())
}

/// The cookie that binds a second step to the browser that began it.
fn step_cookie_name(app: &App) -> String {
    format!("{}-step", app.config().cookie_name())
}

fn step_cookie(app: &App, value: &str, seconds: i64) -> String {
    let secure = if app.config().is_https() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}", step_cookie_name(app))
}

/// The browser at its second step, in the workspace that its page names.
fn step<'a>(app: &'a App, anonymous: &'a Anonymous, browser: Option<&'a str>) -> StepAttempt<'a> {
    let workspace = anonymous.seats.at.as_ref().unwrap_or(app.deps.spaces.first());
    StepAttempt {
        workspace,
        browser,
        peer: anonymous.peer.address,
        previous: anonymous.seats.token(workspace),
        request_id: &anonymous.request_id,
        now_ms: anonymous.now_ms,
    }
}

fn browser_of<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    crate::seats::cookie(headers, &step_cookie_name(app))
}
