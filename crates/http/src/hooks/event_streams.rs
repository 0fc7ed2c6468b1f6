//! Event Streams: arrays of CloudEvents.

use super::{Announced, DoorAnswers, admit, keep, must_be_signed, note_unreadable};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use crate::limits::Door;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use parclose_ingest::door::{DoorError, Limits, cloud_events, signature};

/// Takes a signed array of events. 204 when all that are events are on disk.
#[utoipa::path(
    post, path = "/hooks/event-streams/{workspace}", tag = "Event doors", security(()), responses(DoorAnswers),
    params(("workspace" = String, Path, description = "The workspace's id")),
    request_body(content = String, content_type = "application/json", description = "An array of CloudEvents"),
)]
pub async fn event_streams(State(app): State<App>, anonymous: Anonymous, Path(workspace): Path<String>, request: Request) -> Result<StatusCode, ApiError> {
    let announced = Announced::new(&app, &workspace, request)?;
    // The address carries the body's hash and is what is signed: strangers are known before the body is read.
    must_be_signed(&app, signature::verify_address(&announced.space.door_secrets, &announced.url, &announced.signature))?;
    let delivery = announced.read(&app, &anonymous).await?;
    admit(&app, signature::is_body_of(&delivery.url, &delivery.body), Door::EventStreams, delivery.space)?;
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
    keep(&app, delivery.space, &events).await
}
