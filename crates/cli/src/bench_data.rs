//! `parclose bench-data`: a ready lake of many segments, and the same rows as Parquet for other engines.
//! The rows do not go through the event door: this is for measuring queries, not for people.

use crate::args::BenchDataArgs;
use crate::data_dir::DataDir;
use anyhow::Context;
use parclose_identity::{DemoPerson, Identity, Limits, OsRandomness};
use parclose_lake::{Change, Lake, write_parquet};
use parclose_model::columns::kind;
use parclose_model::{Cell, Row, TableId, WorkspaceId, WorkspaceSettings};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::sync::Arc;

const MARKETS: [&str; 25] = [
    "DE", "US", "GB", "FR", "CZ", "PL", "ES", "IT", "NL", "SE", "AT", "CH", "BE", "DK", "NO", "FI", "IE", "PT", "GR", "HU", "RO", "SK", "BG", "HR", "SI",
];
const TEAMS: usize = 200;
const AGENTS: usize = 4_000;
const QUEUES: usize = 150;
const CUSTOMERS: u32 = 2_000_000;
const CHANNELS: [&str; 5] = ["Call", "Chat", "sms", "email", "whatsapp"];
const DAY_MS: i64 = 86_400_000;
const DAYS: i64 = 730;
/// Rows of one commit.
const CHUNK: usize = 100_000;
/// Columns that other engines get; the rest of a segment's columns are empty in these rows.
const FOR_PEERS: &[&str] = &[
    "segment_id", "conversation_id", "kind", "segment_start", "agent_id", "agent_name", "handling_team_name", "queue", "channel",
    "direction", "outcome", "abandoned", "conversation_attribute_1", "conversation_attribute_3", "customer_id", "queue_time", "ring_time",
    "talk_time", "wrap_up_time", "hold_time", "abandon_time", "activity", "activity_time",
];
pub const PASSWORD: &str = "bench-only-password";

/// Picks small numbers more often, like Zipf's law.
fn skewed(rng: &mut StdRng, n: usize) -> usize {
    let x: f64 = rng.random();
    (((n as f64 + 1.0).powf(x)) - 1.0) as usize % n
}

fn exponential(rng: &mut StdRng, mean: f64) -> i64 {
    (-mean * (1.0 - rng.random::<f64>()).ln()) as i64
}

struct Maker {
    rng: StdRng,
    hours: Vec<f64>,
    from_ms: i64,
    conversation: u64,
    segment: u64,
}

impl Maker {
    fn new(from_ms: i64) -> Self {
        // Two humps a day, weak weekends, slow growth: the share of traffic up to each hour.
        let mut sum = 0.0;
        let hours = (0..DAYS * 24)
            .map(|h| {
                let (hour, weekday) = ((h % 24) as f64, (h / 24) % 7);
                let day = 0.03 + (-(hour - 10.5).powi(2) / 8.0).exp() + 0.8 * (-(hour - 15.0).powi(2) / 9.0).exp();
                let week = [1.1, 1.05, 1.0, 1.0, 0.95, 0.4, 0.3][weekday as usize];
                sum += day * week * (1.0 + 0.3 * h as f64 / (DAYS * 24) as f64);
                sum
            })
            .collect();
        Self { rng: StdRng::seed_from_u64(20_261_121), hours, from_ms, conversation: 0, segment: 0 }
    }

    fn start_of(&mut self, share: f64) -> i64 {
        let at = share * self.hours.last().copied().unwrap_or(1.0);
        let hour = self.hours.partition_point(|sum| *sum < at) as i64;
        self.from_ms + hour * 3_600_000 + self.rng.random_range(0..3_600) * 1000
    }

    /// The rows of one conversation: a wait, and a talk or an abandon; sometimes a status of the agent.
    fn conversation(&mut self, share: f64, rows: &mut Vec<Arc<Row>>) {
        let rng = &mut self.rng;
        let market = skewed(rng, MARKETS.len());
        let team = market + MARKETS.len() * rng.random_range(0..TEAMS / MARKETS.len());
        let agent = team + TEAMS * rng.random_range(0..AGENTS / TEAMS);
        let queue = market * (QUEUES / MARKETS.len()) + skewed(rng, QUEUES / MARKETS.len());
        let channel = CHANNELS[skewed(rng, CHANNELS.len())];
        let (wait, talk, wrap) = (exponential(rng, 28.0), exponential(rng, 210.0) + 5, exponential(rng, 35.0));
        let (abandoned, with_status) = (rng.random_bool(0.07), rng.random_bool(0.35));
        let (customer, tag) = (rng.random_range(0..CUSTOMERS), skewed(rng, 5_000));
        let activity_time = exponential(rng, 1_500.0);
        let start = self.start_of(share);
        self.conversation += 1;
        let id = format!("WT{:030x}", self.conversation);
        let mut base = Row::empty(TableId::Segments);
        base.set("unit_key", format!("T:{id}"));
        base.set("conversation_id", id.as_str());
        base.set("task_id", id.as_str());
        base.set("conversation_start", Cell::Instant(start));
        base.set("queue", format!("{}_{}", MARKETS[market], queue));
        base.set("channel", channel);
        base.set("direction", "Inbound");
        base.set("conversation_attribute_1", MARKETS[market]);
        base.set("conversation_attribute_3", format!("reason {tag:04}"));
        base.set("customer_id", format!("+420{customer:09}"));
        base.set("abandoned", if abandoned { "Yes" } else { "No" });
        let mut push = |mut row: Row, kind: &str, at: i64, rows: &mut Vec<Arc<Row>>| {
            self.segment += 1;
            row.set("segment_id", format!("WR{:030x}", self.segment));
            row.set("kind", kind);
            row.set("segment_start", Cell::Instant(at));
            rows.push(Arc::new(row));
        };
        let mut queued = base.clone();
        queued.set("queue_time", wait);
        if abandoned {
            queued.set("abandoned_phase", "Queue");
            queued.set("abandon_time", wait);
        }
        queued.set("handling_team_name", format!("{}_{}", MARKETS[market], queue));
        push(queued.clone(), kind::QUEUE, start, rows);
        if abandoned {
            push(queued, kind::CONVERSATION, start + wait * 1000, rows);
            return;
        }
        base.set("agent_id", format!("WK{agent:030x}"));
        base.set("agent_name", format!("Agent {agent:04}"));
        base.set("handling_team_name", format!("{} Team {team:03}", MARKETS[market]));
        if with_status {
            let mut status = Row::empty(TableId::Segments);
            for name in ["unit_key", "agent_id", "agent_name", "handling_team_name"] {
                status.set(name, base.get(name).clone());
            }
            status.set("activity", if tag % 4 == 0 { "Break" } else { "Available" });
            status.set("activity_time", activity_time);
            push(status, kind::AGENT_STATUS, start, rows);
        }
        base.set("queue_time", wait);
        base.set("ring_time", wait % 9 + 1);
        base.set("talk_time", talk);
        base.set("wrap_up_time", wrap);
        base.set("hold_time", if talk % 6 == 0 { talk / 5 } else { 0 });
        base.set("outcome", if tag % 3 == 0 { "resolved" } else { "unknown" });
        push(base, kind::CONVERSATION, start + wait * 1000, rows);
    }
}

const RULES: &str = r#"version: 1
rules:
  - name: Markets
    effect: grant
    data_sets: [conversations]
    where: {attribute: conversation_attribute_1, in: person.market}
  - name: Teams
    effect: grant
    data_sets: [conversations, activities]
    where: {attribute: handling_team_name, in: person.team}
  - name: Whole company
    effect: grant
    data_sets: [conversations, activities]
    for: {attribute: company_wide, in: ["yes"]}
    where: everything
"#;

pub async fn write(args: BenchDataArgs) -> anyhow::Result<()> {
    crate::logging::start(false, "warn");
    let now = crate::now_ms();
    let from_ms = (now - DAYS * DAY_MS).div_euclid(DAY_MS) * DAY_MS;
    let folder = DataDir::lock(&args.out)?;
    let workspace = WorkspaceId::new("bench");
    make_people(&folder, &workspace, now).await?;
    let lake = folder.lake(&workspace).await?;
    let peers = args.out.join("segments.parquet");
    std::fs::create_dir_all(&peers).with_context(|| format!("{} can't be made", peers.display()))?;
    let mut maker = Maker::new(from_ms);
    let (mut written, mut part) = (0_u64, 0);
    // While a chunk is committed on one core, the next one is made on another.
    let mut committing = tokio::spawn(async { anyhow::Ok(()) });
    while written < args.rows {
        let mut rows = Vec::with_capacity(CHUNK);
        while rows.len() < CHUNK && written + (rows.len() as u64) < args.rows {
            let share = (written + rows.len() as u64) as f64 / args.rows as f64;
            maker.conversation(share, &mut rows);
        }
        written += rows.len() as u64;
        write_parquet(TableId::Segments, &rows, FOR_PEERS, &peers.join(format!("part-{part:05}.parquet")))?;
        committing.await??;
        let (table, change) = (lake.table(TableId::Segments).clone(), Change { closed: rows, ..Change::default() });
        committing = tokio::spawn(async move { Ok(table.commit(change, now).await?) });
        part += 1;
        eprint!("\r{written} of {} rows", args.rows);
    }
    committing.await??;
    compact(&lake, now).await?;
    eprintln!();
    println!(
        "{}",
        serde_json::json!({
            "rows": written, "from_ms": from_ms, "to_ms": now, "workspace": workspace.as_str(), "password": PASSWORD,
            "people": {"market": "market@bench.example", "teams": "teams@bench.example", "all": "all@bench.example"},
            "market": "CZ", "teams": ["US Team 001", "CZ Team 029", "GR Team 043"], "parquet": peers,
        })
    );
    Ok(())
}

async fn compact(lake: &Lake, now: i64) -> anyhow::Result<()> {
    while lake.table(TableId::Segments).compact(now).await? {}
    lake.table(TableId::Segments).sweep().await?;
    Ok(())
}

async fn make_people(folder: &DataDir, workspace: &WorkspaceId, now: i64) -> anyhow::Result<()> {
    let catalog = folder.catalog().await?;
    let settings = WorkspaceSettings { name: "Bench".into(), service_level_seconds: 20, demo: true, ..WorkspaceSettings::default() };
    catalog.install_workspace(workspace, &settings, now).await?;
    catalog.install_separation(workspace, RULES, now).await?;
    let door = Arc::new(parclose_access::Door::open()?);
    let identity = Identity::new(catalog, door, Arc::new(OsRandomness), Limits::default()).await?;
    for (login, attributes) in [
        ("market@bench.example", BTreeMap::from([("market".to_owned(), vec!["CZ".to_owned()])])),
        ("teams@bench.example", BTreeMap::from([("team".to_owned(), vec!["US Team 001".into(), "CZ Team 029".into(), "GR Team 043".into()])])),
        ("all@bench.example", BTreeMap::from([("company_wide".to_owned(), vec!["yes".to_owned()])])),
    ] {
        let roles = vec!["supervisor".to_owned(), "wfo.data_analyst".to_owned()];
        identity.create_demo_person(workspace, DemoPerson { login: login.into(), name: login.into(), roles, attributes }, PASSWORD, now).await?;
    }
    Ok(())
}
