//! The reference of the API.

use crate::app::App;
use crate::extract::Anonymous;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "Reference", security(()), responses((status = 200, description = "OpenAPI 3.1")))]
pub async fn openapi_json(State(app): State<App>, _anonymous: Anonymous) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], app.openapi().to_owned())
}
