//! The server of a test.

use crate::client::Who;
use crate::people::{PASSWORD, PEOPLE, RULES};
use anyhow::Context;
use parclose_access::Door;
use parclose_catalog::Catalog;
use parclose_http::{App, Deps, HttpConfig, Rates, Space, Spaces};
use parclose_identity::{DemoPerson, Identity, Limits, OsRandomness, Providers};
use parclose_lake::Lake;
use parclose_oidc::{Answer, Fetch, Outgoing, Unreachable};
use parclose_model::{Event, WorkspaceId, WorkspaceSettings};
use parclose_pipeline::{EventLog, Pipeline, Settings};
use parclose_query::Engine;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The instant of all tests: 2026-10-30T12:00:00Z, a Friday.
pub const NOW_MS: i64 = 1_793_361_600_000;
/// The workspace of all tests.
pub const WORKSPACE: &str = "test";
/// The other workspace, of tests that want one.
pub const OTHER_WORKSPACE: &str = "other";
/// The secret of its doors.
pub const OTHER_SECRET: &str = "the secret of the other";
/// Both secrets of the doors, the older one first.
pub const SECRETS: [&str; 2] = ["the old secret", "the new secret"];

/// What a test wants otherwise.
#[derive(Debug, Clone)]
pub struct TestOptions {
    /// What came in before the test.
    pub events: Vec<Event>,
    /// Separation rules; none: an open workspace.
    pub rules: Option<String>,
    /// Settings of the HTTP face.
    pub config: HttpConfig,
    /// Logins that exist; each costs the hashing of a password.
    pub people: Vec<&'static str>,
    /// Secrets of the doors.
    pub door_secrets: Vec<String>,
    /// What came in to another workspace, with the same people; none: there is no other.
    pub other: Option<Vec<Event>>,
}

/// More than any test asks.
const MANY: (u32, u32) = (10_000, 10_000);

impl TestOptions {
    /// Rows of these events, the usual rules, and these people.
    pub fn new(events: Vec<Event>, people: &[&'static str]) -> Self {
        let config = HttpConfig {
            public_base_url: "https://insights.test.example".into(),
            rates: Rates { person: MANY, address: MANY, stranger: MANY, door: MANY },
            ..HttpConfig::default()
        };
        let door_secrets = SECRETS.map(str::to_owned).to_vec();
        Self { events, rules: Some(RULES.to_owned()), config, people: people.to_vec(), door_secrets, other: None }
    }
}

/// A server in this process, with a folder that goes away with it.
pub struct TestApp {
    /// The HTTP face.
    pub app: App,
    /// Where people and rules are kept.
    pub catalog: Catalog,
    /// Where events are kept.
    pub log: EventLog,
    engine: Arc<Engine>,
    pipeline: Mutex<Pipeline>,
    pub(crate) signed_in: Mutex<BTreeMap<String, Who>>,
    folder: tempfile::TempDir,
}

/// No way outwards.
struct Nowhere;

#[async_trait::async_trait]
impl Fetch for Nowhere {
    async fn send(&self, _request: Outgoing) -> Result<Answer, Unreachable> {
        Err(Unreachable("nowhere"))
    }
}

/// What workspaces are opened with.
struct Kit<'a> {
    folder: &'a std::path::Path,
    catalog: &'a Catalog,
    identity: &'a Identity,
    options: &'a TestOptions,
    clock: fn() -> i64,
}

impl Kit<'_> {
    async fn open(&self, id: &str, name: &str, events: &[Event], door_secrets: Vec<String>) -> anyhow::Result<(Space, Pipeline)> {
        let workspace = WorkspaceId::new(id);
        let settings = WorkspaceSettings {
            name: name.into(),
            time_zone: "Europe/Prague".into(),
            contact: "Ada, admin@test.example".into(),
            demo: true,
            ..WorkspaceSettings::default()
        };
        self.catalog.install_workspace(&workspace, &settings, NOW_MS).await?;
        if let Some(rules) = &self.options.rules {
            self.catalog.install_separation(&workspace, rules, NOW_MS).await?;
        }
        for login in &self.options.people {
            let persona = PEOPLE.iter().find(|persona| persona.login == *login).with_context(|| format!("no persona {login}"))?;
            let person = DemoPerson {
                login: persona.login.into(),
                name: persona.login.split('@').next().unwrap_or_default().into(),
                roles: persona.roles.iter().map(|role| (*role).to_owned()).collect(),
                attributes: persona.attributes(),
            };
            self.identity.create_demo_person(&workspace, person, PASSWORD, NOW_MS).await?;
        }
        let log = EventLog::open(&self.folder.join(format!("events-{id}.db")), self.clock).await?;
        for some in events.chunks(4_096) {
            log.append(some).await?;
        }
        let lake = Arc::new(Lake::open(&self.folder.join("lake").join(id)).await?);
        let mut pipeline = Pipeline::open(log.clone(), lake.clone(), Settings::default(), self.clock).await?;
        pipeline.catch_up().await?;
        let engine = Arc::new(Engine::new(workspace.clone(), lake, 256 << 20, Duration::from_secs(20))?);
        engine.set_units(self.catalog.policy(&workspace).await.unit_columns());
        engine.catch_up();
        Ok((Space { workspace, engine, log, door_secrets }, pipeline))
    }
}

impl TestApp {
    /// Starts a server with everything that the options ask for. It can't call anybody.
    pub async fn start(options: TestOptions) -> anyhow::Result<TestApp> {
        Self::start_with(options, Arc::new(Nowhere)).await
    }

    /// Starts a server that calls identity providers this way.
    pub async fn start_with(options: TestOptions, fetch: Arc<dyn Fetch>) -> anyhow::Result<TestApp> {
        let folder = tempfile::tempdir()?;
        let clock: fn() -> i64 = || NOW_MS;
        let catalog = Catalog::open(&folder.path().join("catalog.db")).await?;
        let identity = Identity::new(catalog.clone(), Arc::new(Door::for_tests()), Arc::new(OsRandomness), Limits::default()).await?;
        let identity = identity.with_providers(Providers::over(&options.config.public_base_url, fetch)).with_base_url(&options.config.public_base_url);
        let kit = Kit { folder: folder.path(), catalog: &catalog, identity: &identity, options: &options, clock };
        let (space, pipeline) = kit.open(WORKSPACE, "Test Company", &options.events, options.door_secrets.clone()).await?;
        let (log, engine) = (space.log.clone(), space.engine.clone());
        let mut spaces = Spaces::one(space);
        if let Some(events) = &options.other {
            spaces = spaces.with(kit.open(OTHER_WORKSPACE, "Other Company", events, vec![OTHER_SECRET.to_owned()]).await?.0);
        }
        let app = App::new(Deps { catalog: catalog.clone(), identity: Arc::new(identity), spaces, config: options.config, clock });
        Ok(TestApp { app, catalog, log, engine, pipeline: Mutex::new(pipeline), signed_in: Mutex::default(), folder })
    }

    /// Where everything is kept.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Makes rows of everything that has come in since.
    pub async fn catch_up(&self) -> anyhow::Result<()> {
        self.pipeline.lock().await.catch_up().await?;
        self.engine.catch_up();
        Ok(())
    }
}
