//! Sign in with a local account.

use crate::api::v1::me::{self, Me, MeAnswer};
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Anonymous, Body};
use crate::seats::SetCookies;
use axum::extract::State;
use parclose_access::OpCtx;
use parclose_identity::SignIn;
use serde::Deserialize;
use utoipa::ToSchema;

/// Login and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// The workspace's id; the one that the browser was at last, or the server's first, when left out.
    #[serde(default)]
    pub workspace: Option<String>,
    /// As typed.
    pub login: String,
    /// As typed.
    pub password: String,
}

/// Signs in and sets the cookie.
#[utoipa::path(
    post, path = "/api/v1/sign-in", tag = "Sign-in", request_body = SignInRequest, security(()),
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = Me),
        (status = 401, description = "`sign_in_failed`: the same for an unknown login and a wrong password"),
        (status = 403, description = "`role_missing`: the password is right and the roles are not enough"),
    )
)]
pub async fn sign_in(
    State(app): State<App>,
    anonymous: Anonymous,
    Body(body): Body<SignInRequest>,
) -> Result<(SetCookies, MeAnswer), ApiError> {
    let Some(workspace) = app.visited(&anonymous.seats, body.workspace.as_deref()) else { return Err(Code::SignInFailed.into()) };
    let attempt = SignIn {
        workspace: &workspace,
        login: &body.login,
        password: &body.password,
        peer: anonymous.peer.address,
        previous: anonymous.seats.token(&workspace),
        request_id: &anonymous.request_id,
    };
    let signed_in = app.deps.identity.sign_in(attempt, anonymous.now_ms).await?;
    app.deps.identity.describe_session(signed_in.token.secret(), &anonymous.client).await?;
    let ctx = OpCtx::new(&signed_in.caller, anonymous.request_id.as_str(), anonymous.now_ms);
    let me = me::answer(&app, &ctx, signed_in.csrf.secret(), Some(&anonymous.seats)).await?;
    let seconds = (signed_in.expires_ms - anonymous.now_ms) / 1000;
    Ok((app.set_session(&workspace, signed_in.token.secret(), seconds), me))
}
