//! The event doors: what a contact-centre platform posts to us.
//!
//! The sender drops what is answered with a 4xx and tries again after 429 and 5xx. So whatever carries a good
//! signature is kept, refused for its size (413), or put off (429, 503); what can't be read is counted, logged by
//! code and place, and answered with 204: trying again would not mend it.

pub mod event_streams;
pub mod taskrouter;

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::limits::Door;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, Uri};
use parclose_ingest::door::DoorError;
use parclose_model::Event;
use parclose_pipeline::LogError;

/// A delivery whose size is fine. Its signature is not checked yet.
pub(crate) struct Delivery {
    body: Bytes,
    headers: HeaderMap,
    uri: Uri,
}

impl Delivery {
    /// Reads the body, if there is room for it.
    pub(crate) async fn read(app: &App, request: Request) -> Result<Delivery, ApiError> {
        let _room = app.deliveries.try_acquire().map_err(|_| ApiError::later(Code::Unavailable, 1))?;
        let (headers, uri) = (request.headers().clone(), request.uri().clone());
        let body = Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::from(Code::TooLarge),
            // Cut off on the way: the sender has it still.
            _ => ApiError::later(Code::Unavailable, 1),
        })?;
        Ok(Delivery { body, headers, uri })
    }

    /// The address that the platform posted to, as it knows it: behind a proxy ours looks different.
    fn public_url(&self, app: &App) -> String {
        let path = self.uri.path_and_query().map_or("/", |both| both.as_str());
        format!("{}{path}", app.config().base())
    }

    fn signature(&self) -> &str {
        self.headers.get("x-twilio-signature").and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// An unknown workspace and a bad signature are the same answer, after the same work.
fn admit(app: &App, workspace: &str, is_signed: bool, door: Door) -> Result<(), ApiError> {
    if !(is_signed & (workspace == app.deps.workspace.as_str())) {
        app.measures.bad_signatures.inc();
        return Err(Code::BadSignature.into());
    }
    app.limits.door(door)
}

/// Keeps events. The answer goes out when they are on disk.
async fn keep(app: &App, events: &[Event]) -> Result<StatusCode, ApiError> {
    match app.deps.log.append(events).await {
        Ok(accepted) => {
            app.measures.events_new.inc_by(accepted.new as u64);
            app.measures.events_known.inc_by(accepted.duplicates as u64);
            Ok(StatusCode::NO_CONTENT)
        }
        Err(LogError::Busy) => Err(ApiError::later(Code::Unavailable, 1)),
        Err(error) => {
            tracing::error!(name: "door.not_kept", %error, events = events.len(), "events could not be kept");
            Err(ApiError::later(Code::Unavailable, 5))
        }
    }
}

/// Notes a part of a signed delivery that is not an event.
fn note_unreadable(app: &App, error: &DoorError) {
    app.measures.events_unreadable.inc();
    tracing::warn!(name: "door.unreadable", code = error.code(), %error, "a part of a signed delivery is not an event");
}
