//! What a query reads: committed files and fresh rows, taken together at one instant.

use crate::{LakeError, LakeFile, LakeTable, Merged};
use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use parclose_model::{Row, TableId};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Rows that are not in files yet, made into columns together. A row that changed or went since is still in the columns, and no
/// longer among the rows: whoever reads the columns themselves has to leave out what is not [`alive`](Self::alive).
#[derive(Debug, Clone)]
pub struct Fresh {
    columns: Arc<RecordBatch>,
    /// One for each row of the columns. Nothing: all of them.
    alive: Option<BooleanArray>,
    count: usize,
    /// The rows alone, made when somebody asks for them, once for all copies.
    rows: Arc<OnceLock<RecordBatch>>,
}

impl Fresh {
    /// All rows of these columns, in [`view_schema`](crate::view_schema).
    pub fn all(columns: RecordBatch) -> Self {
        Self { count: columns.num_rows(), columns: Arc::new(columns), alive: None, rows: Arc::default() }
    }
    /// Those rows of the columns that are true here. Fails unless there is one for each.
    pub fn some(columns: Arc<RecordBatch>, alive: Vec<bool>) -> Result<Self, LakeError> {
        if alive.len() != columns.num_rows() {
            let (rows, marks) = (columns.num_rows(), alive.len());
            return Err(LakeError::Marks { rows, marks });
        }
        let count = alive.iter().filter(|alive| **alive).count();
        let alive = (count < alive.len()).then(|| alive.into());
        Ok(Self { columns, alive, count, rows: Arc::default() })
    }
    /// The columns with all rows that they were made of. They stay the same thing (`Arc::ptr_eq`) as long as they are used.
    pub fn columns(&self) -> &Arc<RecordBatch> {
        &self.columns
    }
    /// Which rows of the columns there still are; nothing when that is all of them.
    pub fn alive(&self) -> Option<&BooleanArray> {
        self.alive.as_ref()
    }
    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.count
    }
    /// The rows that there are.
    pub fn rows(&self) -> Result<RecordBatch, LakeError> {
        let Some(alive) = &self.alive else { return Ok(self.columns.as_ref().clone()) };
        if let Some(rows) = self.rows.get() {
            return Ok(rows.clone());
        }
        let rows = filter_record_batch(&self.columns, alive)?;
        Ok(self.rows.get_or_init(|| rows).clone())
    }
}

/// One table of a live view.
#[derive(Debug, Clone, Default)]
pub struct LiveTable {
    /// The table's folder.
    pub folder: PathBuf,
    /// Files of closed units.
    pub files: Vec<LakeFile>,
    /// Which of these were merged from others a moment ago.
    pub merged: Arc<Merged>,
    /// Rows that are not in `files`.
    pub fresh: Vec<Fresh>,
}

impl LiveTable {
    /// The rows that are not in files, in [`view_schema`](crate::view_schema).
    pub fn fresh_rows(&self) -> Result<Vec<RecordBatch>, LakeError> {
        self.fresh.iter().map(Fresh::rows).collect()
    }
}

/// Agents' attributes as they are now, by agent id.
#[derive(Debug, Clone, Default)]
pub struct AgentsNow {
    by_id: HashMap<String, Arc<Row>>,
}

impl AgentsNow {
    /// Takes rows of the table `agents`.
    pub fn new(rows: impl IntoIterator<Item = Arc<Row>>) -> Self {
        let by_id = rows.into_iter().filter_map(|row| row.get("agent_id").as_text().map(str::to_owned).map(|id| (id, row))).collect();
        Self { by_id }
    }
    /// The agent's row.
    pub fn get(&self, agent_id: &str) -> Option<&Row> {
        self.by_id.get(agent_id).map(Arc::as_ref)
    }
    /// How many.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }
    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

/// Everything that queries may read, as of one instant. Views are immutable; a query keeps the one it started with.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The tables.
    pub tables: BTreeMap<TableId, LiveTable>,
    /// Agents as they are now.
    pub agents: Arc<AgentsNow>,
    /// Position in the event log that this view reflects.
    pub position: u64,
    /// Grows with every change that a query could notice.
    pub version: u64,
    /// When the newest event happened, epoch milliseconds.
    pub newest_event_ms: Option<i64>,
}

impl Live {
    /// The closed files of the tables, without any fresh row.
    pub fn of_files(tables: &BTreeMap<TableId, Arc<LakeTable>>) -> Self {
        let of = |table: &LakeTable| {
            // In this order: a merging that falls in between is known then, too early and not too late.
            let files = table.closed_files();
            LiveTable { folder: table.folder().to_owned(), files, merged: table.merged(), fresh: Vec::new() }
        };
        Self { tables: tables.iter().map(|(id, table)| (*id, of(table))).collect(), ..Self::default() }
    }
}
