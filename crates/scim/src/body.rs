//! The body of a request: one of two media types, not long, one JSON object.

use crate::error::Refused;
use crate::router::MAX_BODY;
use axum::extract::Request;
use axum::http::header;
use serde_json::{Map, Value};

pub(crate) async fn object(request: Request) -> Result<Map<String, Value>, Refused> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/scim+json");
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if media != "application/scim+json" && media != "application/json" {
        return Err(Refused::MediaType);
    }
    let bytes =
        axum::body::to_bytes(request.into_body(), MAX_BODY).await.map_err(|_| Refused::TooLarge("The body is longer than 1 MiB."))?;
    // The parser goes no deeper than 128 levels.
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refused::Syntax("The body is a JSON object.")),
        Err(_) => Err(Refused::Syntax("The body is no JSON, or too deep.")),
    }
}
