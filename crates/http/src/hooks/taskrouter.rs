//! TaskRouter callbacks: one event a post.

use super::{Delivery, admit, keep, note_unreadable};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Anonymous;
use crate::limits::Door;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use parclose_ingest::door::{Limits, form, signature};

/// Takes one event as a signed form. 204 when it is on disk.
#[utoipa::path(
    post, path = "/hooks/taskrouter/{workspace}", tag = "Event doors", security(()),
    params(("workspace" = String, Path, description = "The workspace's id")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The parameters of the callback"),
    responses(
        (status = 204, description = "On disk; or signed and not an event, which is counted"),
        (status = 403, description = "`bad_signature`, also for an unknown workspace"),
        (status = 413, description = "`too_large`"),
        (status = 429, description = "`too_many_requests`: try again"),
        (status = 503, description = "`unavailable`: try again"),
    )
)]
pub async fn taskrouter(
    State(app): State<App>,
    _anonymous: Anonymous,
    Path(workspace): Path<String>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let delivery = Delivery::read(&app, request).await?;
    let params: Vec<(String, String)> =
        form_urlencoded::parse(&delivery.body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let is_signed = signature::verify_form(&app.config().door_secrets, &delivery.public_url(&app), &params, delivery.signature());
    admit(&app, &workspace, is_signed, Door::TaskRouter)?;
    match form::parse_within(&params, &Limits::default()) {
        Ok(event) => keep(&app, &[event]).await,
        Err(error) => {
            note_unreadable(&app, &error);
            Ok(StatusCode::NO_CONTENT)
        }
    }
}
