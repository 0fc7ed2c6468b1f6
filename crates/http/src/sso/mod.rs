//! The way to identity providers and back, as a browser walks it. These answers are for people who are on their way
//! between two sites: whatever is refused ends on our own sign-in page, in words that are the same for every reason.

pub mod acs;
pub mod callback;
pub mod done;
pub mod login;
pub mod metadata;
pub mod slo;

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use parclose_identity::{Arrival, Arrived, Error};
use parclose_model::WorkspaceId;

/// The cookie that binds a sign-in to the browser that began it.
fn browser_cookie_name(app: &App) -> String {
    format!("{}-sso", app.config().cookie_name())
}

fn browser_of<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    crate::seats::cookie(headers, &browser_cookie_name(app))
}

/// One value of the address; none when it is there twice.
fn param(uri: &Uri, name: &str) -> Option<String> {
    let mut found = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .filter(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned());
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// The workspace of a connection. Of an unknown one it is the first, where it is then not found.
async fn workspace_of(app: &App, connection: &str) -> Result<WorkspaceId, Error> {
    let found = app.deps.identity.workspace_of_connection(connection).await?;
    let served = found.filter(|workspace| app.deps.spaces.get(workspace.as_str()).is_some());
    Ok(served.unwrap_or_else(|| app.deps.spaces.first().clone()))
}

/// Whether a body is a form, as a page of a provider posts it.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn arrival<'a>(workspace: &'a WorkspaceId, anonymous: &'a Anonymous, connection: &'a str, browser: Option<&'a str>) -> Arrival<'a> {
    Arrival {
        workspace,
        connection,
        browser,
        previous: anonymous.seats.token(workspace),
        peer: anonymous.peer.address,
        request_id: &anonymous.request_id,
        now_ms: anonymous.now_ms,
    }
}

/// On to an address, which is one of ours or was made by `identity` for a provider.
fn on_to(address: &str, cookies: &[String]) -> Response {
    let Ok(location) = HeaderValue::from_str(address) else { return ApiError::from(Code::Internal).into_response() };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for cookie in cookies.iter().filter_map(|text| HeaderValue::from_str(text).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Where a refusal ends. An unknown connection, one that is switched off and a forged proof look the same.
fn turned_away(app: &App, workspace: &WorkspaceId, error: Error) -> Response {
    let word = match error {
        Error::SignInFailed | Error::Refused(_) | Error::ProofRefused(_) => "sign_in_failed",
        Error::RoleMissing(_) => "role_missing",
        Error::TooManyAttempts { .. } => "too_many_requests",
        Error::ProviderUnreachable(_) => "unavailable",
        error => return ApiError::from(error).into_response(),
    };
    on_to(&format!("{}?refused={word}", sign_in_page(app, workspace)), &[])
}

/// The address at which people of a workspace sign in.
fn sign_in_page(app: &App, workspace: &WorkspaceId) -> String {
    if workspace == app.deps.spaces.first() { "/sign-in".to_owned() } else { format!("/{}", workspace.as_str()) }
}

/// In: the session's cookie is set, and the page that was asked for opens.
fn let_in(app: &App, anonymous: &Anonymous, arrived: &Arrived) -> Response {
    let seconds = (arrived.signed_in.expires_ms - anonymous.now_ms) / 1000;
    let cookies = app.set_session(arrived.signed_in.caller.workspace(), arrived.signed_in.token.secret(), seconds);
    (cookies, on_to(&arrived.next, &[])).into_response()
}
