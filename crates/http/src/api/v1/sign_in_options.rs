//! What the sign-in page needs to know before anybody is signed in.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Anonymous, Params};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    workspace: Option<String>,
}

/// What the sign-in page shows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInOptions {
    /// The workspace's id.
    pub workspace: String,
    /// The company's name.
    pub workspace_name: String,
    /// True when nobody administers the workspace: the person who runs the server has to make the first one.
    pub needs_administrator: bool,
    /// Passkeys work at this server's address.
    pub passkeys: bool,
    /// Identity providers that one may sign in with.
    pub connections: Vec<SignInConnection>,
    /// Whom one may sign in as; empty unless this is the demo.
    pub demo_people: Vec<SignInDemoPerson>,
    /// Their password; null unless this is the demo.
    pub demo_password: Option<String>,
}

/// An identity provider.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInConnection {
    /// What the button says after *Sign in with*.
    pub name: String,
    /// Where it leads. A page of ours in the parameter `next` opens afterwards.
    pub login_url: String,
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
#[utoipa::path(get, path = "/api/v1/sign-in-options", tag = "Sign-in", security(()), 
    params(("workspace" = Option<String>, Query, description = "The workspace's id; the one that the browser was at last, or the server's first, when left out")),
    responses((status = 200, description = "What the sign-in page shows", body = SignInOptions), (status = 400, description = "`unknown_field`: a parameter is not known"), (status = 404, description = "`not_found`: no such workspace")))]
pub async fn sign_in_options(State(app): State<App>, anonymous: Anonymous, Params(asked): Params<Asked>) -> Result<Json<SignInOptions>, ApiError> {
    let workspace = app.visited(&anonymous.seats, asked.workspace.as_deref()).ok_or(Code::NotFound)?;
    let settings = app.settings(&workspace).await?.settings;
    let hint = app.config().demo_hint.as_ref().filter(|_| settings.demo);
    let people = hint.map(|hint| hint.people.iter()).into_iter().flatten();
    let connections = app.deps.identity.sign_in_connections(&workspace).await?;
    let connections = connections.into_iter().map(|(id, name, _)| SignInConnection { login_url: format!("/sso/{id}/login"), name });
    Ok(Json(SignInOptions {
        needs_administrator: !app.deps.identity.has_administrator(&workspace).await?,
        workspace: workspace.as_str().into(),
        workspace_name: settings.name,
        passkeys: app.deps.identity.takes_passkeys(),
        connections: connections.collect(),
        demo_people: people
            .map(|person| SignInDemoPerson { login: person.login.clone(), name: person.name.clone(), what: person.what.clone() })
            .collect(),
        demo_password: hint.and_then(|hint| hint.password.clone()),
    }))
}
