//! The packed columns of a workspace's tables, kept in step with the lake.
//!
//! A part for each committed file, some more for the rows that are still fresh: those that were made into columns together stay
//! packed as they are, with marks for rows that changed since. What is ready is published together with the live
//! view that it belongs to, so that a request sees one instant on both roads. A question about a time of which files are not
//! packed (yet) is not answered from here. Of a file that was merged from packed ones those are used until it is packed too,
//! which no fresh row waits for.

mod ask;
mod disk;
mod load;
mod merged;

pub(crate) use ask::{Asked, Paged};

use crate::engine::Engine;
use datafusion::arrow::array::RecordBatch;
use load::LoadError;
use parclose_columns::{Dictionaries, Part, Rollups, Snapshot, Unverified, WithMarks};
use parclose_lake::{Fresh, LakeFile, Live, LiveTable};
use parclose_model::{TableId, WorkspaceId};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Tables that are packed.
const TABLES: [TableId; 2] = [TableId::Segments, TableId::Workload];
/// More rows than this to pack: what is ready is published in between, newest first.
const ROWS_AT_ONCE: u64 = 1_000_000;
/// What a row takes at most in usual data, dictionaries included.
const BYTES_A_ROW: u64 = 64;
/// A view that lags the lake by more than this is not used any more. Answers say how fresh they are; and where packing takes
/// long because there is much to do, leaving the questions to the lake would make it take longer still.
const LONGEST_LAG: Duration = Duration::from_secs(10);

/// So long a question waits for the packed columns where they are being made: over years the lake takes longer.
const WORTH_WAITING: Duration = Duration::from_secs(2);
/// Between two rounds of packing at most.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// One table at one instant.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    pub snapshot: Arc<Snapshot>,
    /// Ranges (epoch ms, inclusive) of files that are not packed.
    pub absent: Arc<Vec<(i64, i64)>>,
}

/// What is ready, and the live view that it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub live: Arc<Live>,
    pub tables: BTreeMap<TableId, Packed>,
}

struct Table {
    dictionaries: Arc<Dictionaries>,
    parts: HashMap<String, Arc<Part>>,
    /// Parts of files alone.
    files: Arc<Snapshot>,
    /// Where parts are kept from one start to the next.
    folder: Option<disk::Folder>,
    /// Parts that were mapped at the start, and of which not every byte was looked at yet.
    unverified: Vec<(String, Unverified)>,
    /// Files for which parts of others stand in.
    merged: merged::Waiting,
    /// Fresh rows that are packed.
    fresh: Vec<FreshPart>,
    /// What was shown last, and the parts of files that it was made from.
    shown: Option<(Arc<Snapshot>, Arc<Snapshot>)>,
}

/// Fresh rows that were made into columns together.
struct FreshPart {
    columns: Arc<RecordBatch>,
    part: Arc<Part>,
    /// Which row of the columns each row of the part is.
    order: Vec<u32>,
}

/// See the module.
pub(crate) struct Store {
    tables: Mutex<BTreeMap<TableId, Table>>,
    units: RwLock<Vec<String>>,
    view: RwLock<Option<Arc<View>>>,
    /// Since when the view is older than the lake.
    behind: RwLock<Option<Instant>>,
    /// Tells of every new view.
    shown: watch::Sender<u64>,
    most_bytes: usize,
    /// What questions collected in parts that don't change.
    pub(super) rollups: Arc<Rollups>,
    /// Questions that were answered from here, and those that were left to the lake.
    pub(super) answered: [AtomicU64; 2],
    /// Threads of their own: packing takes long, and no question waits for it.
    pool: Option<rayon::ThreadPool>,
}

/// What the packed columns of a workspace may take.
#[derive(Debug, Clone)]
pub struct PackedSettings {
    /// Bytes that the packed columns of each table may take; 0 leaves every question to the lake.
    pub most_bytes: usize,
    /// Bytes that rollups may take; 0: there are none.
    pub rollup_bytes: usize,
    /// Rows of a part that a question has to go through for a rollup: with few a rollup saves less than it costs.
    pub rollup_rows: usize,
    /// Where packed columns are kept from one start to the next; nowhere when left out.
    pub folder: Option<PathBuf>,
}

impl Default for PackedSettings {
    fn default() -> Self {
        Self { most_bytes: 4 << 30, rollup_bytes: 256 << 20, rollup_rows: 32 * 1024, folder: None }
    }
}

impl Store {
    pub fn new(workspace: &WorkspaceId, settings: &PackedSettings) -> Self {
        // Two random numbers that the standard library hands out for the same purpose.
        let random = || std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), 0);
        let most_bytes = settings.most_bytes;
        let table = |id: TableId| {
            let keys = (random(), random());
            let place = settings.folder.as_ref().filter(|_| most_bytes > 0).map(|folder| folder.join(id.name()));
            let kept = place.and_then(|place| disk::Folder::open(place, id, keys));
            let (folder, dictionaries) = match kept {
                Some((folder, dictionaries)) => (Some(folder), dictionaries),
                None => (None, Dictionaries::new(id, keys)),
            };
            let dictionaries = Arc::new(dictionaries);
            let files = Arc::new(Snapshot::empty(workspace.clone(), dictionaries.clone()));
            let (parts, unverified, merged, fresh, shown) = Default::default();
            (id, Table { dictionaries, parts, files, folder, unverified, merged, fresh, shown })
        };
        Self {
            tables: Mutex::new(TABLES.into_iter().map(table).collect()),
            units: RwLock::default(),
            view: RwLock::default(),
            behind: RwLock::default(),
            shown: watch::Sender::new(0),
            most_bytes,
            rollups: Arc::new(Rollups::new(settings.rollup_bytes, settings.rollup_rows)),
            answered: Default::default(),
            pool: pool(),
        }
    }

    /// The columns that the separation rules read, the most important first: rows of one unit are put together.
    pub fn set_units(&self, columns: Vec<String>) {
        *self.units.write().unwrap_or_else(|p| p.into_inner()) = columns;
    }

    /// What is ready, unless it is too old to be shown.
    pub fn view(&self) -> Option<Arc<View>> {
        let behind = *self.behind.read().unwrap_or_else(|p| p.into_inner());
        if behind.is_some_and(|since| since.elapsed() > LONGEST_LAG) {
            return None;
        }
        self.view.read().unwrap_or_else(|p| p.into_inner()).clone()
    }

    /// Waits a little for the next view, if one is being made.
    pub async fn wait_for_view(&self) {
        let mut shown = self.shown.subscribe();
        if self.behind.read().unwrap_or_else(|p| p.into_inner()).is_some() {
            let _ = tokio::time::timeout(WORTH_WAITING, shown.changed()).await;
        }
    }

    /// Shows nothing any more, and lets nobody wait for it.
    fn forget(&self) {
        *self.behind.write().unwrap_or_else(|p| p.into_inner()) = None;
        *self.view.write().unwrap_or_else(|p| p.into_inner()) = None;
    }

    /// Bytes of the packed columns and dictionaries: all, and those of them that are mapped from files.
    pub fn bytes(&self) -> (usize, usize) {
        let view = self.view.read().unwrap_or_else(|p| p.into_inner()).clone();
        let all = view.iter().flat_map(|view| view.tables.values().map(|t| t.snapshot.bytes()));
        all.fold((0, 0), |sum, (all, mapped)| (sum.0 + all, sum.1 + mapped))
    }

    /// Packs what the lake shows and this has not, and publishes it. Blocks; one call at a time.
    pub fn follow(&self, latest: impl Fn() -> Arc<Live>) {
        *self.behind.write().unwrap_or_else(|p| p.into_inner()) = Some(Instant::now());
        let mut tables = self.tables.lock().unwrap_or_else(|p| p.into_inner());
        loop {
            let live = latest();
            // What is shown while this round packs grows old meanwhile.
            self.behind.write().unwrap_or_else(|p| p.into_inner()).get_or_insert_with(Instant::now);
            let mut more = false;
            let mut packed = BTreeMap::new();
            for (id, table) in tables.iter_mut() {
                let empty = LiveTable::default();
                let now = live.tables.get(id).unwrap_or(&empty);
                more |= self.pack(table, now);
                if let Some(ready) = self.with_fresh(table, now) {
                    packed.insert(*id, ready);
                }
            }
            *self.view.write().unwrap_or_else(|p| p.into_inner()) = Some(Arc::new(View { live, tables: packed }));
            *self.behind.write().unwrap_or_else(|p| p.into_inner()) = None;
            self.shown.send_modify(|n| *n = n.wrapping_add(1));
            if !more {
                return;
            }
        }
    }

    fn units_of(&self, id: TableId) -> Vec<usize> {
        let units = self.units.read().unwrap_or_else(|p| p.into_inner());
        // The team that an agent has now is mostly the one that handled.
        let stored =
            |name: &String| if name.starts_with("agent_team") { Some("handling_team_name") } else { id.column(name).map(|c| c.name) };
        let mut columns: Vec<usize> = units.iter().filter_map(stored).filter_map(|name| id.index_of(name)).collect();
        columns.dedup();
        columns.truncate(2);
        columns
    }

    /// Packs files that are missing, newest first, about [`ROWS_AT_ONCE`] rows. True when there are more.
    fn pack(&self, table: &mut Table, now: &LiveTable) -> bool {
        let id = table.dictionaries.table();
        let units = self.units_of(id);
        let before = table.parts.len();
        let opened = table.open_kept(now, &units) | table.take_prepared();
        // The newest files that fit; what is older is left to the lake.
        let mut newest: Vec<&LakeFile> = now.files.iter().collect();
        newest.sort_by_key(|f| std::cmp::Reverse(f.range_ms.1));
        let mut place = self.most_bytes as u64;
        let bytes = |f: &LakeFile| table.parts.get(&f.path).map_or(f.rows.saturating_mul(BYTES_A_ROW), |part| part.bytes().0 as u64);
        newest.retain(|f| {
            let bytes = bytes(f);
            let fits = bytes <= place;
            place = if fits { place - bytes } else { 0 };
            fits
        });
        let mut known: std::collections::HashSet<&str> = newest.iter().map(|f| f.path.as_str()).collect();
        let instead = table.merged.look(now, &units, &newest, &table.parts);
        known.extend(instead);
        table.parts.retain(|path, _| known.contains(path.as_str()));
        let mut changed = opened || table.parts.len() != before;
        if let Some(folder) = &mut table.folder {
            folder.keep_only(&known);
        }
        let missing: Vec<&LakeFile> = newest.into_iter().filter(|f| !table.is_packed(f)).collect();
        let (mut rows, mut count) = (0, 0);
        for file in &missing {
            if count > 0 && rows + file.rows > ROWS_AT_ONCE {
                break;
            }
            (rows, count) = (rows + file.rows, count + 1);
        }
        let more = missing.len() > count;
        let chosen = &missing[..count];
        let made: Vec<(String, Result<Part, LoadError>)> = {
            use rayon::prelude::*;
            let (dictionaries, folder) = (&table.dictionaries, table.folder.as_ref());
            let make = |f: &LakeFile| packed(&now.folder, f, dictionaries, &units, folder.map(|kept| kept.file(&f.path)));
            let pack = || chosen.par_iter().map(|f| (f.path.clone(), make(f))).collect();
            match &self.pool {
                Some(pool) => pool.install(pack),
                None => pack(),
            }
        };
        let failed = made.iter().any(|(_, part)| part.is_err());
        for (path, part) in made {
            match part {
                Ok(part) => {
                    changed = true;
                    table.parts.insert(path, Arc::new(part));
                }
                // Its rows are still answered from the lake, where the trouble will show too.
                Err(error) => tracing::warn!(name: "query.store.not_packed", %error, "a file of the lake was not packed"),
            }
        }
        if changed {
            match table.files.with_parts(table.parts.values().cloned()) {
                Some(files) => {
                    table.files = Arc::new(files);
                }
                None => {
                    tracing::warn!(name: "query.store.full", "there are too many conversations for the packed columns");
                    table.parts.clear();
                    // Nothing is left that could stand in for a file.
                    table.merged.clear();
                    let id = table.files.as_ref().clone();
                    table.files = Arc::new(id.with_parts([]).unwrap_or(id));
                }
            }
        }
        more && !failed
    }

    fn with_fresh(&self, table: &mut Table, now: &LiveTable) -> Option<Packed> {
        let absent = now.files.iter().filter(|f| !table.is_packed(f)).map(|f| f.range_ms).collect();
        let units = self.units_of(table.dictionaries.table());
        table.fresh.retain(|known| now.fresh.iter().any(|fresh| known.is_of(fresh)));
        for fresh in &now.fresh {
            if !table.fresh.iter().any(|known| known.is_of(fresh)) {
                let packed = load::fresh(fresh.columns(), &table.dictionaries, &units);
                let warn = |error: &LoadError| tracing::warn!(name: "query.store.not_packed", %error, "fresh rows were not packed");
                let (part, order) = packed.inspect_err(warn).ok()?;
                table.fresh.push(FreshPart { columns: fresh.columns().clone(), part: Arc::new(part), order });
            }
        }
        let snapshot = if now.fresh.is_empty() {
            table.files.clone()
        } else {
            // What was found out about fresh parts that stay is still true; when files change it is looked for anew.
            let before = table.shown.take().filter(|(files, _)| Arc::ptr_eq(files, &table.files)).map(|(_, shown)| shown);
            let mut parts: Vec<WithMarks> = table.files.parts().map(|part| (part.clone(), None)).collect();
            for fresh in &now.fresh {
                let known = table.fresh.iter().find(|known| known.is_of(fresh))?;
                parts.push((known.part.clone(), known.marks(fresh)));
            }
            Arc::new(before.as_ref().unwrap_or(&table.files).with_marked(parts)?)
        };
        table.shown = Some((table.files.clone(), snapshot.clone()));
        Some(Packed { snapshot, absent: Arc::new(absent) })
    }
}

/// Both pools get their threads here: a thread has the priority of the one that starts it, and these must not have that of the
/// background. Files that are not packed make questions slow, which would slow packing down in turn.
fn pool() -> Option<rayon::ThreadPool> {
    let _shared = rayon::current_num_threads();
    rayon::ThreadPoolBuilder::new().thread_name(|n| format!("pack-{n}")).build().ok()
}

impl FreshPart {
    fn is_of(&self, fresh: &Fresh) -> bool {
        Arc::ptr_eq(&self.columns, fresh.columns())
    }
    /// Which rows of the part there still are.
    fn marks(&self, fresh: &Fresh) -> Option<Box<[u8]>> {
        let alive = fresh.alive()?.values();
        Some(self.order.iter().map(|row| u8::from(alive.value(*row as usize))).collect())
    }
}

/// The part of a file, mapped where there is a place to keep it: it can leave the memory again then.
fn packed(folder: &Path, file: &LakeFile, dictionaries: &Dictionaries, units: &[usize], kept: Option<PathBuf>) -> Result<Part, LoadError> {
    let part = load::file(folder, file, dictionaries, units)?;
    Ok(match kept {
        Some(kept) => disk::save(&kept, part, dictionaries),
        None => part,
    })
}

impl Table {
    /// Whether the rows of a file are in parts: in its own, or in those that stand in for it.
    fn is_packed(&self, file: &LakeFile) -> bool {
        self.parts.contains_key(&file.path) || self.merged.waits(&file.path)
    }

    /// Maps what was kept from before. True when there was something; only the first call looks.
    fn open_kept(&mut self, now: &LiveTable, units: &[usize]) -> bool {
        let Some(folder) = &mut self.folder else { return false };
        let found = folder.open_all(now, &self.dictionaries, units);
        let some = !found.is_empty();
        for (path, part, unverified) in found {
            self.parts.insert(path.clone(), Arc::new(part));
            self.unverified.push((path, unverified));
        }
        some
    }
}

impl Store {
    /// Looks at every byte of one part that was mapped at the start. False when there is none left. A part that is not as it
    /// was written is packed again at the next call of [`follow`](Self::follow).
    pub fn verify_one(&self) -> bool {
        let next = {
            let mut tables = self.tables.lock().unwrap_or_else(|p| p.into_inner());
            tables.iter_mut().find_map(|(id, table)| table.unverified.pop().map(|(path, unverified)| (*id, path, unverified)))
        };
        let Some((id, path, unverified)) = next else { return false };
        if unverified.is_whole() {
            return true;
        }
        let mut tables = self.tables.lock().unwrap_or_else(|p| p.into_inner());
        // A part that was given up meanwhile, because its file of the lake was merged, has no file any more.
        let Some(table) = tables.get_mut(&id).filter(|table| table.parts.contains_key(&path)) else { return true };
        tracing::error!(name: "query.store.damaged", file = %path, "packed columns were not as they were written; they are packed again");
        table.parts.remove(&path);
        if let Some(folder) = &mut table.folder {
            folder.forget(&path);
        }
        // Without the part until it is packed again: its time is answered by the lake.
        let files = table.files.with_parts(table.parts.values().cloned());
        table.files = files.map_or_else(|| table.files.clone(), Arc::new);
        drop(tables);
        self.forget();
        true
    }
}

impl Packed {
    /// Whether every row of the range (epoch ms, half open) is packed.
    pub fn covers(&self, from_ms: i64, to_ms: i64) -> bool {
        self.absent.iter().all(|(first, last)| *last < from_ms || *first >= to_ms)
    }
}

impl Engine {
    /// Keeps the packed columns in step with the lake until the lake is dropped. Never returns before.
    pub async fn follow_lake(self: Arc<Self>) {
        let mut changes = self.lake().changes();
        let mut preparing = tokio::task::JoinSet::new();
        loop {
            let engine = self.clone();
            let newer = changes.clone();
            let work = move || {
                let began = Instant::now();
                engine.catch_up();
                let took = began.elapsed();
                tracing::debug!(name: "query.store.packed", ms = took.as_millis() as u64, "packed columns are in step with the lake");
                // What was mapped is looked at as long as nothing else is to be done.
                while !newer.has_changed().unwrap_or(true) && engine.store().verify_one() {
                    if engine.store().view().is_none() {
                        engine.catch_up();
                    }
                }
                took
            };
            let Ok(took) = tokio::task::spawn_blocking(work).await else { return self.stop_following() };
            // Questions need the processors too: packing takes half of one at most.
            tokio::time::sleep(took.min(LONGEST_PAUSE)).await;
            if preparing.is_empty() && self.store().has_merged() {
                let engine = self.clone();
                preparing.spawn_blocking(move || engine.prepare());
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                Some(done) = preparing.join_next() => if done.is_err() { return self.stop_following() },
            }
        }
    }

    /// Packing broke off: what is packed would grow old.
    fn stop_following(&self) {
        self.store().forget();
        tracing::error!(name: "query.store.stopped", "the packed columns are not followed any more; the lake answers");
    }

    /// Questions since the start that the packed columns answered, and those that they left to the lake.
    pub fn packed_answers(&self) -> (u64, u64) {
        let [here, there] = &self.store().answered;
        (here.load(Ordering::Relaxed), there.load(Ordering::Relaxed))
    }

    /// Packs everything that the lake shows now, but for files that parts of others stand in for. Blocks.
    pub fn catch_up(&self) {
        self.store().follow(|| self.live());
    }

    /// Packs one of the files that parts of others stand in for, for the next [`catch_up`](Self::catch_up) to use. Blocks. False
    /// when there is none.
    pub fn prepare(&self) -> bool {
        self.store().prepare()
    }
}
