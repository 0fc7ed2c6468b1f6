//! Work without a person: a closed list of tasks, each with its own row of rights.

use crate::ctx::Refusal;
use crate::policy::Policy;
use crate::predicate::Predicate;
use crate::rules::PersonFacts;
use crate::scope::RowScope;
use parclose_model::WorkspaceId;
use serde::Serialize;

/// A kind of work that nobody asks for in person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemTask {
    /// Takes events in and makes rows of them.
    Ingest,
    /// Rewrites the files of the lake without changing a row.
    Compaction,
    /// Compares the lake with the event log.
    LakeCheck,
    /// Proves the separation: compares answers as a person with answers over that person's rows alone.
    SeparationVerify,
    /// Makes events of the demo company, which then come in by the usual door.
    Simulate,
}

/// Rows that a task may read through the query layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// None.
    Nothing,
    /// All rows of the workspace.
    EveryRow,
    /// All rows of the workspace, and the rows of any person as that person would see them.
    EveryRowAndAsPerson,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemRow {
    /// The task.
    pub task: SystemTask,
    /// As log and audit name it.
    pub name: &'static str,
    /// Appends to the event log.
    pub writes_events: bool,
    /// Commits to the lake.
    pub writes_lake: bool,
    /// Rows that it may read.
    pub reads: Reads,
}

/// What each task may do.
#[rustfmt::skip]
pub const TABLE: [SystemRow; 5] = [
    SystemRow { task: SystemTask::Ingest,           name: "ingest",            writes_events: true,  writes_lake: true,  reads: Reads::Nothing },
    SystemRow { task: SystemTask::Compaction,       name: "compaction",        writes_events: false, writes_lake: true,  reads: Reads::Nothing },
    SystemRow { task: SystemTask::LakeCheck,        name: "lake_check",        writes_events: false, writes_lake: false, reads: Reads::EveryRow },
    SystemRow { task: SystemTask::SeparationVerify, name: "separation_verify", writes_events: false, writes_lake: false, reads: Reads::EveryRowAndAsPerson },
    SystemRow { task: SystemTask::Simulate,         name: "simulate",          writes_events: true,  writes_lake: false, reads: Reads::Nothing },
];

impl SystemTask {
    /// The task's row of the table.
    pub fn row(self) -> &'static SystemRow {
        match self {
            SystemTask::Ingest => &TABLE[0],
            SystemTask::Compaction => &TABLE[1],
            SystemTask::LakeCheck => &TABLE[2],
            SystemTask::SeparationVerify => &TABLE[3],
            SystemTask::Simulate => &TABLE[4],
        }
    }
}

/// The context of a system task. Made by [`Door::system`](crate::Door::system) only.
#[derive(Debug)]
pub struct SystemCtx {
    task: SystemTask,
    workspace: WorkspaceId,
    now_ms: i64,
}

impl SystemCtx {
    pub(crate) fn new(task: SystemTask, workspace: WorkspaceId, now_ms: i64) -> Self {
        Self { task, workspace, now_ms }
    }
    /// The task.
    pub fn task(&self) -> SystemTask {
        self.task
    }
    /// The workspace that it works in.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }
    /// When it began, epoch milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The scope of every row, for tasks whose row of the table says so.
    pub fn every_row(&self) -> Result<RowScope<'_>, Refusal> {
        match self.task.row().reads {
            Reads::Nothing => Err(Refusal::NotAllowed),
            Reads::EveryRow | Reads::EveryRowAndAsPerson => {
                Ok(RowScope::of_task(self, Predicate::Everything, Predicate::Everything))
            }
        }
    }
    /// The scope that a person would have under a policy, for tasks whose row of the table says so.
    pub fn as_person(&self, policy: &Policy, person: PersonFacts<'_>) -> Result<RowScope<'_>, Refusal> {
        match self.task.row().reads {
            Reads::Nothing | Reads::EveryRow => Err(Refusal::NotAllowed),
            Reads::EveryRowAndAsPerson => Ok(policy.scope_as(self, person)),
        }
    }
}
