//! A signed-in person, or a program with a key.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Peer, RequestId};
use crate::seats::Seats;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use parclose_access::{Caller, OpCtx};
use parclose_identity::{CsrfToken, SessionCaller};

/// What is open to somebody whose password was chosen by another.
const WITH_A_GIVEN_PASSWORD: [&str; 4] = ["/api/v1/me", "/api/v1/account/password", ASKED_BY_PAGES, "/api/v1/sign-out"];

/// What an open page asks by itself every other second: a session does not last longer for that.
const ASKED_BY_PAGES: &str = "/api/v1/account/state";
/// What is open besides to somebody who needs a second factor and has none.
const WITHOUT_A_FACTOR: [&str; 5] = [
    "/api/v1/account/second-factors",
    "/api/v1/account/totp",
    "/api/v1/account/totp/confirm",
    "/api/v1/account/passkey-options",
    "/api/v1/account/passkeys",
];

/// The caller of a request, proven. Every operation on data starts here.
#[derive(Debug)]
pub struct Signed {
    /// Who.
    pub caller: Caller,
    /// What the page must send back with changes; none for a key.
    pub csrf: Option<CsrfToken>,
    /// From where.
    pub peer: Peer,
    /// The request's id.
    pub request_id: String,
    /// The instant of the request, epoch milliseconds.
    pub now_ms: i64,
    /// The sessions that the browser sent along; none with a key.
    pub(crate) seats: Option<Seats>,
}

impl Signed {
    /// The context of the operation.
    pub fn ctx(&self) -> OpCtx<'_> {
        OpCtx::new(&self.caller, self.request_id.as_str(), self.now_ms)
    }
}

impl FromRequestParts<App> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let proven = prove(parts, app).await;
        if matches!(&proven, Err(error) if error.code == Code::SignInRequired) {
            // Who guesses keys and sessions is a stranger.
            app.limits.stranger(parts.extensions.get::<Peer>().copied().unwrap_or_default().address)?;
        }
        proven
    }
}

async fn prove(parts: &Parts, app: &App) -> Result<Signed, ApiError> {
    let now_ms = app.now_ms();
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let (caller, csrf, seats, password_due, factor_due) = match parts.headers.get(header::AUTHORIZATION) {
        // A key that is wrong is not made good by a cookie.
        Some(value) => (by_key(app, value, now_ms).await?, None, None, false, false),
        None => {
            let seats = app.seats(&parts.headers);
            let at = seats.at.as_ref().ok_or(Code::SignInRequired)?;
            let token = seats.token(at).ok_or(Code::SignInRequired)?;
            let found = match parts.uri.path() {
                ASKED_BY_PAGES => app.deps.identity.caller_from_session_quietly(token, now_ms).await?,
                _ => app.deps.identity.caller_from_session(token, now_ms).await?,
            };
            // A session is good for the workspace that it was begun in, whatever cookie it comes in.
            let found = found.filter(|found| found.caller.workspace() == at);
            let SessionCaller { caller, csrf, password_due, factor_due } = found.ok_or(Code::SignInRequired)?;
            (caller, Some(csrf), Some(seats), password_due, factor_due)
        }
    };
    // Somebody of a workspace that this server does not serve.
    if app.deps.spaces.get(caller.workspace().as_str()).is_none() {
        return Err(Code::SignInRequired.into());
    }
    if let Some(csrf) = &csrf
        && parts.method != Method::GET
        && parts.method != Method::HEAD
    {
        let sent = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        if !sent.is_some_and(|sent| csrf.is_matched_by(sent)) {
            return Err(ApiError::says(Code::NotAllowed, "The header x-csrf-token is missing or old. Load the page again."));
        }
    }
    app.limits.person(caller.person().as_str())?;
    // A password that somebody else knows proves little: until it is changed it opens only the way to change it.
    if password_due && !WITH_A_GIVEN_PASSWORD.contains(&parts.uri.path()) {
        return Err(Code::PasswordChangeRequired.into());
    }
    if factor_due && !WITH_A_GIVEN_PASSWORD.contains(&parts.uri.path()) && !WITHOUT_A_FACTOR.contains(&parts.uri.path()) {
        return Err(Code::SecondFactorRequired.into());
    }
    let peer = parts.extensions.get::<Peer>().copied().unwrap_or_default();
    Ok(Signed { caller, csrf, peer, request_id, now_ms, seats })
}

async fn by_key(app: &App, value: &axum::http::HeaderValue, now_ms: i64) -> Result<Caller, ApiError> {
    let text = value.to_str().map_err(|_| Code::SignInRequired)?;
    let key = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, key)| key.trim());
    let key = key.filter(|key| key.len() <= 256).ok_or(Code::SignInRequired)?;
    let caller = app.deps.identity.caller_from_key(key, now_ms).await?;
    Ok(caller.ok_or(Code::SignInRequired)?)
}
