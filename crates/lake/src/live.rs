//! What a query reads: committed files and fresh rows, taken together at one instant.

use crate::{LakeFile, LakeTable};
use arrow::array::RecordBatch;
use parclose_model::{Row, TableId};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

/// One table of a live view.
#[derive(Debug, Clone, Default)]
pub struct LiveTable {
    /// The table's folder.
    pub folder: PathBuf,
    /// Files of closed units.
    pub files: Vec<LakeFile>,
    /// Rows that are not in `files`, in [`view_schema`](crate::view_schema).
    pub fresh: Vec<RecordBatch>,
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
        let tables = tables
            .iter()
            .map(|(id, table)| (*id, LiveTable { folder: table.folder().to_owned(), files: table.closed_files(), fresh: Vec::new() }))
            .collect();
        Self { tables, ..Self::default() }
    }
}
