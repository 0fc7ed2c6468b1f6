//! `parclose lake check`: the lake must hold exactly the rows that the log gives, no more, no fewer, no others.

use crate::log::EventLog;
use crate::processor::PipelineError;
use crate::units::{Touched, compute, day_of};
use parclose_ingest::UnitRows;
use parclose_lake::Lake;
use parclose_model::{Row, TableId};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What the check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Position of the log up to which the lake was compared.
    pub position: u64,
    /// Units compared.
    pub units: usize,
    /// Rows compared, by table name.
    pub rows: Vec<(String, usize)>,
    /// Units whose rows differ, at most 50 of them, by table name.
    pub different: Vec<(String, String)>,
    /// How many differ in all.
    pub different_count: usize,
}

impl CheckReport {
    /// True when lake and log agree.
    pub fn is_good(&self) -> bool {
        self.different_count == 0
    }
}

/// A sum of row hashes: the same whatever the order of rows, different when one is missing, doubled or changed.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
struct Sum {
    rows: usize,
    hash: u64,
}

impl Sum {
    fn add(&mut self, row: &Row) {
        let mut hasher = DefaultHasher::new();
        for cell in row.cells() {
            format!("{cell:?}").hash(&mut hasher);
        }
        self.rows += 1;
        self.hash = self.hash.wrapping_add(hasher.finish());
    }
}

/// Compares the committed rows of segments and workload with the rows computed anew from the log.
pub async fn check_lake(log: &EventLog, lake: &Lake) -> Result<CheckReport, PipelineError> {
    let mut report = CheckReport { position: lake.table(TableId::Segments).position(), ..Default::default() };
    for id in [TableId::Segments, TableId::Workload] {
        let table = lake.table(id);
        let position = table.position();
        let mut held: HashMap<String, Sum> = HashMap::new();
        let mut count = 0;
        for row in table.committed_rows(true).await? {
            count += 1;
            held.entry(row.get("unit_key").as_text().unwrap_or_default().to_owned()).or_default().add(&row);
        }
        let mut different = Vec::new();
        let mut compare = |key: String, rows: &UnitRows| {
            let mut sum = Sum::default();
            let rows = if id == TableId::Segments { &rows.segments } else { &rows.workload };
            rows.iter().for_each(|row| sum.add(row));
            if held.remove(&key).unwrap_or_default() != sum {
                different.push(key);
            }
        };
        let mut units = 0;
        let mut after = String::new();
        loop {
            let tasks = log.tasks_after(&after, 2000, position).await?;
            let Some(last) = tasks.last() else { break };
            after = last.clone();
            let touched = Touched { tasks: tasks.into_iter().collect(), ..Default::default() };
            // Worker days come below, each once.
            compute(log, touched, position, |unit| {
                if matches!(unit.key, parclose_ingest::UnitKey::Task(_)) {
                    units += 1;
                    compare(unit.key.text(), &unit.rows);
                }
            })
            .await?;
        }
        for worker in log.workers(position).await? {
            let changes = log.activity_changes(&worker, i64::MIN, i64::MAX, position).await?;
            let mut touched = Touched::default();
            touched.worker_days.insert(worker.clone(), changes.iter().map(|at| day_of(*at)).collect());
            touched.workers_now.insert(worker);
            compute(log, touched, position, |unit| {
                units += 1;
                compare(unit.key.text(), &unit.rows);
            })
            .await?;
        }
        different.extend(held.into_keys());
        report.units = units;
        report.rows.push((id.name().into(), count));
        report.different_count += different.len();
        report.different.extend(different.into_iter().take(50).map(|key| (id.name().to_owned(), key)));
    }
    Ok(report)
}
