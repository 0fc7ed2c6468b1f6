//! `parclose lake check`: the lake must hold exactly the rows that the log gives, no more, no fewer, no others.

use crate::log::EventLog;
use crate::processor::PipelineError;
use crate::units::{AtHand, Computed, Touched, compute, compute_tasks, day_of};
use parclose_ingest::UnitRows;
use parclose_lake::Lake;
use parclose_model::{Row, TableId};
use std::collections::{BTreeMap, HashMap};
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

/// What the lake holds of one table: a sum of rows for each unit.
struct Held {
    id: TableId,
    units: HashMap<String, Sum>,
    different: Vec<String>,
}

impl Held {
    fn compare(&mut self, key: &str, rows: &UnitRows) {
        let mut sum = Sum::default();
        let rows = if self.id == TableId::Segments { &rows.segments } else { &rows.workload };
        rows.iter().for_each(|row| sum.add(row));
        if self.units.remove(key).unwrap_or_default() != sum {
            self.different.push(key.to_owned());
        }
    }
}

/// Compares the committed rows of segments and workload with the rows computed anew from the log.
pub async fn check_lake(log: &EventLog, lake: &Lake) -> Result<CheckReport, PipelineError> {
    let mut report = CheckReport { position: lake.table(TableId::Segments).position(), ..Default::default() };
    let mut by_position: BTreeMap<u64, Vec<Held>> = BTreeMap::new();
    for id in [TableId::Segments, TableId::Workload] {
        let table = lake.table(id);
        let mut held = Held { id, units: HashMap::new(), different: Vec::new() };
        let mut count = 0;
        table
            .visit_committed(true, |row| {
                count += 1;
                held.units.entry(row.get("unit_key").as_text().unwrap_or_default().to_owned()).or_default().add(&row);
            })
            .await?;
        report.rows.push((id.name().into(), count));
        by_position.entry(table.position()).or_default().push(held);
    }
    for (position, mut tables) in by_position {
        let mut take = |unit: Computed| {
            report.units += 1;
            let key = unit.key.text();
            tables.iter_mut().for_each(|held| held.compare(&key, &unit.rows));
        };
        let mut after = String::new();
        loop {
            let tasks = log.tasks_after(&after, 2000, position).await?;
            let Some(last) = tasks.last() else { break };
            after = last.clone();
            compute_tasks(log, &tasks, &mut AtHand::nothing(position), &mut take).await?;
        }
        for worker in log.workers(position).await? {
            let changes = log.activity_changes(std::slice::from_ref(&worker), (i64::MIN, i64::MAX), position).await?;
            let mut touched = Touched::default();
            touched.worker_days.insert(worker.clone(), changes.values().flatten().map(|at| day_of(*at)).collect());
            touched.workers_now.insert(worker);
            compute(log, touched, AtHand::nothing(position), position, &mut take).await?;
        }
        for held in tables {
            // What is left belongs to no unit of the log.
            let different: Vec<String> = held.different.into_iter().chain(held.units.into_keys()).collect();
            report.different_count += different.len();
            report.different.extend(different.into_iter().take(50).map(|key| (held.id.name().to_owned(), key)));
        }
    }
    Ok(report)
}
