//! A signed-in person, or a program with a key.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Peer, RequestId};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use parclose_access::{Caller, OpCtx};
use parclose_identity::{CsrfToken, SessionCaller};

/// What is open to somebody whose password was chosen by another.
const WITH_A_GIVEN_PASSWORD: [&str; 3] = ["/api/v1/me", "/api/v1/account/password", "/api/v1/sign-out"];

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
    /// The session's secret, for ending it.
    pub(crate) session: Option<String>,
}

impl Signed {
    /// The context of the operation.
    pub fn ctx(&self) -> OpCtx<'_> {
        OpCtx::new(&self.caller, self.request_id.as_str(), self.now_ms)
    }
}

/// The value of a cookie. Two of one name are none: one of them may come from a neighbour.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(known, _)| *known == name).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) if !value.is_empty() && value.len() <= 256 => Some(value),
        _ => None,
    }
}

impl FromRequestParts<App> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let now_ms = app.now_ms();
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let (caller, csrf, session, password_due, factor_due) = match parts.headers.get(header::AUTHORIZATION) {
            // A key that is wrong is not made good by a cookie.
            Some(value) => (by_key(app, value, now_ms).await?, None, None, false, false),
            None => {
                let token = cookie(&parts.headers, app.config().cookie_name()).ok_or(Code::SignInRequired)?;
                let found = app.deps.identity.caller_from_session(token, now_ms).await?;
                let SessionCaller { caller, csrf, password_due, factor_due } = found.ok_or(Code::SignInRequired)?;
                (caller, Some(csrf), Some(token.to_owned()), password_due, factor_due)
            }
        };
        // This server has the rows of one workspace.
        if caller.workspace() != &app.deps.workspace {
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
        Ok(Signed { caller, csrf, peer, request_id, now_ms, session })
    }
}

async fn by_key(app: &App, value: &axum::http::HeaderValue, now_ms: i64) -> Result<Caller, ApiError> {
    let text = value.to_str().map_err(|_| Code::SignInRequired)?;
    let key = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, key)| key.trim());
    let key = key.filter(|key| key.len() <= 256).ok_or(Code::SignInRequired)?;
    let caller = app.deps.identity.caller_from_key(key, now_ms).await?;
    Ok(caller.ok_or(Code::SignInRequired)?)
}
