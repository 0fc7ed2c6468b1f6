//! The lake: Delta tables of segments, workload, agents and customers, and the live view over them.
//!
//! Writing: one writer (the pipeline) replaces the rows of whole units and moves the table's position in the
//! event log in the same commit, so that replay after a crash is exact.
//! Reading: only the query crate may (the crate-graph test holds this); it takes a [`Live`] view, which is a list
//! of files and of fresh batches that belong together.
//!
//! **Invariant**: the rows of a unit are either in closed files, or fresh in memory; never in both.

mod durable;
mod encode;
mod file;
mod live;
mod merged;
mod schema;
mod table;

pub use encode::{rows_from_batch, rows_to_batch};
pub use file::{LakeFile, write_parquet};
pub use live::{AgentsNow, Fresh, Live, LiveTable};
pub use merged::Merged;
pub use schema::{stored_schema, view_schema};
pub use table::{Change, LakeTable};

use parclose_model::TableId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

/// What went wrong in the lake. Messages may name files: they are for the log, never for an answer.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The Delta log refused or could not be read.
    #[error("delta table: {0}")]
    Delta(#[from] deltalake_core::DeltaTableError),
    /// A Parquet file could not be read or written.
    #[error("parquet file: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Values did not fit the schema.
    #[error("arrow: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// The folder could not be used.
    #[error("lake folder {path}: {source}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file in the table was not written by this program.
    #[error("the lake holds a file that parclose did not write: {0}")]
    ForeignFile(String),
    /// Marks of rows that are gone belong to other rows.
    #[error("{marks} marks for {rows} rows")]
    Marks {
        /// Rows of the columns.
        rows: usize,
        /// Marks that came with them.
        marks: usize,
    },
    /// The program is stopping, or packing panicked.
    #[error("the work on a file was broken off")]
    Stopped,
    /// A commit would move a table's position backwards.
    #[error("table {table} is at position {at}, a commit for {asked} was refused")]
    Position {
        /// The table.
        table: &'static str,
        /// Where it is.
        at: u64,
        /// What was asked.
        asked: u64,
    },
}

/// All tables of one workspace's lake in one folder.
pub struct Lake {
    folder: PathBuf,
    tables: BTreeMap<TableId, Arc<LakeTable>>,
    live: RwLock<Arc<Live>>,
    changed: tokio::sync::watch::Sender<u64>,
}

impl Lake {
    /// Opens the lake, making the folder and empty tables where they are missing.
    pub async fn open(folder: &Path) -> Result<Self, LakeError> {
        let mut tables = BTreeMap::new();
        for id in TableId::ALL {
            tables.insert(id, Arc::new(LakeTable::open(&folder.join(id.name()), id).await?));
        }
        let live = Live::of_files(&tables);
        Ok(Self { folder: folder.to_owned(), tables, live: RwLock::new(Arc::new(live)), changed: tokio::sync::watch::Sender::new(0) })
    }
    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    /// A table, for the writer.
    pub fn table(&self, id: TableId) -> &Arc<LakeTable> {
        &self.tables[&id]
    }
    /// The rows as of now: files and fresh rows that belong together.
    pub fn live(&self) -> Arc<Live> {
        self.live.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }
    /// Tells of every new view. Values mean nothing by themselves.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changed.subscribe()
    }
    /// Makes a new view visible to every query that starts after this.
    pub fn publish(&self, live: Live) {
        *self.live.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(live);
        self.changed.send_modify(|n| *n = n.wrapping_add(1));
    }
}
