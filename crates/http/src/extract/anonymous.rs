//! The marker of an operation that needs nobody to be signed in.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Peer, RequestId};
use crate::seats::Seats;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

/// Under these addresses nobody in particular is a stranger that is counted.
const COUNTED: [&str; 2] = ["/api/v1/", "/sso/"];

/// Nobody in particular. A handler that takes it must not touch rows, and can't: there is no caller to ask with.
#[derive(Debug)]
pub struct Anonymous {
    /// From where.
    pub peer: Peer,
    /// The request's id.
    pub request_id: String,
    /// The instant of the request, epoch milliseconds.
    pub now_ms: i64,
    /// The sessions that the browser sent along, unproven.
    pub(crate) seats: Seats,
    /// What the browser says it is; unproven, and for people's eyes only.
    pub client: String,
}

impl FromRequestParts<App> for Anonymous {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let peer = parts.extensions.get::<Peer>().copied().unwrap_or_default();
        // Event doors and probes have limits of their own: who guesses passwords must not shut them.
        if COUNTED.iter().any(|start| parts.uri.path().starts_with(start)) {
            app.limits.stranger(peer.address)?;
        }
        Ok(Anonymous {
            peer,
            request_id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
            now_ms: app.now_ms(),
            client: parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned(),
            seats: app.seats(&parts.headers),
        })
    }
}
