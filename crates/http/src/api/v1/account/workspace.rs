//! From one workspace to another.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Body, Signed};
use crate::seats::SetCookies;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// Where to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// The id of a workspace in which this browser is signed in.
    pub workspace: String,
}

/// Makes another workspace the one that pages open in, for a browser that is signed in there. Its session was begun by signing in there and is
/// good for nothing here, nor the other way round. What this browser is not signed in to is not found, whether it exists or not.
#[utoipa::path(
    post, path = "/api/v1/account/workspace", tag = "Sign-in", request_body = Switch,
    responses((status = 204, description = "Pages that name no workspace open in that one"), (status = 404, description = "`not_found`"))
)]
pub async fn switch_workspace(State(app): State<App>, signed: Signed, Body(body): Body<Switch>) -> Result<(StatusCode, SetCookies), ApiError> {
    let Some(seats) = &signed.seats else {
        return Err(ApiError::says(Code::NotAllowed, "A key belongs to one workspace."));
    };
    let (workspace, token) = seats.each().find(|(workspace, _)| workspace.as_str() == body.workspace).ok_or(Code::NotFound)?;
    if !app.is_signed_in(workspace, token, signed.now_ms).await? {
        return Err(Code::NotFound.into());
    }
    Ok((StatusCode::NO_CONTENT, app.set_choice(workspace)))
}
