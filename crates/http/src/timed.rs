//! How long the engine took, said in the header that browsers show beside a request (<https://www.w3.org/TR/server-timing/>),
//! where the operator wants that: for measuring.

use crate::app::App;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// An answer, and how long the engine took for it.
pub struct Timed<T>(Option<Duration>, T);

impl<T> Timed<T> {
    /// An answer for which the engine took so long.
    pub(crate) fn new(app: &App, took: Duration, answer: T) -> Self {
        Self(app.config().server_timing.then_some(took), answer)
    }
}

impl<T: IntoResponse> IntoResponse for Timed<T> {
    fn into_response(self) -> Response {
        let mut response = self.1.into_response();
        if let Some(took) = self.0
            && let Ok(value) = HeaderValue::from_str(&format!("engine;dur={:.2}", took.as_secs_f64() * 1000.0))
        {
            response.headers_mut().insert(HeaderName::from_static("server-timing"), value);
        }
        response
    }
}
