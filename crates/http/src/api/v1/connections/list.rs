//! All connections.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::instant::{rfc3339, zone};
use crate::schema::{Connection, ConnectionDraft, Connections};
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ManageConnections;
use parclose_identity::{ConnectionView, Protocol};
use parclose_model::WorkspaceId;

/// All connections to identity providers, without their secrets.
#[utoipa::path(get, path = "/api/v1/connections", tag = "Administration", responses((status = 200, description = "Connections", body = Connections)))]
pub async fn list_connections(State(app): State<App>, signed: Signed) -> Result<Json<Connections>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    let mut connections = Vec::new();
    for view in app.deps.identity.list_connections(&grant).await? {
        connections.push(shown(&app, signed.caller.workspace(), &view).await?);
    }
    Ok(Json(Connections { connections }))
}

/// As it is sent, with the addresses that the provider is told.
pub(crate) async fn shown(app: &App, workspace: &WorkspaceId, view: &ConnectionView) -> Result<Connection, ApiError> {
    let zone = zone(&app.settings(workspace).await?.settings);
    let address = |what: &str| format!("{}/sso/{}/{what}", app.config().base(), view.id);
    let is_saml = matches!(view.settings.protocol, Protocol::Saml(_));
    Ok(Connection {
        id: view.id.clone(),
        version: view.version,
        has_secret: view.has_secret,
        metadata_url: is_saml.then(|| address("metadata")),
        acs_url: is_saml.then(|| address("acs")),
        callback_url: (!is_saml).then(|| address("callback")),
        logout_url: if is_saml { address("slo") } else { format!("{}/sign-in", app.config().base()) },
        created_at: rfc3339(view.created_ms, &zone),
        changed_at: rfc3339(view.changed_ms, &zone),
        settings: ConnectionDraft::of(view),
    })
}
