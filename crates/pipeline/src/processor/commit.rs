//! When rows move to the lake, and what queries see in between.

use super::{DIMENSIONS_EVERY, Pipeline, PipelineError, old_rows_of};
use crate::units::{Computed, day_number, day_of};
use parclose_ingest::UnitKey;
use parclose_lake::{Change, LakeError, Live, LiveTable};
use parclose_model::{Row, TableId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Tasks without an event for this long count as closed although their end never came.
const FORGOTTEN_AFTER_DAYS: i64 = 7;
/// Changed agents and customers that are committed at once.
const DIMENSIONS_AT: usize = 20_000;
/// A finished unit without an event for so long is not expected to get one more. Before that it stays out of closed files: an
/// event that was overtaken on its way would mean that a file is written anew before anything can be shown.
const SETTLES_MS: i64 = 30_000;

/// A commit that is being written. Until both tables are, views show the files of before and the rows that it takes along.
pub(super) struct Committing {
    writing: JoinHandle<Result<(), LakeError>>,
    is_written: Arc<AtomicBool>,
    /// The last event that it reflects.
    position: u64,
    /// Finished units that it puts into closed files; with where their rows lie there, for those that were computed anew since.
    going: HashMap<UnitKey, Option<(i64, i64)>>,
    rows: usize,
    files: BTreeMap<TableId, LiveTable>,
    began: Instant,
}

impl Pipeline {
    /// Enough rows wait. While one table is ahead there is no commit: it would claim a position that the other has not reached.
    pub(super) fn is_commit_due(&self) -> bool {
        let going = self.committing.as_ref().map_or(0, |committing| committing.rows);
        self.fresh_rows.saturating_sub(going) >= self.settings.rows_a_commit && self.position >= self.committed
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

    /// Moves open units that nothing is expected of any more to those that are finished.
    fn settle(&mut self) {
        let settled: Vec<UnitKey> =
            self.open.iter().filter(|(key, held)| self.is_settled(key, held.last_ms)).map(|(key, _)| key.clone()).collect();
        for key in settled {
            if let Some(held) = self.open.remove(&key) {
                self.fresh_rows += held.segments.len();
                self.fresh.insert(key, held);
            }
        }
    }

    /// Begins a commit that is written while more events are taken. False when this one has to be waited for: rows are to be
    /// dropped from closed files, the tables are apart, or the one before is not written yet.
    pub(super) fn begin_commit(&mut self) -> bool {
        let is_plain = self.replaced.is_empty() && self.back.is_empty() && !self.uneven && self.position >= self.committed;
        if self.committing.is_some() || !is_plain {
            return false;
        }
        if self.are_dimensions_due() && self.committing_dimensions.is_none() {
            self.begin_dimensions();
        }
        self.settle();
        let (now_ms, held_back) = ((self.clock)(), self.held_back());
        let files = self.files();
        let (segments, workload) = (self.write(TableId::Segments, now_ms, &held_back), self.write(TableId::Workload, now_ms, &held_back));
        let (told, is_written) = (self.written.clone(), Arc::new(AtomicBool::new(false)));
        let done = is_written.clone();
        let writing = tokio::spawn(async move {
            let written = [segments.await, workload.await];
            done.store(true, Ordering::Release);
            told.notify_one();
            written.into_iter().try_for_each(|one| one.map_err(|_| LakeError::Stopped)?)
        });
        let going: HashMap<UnitKey, _> = self.fresh.keys().filter(|key| !held_back.contains(*key)).map(|key| (key.clone(), None)).collect();
        let rows = going.keys().filter_map(|key| self.fresh.get(key)).map(|held| held.segments.len()).sum();
        self.last_commit = Instant::now();
        self.committing = Some(Committing { writing, is_written, position: self.position, going, rows, files, began: self.last_commit });
        true
    }

    fn begin_dimensions(&mut self) {
        self.last_dimensions = Instant::now();
        self.committing_dimensions = Some(self.dimensions.begin_commit(&self.lake, self.position, (self.clock)()));
    }

    /// Waits for agents and customers that are being written, if any are.
    pub(super) async fn finish_dimensions(&mut self) -> Result<(), PipelineError> {
        if let Some(writing) = self.committing_dimensions.take() {
            writing.await.map_err(|_| PipelineError::Stopped)??;
        }
        Ok(())
    }

    /// Whether a commit was begun and is written.
    pub(super) fn is_written(&self) -> bool {
        self.committing.as_ref().is_some_and(|committing| committing.is_written.load(Ordering::Acquire))
    }

    /// Waits for the commit that was begun. False when none was.
    pub(super) async fn finish_commit(&mut self) -> Result<bool, PipelineError> {
        let Some(Committing { writing, position, going, began, .. }) = self.committing.take() else { return Ok(false) };
        writing.await.map_err(|_| PipelineError::Stopped)??;
        tracing::debug!(name: "pipeline.committed", closed = going.len(), ms = began.elapsed().as_millis() as u64, "rows are in the lake");
        for (key, late) in going {
            match late {
                None => self.fresh_rows -= self.fresh.remove(&key).map_or(0, |held| held.segments.len()),
                // Its rows in the files are not right any more; what is kept is.
                Some(range) => self.replace_in(&key, range),
            }
        }
        self.committed = position;
        self.take_compacted()?;
        self.compact();
        Ok(true)
    }

    /// Notes a unit that is computed anew while its former rows are on their way into closed files.
    pub(super) fn note_late(&mut self, unit: &Computed) {
        let late = self.committing.as_mut().and_then(|committing| committing.going.get_mut(&unit.key));
        if let Some(late) = late {
            let (from, to) = old_rows_of(unit);
            *late = Some(late.map_or((from, to), |known| (known.0.min(from), known.1.max(to))));
        }
    }

    fn are_dimensions_due(&self) -> bool {
        self.dimensions.changed() >= DIMENSIONS_AT || self.last_dimensions.elapsed() >= DIMENSIONS_EVERY
    }

    /// The files as they are now.
    fn files(&self) -> BTreeMap<TableId, LiveTable> {
        let tables = TableId::ALL.iter().map(|id| (*id, self.lake.table(*id).clone())).collect();
        Live::of_files(&tables).tables
    }

    pub(super) async fn commit(&mut self) -> Result<(), PipelineError> {
        self.finish_commit().await?;
        self.settle();
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
            self.replaced.clear();
            self.fresh.retain(|key, _| held_back.contains(key));
            self.fresh_rows = self.fresh.values().map(|held| held.segments.len()).sum();
            self.committed = self.position.max(self.committed);
            self.take_compacted()?;
            self.compact();
        }
        if self.are_dimensions_due() || !self.back.is_empty() {
            self.finish_dimensions().await?;
            self.begin_dimensions();
            self.finish_dimensions().await?;
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
                for id in TableId::ALL {
                    while lake.table(id).compact(now_ms).await? {
                        is_merged = true;
                    }
                }
                Ok(is_merged)
            });
        }
    }

    /// Shows the rows as they are.
    pub(super) async fn publish(&mut self) -> Result<(), PipelineError> {
        if self.needs_commit_before_view() {
            // Can only be reached by a caller's mistake; showing nothing new is right, showing rows twice is not.
            return Ok(());
        }
        let files = self.committing.as_ref().map(|committing| committing.files.clone());
        let mut live = Live { tables: files.unwrap_or_else(|| self.files()), ..Live::default() };
        for id in [TableId::Segments, TableId::Workload] {
            let rows: Vec<Arc<Row>> = self.open.values().chain(self.fresh.values()).flat_map(|held| held.of(id)).cloned().collect();
            let mut shelf = self.shelves.remove(&id).unwrap_or_default();
            let shown = tokio::task::spawn_blocking(move || {
                let fresh = shelf.show(id, rows);
                (shelf, fresh)
            });
            let (shelf, fresh) = shown.await.map_err(|_| PipelineError::Stopped)?;
            self.shelves.insert(id, shelf);
            live.tables.entry(id).or_default().fresh = fresh?;
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
