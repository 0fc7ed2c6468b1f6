//! When rows move to the lake, and what queries see in between.

use super::{DIMENSIONS_EVERY, Pipeline, PipelineError};
use crate::units::{day_number, day_of};
use parclose_ingest::UnitKey;
use parclose_lake::{Change, LakeError, Live, LiveTable, rows_to_batch, view_schema};
use parclose_model::{Row, TableId};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Tasks without an event for this long count as closed although their end never came.
const FORGOTTEN_AFTER_DAYS: i64 = 7;
/// Changed agents and customers that are committed at once.
const DIMENSIONS_AT: usize = 20_000;
/// A finished unit without an event for so long is not expected to get one more. Before that it stays out of closed files: an
/// event that was overtaken on its way would mean that a file is written anew before anything can be shown.
const SETTLES_MS: i64 = 30_000;

/// Slices of a quarter of an hour need not be shown anew every second where that takes long.
const WORKLOAD_EVERY: Duration = Duration::from_secs(3);
/// What takes less to be shown is shown each time.
const IS_CHEAP: Duration = Duration::from_millis(50);

/// Rows of the workload as they were shown. A commit ends it: rows that are in files since would be shown twice.
pub(super) struct Shown {
    table: LiveTable,
    at: Instant,
    took: Duration,
}

impl Shown {
    fn may_stay(&self) -> bool {
        self.took > IS_CHEAP && self.at.elapsed() < WORKLOAD_EVERY
    }
}

impl Pipeline {
    /// Enough rows wait. While one table is ahead there is no commit: it would claim a position that the other has not reached.
    pub(super) fn is_commit_due(&self) -> bool {
        self.fresh_rows >= self.settings.rows_a_commit && self.position >= self.committed
    }

    /// A worker's day stays open until two days later: nearly every event still to come for it has come by then.
    pub(super) fn is_recent_day(&self, key: &UnitKey) -> bool {
        match key {
            UnitKey::WorkerDay(_, day) => day_number(day).unwrap_or(0) + 1 >= day_of(self.newest_ms.unwrap_or(0)),
            _ => false,
        }
    }

    /// True for units whose end never came and that are too old to wait for.
    pub(super) fn is_settled(&self, key: &UnitKey, last_ms: i64) -> bool {
        match key {
            UnitKey::Task(_) => day_of(last_ms) + FORGOTTEN_AFTER_DAYS < day_of(self.newest_ms.unwrap_or(0)),
            UnitKey::WorkerDay(..) => !self.is_recent_day(key),
            UnitKey::WorkerNow(_) => false,
        }
    }

    /// Closed files still hold old rows of units that have fresh ones: no view may show both.
    pub(super) fn needs_commit_before_view(&self) -> bool {
        !self.replaced.is_empty()
    }

    pub(super) async fn commit(&mut self) -> Result<(), PipelineError> {
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
            let began = Instant::now();
            let held_back = self.held_back();
            // Both tables at once: each packs its rows on a core of its own.
            let write = |id| self.write(id, now_ms, &held_back);
            let (segments, workload) = (write(TableId::Segments), write(TableId::Workload));
            let (segments, workload) = (segments.await, workload.await);
            for written in [segments, workload] {
                written.map_err(|_| PipelineError::Stopped)??;
            }
            tracing::debug!(
                name: "pipeline.committed", closed = self.fresh.len() - held_back.len(), held_back = held_back.len(), open = self.open.len(),
                replaced = self.replaced.len(), ms = began.elapsed().as_millis() as u64, "rows are in the lake"
            );
            self.uneven = false;
            self.shown_workload = None;
            self.replaced.clear();
            self.fresh.retain(|key, _| held_back.contains(key));
            self.fresh_rows = self.fresh.values().map(|held| held.segments.len()).sum();
            self.committed = self.position.max(self.committed);
            self.take_compacted()?;
            self.compact();
        }
        let changed = self.dimensions.agents.changed() + self.dimensions.customers.changed();
        if changed >= DIMENSIONS_AT || !self.back.is_empty() || self.last_dimensions.elapsed() >= DIMENSIONS_EVERY {
            self.dimensions.agents.commit(self.lake.table(TableId::Agents), self.position, now_ms).await?;
            self.dimensions.customers.commit(self.lake.table(TableId::Customers), self.position, now_ms).await?;
            for id in [TableId::Agents, TableId::Customers] {
                while self.lake.table(id).compact(now_ms).await? {}
            }
            self.last_dimensions = Instant::now();
        }
        // Only now is everything that these events say on the disk: also of those that make no row, but an agent.
        if !self.back.is_empty() {
            self.log.no_longer_aside(std::mem::take(&mut self.back)).await?;
        }
        self.last_commit = Instant::now();
        Ok(())
    }

    /// Finished units for which an event may be on its way still. None when they are so many that memory would fill.
    fn held_back(&self) -> HashSet<UnitKey> {
        let from = self.newest_ms.unwrap_or(i64::MIN).saturating_sub(SETTLES_MS);
        let moving = self.fresh.iter().filter(|(_, held)| held.last_ms > from);
        let keys: HashSet<UnitKey> = moving.clone().map(|(key, _)| key.clone()).collect();
        let rows: usize = moving.map(|(_, held)| held.segments.len()).sum();
        if rows * 2 > self.settings.rows_a_commit { HashSet::new() } else { keys }
    }

    /// Writes a table's part of a commit.
    fn write(&self, id: TableId, now_ms: i64, held_back: &HashSet<UnitKey>) -> JoinHandle<Result<(), LakeError>> {
        let (stay, go): (Vec<_>, Vec<_>) = self.fresh.iter().partition(|(key, _)| held_back.contains(*key));
        let change = Change {
            replaced: self.replaced.clone(),
            closed: go.iter().flat_map(|(_, held)| held.of(id)).cloned().collect(),
            open: self.open.values().chain(stay.iter().map(|(_, held)| *held)).flat_map(|held| held.of(id)).cloned().collect(),
            position: self.position.max(self.committed),
        };
        let table = self.lake.table(id).clone();
        tokio::spawn(async move { table.commit(change, now_ms).await })
    }

    /// Whether small files were merged since the last look, or what went wrong then.
    pub(super) fn take_compacted(&mut self) -> Result<bool, PipelineError> {
        let mut is_merged = false;
        while let Some(done) = self.compacting.try_join_next() {
            is_merged |= done.map_err(|_| PipelineError::Stopped)??;
        }
        Ok(is_merged)
    }

    /// Merges small files beside everything else.
    fn compact(&mut self) {
        if self.compacting.is_empty() {
            let (lake, now_ms) = (self.lake.clone(), (self.clock)());
            self.compacting.spawn(async move {
                let mut is_merged = false;
                for id in [TableId::Segments, TableId::Workload] {
                    while lake.table(id).compact(now_ms).await? {
                        is_merged = true;
                    }
                }
                Ok(is_merged)
            });
        }
    }

    /// Shows the rows as they are. `has_more`: events wait, and another view will follow soon.
    pub(super) async fn publish(&mut self, has_more: bool) -> Result<(), PipelineError> {
        if self.needs_commit_before_view() {
            // Can only be reached by a caller's mistake; showing nothing new is right, showing rows twice is not.
            return Ok(());
        }
        let tables = TableId::ALL.iter().map(|id| (*id, self.lake.table(*id).clone())).collect();
        let mut live = Live::of_files(&tables);
        let began = Instant::now();
        let kept = self.shown_workload.take().filter(|shown| has_more && shown.may_stay());
        for id in [TableId::Segments, TableId::Workload] {
            if id == TableId::Workload
                && let Some(table) = live.tables.get_mut(&id)
                && let Some(shown) = &kept
            {
                table.fresh = shown.table.fresh.clone();
                continue;
            }
            let rows: Vec<Arc<Row>> = self.open.values().chain(self.fresh.values()).flat_map(|held| held.of(id)).cloned().collect();
            if !rows.is_empty()
                && let Some(table) = live.tables.get_mut(&id)
            {
                let batch = tokio::task::spawn_blocking(move || {
                    let rows: Vec<&Row> = rows.iter().map(Arc::as_ref).collect();
                    rows_to_batch(id, &rows, view_schema(id))
                });
                table.fresh = vec![batch.await.map_err(|_| PipelineError::Stopped)??];
            }
        }
        self.is_workload_behind = kept.is_some();
        let anew = || Shown { table: live.tables.get(&TableId::Workload).cloned().unwrap_or_default(), at: Instant::now(), took: began.elapsed() };
        self.shown_workload = Some(kept.unwrap_or_else(anew));
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
