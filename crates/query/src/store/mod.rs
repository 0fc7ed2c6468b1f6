//! The packed columns of a workspace's tables, kept in step with the lake.
//!
//! A part for each committed file, one more for the rows that are still fresh. What is ready is published together with the live
//! view that it belongs to, so that a request sees one instant on both roads. A question about a time of which files are not
//! packed (yet) is not answered from here.

mod ask;
mod load;

pub(crate) use ask::Asked;

use crate::engine::Engine;
use load::LoadError;
use parclose_columns::{Dictionaries, Part, Snapshot};
use parclose_lake::{LakeFile, Live, LiveTable};
use parclose_model::{TableId, WorkspaceId};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

/// Tables that are packed.
const TABLES: [TableId; 2] = [TableId::Segments, TableId::Workload];
/// More rows than this to pack: what is ready is published in between, newest first.
const ROWS_AT_ONCE: u64 = 1_000_000;
/// What a row takes at most in usual data, dictionaries included.
const BYTES_A_ROW: u64 = 64;
/// A view that lags the lake by more than this is not used any more.
const LONGEST_LAG: Duration = Duration::from_secs(2);

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
}

/// See the module.
pub(crate) struct Store {
    tables: Mutex<BTreeMap<TableId, Table>>,
    units: RwLock<Vec<String>>,
    view: RwLock<Option<Arc<View>>>,
    /// Since when the view is older than the lake.
    behind: RwLock<Option<Instant>>,
    most_bytes: usize,
    /// Questions that were answered from here, and those that were left to the lake.
    pub(super) answered: [AtomicU64; 2],
    /// Threads of their own: packing takes long, and no question waits for it.
    pool: Option<rayon::ThreadPool>,
}

impl Store {
    pub fn new(workspace: &WorkspaceId, most_bytes: usize) -> Self {
        // Two random numbers that the standard library hands out for the same purpose.
        let random = || std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), 0);
        let table = |id| {
            let dictionaries = Arc::new(Dictionaries::new(id, (random(), random())));
            let files = Arc::new(Snapshot::empty(workspace.clone(), dictionaries.clone()));
            (id, Table { dictionaries, parts: HashMap::new(), files })
        };
        Self {
            tables: Mutex::new(TABLES.into_iter().map(table).collect()),
            units: RwLock::default(),
            view: RwLock::default(),
            behind: RwLock::default(),
            most_bytes,
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

    /// Shows nothing any more.
    fn forget(&self) {
        *self.view.write().unwrap_or_else(|p| p.into_inner()) = None;
    }

    /// Bytes of the packed columns and dictionaries.
    pub fn bytes(&self) -> usize {
        let view = self.view.read().unwrap_or_else(|p| p.into_inner()).clone();
        view.map_or(0, |view| view.tables.values().map(|t| t.snapshot.bytes()).sum())
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
        // The newest files that fit; what is older is left to the lake.
        let mut newest: Vec<&LakeFile> = now.files.iter().collect();
        newest.sort_by_key(|f| std::cmp::Reverse(f.range_ms.1));
        let mut place = self.most_bytes as u64;
        newest.retain(|f| {
            let fits = f.rows.saturating_mul(BYTES_A_ROW) <= place;
            place = if fits { place - f.rows * BYTES_A_ROW } else { 0 };
            fits
        });
        let known: std::collections::HashSet<&str> = newest.iter().map(|f| f.path.as_str()).collect();
        let before = table.parts.len();
        table.parts.retain(|path, _| known.contains(path.as_str()));
        let mut changed = table.parts.len() != before;
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
            let dictionaries = &table.dictionaries;
            let pack = || chosen.par_iter().map(|f| (f.path.clone(), load::file(&now.folder, f, dictionaries, &units))).collect();
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

    fn with_fresh(&self, table: &Table, now: &LiveTable) -> Option<Packed> {
        let packed: std::collections::HashSet<&str> = table.parts.keys().map(String::as_str).collect();
        let absent = now.files.iter().filter(|f| !packed.contains(f.path.as_str())).map(|f| f.range_ms).collect();
        let snapshot = if now.fresh.is_empty() {
            table.files.clone()
        } else {
            let fresh = load::fresh(&now.fresh, &table.dictionaries, &self.units_of(table.dictionaries.table()));
            let fresh =
                fresh.inspect_err(|error| tracing::warn!(name: "query.store.not_packed", %error, "fresh rows were not packed")).ok()?;
            Arc::new(table.files.with_parts(table.files.parts().cloned().chain([Arc::new(fresh)]))?)
        };
        Some(Packed { snapshot, absent: Arc::new(absent) })
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
            if tokio::task::spawn_blocking(move || engine.catch_up()).await.is_err() {
                self.store().forget();
                tracing::error!(name: "query.store.stopped", "the packed columns are not followed any more; the lake answers");
                return;
            }
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
