//! The packed columns of a workspace's tables, kept in step with the lake.
//!
//! A part for each committed file, one more for the rows that are still fresh. What is ready is published together with the live
//! view that it belongs to, so that a request sees one instant on both roads. A question about a time of which files are not
//! packed (yet) is not answered from here.

mod ask;
mod disk;
mod load;

pub(crate) use ask::{Asked, Paged};

use crate::engine::Engine;
use load::LoadError;
use parclose_columns::{Dictionaries, Part, Rollups, Snapshot, Unverified};
use parclose_lake::{LakeFile, Live, LiveTable};
use datafusion::arrow::array::RecordBatch;
use parclose_model::{TableId, WorkspaceId};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
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
    /// The fresh rows that were packed last.
    fresh: Option<(Vec<RecordBatch>, Arc<Part>)>,
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
            (id, Table { dictionaries, parts: HashMap::new(), files, folder, unverified: Vec::new(), fresh: None })
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
            pool: rayon::ThreadPoolBuilder::new().thread_name(|n| format!("pack-{n}")).build().ok(),
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
        let opened = table.open_kept(now, &units);
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
        let known: std::collections::HashSet<&str> = newest.iter().map(|f| f.path.as_str()).collect();
        table.parts.retain(|path, _| known.contains(path.as_str()));
        let mut changed = opened || table.parts.len() != before;
        if let Some(folder) = &mut table.folder {
            folder.keep_only(&known);
        }
        let missing: Vec<&LakeFile> = newest.into_iter().filter(|f| !table.parts.contains_key(&f.path)).collect();
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
            let make = |f: &LakeFile| {
                let part = load::file(&now.folder, f, dictionaries, &units)?;
                // Mapped from its file it can leave the memory again.
                Ok(match folder {
                    Some(folder) => folder.save(&f.path, part, dictionaries),
                    None => part,
                })
            };
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
                    let id = table.files.as_ref().clone();
                    table.files = Arc::new(id.with_parts([]).unwrap_or(id));
                }
            }
        }
        more && !failed
    }

    fn with_fresh(&self, table: &mut Table, now: &LiveTable) -> Option<Packed> {
        let packed: std::collections::HashSet<&str> = table.parts.keys().map(String::as_str).collect();
        let absent = now.files.iter().filter(|f| !packed.contains(f.path.as_str())).map(|f| f.range_ms).collect();
        let snapshot = if now.fresh.is_empty() {
            table.files.clone()
        } else {
            let fresh = match &table.fresh {
                Some((batches, part)) if are_same(batches, &now.fresh) => part.clone(),
                _ => {
                    let units = self.units_of(table.dictionaries.table());
                    let packed = load::fresh(&now.fresh, &table.dictionaries, &units);
                    let warn = |error: &LoadError| tracing::warn!(name: "query.store.not_packed", %error, "fresh rows were not packed");
                    let part = Arc::new(packed.inspect_err(warn).ok()?);
                    table.fresh = Some((now.fresh.clone(), part.clone()));
                    part
                }
            };
            Arc::new(table.files.with_parts(table.files.parts().cloned().chain([fresh]))?)
        };
        Some(Packed { snapshot, absent: Arc::new(absent) })
    }
}

/// Whether these are the same batches, by the places of their columns: equal ones at another place are packed again.
fn are_same(some: &[RecordBatch], others: &[RecordBatch]) -> bool {
    let same = |(a, b): (&RecordBatch, &RecordBatch)| a.columns().iter().zip(b.columns()).all(|(a, b)| Arc::ptr_eq(a, b));
    some.len() == others.len() && some.iter().zip(others).all(same)
}

impl Table {
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
        if !unverified.is_whole() {
            tracing::error!(name: "query.store.damaged", file = %path, "packed columns were not as they were written; they are packed again");
            let mut tables = self.tables.lock().unwrap_or_else(|p| p.into_inner());
            if let Some(table) = tables.get_mut(&id) {
                table.parts.remove(&path);
                if let Some(folder) = &mut table.folder {
                    folder.forget(&path);
                }
                // Without the part until it is packed again: its time is answered by the lake.
                let files = table.files.with_parts(table.parts.values().cloned());
                table.files = files.map_or_else(|| table.files.clone(), Arc::new);
            }
            drop(tables);
            self.forget();
        }
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
        loop {
            let engine = self.clone();
            let newer = changes.clone();
            let work = move || {
                let began = Instant::now();
                engine.catch_up();
                let took = began.elapsed();
                // What was mapped is looked at as long as nothing else is to be done.
                while !newer.has_changed().unwrap_or(true) && engine.store().verify_one() {
                    if engine.store().view().is_none() {
                        engine.catch_up();
                    }
                }
                took
            };
            let Ok(took) = tokio::task::spawn_blocking(work).await else {
                self.store().forget();
                tracing::error!(name: "query.store.stopped", "the packed columns are not followed any more; the lake answers");
                return;
            };
            // Questions need the processors too: packing takes half of one at most.
            tokio::time::sleep(took.min(LONGEST_PAUSE)).await;
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Questions since the start that the packed columns answered, and those that they left to the lake.
    pub fn packed_answers(&self) -> (u64, u64) {
        let [here, there] = &self.store().answered;
        (here.load(Ordering::Relaxed), there.load(Ordering::Relaxed))
    }

    /// Packs everything that the lake shows now. Blocks.
    pub fn catch_up(&self) {
        self.store().follow(|| self.live());
    }
}
