//! `parclose demo`: the demo company Acme, made as events through the event log, then live traffic.

mod company;
mod traffic;

use crate::args::DemoArgs;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::serve::{Parts, run_server};
use anyhow::Context;
use parclose_http::{DemoHint, DemoHintPerson};
use parclose_identity::DemoPerson;
use parclose_model::settings::ServiceLevelOverride;
use parclose_model::{WorkspaceId, WorkspaceSettings};
use parclose_pipeline::{Pipeline, Settings};
use rand::Rng;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::{Duration, Instant};

/// What a demo folder remembers between starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Remembered {
    seed: u64,
    conversations_per_day: u32,
    from_ms: i64,
    password: String,
    door_secret: String,
    /// False until the history is whole: a demo that was stopped while it was made goes on.
    complete: bool,
}

const DAY_MS: i64 = 86_400_000;

pub async fn demo(args: DemoArgs) -> anyhow::Result<()> {
    crate::logging::start(false, "warn");
    let started = Instant::now();
    let folder = DataDir::lock(&args.data_dir)?;
    let mut remembered = remember(folder.path(), &args)?;
    let workspace = WorkspaceId::new("acme");
    let config = Config {
        data_dir: args.data_dir.clone(),
        listen: args.listen,
        workspace: workspace.as_str().into(),
        workspace_name: "Acme Corporation".into(),
        time_zone: "Europe/Prague".into(),
        door_secrets: vec![remembered.door_secret.clone()],
        ..Config::default()
    };
    let parts = Parts::open(&config, folder, &settings()).await?;
    match parts.catalog.install_separation(&workspace, company::RULES, crate::now_ms()).await {
        // Rules that someone changed in the demo stay.
        Ok(_) | Err(parclose_catalog::Error::Conflict { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    for person in company::people() {
        let demo = DemoPerson {
            login: person.login.into(),
            name: person.name.into(),
            roles: person.roles.iter().map(|r| (*r).to_owned()).collect(),
            attributes: person.attributes(),
        };
        parts.identity.create_demo_person(&workspace, demo, &remembered.password, crate::now_ms()).await?;
    }
    let now = crate::now_ms();
    let mut traffic = traffic::Traffic::new(remembered.seed, remembered.conversations_per_day, remembered.from_ms);
    let settings = Settings { events_a_step: 30_000, rows_a_commit: 25_000, ..Settings::default() };
    let mut pipeline = Pipeline::open(parts.place.log.clone(), parts.place.lake.clone(), settings, crate::now_ms).await?;
    if !remembered.complete {
        let days = (now - remembered.from_ms) / DAY_MS;
        println!("Making {days} days of traffic for Acme Corporation …");
        // Rows follow the events on the other core.
        let (made, mut all_made) = tokio::sync::watch::channel(false);
        let rows = tokio::spawn(async move {
            while !*all_made.borrow_and_update() {
                pipeline.take_whole_steps().await?;
                tokio::select! {
                    _ = all_made.changed() => {}
                    () = tokio::time::sleep(Duration::from_millis(200)) => {}
                }
            }
            pipeline.catch_up().await?;
            Ok::<_, parclose_pipeline::PipelineError>(pipeline)
        });
        traffic.make_history(&parts.place.log, now, |done, events| progress("events", done, events)).await?;
        println!();
        println!("Making the last rows …");
        made.send_replace(true);
        pipeline = rows.await??;
        remembered.complete = true;
        save(&args.data_dir, &remembered)?;
    }
    let log = parts.place.log.clone();
    let listen = args.listen;
    let password = remembered.password.clone();
    let ready = move || {
        println!();
        println!("Parclose is ready after {:.1} s:  http://{listen}", started.elapsed().as_secs_f64());
        println!();
        println!("Sign in as one of these people; the password of all is  {}", remembered.password);
        for person in company::people() {
            println!("  {:<26} {}", person.login, person.what);
        }
        println!();
        println!("Event door (TaskRouter callbacks): http://{listen}/hooks/taskrouter/acme  secret {}", remembered.door_secret);
        println!("Stop with Ctrl C.");
    };
    let live = tokio::spawn(async move {
        // History that fell into a pause is made up for first; ids are the same, so nothing doubles.
        if let Err(error) = traffic.live(&log).await {
            tracing::error!(name: "demo.traffic_stopped", %error, "live traffic has stopped");
        }
    });
    let people = company::people().iter().map(|p| DemoHintPerson { login: p.login.into(), name: p.name.into(), what: p.what.into() });
    let hint = DemoHint { people: people.collect(), password: Some(password) };
    let result = run_server(config, parts, pipeline, Some(hint), ready).await;
    live.abort();
    result
}

fn progress(what: &str, done: f64, count: u64) {
    use std::io::Write;
    print!("\r  {:>3.0} %  {count} {what}", done * 100.0);
    let _ = std::io::stdout().flush();
}

fn settings() -> WorkspaceSettings {
    WorkspaceSettings {
        name: "Acme Corporation".into(),
        time_zone: "Europe/Prague".into(),
        service_level_seconds: 60,
        service_level_overrides: vec![
            ServiceLevelOverride { queue: None, channel: Some("Chat".into()), seconds: 120 },
            ServiceLevelOverride { queue: None, channel: Some("email".into()), seconds: 14_400 },
            ServiceLevelOverride { queue: None, channel: Some("sms".into()), seconds: 600 },
            ServiceLevelOverride { queue: Some("Anvils_Calls".into()), channel: None, seconds: 30 },
        ],
        contact: "Ada Admin, admin@acme.example".into(),
        demo: true,
        ..WorkspaceSettings::default()
    }
}

fn remember(folder: &Path, args: &DemoArgs) -> anyhow::Result<Remembered> {
    let path = folder.join("demo.json");
    if let Ok(bytes) = std::fs::read(&path) {
        return serde_json::from_slice(&bytes).with_context(|| format!("{} can't be read; delete the folder to start anew", path.display()));
    }
    let random = |length: usize| -> String {
        let letters = b"abcdefghjkmnpqrstuvwxyz23456789";
        let mut rng = rand::rng();
        (0..length).map(|_| letters[rng.random_range(0..letters.len())] as char).collect()
    };
    let password = std::env::var("PARCLOSE_DEMO_PASSWORD").unwrap_or_else(|_| format!("acme-{}-{}", random(5), random(5)));
    let now = crate::now_ms();
    let remembered = Remembered {
        seed: args.seed,
        conversations_per_day: args.conversations_per_day,
        // Whole days, so that a demo of the same day and seed is the same demo.
        from_ms: (now - i64::from(args.days) * DAY_MS).div_euclid(DAY_MS) * DAY_MS,
        password,
        door_secret: random(32),
        complete: false,
    };
    save(folder, &remembered)?;
    Ok(remembered)
}

fn save(folder: &Path, remembered: &Remembered) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let path = folder.join("demo.json");
    let new = folder.join("demo.json.new");
    let mut file = std::fs::File::options().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
    file.write_all(&serde_json::to_vec_pretty(remembered)?)?;
    file.sync_all()?;
    std::fs::rename(new, path)?;
    Ok(())
}
