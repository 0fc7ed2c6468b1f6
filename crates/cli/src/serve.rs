//! `parclose serve`: opens the parts, wires them, runs until told to stop.

use crate::args::ServeArgs;
use crate::config::Config;
use crate::data_dir::{DataDir, config};
use anyhow::Context;
use parclose_access::Door;
use parclose_catalog::Catalog;
use parclose_http::{App, DemoHint, Deps, HttpConfig};
use parclose_identity::{Identity, Limits, OsRandomness, Providers};
use parclose_lake::Lake;
use parclose_model::{WorkspaceId, WorkspaceSettings};
use parclose_pipeline::{EventLog, Pipeline, Settings};
use parclose_query::Engine;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long open requests may take after a stop was asked.
const GRACE: Duration = Duration::from_secs(10);

/// The opened parts of one workspace's server.
pub struct Parts {
    pub catalog: Catalog,
    pub identity: Arc<Identity>,
    pub log: EventLog,
    pub lake: Arc<Lake>,
    pub engine: Arc<Engine>,
    folder: DataDir,
}

impl Parts {
    pub async fn open(config: &Config, folder: DataDir, settings: &WorkspaceSettings) -> anyhow::Result<Self> {
        let workspace = WorkspaceId::new(config.workspace.clone());
        let catalog = folder.catalog().await?;
        catalog.install_workspace(&workspace, settings, crate::now_ms()).await?;
        let door = Arc::new(Door::open()?);
        let identity = Identity::new(catalog.clone(), door, Arc::new(OsRandomness), Limits::default()).await?;
        let identity = identity.with_providers(Providers::over_http(&config.base_url())?).with_base_url(&config.base_url());
        let log = folder.log().await?;
        let lake = folder.lake(&workspace).await?;
        let engine = Engine::new(workspace, lake.clone(), config.query_memory_mib << 20, Duration::from_secs(config.query_seconds))?
            .with_packed_bytes(config.packed_memory_mib << 20);
        Ok(Self { catalog, identity: Arc::new(identity), log, lake, engine: Arc::new(engine), folder })
    }
}

pub async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let mut config = config(&args.data)?;
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    crate::logging::start(config.log_json, &config.log_level);
    let folder = DataDir::lock(&config.data_dir)?;
    let settings = WorkspaceSettings { name: config.workspace_name.clone(), time_zone: config.time_zone.clone(), ..Default::default() };
    let parts = Parts::open(&config, folder, &settings).await?;
    if let Some(first) = &config.first_administrator {
        let workspace = WorkspaceId::new(config.workspace.clone());
        parts.identity.ensure_first_administrator(&workspace, &first.login, &first.password, crate::now_ms()).await?;
    }
    let set_up = parts.identity.offer_set_up(&WorkspaceId::new(config.workspace.clone()), crate::now_ms()).await?;
    if config.door_secrets.is_empty() {
        tracing::warn!(name: "serve.no_door_secret", "door_secrets is empty: the event doors refuse everything");
    }
    let pipeline_settings = Settings { commit_every: Duration::from_secs(config.commit_seconds), ..Settings::default() };
    let pipeline = Pipeline::open(parts.log.clone(), parts.lake.clone(), pipeline_settings, crate::now_ms).await?;
    let listen = config.listen;
    let base_url = config.base_url();
    let ready = move || {
        tracing::info!(name: "serve.ready", %listen, "ready");
        if let Some(secret) = set_up {
            // To the terminal and not to the log: logs are kept and sent on.
            eprintln!(
                "\nNobody administers this workspace yet. Open this link to make the first administrator; it works once, until the next start:\n\n    {base_url}/setup#{secret}\n"
            );
        }
    };
    run_server(config, parts, pipeline, None, ready).await
}

/// Serves until SIGINT or SIGTERM; then finishes open requests, commits fresh rows and returns.
pub async fn run_server(
    config: Config,
    parts: Parts,
    pipeline: Pipeline,
    demo_hint: Option<DemoHint>,
    ready: impl FnOnce(),
) -> anyhow::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let processing = tokio::spawn(pipeline.run(stopped.clone()));
    let policy = parts.catalog.policy(&WorkspaceId::new(config.workspace.clone())).await;
    parts.engine.set_units(policy.unit_columns());
    let following = tokio::spawn(parts.engine.clone().follow_lake());
    let app = App::new(Deps {
        catalog: parts.catalog.clone(),
        identity: parts.identity.clone(),
        engine: parts.engine.clone(),
        log: parts.log.clone(),
        workspace: WorkspaceId::new(config.workspace.clone()),
        clock: crate::now_ms,
        config: HttpConfig {
            public_base_url: config.base_url(),
            door_secrets: config.door_secrets.clone(),
            trusted_proxy: config.trusted_proxy,
            door_body_limit: config.door_body_limit,
            metrics_token: config.metrics_token.clone(),
            demo_hint,
            ..HttpConfig::default()
        },
    });
    let listener = TcpListener::bind(config.listen).await.with_context(|| format!("the address {} can't be used", config.listen))?;
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    let mut closing = stopped.clone();
    let mut serving = tokio::spawn(async move {
        let until = async move {
            let _ = closing.wait_for(|stop| *stop).await;
        };
        axum::serve(listener, service).with_graceful_shutdown(until).await
    });
    ready();
    let mut processing = processing;
    let failed = tokio::select! {
        () = signal() => None,
        done = &mut processing => Some(done),
        done = &mut serving => return done?.context("the server has stopped"),
    };
    let _ = stop.send(true);
    following.abort();
    if tokio::time::timeout(GRACE, &mut serving).await.is_err() {
        serving.abort();
    }
    let done = match failed {
        Some(done) => done,
        None => processing.await,
    };
    done?.context("rows could not be made from events; the events are safe in the log")?;
    parts.catalog.close().await;
    tracing::info!(name: "serve.stopped", folder = %parts.folder.path().display(), "stopped");
    Ok(())
}

async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
