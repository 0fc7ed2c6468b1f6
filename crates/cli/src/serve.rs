//! `parclose serve`: opens the parts, wires them, runs until told to stop.

use crate::args::ServeArgs;
use crate::config::Config;
use crate::data_dir::{DataDir, config};
use anyhow::{Context, bail};
use parclose_access::Door;
use parclose_catalog::Catalog;
use parclose_http::{App, DemoHint, Deps, HttpConfig, Space, Spaces};
use parclose_identity::{Identity, Limits, OsRandomness, Providers};
use parclose_lake::Lake;
use parclose_model::{WorkspaceId, WorkspaceSettings};
use parclose_pipeline::{EventLog, Pipeline, Settings};
use parclose_query::{Engine, PackedSettings};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long open requests may take after a stop was asked.
const GRACE: Duration = Duration::from_secs(10);

/// One opened workspace.
pub struct Place {
    pub workspace: WorkspaceId,
    pub log: EventLog,
    pub lake: Arc<Lake>,
    pub engine: Arc<Engine>,
    door_secrets: Vec<String>,
}

/// The opened parts of a server.
pub struct Parts {
    pub catalog: Catalog,
    pub identity: Arc<Identity>,
    /// The first workspace.
    pub place: Place,
    /// All others.
    more: Vec<Place>,
    folder: DataDir,
    /// Who keeps the packed columns in step with the lakes.
    following: tokio::task::JoinSet<()>,
}

impl Parts {
    pub async fn open(config: &Config, folder: DataDir, settings: &WorkspaceSettings) -> anyhow::Result<Self> {
        if config.workspaces.contains_key(&config.workspace) {
            bail!("workspaces: {:?} is the first workspace already", config.workspace);
        }
        let catalog = folder.catalog().await?;
        let door = Arc::new(Door::open()?);
        let identity = Identity::new(catalog.clone(), door, Arc::new(OsRandomness), Limits::default()).await?;
        let identity = identity.with_providers(Providers::over_http(&config.base_url())?).with_base_url(&config.base_url());
        let place = open_place(config, &folder, &catalog, settings).await?;
        let mut more = Vec::new();
        for (id, one) in &config.workspaces {
            let settings = WorkspaceSettings { name: one.name.clone(), time_zone: one.time_zone.clone(), ..Default::default() };
            let config = Config { workspace: id.clone(), door_secrets: one.door_secrets.clone(), ..config.clone() };
            more.push(open_place(&config, &folder, &catalog, &settings).await?);
        }
        Ok(Self { catalog, identity: Arc::new(identity), place, more, folder, following: tokio::task::JoinSet::new() })
    }

    /// Begins to pack, unless that was begun.
    async fn follow(&mut self) {
        if !self.following.is_empty() {
            return;
        }
        let mut following = std::mem::take(&mut self.following);
        for place in self.places() {
            place.engine.set_units(self.catalog.policy(&place.workspace).await.unit_columns());
            following.spawn_on(place.engine.clone().follow_lake(), &crate::background::handle());
        }
        self.following = following;
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.place).chain(&self.more)
    }
}

async fn open_place(config: &Config, folder: &DataDir, catalog: &Catalog, settings: &WorkspaceSettings) -> anyhow::Result<Place> {
    let workspace = WorkspaceId::new(config.workspace.clone());
    catalog.install_workspace(&workspace, settings, crate::now_ms()).await?;
    let log = folder.log(config).await?;
    let lake = folder.lake(&workspace).await?;
    // The memory of the machine is one: each workspace gets an equal part.
    let share = 1 + config.workspaces.len();
    let queries = (config.query_memory_mib << 20) / share;
    let packed = PackedSettings {
        most_bytes: (config.packed_memory_mib << 20) / share,
        rollup_bytes: (config.rollup_memory_mib << 20) / share,
        folder: Some(folder.columns(&workspace)),
        ..PackedSettings::default()
    };
    let engine = Engine::new(workspace.clone(), lake.clone(), queries, Duration::from_secs(config.query_seconds))?
        .with_packed(&packed)
        .with_results((config.result_memory_mib << 20) / share);
    Ok(Place { workspace, log, lake, engine: Arc::new(engine), door_secrets: config.door_secrets.clone() })
}

pub async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let mut config = config(&args.data)?;
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    crate::logging::start(config.log_json, &config.log_level);
    let folder = DataDir::lock(&config.data_dir)?;
    let settings = WorkspaceSettings { name: config.workspace_name.clone(), time_zone: config.time_zone.clone(), ..Default::default() };
    let mut parts = Parts::open(&config, folder, &settings).await?;
    // What was packed is mapped while the last units are computed.
    parts.follow().await;
    let firsts = config.workspaces.iter().map(|(id, more)| (id, &more.first_administrator));
    for (id, first) in std::iter::once((&config.workspace, &config.first_administrator)).chain(firsts) {
        if let Some(first) = first {
            let workspace = WorkspaceId::new(id.clone());
            parts.identity.ensure_first_administrator(&workspace, &first.login, &first.password, crate::now_ms()).await?;
        }
    }
    let mut set_up = Vec::new();
    for place in parts.places() {
        let workspace = place.workspace.as_str().to_owned();
        if place.door_secrets.is_empty() {
            tracing::warn!(name: "serve.no_door_secret", workspace, "door_secrets is empty: the event doors refuse everything");
        }
        if let Some(secret) = parts.identity.offer_set_up(&place.workspace, crate::now_ms()).await? {
            set_up.push((workspace, secret));
        }
    }
    let pipeline_settings = Settings { commit_every: Duration::from_secs(config.commit_seconds), ..Settings::default() };
    let pipeline = Pipeline::open(parts.place.log.clone(), parts.place.lake.clone(), pipeline_settings, crate::now_ms).await?;
    let listen = config.listen;
    let base_url = config.base_url();
    let ready = move || {
        tracing::info!(name: "serve.ready", %listen, "ready");
        for (workspace, secret) in set_up {
            // To the terminal and not to the log: logs are kept and sent on.
            eprintln!(
                "\nNobody administers the workspace {workspace} yet. Open this link to make the first administrator; it works once, until the next start:\n\n    {base_url}/setup#{secret}\n"
            );
        }
    };
    run_server(config, parts, pipeline, None, ready).await
}

/// Serves until SIGINT or SIGTERM; then finishes open requests, commits fresh rows and returns.
pub async fn run_server(
    config: Config,
    mut parts: Parts,
    pipeline: Pipeline,
    demo_hint: Option<DemoHint>,
    ready: impl FnOnce(),
) -> anyhow::Result<()> {
    let (stop, stopped) = watch::channel(false);
    let mut closing = stopped.clone();
    let mut pipelines = vec![pipeline];
    for place in &parts.more {
        let settings = Settings { commit_every: Duration::from_secs(config.commit_seconds), ..Settings::default() };
        pipelines.push(Pipeline::open(place.log.clone(), place.lake.clone(), settings, crate::now_ms).await?);
    }
    // The first that fails stops the server: rows that silently stop coming would be wrong numbers.
    let processing = tokio::spawn(async move {
        let mut running = tokio::task::JoinSet::new();
        for pipeline in pipelines {
            running.spawn_on(pipeline.run(stopped.clone()), &crate::background::handle());
        }
        while let Some(done) = running.join_next().await {
            done.map_err(|error| anyhow::anyhow!(error))??;
        }
        Ok::<_, anyhow::Error>(())
    });
    parts.follow().await;
    let space = |place: &Place| Space {
        workspace: place.workspace.clone(),
        engine: place.engine.clone(),
        log: place.log.clone(),
        door_secrets: place.door_secrets.clone(),
    };
    let spaces = parts.more.iter().fold(Spaces::one(space(&parts.place)), |spaces, place| spaces.with(space(place)));
    let app = App::new(Deps {
        catalog: parts.catalog.clone(),
        identity: parts.identity.clone(),
        spaces,
        clock: crate::now_ms,
        config: HttpConfig {
            public_base_url: config.base_url(),
            trusted_proxy: config.trusted_proxy,
            door_body_limit: config.door_body_limit,
            metrics_token: config.metrics_token.clone(),
            server_timing: config.server_timing,
            demo_hint,
            ..HttpConfig::default()
        },
    });
    let listener = TcpListener::bind(config.listen).await.with_context(|| format!("the address {} can't be used", config.listen))?;
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
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
    parts.following.abort_all();
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
