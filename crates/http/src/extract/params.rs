//! Parameters of an address, read strictly.

use crate::app::App;
use crate::error::{ApiError, Code};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// What stands behind the question mark. Unknown names are an error.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let read = Query::<T>::from_request_parts(parts, app).await;
        read.map(|Query(params)| Params(params)).map_err(|rejection| {
            let code = if rejection.body_text().contains("unknown field") { Code::UnknownField } else { Code::BadRequest };
            ApiError::says(code, "A parameter of the address is not known or can't be read.")
        })
    }
}
