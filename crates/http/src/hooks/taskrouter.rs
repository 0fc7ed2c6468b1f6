//! TaskRouter callbacks: one event a post.

use super::{Announced, DoorAnswers, admit, keep, note_unreadable};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use crate::limits::Door;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use parclose_ingest::door::{Limits, form, signature};

/// Parameters of a form that are looked at before its signature is known to be good.
const MOST_PARAMETERS: usize = 1_000;

/// Takes one event as a signed form. 204 when it is on disk.
#[utoipa::path(
    post, path = "/hooks/taskrouter/{workspace}", tag = "Event doors", security(()), responses(DoorAnswers),
    params(("workspace" = String, Path, description = "The workspace's id")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The parameters of the callback"),
)]
pub async fn taskrouter(State(app): State<App>, anonymous: Anonymous, Path(workspace): Path<String>, request: Request) -> Result<StatusCode, ApiError> {
    let delivery = Announced::new(&app, &workspace, request)?.read(&app, &anonymous).await?;
    // The signature of a form covers its parameters: it can be proven only now. Nobody who signs sends so many.
    if delivery.body.iter().filter(|byte| **byte == b'&').count() > MOST_PARAMETERS {
        return Err(Code::BadSignature.into());
    }
    let params: Vec<(String, String)> =
        form_urlencoded::parse(&delivery.body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    admit(&app, signature::verify_form(&delivery.space.door_secrets, &delivery.url, &params, &delivery.signature), Door::TaskRouter, delivery.space)?;
    match form::parse_within(&params, &Limits::default()) {
        Ok(event) => keep(&app, delivery.space, &[event]).await,
        Err(error) => {
            note_unreadable(&app, &error);
            Ok(StatusCode::NO_CONTENT)
        }
    }
}
