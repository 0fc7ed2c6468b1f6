//! Small lakes, people and settings for tests.

use jiff::Timestamp;
use parclose_access::actions::ReadRows;
use parclose_access::{Caller, Door, Means, OpCtx, Policy, RowScope, StoredPolicy, VerifiedPerson, Workspace};
use parclose_lake::{AgentsNow, Change, Fresh, Lake, Live, LiveTable, rows_to_batch, view_schema};
use parclose_model::{Cell, PersonId, Row, TableId, WorkspaceId, WorkspaceSettings};
use parclose_query::{Answer, Batch, Engine};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Runs a future on a runtime of its own, as the server would.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

/// Epoch milliseconds of an RFC 3339 instant.
pub fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

/// Noon of the day after the days on which test rows lie.
pub fn now() -> i64 {
    ms("2026-11-05T12:00:00Z")
}

/// A row of a table from JSON: text, numbers, and for times RFC 3339.
pub fn row(table: TableId, json: Json) -> Row {
    let mut row = Row::empty(table);
    for (name, value) in json.as_object().unwrap() {
        let ty = table.column(name).unwrap_or_else(|| panic!("no column {name}")).ty;
        let cell = match (ty, value) {
            (_, Json::Null) => Cell::Null,
            (parclose_model::ColumnType::Instant, Json::String(text)) => Cell::Instant(ms(text)),
            (parclose_model::ColumnType::Number, value) => Cell::Number(value.as_f64().unwrap()),
            (_, Json::String(text)) => Cell::from(text.as_str()),
            (_, value) => Cell::Whole(value.as_i64().unwrap()),
        };
        row.set(name, cell);
    }
    row
}

/// A segment. Gets a start, a conversation and an id when it has none.
pub fn segment(json: Json) -> Row {
    let mut row = row(TableId::Segments, json);
    if row.get("segment_start").is_null() {
        row.set("segment_start", Cell::Instant(ms("2026-11-02T10:00:00Z")));
    }
    row
}

/// All rows of a test.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    pub segments: Vec<Row>,
    pub workload: Vec<Row>,
    pub agents: Vec<Row>,
}

/// A lake on disk for one test.
pub struct World {
    _folder: tempfile::TempDir,
    pub lake: Arc<Lake>,
    /// What was shown before: rows that are gone were still there.
    earlier: Live,
}

impl World {
    /// Writes the rows: about a third into each of two files (of a month), the rest stays fresh in memory. Among the fresh ones
    /// lies every row of the table once more, as one that is gone. Then the files are merged.
    pub async fn new(rows: &Rows) -> World {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path()).await.unwrap();
        let (mut tables, mut earlier) = (BTreeMap::new(), BTreeMap::new());
        for (id, rows) in [(TableId::Segments, &rows.segments), (TableId::Workload, &rows.workload)] {
            let table = lake.table(id);
            let cut = [rows.len() / 3, rows.len() * 2 / 3];
            for (position, part) in [&rows[..cut[0]], &rows[cut[0]..cut[1]]].into_iter().enumerate() {
                if !part.is_empty() {
                    let closed = part.iter().cloned().map(Arc::new).collect();
                    table.commit(Change { closed, position: position as u64 + 1, ..Change::default() }, now()).await.unwrap();
                }
            }
            let (with_gone, alone) = rows[cut[1]..].split_at((rows.len() - cut[1]) / 2);
            let batch = |rows: &[Row]| rows_to_batch(id, rows, view_schema(id)).unwrap();
            let mut mixed: Vec<Row> = rows.to_vec();
            let mut alive = vec![false; rows.len()];
            for (nth, row) in with_gone.iter().enumerate() {
                mixed.insert(nth * 2, row.clone());
                alive.insert(nth * 2, true);
            }
            let mixed = Arc::new(batch(&mixed));
            let before = Fresh::some(mixed.clone(), vec![true; alive.len()]).unwrap();
            let mut fresh = vec![Fresh::some(mixed, alive).unwrap()];
            if !alone.is_empty() {
                fresh.push(Fresh::all(batch(alone)));
            }
            let of = |fresh| LiveTable { folder: table.folder().to_owned(), files: table.closed_files(), merged: table.merged(), fresh };
            earlier.insert(id, of(vec![before]));
            // As long as their month goes on, more of them would have to come together.
            while table.compact(now() + 60 * 24 * 3_600_000).await.unwrap() {}
            tables.insert(id, of(fresh));
        }
        let agents = Arc::new(AgentsNow::new(rows.agents.iter().cloned().map(Arc::new)));
        let earlier = Live { tables: earlier, agents: agents.clone(), ..Live::default() };
        lake.publish(Live { tables, agents, version: 1, position: 2, newest_event_ms: Some(now()) });
        World { _folder: folder, lake: Arc::new(lake), earlier }
    }
    pub fn engine(&self) -> Engine {
        engine_of(self.lake.clone())
    }
    /// An engine that has packed everything.
    pub fn packed(&self, units: &[&str]) -> Engine {
        self.packed_as(units, |engine| engine)
    }
    /// The same with other settings.
    pub fn packed_as(&self, units: &[&str], set: impl Fn(Engine) -> Engine) -> Engine {
        let engine = set(self.engine());
        engine.set_units(units.iter().map(|name| (*name).to_owned()).collect());
        // What is gone was packed when it was there.
        let live = self.lake.live();
        self.lake.publish(self.earlier.clone());
        engine.catch_up();
        self.lake.publish(live.as_ref().clone());
        engine.catch_up();
        engine
    }
}

pub fn engine_of(lake: Arc<Lake>) -> Engine {
    Engine::new(WorkspaceId::new("acme"), lake, 256 << 20, Duration::from_secs(60)).unwrap()
}

/// A person of a workspace who may read rows.
pub fn person_of(workspace: &str, attributes: &[(&str, &[&str])]) -> Caller {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let person = VerifiedPerson {
        workspace: WorkspaceId::new(workspace),
        person: PersonId::new("p1"),
        login: "dina@acme.example".into(),
        display_name: "Dina Novak".into(),
        roles: texts(&["supervisor", "wfo.data_analyst"]),
        attributes: attributes.iter().map(|(name, values)| ((*name).to_owned(), texts(values))).collect(),
        means: Means::Session { id: "s".into() },
    };
    Door::for_tests().caller(person).unwrap()
}

pub fn person(attributes: &[(&str, &[&str])]) -> Caller {
    person_of("acme", attributes)
}

/// A policy; without rules everybody sees everything.
pub fn policy(yaml: Option<&str>) -> Policy {
    let stored = yaml.map(|yaml| StoredPolicy { version: 1, yaml: yaml.to_owned() });
    let policy = Policy::loaded(WorkspaceId::new("acme"), Ok::<_, ()>(stored));
    assert!(!policy.is_broken(), "{yaml:?}");
    policy
}

/// The scope that a policy gives in one operation.
pub fn scope<'c>(ctx: &'c OpCtx<'c>, policy: &Policy) -> RowScope<'c> {
    let grant = ctx.authorize(ReadRows, &Workspace::of(ctx.caller())).unwrap();
    policy.scope(&grant)
}

/// "Grant the rows whose handling team is the person's."
pub const TEAM_RULE: &str = "version: 1\nrules:\n  - {name: own team, effect: grant, data_sets: [conversations, activities], where: {attribute: handling_team_name, in: person.team}}\n";

pub fn settings() -> WorkspaceSettings {
    WorkspaceSettings { time_zone: "Europe/Prague".into(), ..WorkspaceSettings::default() }
}

/// Asks a batch given as JSON, as somebody without any separation.
pub async fn ask(world: &World, batch: Json) -> Answer {
    ask_with(world, &settings(), None, &[], batch).await
}

pub async fn ask_with(world: &World, settings: &WorkspaceSettings, rules: Option<&str>, who: &[(&str, &[&str])], batch: Json) -> Answer {
    let batch: Batch = serde_json::from_value(batch).unwrap();
    let caller = person(who);
    let ctx = OpCtx::new(&caller, "r1", now());
    world.engine().batch(&scope(&ctx, &policy(rules)), settings, now(), &batch).await.unwrap()
}

/// Rows of the first (only) report; panics when it has an error.
pub fn rows_of(answer: &Answer) -> Json {
    let report = &answer.reports[0];
    assert_eq!(report.error, None);
    json!(report.rows)
}

pub const RANGE: (&str, &str) = ("2026-10-20", "2026-11-04");

/// A batch of one report over the days of the tests.
pub fn one(query: Json) -> Json {
    json!({"range": {"from": RANGE.0, "to": RANGE.1}, "reports": [{"id": "r", "query": query}]})
}
