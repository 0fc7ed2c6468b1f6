//! The outermost layer: gives each request its id and address, measures it, and writes the body of errors.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Peer, RequestId};
use crate::instant::new_id;
use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Instant;
use tracing::Instrument;

pub(crate) async fn envelope(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = new_id();
    let method = name(request.method());
    // The template, never the address: an address can hold an id.
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let peer = Peer::of(request.extensions(), request.headers(), app.config().trusted_proxy);
    request.extensions_mut().insert(peer);
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", id, method, route);
    let response = next.run(request).instrument(span.clone()).await;
    let mut response = write_error(response, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let status = response.status().as_u16();
    let took = started.elapsed();
    app.measures.answered(method, &route, status, took.as_secs_f64());
    let ms = took.as_millis() as u64;
    span.in_scope(|| match status {
        500.. => tracing::warn!(name: "http.failed", status, ms, "a request failed"),
        _ => tracing::debug!(name: "http.answered", status, ms, "answered"),
    });
    response
}

/// Errors of handlers carry what they say; those of layers have a status only.
fn write_error(mut response: Response, id: &str) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    // Directories read errors in a form of their own.
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/scim+json") {
        return response;
    }
    let error = response.extensions_mut().remove::<ApiError>();
    let ApiError { code, message, line, field, retry_after } = error.unwrap_or_else(|| Code::of_status(status).into());
    let mut body = json!({"code": code.as_str(), "message": message, "id": id});
    if let Some(line) = line {
        body["line"] = line.into();
    }
    if let Some(field) = field {
        body["field"] = field.into();
    }
    let (old, _) = response.into_parts();
    let mut response = (code.status(), Json(json!({"error": body}))).into_response();
    if let Some(allow) = old.headers.get(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
