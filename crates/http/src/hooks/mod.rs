//! The event doors: what a contact-centre platform posts to us.
//!
//! The sender drops what is answered with a 4xx and tries again after 429 and 5xx. So whatever carries a good
//! signature is kept, refused for its size (413), or put off (429, 503); what can't be read is counted, logged by
//! code and place, and answered with 204: trying again would not mend it.
//!
//! A stranger costs next to nothing: before a byte of a body is read, the workspace is known and the signature has
//! its form (of a stream, whose body the signature does not cover, it is even proven); and a body has little time.

pub mod event_streams;
mod room;
pub mod taskrouter;

pub(crate) use room::Room;

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use crate::limits::Door;
use crate::spaces::Space;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use futures::StreamExt;
use parclose_ingest::door::{DoorError, signature};
use parclose_model::Event;
use parclose_pipeline::LogError;
use room::Place;

/// What both doors answer.
#[derive(utoipa::IntoResponses)]
#[allow(dead_code)]
pub(crate) enum DoorAnswers {
    /// On disk; what is signed and not an event is counted
    #[response(status = 204)]
    Kept,
    /// `bad_signature`, also for an unknown workspace
    #[response(status = 403)]
    BadSignature,
    /// `too_large`: the body, or the number of events in it
    #[response(status = 413)]
    TooLarge,
    /// `too_many_requests`: try again
    #[response(status = 429)]
    TooManyRequests,
    /// `unavailable`: try again
    #[response(status = 503)]
    Unavailable,
}

/// A delivery to this workspace that carries something in the form of a signature. Nothing of its body is read yet.
pub(crate) struct Announced<'a> {
    /// To whom.
    space: &'a Space,
    body: Body,
    /// The address that the platform posted to, as it knows it: behind a proxy ours looks different.
    url: String,
    signature: String,
    length: Option<usize>,
}

impl<'a> Announced<'a> {
    /// An unknown workspace and a bad signature are the same answer. The workspace's id is part of the address that
    /// the platform was given and no secret.
    pub(crate) fn new(app: &'a App, workspace: &str, request: Request) -> Result<Announced<'a>, ApiError> {
        let path = request.uri().path_and_query().map_or("/", |both| both.as_str());
        let url = format!("{}{path}", app.config().base());
        let signature = text(request.headers(), "x-twilio-signature").to_owned();
        let length = text(request.headers(), header::CONTENT_LENGTH.as_str()).parse().ok();
        let space = app.deps.spaces.get(workspace).filter(|_| signature::has_form(&signature));
        must_be_signed(app, space.is_some())?;
        let space = space.ok_or(Code::BadSignature)?;
        Ok(Announced { space, body: request.into_body(), url, signature, length })
    }

    /// Reads the body, if there is room and the sender is quick enough.
    pub(crate) async fn read(self, app: &App, anonymous: &Anonymous) -> Result<Delivery<'a>, ApiError> {
        let most = app.config().door_body_limit;
        if self.length.is_some_and(|length| length > most) {
            return Err(Code::TooLarge.into());
        }
        let mut place = Place::take(app, anonymous.peer.address)?;
        let (mut body, mut parts) = (Vec::new(), self.body.into_data_stream());
        let reading = async {
            while let Some(part) = parts.next().await {
                // Cut off on the way: the sender has it still.
                let part = part.map_err(|_| ApiError::later(Code::Unavailable, 1))?;
                if body.len() + part.len() > most {
                    return Err(Code::TooLarge.into());
                }
                place.grow(part.len())?;
                body.extend_from_slice(&part);
            }
            Ok::<_, ApiError>(())
        };
        tokio::time::timeout(app.config().door_body_time, reading).await.map_err(|_| ApiError::later(Code::Unavailable, 1))??;
        Ok(Delivery { space: self.space, body, url: self.url, signature: self.signature, _place: place })
    }
}

/// A delivery with its body. It holds its place until the answer.
pub(crate) struct Delivery<'a> {
    space: &'a Space,
    body: Vec<u8>,
    url: String,
    signature: String,
    _place: Place,
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn must_be_signed(app: &App, is_signed: bool) -> Result<(), ApiError> {
    if is_signed {
        return Ok(());
    }
    app.measures.bad_signatures.inc();
    Err(Code::BadSignature.into())
}

/// A flood without a signature must not shut the door for the platform: the door's rate counts what is signed.
fn admit(app: &App, is_signed: bool, door: Door, space: &Space) -> Result<(), ApiError> {
    must_be_signed(app, is_signed)?;
    app.limits.door(door, space.workspace.as_str())
}

/// Keeps events. The answer goes out when they are on disk.
async fn keep(app: &App, space: &Space, events: &[Event]) -> Result<StatusCode, ApiError> {
    match space.log.append(events).await {
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
