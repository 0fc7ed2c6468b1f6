//! Back from an OpenID provider.

use super::{arrival, browser_of, let_in, param, turned_away, workspace_of};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Anonymous;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use parclose_identity::CodeReturn;

/// Takes the code, checks what it is worth, and opens the page that was asked for.
#[utoipa::path(
    get, path = "/sso/{connection}/callback", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses((status = 303, description = "Signed in, on to the page; or to the sign-in page with the word `refused`"))
)]
pub async fn callback(
    State(app): State<App>,
    anonymous: Anonymous,
    Path(connection): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let workspace = match workspace_of(&app, &connection).await {
        Ok(workspace) => workspace,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let (state, code, issuer) = (param(&uri, "state").unwrap_or_default(), param(&uri, "code"), param(&uri, "iss"));
    let returned = CodeReturn { state: &state, code: code.as_deref(), issuer: issuer.as_deref() };
    match app.deps.identity.arrive_with_code(arrival(&workspace, &anonymous, &connection, browser_of(&app, &headers)), returned).await {
        Ok(arrived) => let_in(&app, &anonymous, &arrived),
        Err(error) => turned_away(&app, &workspace, error),
    }
}
