//! The last step of a SAML sign-in: with the browser's own cookies.

use super::{arrival, browser_of, let_in, param, turned_away, workspace_of};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Anonymous;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};

/// Takes the ticket and opens the page that was asked for.
#[utoipa::path(
    get, path = "/sso/{connection}/done", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id"), ("ticket" = String, Query, description = "From the step before")),
    responses((status = 303, description = "Signed in, on to the page; or to the sign-in page with the word `refused`"))
)]
pub async fn done(State(app): State<App>, anonymous: Anonymous, Path(connection): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let workspace = match workspace_of(&app, &connection).await {
        Ok(workspace) => workspace,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let ticket = param(&uri, "ticket").unwrap_or_default();
    match app.deps.identity.arrive_with_ticket(arrival(&workspace, &anonymous, &connection, browser_of(&app, &headers)), &ticket).await {
        Ok(arrived) => let_in(&app, &anonymous, &arrived),
        Err(error) => turned_away(&app, &workspace, error),
    }
}
