//! JSON bodies, read strictly.

use crate::app::App;
use crate::error::{ApiError, Code};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

/// A JSON body. Anything that is not known, missing or of another type is an error that names the place and the
/// field, never a value.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::says(Code::BadRequest, "The body must be JSON, with content-type application/json."));
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::from(Code::TooLarge),
            _ => ApiError::says(Code::BadRequest, "The body can't be read."),
        })?;
        serde_json::from_slice(&bytes).map(Body).map_err(|error| explain(&error))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// The place, and names of fields; serde's own text would quote values of the request.
pub(crate) fn explain(error: &serde_json::Error) -> ApiError {
    let (place, text) = (format!("line {}, column {}", error.line(), error.column()), error.to_string());
    if let Some(field) = named(&text, "unknown field `") {
        return ApiError::says(Code::UnknownField, format!("The field \"{field}\" is not known here ({place})."));
    }
    if let Some(field) = named(&text, "missing field `") {
        return ApiError::says(Code::BadRequest, format!("The field \"{field}\" is missing ({place})."));
    }
    if let Some(field) = named(&text, "duplicate field `") {
        return ApiError::says(Code::BadRequest, format!("The field \"{field}\" is there twice ({place})."));
    }
    if error.is_data() {
        return ApiError::says(Code::BadRequest, format!("A field has a value of the wrong type or form ({place})."));
    }
    ApiError::says(Code::BadRequest, format!("The body is not JSON ({place})."))
}

fn named(text: &str, before: &str) -> Option<String> {
    let name = text.strip_prefix(before)?.split('`').next()?;
    Some(name.chars().filter(|c| c.is_ascii_alphanumeric() || "_-.".contains(*c)).take(64).collect())
}
