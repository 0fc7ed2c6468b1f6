//! The processor: follows the log, recomputes what events touch, publishes fresh rows, commits to the lake.

use crate::dimensions::{Dimension, Dimensions};
use crate::log::{EventLog, LogError};
use crate::units::{Computed, Touched, compute, day_number, day_of};
use parclose_ingest::{UnitKey, UnitRows};
use parclose_lake::{Change, Lake, LakeError, Live, rows_to_batch, view_schema};
use parclose_model::{Event, Row, TableId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// When rows move from memory to the lake.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Events taken from the log in one step.
    pub events_a_step: u32,
    /// Fresh finished rows that trigger a commit.
    pub rows_a_commit: usize,
    /// Longest time between two commits while there is something to commit.
    pub commit_every: Duration,
    /// Shortest time between two views: fresh rows are visible at most this much later than they could be.
    pub publish_every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            events_a_step: 20_000,
            rows_a_commit: 20_000,
            commit_every: Duration::from_secs(60),
            publish_every: Duration::from_millis(300),
        }
    }
}

/// Why the pipeline stopped.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The lake.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The log ends before the lake does: one of them comes from another backup.
    #[error("the lake is at position {lake} and the event log ends at {log}: restore both from one backup, or delete the lake's folder to have it made anew")]
    LakeAhead {
        /// Position of the lake.
        lake: u64,
        /// Last position of the log.
        log: u64,
    },
}

/// Tasks without an event for this long count as closed although their end never came.
const FORGOTTEN_AFTER_DAYS: i64 = 7;
/// Rows are published at least this often while events keep coming.
const LONGEST_ROUND: Duration = Duration::from_secs(1);
/// Customers change with nearly every call, and no query waits for them: they are committed less often.
const DIMENSIONS_EVERY: Duration = Duration::from_secs(600);
const DIMENSIONS_AT: usize = 20_000;

/// Rows of a unit, shared between views.
struct Held {
    segments: Vec<Arc<Row>>,
    workload: Vec<Arc<Row>>,
    last_ms: i64,
}

impl Held {
    fn new(rows: UnitRows, last_ms: i64) -> Self {
        Self {
            segments: rows.segments.into_iter().map(Arc::new).collect(),
            workload: rows.workload.into_iter().map(Arc::new).collect(),
            last_ms,
        }
    }
    fn of(&self, table: TableId) -> &[Arc<Row>] {
        match table {
            TableId::Segments => &self.segments,
            TableId::Workload => &self.workload,
            TableId::Agents | TableId::Customers => &[],
        }
    }
}

/// Follows one workspace's log. There is one in a server.
pub struct Pipeline {
    log: EventLog,
    lake: Arc<Lake>,
    settings: Settings,
    clock: fn() -> i64,
    /// Units that are not finished.
    open: HashMap<UnitKey, Held>,
    /// Finished since the last commit.
    fresh: HashMap<UnitKey, Held>,
    fresh_rows: usize,
    /// Units that closed files of the lake may hold, with where.
    replaced: HashMap<String, (i64, i64)>,
    dimensions: Dimensions,
    position: u64,
    committed: u64,
    /// A crash fell between the commits of two tables: until both are together again, closed files may hold any unit
    /// that was touched since, also one that another table still counts as open.
    uneven: bool,
    newest_ms: Option<i64>,
    version: u64,
    last_commit: Instant,
    last_dimensions: Instant,
    processed: Arc<AtomicU64>,
}

impl Pipeline {
    /// Takes up where the lake is: reads positions and unfinished units, replays nothing yet.
    pub async fn open(log: EventLog, lake: Arc<Lake>, settings: Settings, clock: fn() -> i64) -> Result<Self, PipelineError> {
        let (segments, workload) = (lake.table(TableId::Segments), lake.table(TableId::Workload));
        let agents = Dimension::load(lake.table(TableId::Agents)).await?;
        let customers = Dimension::load(lake.table(TableId::Customers)).await?;
        let mut dimensions = Dimensions::new(agents, customers);
        for id in TableId::ALL {
            lake.table(id).sweep().await?;
        }
        let position = segments.position().min(workload.position());
        let committed = segments.position().max(workload.position());
        let log_end = *log.grown().borrow();
        if log_end < committed {
            return Err(PipelineError::LakeAhead { lake: committed, log: log_end });
        }
        // Dimensions lag behind on purpose: bring them up to where the facts are.
        let mut at = lake.table(TableId::Agents).position().min(lake.table(TableId::Customers).position());
        while at < position {
            let some = log.after(at, 20_000).await?;
            let Some(last) = some.last() else { break };
            at = last.seq;
            let events: Vec<Event> = some.into_iter().filter(|l| l.seq <= position).map(|l| l.event).collect();
            dimensions.take(&events);
        }
        let mut touched = Touched::default();
        for table in [segments, workload] {
            for unit in table.open_units().await? {
                if let Some(key) = UnitKey::parse(&unit) {
                    touched.note_unit(&key);
                }
            }
        }
        let newest_ms = log.newest_ms().await?;
        let now = Instant::now();
        let mut pipeline = Self {
            log,
            lake,
            settings,
            clock,
            open: HashMap::new(),
            fresh: HashMap::new(),
            fresh_rows: 0,
            replaced: HashMap::new(),
            dimensions,
            position,
            committed,
            uneven: committed > position,
            newest_ms,
            version: 0,
            last_commit: now,
            last_dimensions: now,
            processed: Arc::new(AtomicU64::new(position)),
        };
        // At the committed position these units' rows are only in the open file, which the next commit replaces.
        let log = pipeline.log.clone();
        let mut computed = Vec::new();
        compute(&log, touched, position, |unit| computed.push(unit)).await?;
        for unit in computed {
            if pipeline.uneven {
                pipeline.replace(&unit);
            }
            let held = Held::new(unit.rows, unit.range_ms.1);
            pipeline.open.insert(unit.key, held);
        }
        if pipeline.committed > pipeline.position || pipeline.needs_commit_before_view() {
            pipeline.catch_up().await?;
        } else {
            pipeline.publish()?;
        }
        Ok(pipeline)
    }

    /// The position up to which rows are visible, for waiting.
    pub fn processed(&self) -> Arc<AtomicU64> {
        self.processed.clone()
    }

    /// Takes everything that the log holds now, commits and publishes.
    pub async fn catch_up(&mut self) -> Result<(), PipelineError> {
        while self.step().await? {
            if self.is_commit_due() {
                self.commit().await?;
            }
        }
        self.commit().await?;
        self.publish()
    }

    /// Follows the log until told to stop; then commits once more.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), PipelineError> {
        let mut grown = self.log.grown();
        loop {
            let mut changed = false;
            // A round ends in time also when events never stop coming: rows have to be shown, and a stop to be heard.
            let round = Instant::now();
            let mut more = true;
            while more && round.elapsed() < LONGEST_ROUND && !*stop.borrow() {
                more = self.step().await?;
                changed |= more;
                if self.is_commit_due() {
                    self.commit().await?;
                }
            }
            if self.needs_commit_before_view()
                || self.is_commit_due()
                || (self.position > self.committed && self.last_commit.elapsed() >= self.settings.commit_every)
            {
                self.commit().await?;
                changed = true;
            }
            if changed {
                self.publish()?;
                // A pause lets events gather, so that a busy door does not cost a view for each of them.
                tokio::time::sleep(self.settings.publish_every).await;
            }
            if *stop.borrow() {
                self.last_dimensions = Instant::now().checked_sub(DIMENSIONS_EVERY).unwrap_or_else(Instant::now);
                self.commit().await?;
                return Ok(());
            }
            if more || *grown.borrow_and_update() > self.position {
                continue;
            }
            tokio::select! {
                _ = grown.changed() => {}
                _ = stop.changed() => {}
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
        }
    }

    /// Takes a batch of events. False when there was none.
    async fn step(&mut self) -> Result<bool, PipelineError> {
        let some = self.log.after(self.position, self.settings.events_a_step).await?;
        let Some(last) = some.last().map(|l| l.seq) else { return Ok(false) };
        let mut touched = Touched::default();
        let mut events = Vec::with_capacity(some.len());
        for logged in some {
            self.newest_ms = self.newest_ms.max(Some(logged.event.at_ms));
            touched.note(&logged.event);
            events.push(logged.event);
        }
        self.dimensions.take(&events);
        drop(events);
        let log = self.log.clone();
        let mut computed = Vec::new();
        compute(&log, touched, last, |unit| computed.push(unit)).await?;
        for unit in computed {
            self.hold(unit);
        }
        self.position = last;
        Ok(true)
    }

    fn hold(&mut self, unit: Computed) {
        let was_open = self.open.remove(&unit.key).is_some();
        let was_fresh = match self.fresh.remove(&unit.key) {
            Some(old) => {
                self.fresh_rows -= old.segments.len();
                true
            }
            None => false,
        };
        if unit.first_seq <= self.committed && (self.uneven || (!was_open && !was_fresh)) {
            self.replace(&unit);
        }
        let open = unit.rows.open && !self.is_settled(&unit.key, unit.range_ms.1) || !unit.rows.open && self.is_recent_day(&unit.key);
        let held = Held::new(unit.rows, unit.range_ms.1);
        if open {
            self.open.insert(unit.key, held);
        } else {
            self.fresh_rows += held.segments.len();
            self.fresh.insert(unit.key, held);
        }
    }

    /// Drops the unit's rows from closed files at the next commit. Old rows lie between the unit's first and last event; a
    /// day more on both sides because facts from outside may move a start.
    fn replace(&mut self, unit: &Computed) {
        let (from, to) = unit.range_ms;
        let wide = (from - crate::units::DAY_MS, to + crate::units::DAY_MS);
        let known = self.replaced.entry(unit.key.text()).or_insert(wide);
        *known = (known.0.min(wide.0), known.1.max(wide.1));
    }

    /// Enough rows wait. While one table is ahead there is no commit: it would claim a position that the other has not reached.
    fn is_commit_due(&self) -> bool {
        self.fresh_rows >= self.settings.rows_a_commit && self.position >= self.committed
    }

    /// A worker's day stays open until two days later: nearly every event still to come for it has come by then.
    fn is_recent_day(&self, key: &UnitKey) -> bool {
        match key {
            UnitKey::WorkerDay(_, day) => day_number(day).unwrap_or(0) + 1 >= day_of(self.newest_ms.unwrap_or(0)),
            _ => false,
        }
    }

    /// True for units whose end never came and that are too old to wait for.
    fn is_settled(&self, key: &UnitKey, last_ms: i64) -> bool {
        match key {
            UnitKey::Task(_) => day_of(last_ms) + FORGOTTEN_AFTER_DAYS < day_of(self.newest_ms.unwrap_or(0)),
            UnitKey::WorkerDay(..) => !self.is_recent_day(key),
            UnitKey::WorkerNow(_) => false,
        }
    }

    /// Closed files still hold old rows of units that have fresh ones: no view may show both.
    fn needs_commit_before_view(&self) -> bool {
        !self.replaced.is_empty()
    }

    async fn commit(&mut self) -> Result<(), PipelineError> {
        let settled: Vec<UnitKey> =
            self.open.iter().filter(|(key, held)| self.is_settled(key, held.last_ms)).map(|(key, _)| key.clone()).collect();
        for key in settled {
            if let Some(held) = self.open.remove(&key) {
                self.fresh_rows += held.segments.len();
                self.fresh.insert(key, held);
            }
        }
        let now_ms = (self.clock)();
        if self.position > self.committed || !self.replaced.is_empty() || !self.fresh.is_empty() {
            for id in [TableId::Segments, TableId::Workload] {
                let change = Change {
                    replaced: self.replaced.clone(),
                    closed: self.fresh.values().flat_map(|held| held.of(id)).cloned().collect(),
                    open: self.open.values().flat_map(|held| held.of(id)).cloned().collect(),
                    position: self.position.max(self.committed),
                };
                self.lake.table(id).commit(change, now_ms).await?;
                while self.lake.table(id).compact(now_ms).await? {}
            }
            self.uneven = false;
            self.replaced.clear();
            self.fresh.clear();
            self.fresh_rows = 0;
            self.committed = self.position.max(self.committed);
        }
        let changed = self.dimensions.agents.changed() + self.dimensions.customers.changed();
        if changed >= DIMENSIONS_AT || self.last_dimensions.elapsed() >= DIMENSIONS_EVERY {
            self.dimensions.agents.commit(self.lake.table(TableId::Agents), self.position, now_ms).await?;
            self.dimensions.customers.commit(self.lake.table(TableId::Customers), self.position, now_ms).await?;
            for id in [TableId::Agents, TableId::Customers] {
                while self.lake.table(id).compact(now_ms).await? {}
            }
            self.last_dimensions = Instant::now();
        }
        self.last_commit = Instant::now();
        Ok(())
    }

    fn publish(&mut self) -> Result<(), PipelineError> {
        if self.needs_commit_before_view() {
            // Can only be reached by a caller's mistake; showing nothing new is right, showing rows twice is not.
            return Ok(());
        }
        let tables = TableId::ALL.iter().map(|id| (*id, self.lake.table(*id).clone())).collect();
        let mut live = Live::of_files(&tables);
        for id in [TableId::Segments, TableId::Workload] {
            let rows: Vec<&Row> =
                self.open.values().chain(self.fresh.values()).flat_map(|held| held.of(id)).map(Arc::as_ref).collect();
            if !rows.is_empty()
                && let Some(table) = live.tables.get_mut(&id)
            {
                table.fresh = vec![rows_to_batch(id, &rows, view_schema(id))?];
            }
        }
        self.version += 1;
        live.agents = self.dimensions.agents_now();
        live.position = self.position;
        live.version = self.version;
        live.newest_event_ms = self.newest_ms;
        self.lake.publish(live);
        self.processed.store(self.position, Ordering::Release);
        Ok(())
    }
}
