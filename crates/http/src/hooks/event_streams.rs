//! Event Streams: arrays of CloudEvents.

use super::{Delivery, admit, keep, note_unreadable};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use crate::limits::Door;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use parclose_ingest::door::{DoorError, Limits, cloud_events, signature};

/// Takes a signed array of events. 204 when all that are events are on disk.
#[utoipa::path(
    post, path = "/hooks/event-streams/{workspace}", tag = "Event doors", security(()),
    params(("workspace" = String, Path, description = "The workspace's id")),
    request_body(content = String, content_type = "application/json", description = "An array of CloudEvents"),
    responses(
        (status = 204, description = "On disk; elements that are not events are counted"),
        (status = 403, description = "`bad_signature`, also for an unknown workspace"),
        (status = 413, description = "`too_large`: the body, or more than 1,000 events"),
        (status = 429, description = "`too_many_requests`: try again"),
        (status = 503, description = "`unavailable`: try again"),
    )
)]
pub async fn event_streams(
    State(app): State<App>,
    _anonymous: Anonymous,
    Path(workspace): Path<String>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let delivery = Delivery::read(&app, request).await?;
    let url = delivery.public_url(&app);
    let is_signed = signature::verify_json(&app.config().door_secrets, &url, &delivery.body, delivery.signature());
    admit(&app, &workspace, is_signed, Door::EventStreams)?;
    let limits = Limits { events: app.config().door_events_limit, ..Limits::default() };
    let elements = match cloud_events::parse_each(&delivery.body, &limits) {
        Ok(elements) => elements,
        Err(DoorError::TooLarge { .. }) => return Err(Code::TooLarge.into()),
        Err(error) => {
            note_unreadable(&app, &error);
            return Ok(StatusCode::NO_CONTENT);
        }
    };
    let mut events = Vec::with_capacity(elements.len());
    for element in elements {
        match element {
            Ok(event) => events.push(event),
            Err(error) => note_unreadable(&app, &error),
        }
    }
    keep(&app, &events).await
}
