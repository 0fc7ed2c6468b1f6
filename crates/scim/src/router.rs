//! The routes under `/scim/v2`.

use crate::error::Refused;
use crate::{discovery, door, groups, users};
use axum::Router;
use axum::routing::{any, get};
use parclose_identity::Identity;
use parclose_model::WorkspaceId;
use std::sync::Arc;

/// The longest body, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// What is needed to serve directories. How often an address may ask is for whoever mounts the router.
#[derive(Clone)]
pub struct ScimDeps {
    /// Keys, connections, random ids, and the catalog.
    pub identity: Arc<Identity>,
    /// The workspaces whose directories come here; a key decides for which.
    pub workspaces: Vec<WorkspaceId>,
    /// Our own address as providers know it, without a slash at its end.
    pub base_url: String,
    /// Epoch milliseconds.
    pub now_ms: fn() -> i64,
}

/// The request's id, if whoever mounts the router has put one into the request's extensions.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl ScimDeps {
    /// The address of something under `/scim/v2`.
    pub(crate) fn location(&self, path: &str) -> String {
        format!("{}/scim/v2{path}", self.base_url.trim_end_matches('/'))
    }
}

/// Everything under `/scim/v2`.
pub fn router(deps: ScimDeps) -> Router {
    let inner = Router::new()
        .route("/Users", get(users::list).post(users::create))
        .route("/Users/{id}", get(users::read).put(users::replace).patch(users::change).delete(users::remove))
        .route("/Groups", get(groups::list).post(groups::create))
        .route("/Groups/{id}", get(groups::read).put(groups::replace).patch(groups::change).delete(groups::remove))
        .route("/ServiceProviderConfig", get(discovery::service_provider_config))
        .route("/ResourceTypes", get(discovery::resource_types))
        .route("/ResourceTypes/{id}", get(discovery::resource_type))
        .route("/Schemas", get(discovery::schemas))
        .route("/Schemas/{id}", get(discovery::schema))
        .route("/Me", any(not_here))
        .route("/Bulk", any(not_here))
        .route("/.search", any(not_here))
        .route("/Users/.search", any(not_here))
        .route("/Groups/.search", any(not_here))
        .method_not_allowed_fallback(|| async { Refused::MethodNotAllowed })
        .fallback(|| async { Refused::NotFound })
        .layer(axum::middleware::from_fn_with_state(deps.clone(), door::let_in))
        .with_state(deps);
    Router::new().nest("/scim/v2", inner)
}

async fn not_here() -> Refused {
    Refused::NotImplemented
}
