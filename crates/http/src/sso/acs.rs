//! Back from a SAML provider.

use super::{arrival, is_form, on_to, turned_away, workspace_of};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

/// Takes a response that a page of the provider posts. The browser brings none of our cookies with it, so it is sent on
/// to an address of ours with a ticket that is good for a minute, once, in the browser that began it.
#[utoipa::path(
    post, path = "/sso/{connection}/acs", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`SAMLResponse` and `RelayState`"),
    responses((status = 303, description = "On with a ticket; or to the sign-in page with the word `refused`"), (status = 400, description = "`bad_request`: not a form"), (status = 413, description = "`too_large`"))
)]
pub async fn acs(
    State(app): State<App>,
    anonymous: Anonymous,
    Path(connection): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_form(&headers) {
        return ApiError::from(Code::BadRequest).into_response();
    }
    let (mut response, mut relay_state) = (None, String::new());
    for (name, value) in form_urlencoded::parse(&body) {
        match name.as_ref() {
            // Two responses are none: whoever checks one must not read the other.
            "SAMLResponse" if response.is_some() => return ApiError::from(Code::BadRequest).into_response(),
            "SAMLResponse" => response = Some(value.into_owned()),
            "RelayState" => relay_state = value.into_owned(),
            _ => {}
        }
    }
    let workspace = match workspace_of(&app, &connection).await {
        Ok(workspace) => workspace,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let arrival = arrival(&workspace, &anonymous, &connection, None);
    match app.deps.identity.arrive_with_response(arrival, &response.unwrap_or_default(), &relay_state).await {
        Ok(ticket) => {
            // Identity has found the connection, so its id is a plain word.
            let ticket: String = form_urlencoded::byte_serialize(ticket.as_bytes()).collect();
            on_to(&format!("/sso/{connection}/done?ticket={ticket}"), &[])
        }
        Err(error) => turned_away(&app, &workspace, error),
    }
}
