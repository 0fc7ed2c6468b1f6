//! Everything that handlers share.

use crate::config::HttpConfig;
use crate::error::{ApiError, Code};
use crate::hooks::Room;
use crate::limits::RateLimits;
use crate::measure::Measures;
use crate::spaces::{Space, Spaces};
use axum::Router;
use parclose_access::RowScope;
use parclose_catalog::{Catalog, StoredSettings};
use parclose_identity::Identity;
use parclose_model::WorkspaceId;
use parclose_query::Engine;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What the composition root brings along.
pub struct Deps {
    /// People's records, rules, settings, audit.
    pub catalog: Catalog,
    /// Who is it?
    pub identity: Arc<Identity>,
    /// The workspaces of this server. Callers of another one are not signed in here.
    pub spaces: Spaces,
    /// Settings.
    pub config: HttpConfig,
    /// Epoch milliseconds.
    pub clock: fn() -> i64,
}

/// The HTTP face. Clones share everything.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What stands behind an [`App`].
pub struct Parts {
    pub(crate) deps: Deps,
    pub(crate) limits: RateLimits,
    pub(crate) measures: Measures,
    pub(crate) room: Room,
    /// The audit chain is checked by one at a time.
    pub(crate) chain_check: Semaphore,
    pub(crate) document: Arc<str>,
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts it together. Nothing runs yet.
    pub fn new(deps: Deps) -> App {
        let limits = RateLimits::new(&deps.config.rates);
        let document = crate::openapi::document().into();
        let (room, chain_check) = (Room::new(&deps.config), Semaphore::new(1));
        App(Arc::new(Parts { deps, limits, measures: Measures::new(), room, chain_check, document }))
    }

    /// All routes with all layers. Serve it with
    /// `router.into_make_service_with_connect_info::<std::net::SocketAddr>()`: limits need the client's address.
    pub fn router(&self) -> Router {
        crate::router::build(self.clone())
    }

    /// The OpenAPI document.
    pub fn openapi(&self) -> &str {
        &self.document
    }
}

impl Parts {
    /// Settings of the HTTP face.
    pub(crate) fn config(&self) -> &HttpConfig {
        &self.deps.config
    }
    /// Now, epoch milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        (self.deps.clock)()
    }
    /// A workspace's settings.
    pub(crate) async fn settings(&self, workspace: &WorkspaceId) -> Result<StoredSettings, ApiError> {
        self.deps.catalog.settings(workspace).await?.ok_or_else(|| Code::Internal.into())
    }
    /// The engine of a scope's own workspace: there is no other way to one.
    pub(crate) fn engine(&self, scope: &RowScope<'_>) -> Result<&Engine, ApiError> {
        let space: Option<&Space> = self.deps.spaces.get(scope.workspace().as_str());
        space.map(|space| space.engine.as_ref()).ok_or_else(|| Code::NotFound.into())
    }
}
