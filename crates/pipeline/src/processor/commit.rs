//! When rows move to the lake, and what queries see in between.

use super::{DIMENSIONS_EVERY, Pipeline, PipelineError};
use crate::units::{day_number, day_of};
use parclose_ingest::UnitKey;
use parclose_lake::{Change, LakeError, Live, rows_to_batch, view_schema};
use parclose_model::{Row, TableId};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Tasks without an event for this long count as closed although their end never came.
const FORGOTTEN_AFTER_DAYS: i64 = 7;
/// Changed agents and customers that are committed at once.
const DIMENSIONS_AT: usize = 20_000;

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
            // Both tables at once: each packs its rows on a core of its own.
            let (segments, workload) = (self.write(TableId::Segments, now_ms), self.write(TableId::Workload, now_ms));
            let (segments, workload) = (segments.await, workload.await);
            for written in [segments, workload] {
                written.map_err(|_| PipelineError::Stopped)??;
            }
            self.uneven = false;
            self.replaced.clear();
            self.fresh.clear();
            self.fresh_rows = 0;
            self.committed = self.position.max(self.committed);
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

    /// Writes a table's part of a commit.
    fn write(&self, id: TableId, now_ms: i64) -> JoinHandle<Result<(), LakeError>> {
        let change = Change {
            replaced: self.replaced.clone(),
            closed: self.fresh.values().flat_map(|held| held.of(id)).cloned().collect(),
            open: self.open.values().flat_map(|held| held.of(id)).cloned().collect(),
            position: self.position.max(self.committed),
        };
        let table = self.lake.table(id).clone();
        tokio::spawn(async move {
            table.commit(change, now_ms).await?;
            while table.compact(now_ms).await? {}
            Ok(())
        })
    }

    pub(super) fn publish(&mut self) -> Result<(), PipelineError> {
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
