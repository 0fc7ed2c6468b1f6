//! Is the process alive, and can it do its work?

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "Operation", security(()), responses((status = 200, description = "Alive")))]
pub async fn live(_anonymous: Anonymous) -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// For whoever asks one question only: the same as `/health/ready`.
#[utoipa::path(get, path = "/health", tag = "Operation", security(()), responses((status = 200, description = "Ready"), (status = 503, description = "`unavailable`")))]
pub async fn health(state: State<App>, anonymous: Anonymous) -> Result<Json<Value>, ApiError> {
    ready(state, anonymous).await
}

/// Catalog and event logs can be read. Which of them can't is in the log of the server.
#[utoipa::path(get, path = "/health/ready", tag = "Operation", security(()), responses((status = 200, description = "Ready"), (status = 503, description = "`unavailable`")))]
pub async fn ready(State(app): State<App>, _anonymous: Anonymous) -> Result<Json<Value>, ApiError> {
    for space in app.deps.spaces.each() {
        app.settings(&space.workspace).await.map_err(|_| Code::Unavailable)?;
        if let Err(error) = space.log.newest_ms().await {
            tracing::error!(name: "health.log_failed", %error, workspace = space.workspace.as_str(), "the event log can't be read");
            return Err(Code::Unavailable.into());
        }
    }
    Ok(Json(json!({"status": "ok"})))
}
