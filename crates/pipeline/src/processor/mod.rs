//! The processor: follows the log, recomputes what events touch, publishes fresh rows, commits to the lake.

mod commit;
mod shelf;

use crate::dimensions::{Dimension, Dimensions};
use crate::log::{Batch, EventLog, LogError, Logged};
use crate::units::{AtHand, Computed, Touched, compute};
use parclose_ingest::{UnitKey, UnitRows};
use parclose_lake::{Lake, LakeError};
use parclose_model::{Row, TableId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};
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
    /// A part of the work was broken off.
    #[error("a commit was broken off")]
    Stopped,
    /// The log ends before the lake does: one of them comes from another backup.
    #[error("the lake is at position {lake} and the event log ends at {log}: restore both from one backup, or delete the lake's folder to have it made anew")]
    LakeAhead {
        /// Position of the lake.
        lake: u64,
        /// Last position of the log.
        log: u64,
    },
}

/// Rows are published at least this often while events keep coming.
const LONGEST_ROUND: Duration = Duration::from_secs(1);
/// Between two rounds at most.
const LONGEST_PAUSE: Duration = Duration::from_millis(700);
/// Customers change with nearly every call, and no query waits for them: they are committed less often.
const DIMENSIONS_EVERY: Duration = Duration::from_secs(600);
/// How often the log is asked for events that were aside and can be read again.
const BACK_EVERY: Duration = Duration::from_secs(5);

/// Rows of a unit, shared between views.
struct Held {
    segments: Vec<Arc<Row>>,
    workload: Vec<Arc<Row>>,
    last_ms: i64,
}

impl Held {
    fn new(rows: UnitRows, last_ms: i64, before: Option<&Held>) -> Self {
        let of = |id: TableId| before.map_or(&[][..], |held| held.of(id));
        Self {
            segments: shelf::reuse(rows.segments, of(TableId::Segments)),
            workload: shelf::reuse(rows.workload, of(TableId::Workload)),
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
    /// The next events, read and unpacked while rows are computed: position that they follow, and the reading.
    ahead: Option<(u64, JoinHandle<Result<Batch, LogError>>)>,
    /// Events that were aside and are in rows now: off the list with the next commit.
    back: Vec<u64>,
    last_back: Option<Instant>,
    /// A commit that is being written while more events are taken.
    committing: Option<commit::Committing>,
    /// Tells that it is written.
    written: Arc<Notify>,
    /// Agents and customers that are being written.
    committing_dimensions: Option<JoinHandle<Result<(), LakeError>>>,
    /// Merging of small files.
    compacting: JoinSet<Result<bool, LakeError>>,
    /// The rows of the last view.
    shelves: BTreeMap<TableId, shelf::Shelf>,
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
            let Some(last) = some.last else { break };
            at = last;
            dimensions.take(some.events.iter().filter(|l| l.seq <= position).map(|l| &l.event));
        }
        let mut touched = Touched::default();
        let mut were_open = HashSet::new();
        for table in [segments, workload] {
            for unit in table.open_units().await? {
                if let Some(key) = UnitKey::parse(&unit) {
                    touched.note_unit(&key);
                    were_open.insert(key);
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
            ahead: None,
            back: Vec::new(),
            last_back: None,
            committing: None,
            written: Arc::default(),
            committing_dimensions: None,
            compacting: JoinSet::new(),
            shelves: BTreeMap::new(),
        };
        // At the committed position these units' rows are only in the open file, which the next commit replaces. Days of workers
        // that an open task reaches into are computed along; those that were not open lie in closed files as they are.
        for unit in pipeline.recompute(touched, AtHand::nothing(position), position).await? {
            if pipeline.uneven {
                pipeline.replace(&unit);
            } else if !were_open.contains(&unit.key) {
                continue;
            }
            pipeline.keep(unit, None);
        }
        if pipeline.committed > pipeline.position || pipeline.needs_commit_before_view() {
            pipeline.catch_up().await?;
        } else {
            pipeline.publish().await?;
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
        self.take_back().await?;
        self.commit().await?;
        self.publish().await
    }

    /// Takes whole steps as long as there are any, for a beginning in which events are still being made: nothing is
    /// published, and what is left waits for [`catch_up`](Self::catch_up).
    pub async fn take_whole_steps(&mut self) -> Result<(), PipelineError> {
        while self.is_step_waiting_after(self.position) && self.step().await? {
            if self.is_commit_due() {
                self.commit().await?;
            }
        }
        Ok(())
    }

    /// Follows the log until told to stop; then commits once more.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), PipelineError> {
        let mut grown = self.log.grown();
        let mut is_merged = false;
        loop {
            // Also when nothing comes in: files that were merged away are deleted later, and no view may name them then.
            let mut changed = std::mem::take(&mut is_merged) | self.take_compacted()?;
            if self.is_written() {
                changed |= self.finish_commit().await?;
            }
            if self.committing_dimensions.as_ref().is_some_and(JoinHandle::is_finished) {
                self.finish_dimensions().await?;
            }
            // Whole steps follow one another; what is less than a step is shown before more is taken. A round ends in time also
            // when events never stop coming: rows have to be shown, and a stop to be heard.
            let round = Instant::now();
            if self.last_back.is_none_or(|at| at.elapsed() >= BACK_EVERY) {
                changed |= self.take_back().await?;
            }
            loop {
                changed |= self.step().await?;
                if self.is_commit_due() && !self.begin_commit() {
                    self.commit().await?;
                    changed = true;
                }
                if !self.is_step_waiting_after(self.position) || round.elapsed() >= LONGEST_ROUND || *stop.borrow() {
                    break;
                }
            }
            let is_time = self.position > self.committed && self.last_commit.elapsed() >= self.settings.commit_every;
            let is_urgent = self.needs_commit_before_view() || !self.back.is_empty();
            if is_urgent || ((self.is_commit_due() || is_time) && !self.begin_commit()) {
                self.commit().await?;
                changed = true;
            }
            if changed {
                let began = Instant::now();
                self.publish().await?;
                tracing::debug!(
                    name: "pipeline.shown", position = self.position, round_ms = round.elapsed().as_millis() as u64,
                    view_ms = began.elapsed().as_millis() as u64, "rows are shown"
                );
                // A pause lets events gather, so that a busy door does not cost a round for each of them: what many of them touch is
                // computed once. The more a round costs, the longer.
                let pause = round.elapsed().min(LONGEST_PAUSE).max(self.settings.publish_every);
                tokio::time::sleep(pause).await;
            }
            if *stop.borrow() {
                self.last_dimensions = Instant::now().checked_sub(DIMENSIONS_EVERY).unwrap_or_else(Instant::now);
                self.commit().await?;
                return Ok(());
            }
            if *grown.borrow_and_update() > self.position {
                continue;
            }
            tokio::select! {
                _ = grown.changed() => {}
                _ = stop.changed() => {}
                Some(done) = self.compacting.join_next() => {
                    is_merged = done.map_err(|_| PipelineError::Stopped)??;
                }
                () = self.written.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
        }
    }

    /// Takes a batch of events. False when there was none.
    async fn step(&mut self) -> Result<bool, PipelineError> {
        let some = self.next_events().await?;
        let Some(last) = some.last else { return Ok(false) };
        // Only whole steps: what is read while a sender still writes would be a small one.
        if self.is_step_waiting_after(last) {
            let (log, most) = (self.log.clone(), self.settings.events_a_step);
            self.ahead = Some((last, tokio::spawn(async move { log.after(last, most).await })));
        }
        let touched = self.note(&some.events);
        let at_hand = AtHand::after(self.position, some.events);
        for unit in self.recompute(touched, at_hand, last).await? {
            self.hold(unit);
        }
        self.position = last;
        Ok(true)
    }

    /// True when a whole step waits behind a position.
    fn is_step_waiting_after(&self, position: u64) -> bool {
        self.log.grown().borrow().saturating_sub(position) >= u64::from(self.settings.events_a_step)
    }

    async fn next_events(&mut self) -> Result<Batch, LogError> {
        match self.ahead.take() {
            Some((after, reading)) if after == self.position => reading.await.map_err(|_| LogError::Closed)?,
            _ => self.log.after(self.position, self.settings.events_a_step).await,
        }
    }

    /// Makes the rows of events that were aside and can be read again. False when there are none.
    async fn take_back(&mut self) -> Result<bool, PipelineError> {
        self.last_back = Some(Instant::now());
        let mut some = self.log.back(self.position).await?;
        some.retain(|logged| !self.back.contains(&logged.seq));
        if some.is_empty() {
            return Ok(false);
        }
        let touched = self.note(&some);
        for unit in self.recompute(touched, AtHand::nothing(self.position), self.position).await? {
            // Whatever the lake holds of it was made without the event.
            self.replace(&unit);
            self.hold(unit);
        }
        self.back.extend(some.iter().map(|logged| logged.seq));
        Ok(true)
    }

    /// What events say of the clock, of agents and customers; and which units they touch.
    fn note(&mut self, events: &[Logged]) -> Touched {
        let mut touched = Touched::default();
        for logged in events {
            self.newest_ms = self.newest_ms.max(logged.believed_ms());
            touched.note(&logged.event);
        }
        self.dimensions.take(events.iter().map(|logged| &logged.event));
        touched
    }

    async fn recompute(&self, touched: Touched, at_hand: AtHand, up_to: u64) -> Result<Vec<Computed>, PipelineError> {
        let mut computed = Vec::new();
        compute(&self.log, touched, at_hand, up_to, |unit| computed.push(unit)).await?;
        Ok(computed)
    }

    fn hold(&mut self, unit: Computed) {
        let open = self.open.remove(&unit.key);
        let fresh = self.fresh.remove(&unit.key);
        if let Some(old) = &fresh {
            self.fresh_rows -= old.segments.len();
        }
        let before = open.or(fresh);
        if unit.first_seq <= self.committed && (self.uneven || before.is_none()) {
            self.replace(&unit);
        }
        self.note_late(&unit);
        self.keep(unit, before);
    }

    /// Keeps the rows of a unit of which nothing is kept any more; `before` was.
    fn keep(&mut self, unit: Computed, before: Option<Held>) {
        let open = unit.rows.open && !self.is_settled(&unit.key, unit.range_ms.1) || !unit.rows.open && self.is_recent_day(&unit.key);
        let held = Held::new(unit.rows, unit.range_ms.1, before.as_ref());
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
        self.replace_in(&unit.key, old_rows_of(unit));
    }

    fn replace_in(&mut self, key: &UnitKey, range: (i64, i64)) {
        let known = self.replaced.entry(key.text()).or_insert(range);
        *known = (known.0.min(range.0), known.1.max(range.1));
    }
}

/// Where old rows of a unit that was computed anew can lie, epoch ms.
fn old_rows_of(unit: &Computed) -> (i64, i64) {
    let (from, to) = unit.range_ms;
    match unit.first_seq {
        // Some of its events can't be read any more: its old rows may lie anywhere.
        0 => (i64::MIN, i64::MAX),
        _ => (from - crate::units::DAY_MS, to + crate::units::DAY_MS),
    }
}
