//! The first administrator.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Anonymous, Body};
use axum::extract::State;
use axum::http::StatusCode;
use parclose_identity::FirstPerson;
use serde::Deserialize;
use utoipa::ToSchema;

/// The set-up link, and who sets the server up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// What stands behind the `#` of the link that the server printed at its start.
    pub secret: String,
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// As typed, at least twelve characters.
    pub password: String,
    /// Whether they also want to see and do everything (`wfo.full_access`), or only administer.
    pub full_access: bool,
}

/// Makes the first administrator. Of two at once one wins; afterwards there is no such link any more.
#[utoipa::path(
    post, path = "/api/v1/set-up", tag = "Sign-in", request_body = SetUp, security(()),
    responses(
        (status = 204, description = "Made; sign in now"),
        (status = 400, description = "`bad_request`, with `field`"),
        (status = 404, description = "`link_not_valid`: not the link of this start, or somebody administers the workspace already"),
        (status = 409, description = "`conflict`, with `field`: the login is taken"),
    )
)]
pub async fn set_up(State(app): State<App>, anonymous: Anonymous, Body(body): Body<SetUp>) -> Result<StatusCode, ApiError> {
    let first = FirstPerson { login: &body.login, name: &body.name, password: &body.password, full_access: body.full_access };
    let identity = &app.deps.identity;
    let workspace = app.set_up_link(&body.secret).await?;
    identity.set_up(&workspace, &body.secret, first, &anonymous.request_id, anonymous.now_ms).await?;
    Ok(StatusCode::NO_CONTENT)
}
