//! All keys.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::instant::{rfc3339, zone};
use crate::schema::{ApiKey, ApiKeys};
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ManageKeys;

/// All keys of the workspace, without their secrets.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "Administration", responses((status = 200, description = "Keys", body = ApiKeys)))]
pub async fn list_api_keys(State(app): State<App>, signed: Signed) -> Result<Json<ApiKeys>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageKeys, &Workspace::of(&signed.caller)).await?;
    let zone = zone(&app.settings(signed.caller.workspace()).await?.settings);
    let text = |ms: i64| rfc3339(ms, &zone);
    let keys = app.deps.identity.list_api_keys(&grant).await?.into_iter().map(|key| ApiKey {
        id: key.id,
        prefix: key.prefix,
        name: key.name,
        person: key.person.as_str().into(),
        scopes: key.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
        connection: key.connection,
        created_at: text(key.created_ms),
        expires_at: key.expires_ms.map(text),
        last_used_at: key.last_used_ms.map(text),
        revoked_at: key.revoked_ms.map(text),
    });
    Ok(Json(ApiKeys { api_keys: keys.collect() }))
}
