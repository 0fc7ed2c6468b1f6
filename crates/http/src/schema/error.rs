//! Errors.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every error of the API.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorAnswer {
    /// What went wrong.
    pub error: ErrorBody,
}

/// What went wrong. Never holds a value from the data.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorBody {
    /// Stable name, for programs.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// Finds the request in the log; also the header `x-request-id`.
    pub id: String,
    /// The line of a text that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The field of a form that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}
