//! The way to the provider.

use super::{browser_cookie_name, browser_of, on_to, param, turned_away, workspace_of};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Anonymous;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};

/// Sends the browser to the provider of a connection. A page of ours in `next` opens afterwards; anything else does not.
#[utoipa::path(
    get, path = "/sso/{connection}/login", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id"), ("next" = Option<String>, Query, description = "A path of the app")),
    responses((status = 303, description = "To the provider; or to the sign-in page with the word `refused`"))
)]
pub async fn login(State(app): State<App>, anonymous: Anonymous, Path(connection): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    let workspace = match workspace_of(&app, &connection).await {
        Ok(workspace) => workspace,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let next = param(&uri, "next");
    let begun = app
        .deps
        .identity
        .begin_arrival(&workspace, &connection, next.as_deref(), browser_of(&app, &headers), anonymous.now_ms)
        .await;
    match begun {
        Ok(begun) => {
            let secure = if app.config().is_https() { "; Secure" } else { "" };
            let cookie = format!(
                "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
                browser_cookie_name(&app),
                begun.browser,
                begun.seconds
            );
            on_to(&begun.url, &[cookie])
        }
        Err(error) => turned_away(&app, &workspace, error),
    }
}
