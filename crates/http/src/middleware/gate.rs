//! Before any operation of the API: is this address asking too often, and does another site make the browser ask?

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Peer;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Is this address asking too often? Whoever signs in is counted as a stranger besides, by the handler's [`Anonymous`](crate::extract::Anonymous).
pub(crate) async fn often(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied().unwrap_or_default();
    match app.limits.address(peer.address) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// The same where a key is looked at behind this: who brings no good one is a stranger.
pub(crate) async fn often_by_key(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied().unwrap_or_default();
    if let Err(error) = app.limits.address(peer.address) {
        return error.into_response();
    }
    let answer = next.run(request).await;
    let counted = if answer.status() == StatusCode::UNAUTHORIZED { app.limits.stranger(peer.address) } else { Ok(()) };
    counted.map_or_else(IntoResponse::into_response, |()| answer)
}

pub(crate) async fn gate(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied().unwrap_or_default();
    if let Err(error) = app.limits.address(peer.address) {
        return error.into_response();
    }
    let is_change = !matches!(*request.method(), Method::GET | Method::HEAD);
    // Browsers say where a request comes from. Signing in has no token yet that could be checked.
    let is_foreign = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if is_change && is_foreign {
        return ApiError::says(Code::NotAllowed, "Another site may not ask this.").into_response();
    }
    next.run(request).await
}
