//! One Delta table: commits that replace units and carry the position in the event log; compaction; clean-up.

use crate::durable::{DurableFiles, Sync};
use crate::encode::rows_to_batch;
use crate::file::{LakeFile, decode, encode, in_order, without_units};
use crate::schema::{OPEN, PART, delta_fields, stored_schema};
use crate::{LakeError, Merged, rows_from_batch};
use arrow::array::{Array, AsArray, RecordBatch};
use bytes::Bytes;
use deltalake_core::kernel::transaction::CommitBuilder;
use deltalake_core::kernel::{Action, Transaction};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::{DeltaTable, DeltaTableBuilder, ObjectStore, ObjectStoreError, Path as StorePath, ensure_table_uri};
use parclose_model::{Cell, Row, TableId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use tokio::sync::Mutex;

/// The application id under which the log position is kept in the Delta log.
const APP: &str = "parclose-pipeline";
/// So many files of the month that goes on are merged into one, when none of them is larger than the others together: a row is
/// then written anew a few times in its life, and not with every few commits.
const COMPACT_FROM_FILES: usize = 6;
/// A month counts as over when its files are this old: little is written into it any more, and much is read from it.
const MONTH_IS_OVER_MS: i64 = 2 * 24 * 3600 * 1000;
/// No file that compaction makes is larger, about.
const COMPACT_BELOW_BYTES: u64 = 128 << 20;
/// Removed files stay this long on disk for queries that still read them.
const KEEP_REMOVED_MS: i64 = 15 * 60 * 1000;

/// What one commit does.
#[derive(Debug, Default)]
pub struct Change {
    /// Units whose rows may be in closed files, with the range of times (epoch ms) that their old rows lie in.
    /// Their old rows are dropped.
    pub replaced: HashMap<String, (i64, i64)>,
    /// Rows of finished units.
    pub closed: Vec<Arc<Row>>,
    /// Rows of *all* units that are not finished: they replace the former ones.
    pub open: Vec<Arc<Row>>,
    /// The last event of the log that these rows reflect.
    pub position: u64,
}

struct State {
    delta: DeltaTable,
    removed: Vec<(String, i64)>,
}

/// One table of the lake.
pub struct LakeTable {
    id: TableId,
    folder: PathBuf,
    state: Mutex<State>,
    files: RwLock<Vec<LakeFile>>,
    merged: RwLock<Arc<Merged>>,
    position: RwLock<u64>,
}

impl LakeTable {
    /// Opens the table, creating it when the folder has none.
    pub async fn open(folder: &Path, id: TableId) -> Result<Self, LakeError> {
        Self::open_with(folder, id, std::fs::File::sync_all).await
    }

    /// With another way to bring files to the disk.
    pub(crate) async fn open_with(folder: &Path, id: TableId, sync: Sync) -> Result<Self, LakeError> {
        std::fs::create_dir_all(folder).map_err(|source| LakeError::Folder { path: folder.into(), source })?;
        let url = ensure_table_uri(folder.to_string_lossy())?;
        let files = Arc::new(DurableFiles::new(sync));
        let mut delta = DeltaTableBuilder::from_url(url.clone())?.with_storage_backend(files, url).build()?;
        if delta.verify_deltatable_existence().await? {
            delta.load().await?;
        } else {
            delta = CreateBuilder::new()
                .with_log_store(delta.log_store())
                .with_table_name(id.name())
                .with_columns(delta_fields(id))
                .with_partition_columns([PART])
                .await?;
        }
        let files = read_files(&delta)?;
        let log = delta.log_store();
        let position = delta.snapshot()?.transaction_version(log.as_ref(), APP).await?.unwrap_or(0).max(0) as u64;
        let table = Self {
            id,
            folder: folder.into(),
            state: Mutex::new(State { delta, removed: Vec::new() }),
            files: RwLock::new(files),
            merged: RwLock::default(),
            position: RwLock::new(position),
        };
        Ok(table)
    }
    /// Which table.
    pub fn id(&self) -> TableId {
        self.id
    }
    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    /// The last event of the log that the committed rows reflect.
    pub fn position(&self) -> u64 {
        *self.position.read().unwrap_or_else(|p| p.into_inner())
    }
    /// Committed files of finished units.
    pub fn closed_files(&self) -> Vec<LakeFile> {
        self.files.read().unwrap_or_else(|p| p.into_inner()).iter().filter(|f| !f.is_open()).cloned().collect()
    }
    /// Which files were merged from others a moment ago.
    pub fn merged(&self) -> Arc<Merged> {
        self.merged.read().unwrap_or_else(|p| p.into_inner()).clone()
    }
    fn files(&self) -> Vec<LakeFile> {
        self.files.read().unwrap_or_else(|p| p.into_inner()).clone()
    }
    /// The units that were not finished at the last commit.
    pub async fn open_units(&self) -> Result<HashSet<String>, LakeError> {
        let state = self.state.lock().await;
        let mut units = HashSet::new();
        for file in self.files().iter().filter(|f| f.is_open()) {
            collect_units(&self.read(&state, file, Some(&["unit_key"])).await?, &mut units)?;
        }
        Ok(units)
    }
    /// Shows every committed row, of finished units or of all, a batch at a time. For checks and dimensions, not for queries.
    pub async fn visit_committed(&self, with_open: bool, mut visit: impl FnMut(Row)) -> Result<(), LakeError> {
        let state = self.state.lock().await;
        for file in self.files().iter().filter(|f| with_open || !f.is_open()) {
            for batch in self.read(&state, file, None).await? {
                rows_from_batch(self.id, &batch)?.into_iter().for_each(&mut visit);
            }
        }
        Ok(())
    }
    /// All committed rows at once: only for tables that are known to be small.
    pub async fn committed_rows(&self, with_open: bool) -> Result<Vec<Row>, LakeError> {
        let mut rows = Vec::new();
        self.visit_committed(with_open, |row| rows.push(row)).await?;
        Ok(rows)
    }

    /// Replaces units and moves the position, all in one Delta commit. Does nothing when the table is already
    /// at this position: the caller's work was committed before a crash.
    pub async fn commit(&self, change: Change, now_ms: i64) -> Result<(), LakeError> {
        let mut state = self.state.lock().await;
        let at = self.position();
        if change.position == at && at > 0 && change.replaced.is_empty() && change.closed.is_empty() {
            return Ok(());
        }
        if change.position < at {
            return Err(LakeError::Position { table: self.id.name(), at, asked: change.position });
        }
        let mut actions = Vec::new();
        let mut kept: BTreeMap<String, Vec<RecordBatch>> = BTreeMap::new();
        for file in self.files() {
            if file.is_open() {
                actions.push(Action::Remove(file.remove(now_ms, true)));
                continue;
            }
            if !change.replaced.values().any(|(from, to)| file.overlaps(*from, *to)) {
                continue;
            }
            let mut units = HashSet::new();
            collect_units(&self.read(&state, &file, Some(&["unit_key"])).await?, &mut units)?;
            if !units.iter().any(|unit| change.replaced.contains_key(unit)) {
                continue;
            }
            actions.push(Action::Remove(file.remove(now_ms, true)));
            let rest = without_units(self.read(&state, &file, None).await?, |unit| !change.replaced.contains_key(unit))?;
            kept.entry(file.part.clone()).or_default().extend(rest);
        }
        let (id, closed, open) = (self.id, change.closed, change.open);
        let new = beside(move || {
            let mut months: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
            for row in &closed {
                months.entry(month_of(row)).or_default().push(row);
            }
            for (month, rows) in months {
                kept.entry(month).or_default().push(rows_to_batch(id, &rows, stored_schema(id))?);
            }
            if !open.is_empty() {
                kept.entry(OPEN.into()).or_default().push(rows_to_batch(id, &open, stored_schema(id))?);
            }
            let mut new = Vec::new();
            for (part, batches) in kept {
                new.extend(pack(id, &part, &batches)?);
            }
            Ok(new)
        });
        let new = new.await?;
        for file in self.write(&state, new).await? {
            actions.push(Action::Add(file.add(self.id, now_ms, true)));
        }
        let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: Some(vec![PART.into()]), predicate: None };
        self.finish(&mut state, actions, Some(change.position), operation, now_ms).await
    }

    /// Merges small files of one month that has many. Rows and position stay as they are. False when there is nothing to merge.
    pub async fn compact(&self, now_ms: i64) -> Result<bool, LakeError> {
        let mut state = self.state.lock().await;
        let mut months: BTreeMap<String, Vec<LakeFile>> = BTreeMap::new();
        for file in self.files().into_iter().filter(|f| !f.is_open()) {
            months.entry(file.part.clone()).or_default().push(file);
        }
        let Some((part, files)) = months.into_iter().find_map(|(part, files)| Some((part, worth_merging(files, now_ms)?))) else {
            return Ok(false);
        };
        let mut batches = Vec::new();
        let mut actions = Vec::new();
        for file in &files {
            batches.extend(self.read(&state, file, None).await?);
            actions.push(Action::Remove(file.remove(now_ms, false)));
        }
        let id = self.id;
        let packed = beside(move || pack(id, &part, &batches)).await?;
        let written = self.write(&state, packed.into_iter().collect()).await?;
        if let [file] = written.as_slice() {
            let of = files.iter().map(|file| file.path.clone()).collect();
            let merged = self.merged().with(&file.path, of, now_ms, now_ms - KEEP_REMOVED_MS);
            // Known before the file is to be seen: nobody finds it and not what it is made of.
            *self.merged.write().unwrap_or_else(|p| p.into_inner()) = Arc::new(merged);
        }
        actions.extend(written.iter().map(|file| Action::Add(file.add(self.id, now_ms, false))));
        let operation = DeltaOperation::Optimize { predicate: None, target_size: COMPACT_BELOW_BYTES as i64 };
        self.finish(&mut state, actions, None, operation, now_ms).await?;
        Ok(true)
    }

    async fn finish(
        &self,
        state: &mut State,
        actions: Vec<Action>,
        position: Option<u64>,
        operation: DeltaOperation,
        now_ms: i64,
    ) -> Result<(), LakeError> {
        let mut properties = deltalake_core::kernel::transaction::CommitProperties::default();
        if let Some(position) = position {
            properties = properties.with_application_transaction(Transaction::new(APP, position as i64));
        }
        let removed: Vec<String> = actions
            .iter()
            .filter_map(|a| match a {
                Action::Remove(remove) => Some(remove.path.clone()),
                _ => None,
            })
            .collect();
        let log = state.delta.log_store();
        {
            let snapshot = state.delta.snapshot()?;
            CommitBuilder::from(properties).with_actions(actions).build(Some(snapshot), log, operation).await?;
        }
        state.delta.update_state().await?;
        *self.files.write().unwrap_or_else(|p| p.into_inner()) = read_files(&state.delta)?;
        if let Some(position) = position {
            *self.position.write().unwrap_or_else(|p| p.into_inner()) = position;
        }
        state.removed.extend(removed.into_iter().map(|path| (path, now_ms)));
        let old: Vec<String> = state.removed.iter().filter(|(_, at)| now_ms - at > KEEP_REMOVED_MS).map(|(p, _)| p.clone()).collect();
        state.removed.retain(|(_, at)| now_ms - at <= KEEP_REMOVED_MS);
        for path in old {
            delete(state, &path).await;
        }
        Ok(())
    }

    /// Deletes files that no commit names any more (left by a crash, or removed before the last stop).
    pub async fn sweep(&self) -> Result<usize, LakeError> {
        let state = self.state.lock().await;
        let known: HashSet<String> = self.files().into_iter().map(|f| f.path).collect();
        let mut count = 0;
        let parts = std::fs::read_dir(&self.folder).map_err(|source| LakeError::Folder { path: self.folder.clone(), source })?;
        for part in parts.flatten().filter(|e| e.file_name().to_string_lossy().starts_with("part=")) {
            for file in std::fs::read_dir(part.path()).into_iter().flatten().flatten() {
                let path = format!("{}/{}", part.file_name().to_string_lossy(), file.file_name().to_string_lossy());
                if !known.contains(&path) {
                    delete(&state, &path).await;
                    count += 1;
                }
            }
        }
        Ok(count)
    }

    async fn read(&self, state: &State, file: &LakeFile, columns: Option<&'static [&'static str]>) -> Result<Vec<RecordBatch>, LakeError> {
        let store = state.delta.object_store();
        let bytes = deltalake_core::ObjectStore::get_opts(store.as_ref(), &StorePath::from(file.path.as_str()), Default::default())
            .await
            .map_err(storage)?
            .bytes()
            .await
            .map_err(storage)?;
        beside(move || decode(bytes, columns)).await
    }

    /// Writes the files of one commit. They go to the disk together, which takes hardly longer than one of them.
    async fn write(&self, state: &State, files: Vec<(LakeFile, Bytes)>) -> Result<Vec<LakeFile>, LakeError> {
        let store = state.delta.object_store();
        let puts = files.into_iter().map(|(file, bytes)| {
            let store = store.clone();
            async move {
                store.put_opts(&StorePath::from(file.path.as_str()), bytes.into(), Default::default()).await.map_err(storage)?;
                Ok(file)
            }
        });
        futures::future::try_join_all(puts).await
    }
}

/// Packing and unpacking takes long and waits for nothing: on a thread of its own, where no request waits behind it.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> Result<T, LakeError> + Send + 'static) -> Result<T, LakeError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| LakeError::Stopped)?
}

fn pack(id: TableId, part: &str, batches: &[RecordBatch]) -> Result<Option<(LakeFile, Bytes)>, LakeError> {
    if batches.iter().all(|b| b.num_rows() == 0) {
        return Ok(None);
    }
    encode(id, part, &[in_order(id, batches)?]).map(Some)
}

/// The smallest files of a month, as many as are of a size: none larger than the others together, or twice that in a month that
/// is over, where two are enough.
fn worth_merging(mut files: Vec<LakeFile>, now_ms: i64) -> Option<Vec<LakeFile>> {
    let is_over = files.iter().all(|file| file.range_ms.1 < now_ms - MONTH_IS_OVER_MS);
    let (least, times) = if is_over { (2, 2) } else { (COMPACT_FROM_FILES, 1) };
    files.sort_by(|a, b| a.size.cmp(&b.size).then_with(|| a.path.cmp(&b.path)));
    let mut sum = 0;
    let mut count = 0;
    for (before, file) in files.iter().enumerate() {
        if sum + file.size > COMPACT_BELOW_BYTES {
            break;
        }
        if before + 1 >= least && file.size <= sum * times {
            count = before + 1;
        }
        sum += file.size;
    }
    files.truncate(count);
    (count > 0).then_some(files)
}

fn storage(error: ObjectStoreError) -> LakeError {
    LakeError::Delta(deltalake_core::DeltaTableError::from(error))
}

async fn delete(state: &State, path: &str) {
    let full = state.delta.table_url().to_file_path().map(|folder| folder.join(path));
    if let Ok(full) = full
        && let Err(error) = tokio::fs::remove_file(&full).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(name: "lake.file.not_deleted", %error, "an old file of the lake could not be deleted");
    }
}

fn read_files(delta: &DeltaTable) -> Result<Vec<LakeFile>, LakeError> {
    let snapshot = delta.snapshot()?;
    let mut files = Vec::new();
    for view in snapshot.log_data().iter() {
        files.push(LakeFile::parse(view.object_store_path().as_ref(), view.size().max(0) as u64)?);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect_units(batches: &[RecordBatch], units: &mut HashSet<String>) -> Result<(), LakeError> {
    for batch in batches {
        let Some(column) = batch.column_by_name("unit_key") else { continue };
        let column = arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8)?;
        let column = column.as_string::<i32>();
        units.extend((0..column.len()).filter(|at| !column.is_null(*at)).map(|at| column.value(at).to_owned()));
    }
    Ok(())
}

/// The partition of a finished row: the UTC month of its time.
fn month_of(row: &Row) -> String {
    let ms = match row.get(row.table().time_column()) {
        Cell::Instant(ms) => *ms,
        _ => 0,
    };
    let date = jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    format!("{:04}-{:02}", date.year(), date.month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::AsRawFd;

    static SYNCED: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());

    fn watched(file: &File) -> std::io::Result<()> {
        file.sync_all()?;
        let path = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
        SYNCED.lock().unwrap_or_else(|p| p.into_inner()).push(path.display().to_string());
        Ok(())
    }

    fn synced() -> Vec<String> {
        std::mem::take(&mut *SYNCED.lock().unwrap_or_else(|p| p.into_inner()))
    }

    #[test]
    fn a_large_file_is_not_written_anew_for_a_few_small_ones() {
        let of = |sizes: &[u64], now_ms: i64| -> Vec<u64> {
            let file = |size: &u64| LakeFile { path: String::new(), size: *size, rows: 1, range_ms: (0, 0), part: "1970-01".into() };
            worth_merging(sizes.iter().map(file).collect(), now_ms).unwrap_or_default().iter().map(|file| file.size).collect()
        };
        assert!(of(&[1, 1, 1, 1, 1], 0).is_empty(), "few");
        assert_eq!(of(&[2000, 1, 2, 1, 1, 1, 1], 0), [1, 1, 1, 1, 1, 2]);
        assert!(of(&[2000, 1, 2, 1, 1, 1], 0).is_empty(), "five small ones");
        assert_eq!(of(&[9, 9, 9, 9, 9, 9, 40], 0).len(), 7, "as large as the others together");
        assert!(of(&[70 << 20; 9], 0).is_empty(), "large ones stay");
        let later = MONTH_IS_OVER_MS + 1;
        assert_eq!(of(&[5, 6], later), [5, 6], "a month that is over becomes one file");
        assert!(of(&[2000, 5], later).is_empty(), "but not for every late row");
        assert_eq!(of(&[30 << 20; 9], later).len(), 4, "and none that is too large");
    }

    /// A power cut at any instant must not leave a commit whose files are not there.
    #[tokio::test]
    async fn files_are_on_the_disk_before_the_commit_and_the_commit_before_the_position() {
        let folder = tempfile::tempdir().expect("a folder");
        let table = LakeTable::open_with(folder.path(), TableId::Segments, watched).await.expect("a table");
        assert!(synced().iter().any(|path| path.ends_with("_delta_log")), "the table's own beginning is durable");
        let row = |unit: &str, at_ms: i64| {
            let mut row = Row::empty(TableId::Segments);
            row.set("unit_key", unit);
            row.set("segment_start", Cell::Instant(at_ms));
            Arc::new(row)
        };
        let change = Change { closed: vec![row("a", 0)], open: vec![row("b", 1)], position: 7, ..Change::default() };
        table.commit(change, 0).await.expect("a commit");
        let order = synced();
        let first = |part: &str| order.iter().position(|path| path.contains(part)).unwrap_or_else(|| panic!("{part} is not in {order:?}"));
        let last = |part: &str| order.iter().rposition(|path| path.contains(part)).unwrap_or_default();
        for part in ["part=1970-01/", "part=open/"] {
            assert!(first(part) < first("_delta_log/"), "{order:?}");
        }
        for folder in ["part=1970-01", "part=open"] {
            assert!(order.iter().any(|path| path.ends_with(folder)), "the name of a new file is durable too: {order:?}");
            assert!(last(folder) < first("_delta_log/"), "{order:?}");
        }
        let table_folder = folder.path().canonicalize().expect("a path").display().to_string();
        assert!(order.contains(&table_folder), "the names of new folders are durable too: {order:?}");
        assert!(order.last().is_some_and(|path| path.ends_with("_delta_log")), "{order:?}");
        assert_eq!(table.position(), 7);
    }
}
