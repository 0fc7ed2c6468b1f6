//! Single logout of SAML: a provider ends sessions, or answers that it ended its own.

use super::{arrival, is_form, on_to, turned_away, workspace_of};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use parclose_identity::{LogoutInput, LogoutMessage};

/// Takes a logout message that a provider sends by redirect. It must be signed.
#[utoipa::path(
    get, path = "/sso/{connection}/slo", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses(
        (status = 303, description = "Done: back to the provider with an answer, or to the sign-in page; or to the sign-in page with the word `refused`"),
        (status = 400, description = "`bad_request`: no message, or two"),
    )
)]
pub async fn slo_by_redirect(State(app): State<App>, anonymous: Anonymous, Path(connection): Path<String>, uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    let fields = Fields::of(query.as_bytes());
    let input = LogoutInput::Redirect(query.to_owned());
    let (requests, answers) = (fields.requests.len(), fields.answers.len());
    go(&app, &anonymous, &connection, requests, answers, input, fields.relay_state).await
}

/// Takes a logout message that a page of the provider posts. It must be signed.
#[utoipa::path(
    post, path = "/sso/{connection}/slo", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`SAMLRequest` or `SAMLResponse`, and `RelayState`"),
    responses(
        (status = 303, description = "Done: back to the provider with an answer, or to the sign-in page; or to the sign-in page with the word `refused`"),
        (status = 400, description = "`bad_request`: not a form, no message, or two"),
        (status = 413, description = "`too_large`"),
    )
)]
pub async fn slo_by_post(
    State(app): State<App>,
    anonymous: Anonymous,
    Path(connection): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_form(&headers) {
        return ApiError::from(Code::BadRequest).into_response();
    }
    let fields = Fields::of(&body);
    let (requests, answers) = (fields.requests.len(), fields.answers.len());
    let message = fields.requests.into_iter().chain(fields.answers).next().unwrap_or_default();
    let input = LogoutInput::Post { message, relay_state: fields.relay_state.clone() };
    go(&app, &anonymous, &connection, requests, answers, input, fields.relay_state).await
}

#[derive(Default)]
struct Fields {
    requests: Vec<String>,
    answers: Vec<String>,
    relay_state: Option<String>,
}

impl Fields {
    fn of(text: &[u8]) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            match name.as_ref() {
                "SAMLRequest" => fields.requests.push(value.into_owned()),
                "SAMLResponse" => fields.answers.push(value.into_owned()),
                "RelayState" => fields.relay_state = Some(value.into_owned()),
                _ => {}
            }
        }
        fields
    }
}

async fn go(
    app: &App,
    anonymous: &Anonymous,
    connection: &str,
    requests: usize,
    answers: usize,
    input: LogoutInput,
    relay_state: Option<String>,
) -> Response {
    // Two messages are none: whoever checks one must not read the other.
    let message = match (requests, answers) {
        (1, 0) => LogoutMessage::Asks(input),
        (0, 1) => LogoutMessage::Answers { input, state: relay_state.unwrap_or_default() },
        _ => return ApiError::from(Code::BadRequest).into_response(),
    };
    let workspace = match workspace_of(app, connection).await {
        Ok(workspace) => workspace,
        Err(error) => return ApiError::from(error).into_response(),
    };
    match app.deps.identity.logout_arrives(arrival(&workspace, anonymous, connection, None), message).await {
        Ok(address) => on_to(&address, &[]),
        Err(error) => turned_away(app, &workspace, error),
    }
}
