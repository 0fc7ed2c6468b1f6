//! Is this page still anybody's, and does it show what is true now?

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Signed;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// How things are.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountState {
    /// Another word when the person, the separation rules or the settings have changed: then everything on the page is asked anew.
    pub state: String,
}

/// Asked by an open page every other second, so that it ends with its session. The session does not last longer for it.
#[utoipa::path(
    get, path = "/api/v1/account/state", tag = "Sign-in",
    responses((status = 200, description = "Signed in", body = AccountState))
)]
pub async fn account_state(State(app): State<App>, signed: Signed) -> Result<Json<AccountState>, ApiError> {
    if signed.csrf.is_none() {
        return Err(ApiError::says(Code::NotAllowed, "A key has no page."));
    }
    let (ctx, workspace) = (signed.ctx(), signed.caller.workspace());
    let changed_ms = app.deps.identity.still_in(ctx.caller(), signed.now_ms).await?.ok_or(Code::SignInRequired)?.changed_ms;
    let rules = app.deps.catalog.policy_version(workspace).await?;
    let settings = app.settings(workspace).await?.version;
    let state = Sha256::digest(format!("{}:{changed_ms}:{rules}:{settings}", signed.caller.person().as_str()));
    Ok(Json(AccountState { state: hex::encode(&state[..8]) }))
}
