//! What the sign-in page needs to know before anybody is signed in.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Anonymous;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the sign-in page shows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInOptions {
    /// The company's name.
    pub workspace_name: String,
    /// True when nobody administers the workspace: the person who runs the server has to make the first one.
    pub needs_administrator: bool,
    /// Whom one may sign in as; empty unless this is the demo.
    pub demo_people: Vec<SignInDemoPerson>,
    /// Their password; null unless this is the demo.
    pub demo_password: Option<String>,
}

/// A person of the demo.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInDemoPerson {
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// Who that is, in a few words.
    pub what: String,
}

/// What the sign-in page shows.
#[utoipa::path(get, path = "/api/v1/sign-in-options", tag = "Sign-in", security(()), responses((status = 200, description = "What the sign-in page shows", body = SignInOptions)))]
pub async fn sign_in_options(State(app): State<App>, _anonymous: Anonymous) -> Result<Json<SignInOptions>, ApiError> {
    let settings = app.settings().await?.settings;
    let hint = app.config().demo_hint.as_ref().filter(|_| settings.demo);
    let people = hint.map(|hint| hint.people.iter()).into_iter().flatten();
    Ok(Json(SignInOptions {
        needs_administrator: !app.deps.identity.has_administrator(&app.deps.workspace).await?,
        workspace_name: settings.name,
        demo_people: people
            .map(|person| SignInDemoPerson { login: person.login.clone(), name: person.name.clone(), what: person.what.clone() })
            .collect(),
        demo_password: hint.and_then(|hint| hint.password.clone()),
    }))
}
