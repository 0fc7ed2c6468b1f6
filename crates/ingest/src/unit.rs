//! The unit of recomputation: the smallest set of rows that a new event can change, replaced together.

use parclose_model::Row;

/// Names a unit. Its text form is the `unit_key` column of the lake.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitKey {
    /// All segments of one task.
    Task(String),
    /// The agent-status segments of one worker that *end* on one UTC day (`2026-11-21`), with their slices.
    WorkerDay(String, String),
    /// The worker's current activity.
    WorkerNow(String),
}

impl UnitKey {
    /// The `unit_key` column's value.
    pub fn text(&self) -> String {
        match self {
            UnitKey::Task(task) => format!("T:{task}"),
            UnitKey::WorkerDay(worker, day) => format!("W:{worker}:{day}"),
            UnitKey::WorkerNow(worker) => format!("P:{worker}"),
        }
    }
    /// Reads the `unit_key` column's value back.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_at_checked(2)? {
            ("T:", task) => Some(UnitKey::Task(task.into())),
            ("W:", rest) => rest.rsplit_once(':').map(|(w, day)| UnitKey::WorkerDay(w.into(), day.into())),
            ("P:", worker) => Some(UnitKey::WorkerNow(worker.into())),
            _ => None,
        }
    }
}

/// The rows of one unit, a pure function of its events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitRows {
    /// Rows of the table `segments`.
    pub segments: Vec<Row>,
    /// Rows of the table `workload`.
    pub workload: Vec<Row>,
    /// True while further events are expected as a matter of course (task not finished, day not over).
    pub open: bool,
}
