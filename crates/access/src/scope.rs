//! The rows of one person in one operation.

use crate::data_set::DataSet;
use crate::policy::Evaluated;
use crate::predicate::Predicate;
use crate::rules::AppliedRule;
use crate::system::SystemCtx;
use parclose_model::WorkspaceId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::marker::PhantomData;

/// How much of a workspace a person sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeState {
    /// The workspace has no separation rule: everyone sees everything.
    Open,
    /// A rule gives every row.
    All,
    /// A part.
    Some,
    /// No row.
    None,
}

/// What a scope says of itself to the person. Holds the person's own values and names of rules, no data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScopeSummary {
    /// How much.
    pub state: ScopeState,
    /// For a badge: "Anvils", "CZ, SK", "All units", "Nothing yet".
    pub label: String,
    /// The policy that said so; 0 when none is stored.
    pub policy_version: i64,
    /// Per data set.
    pub data_sets: Vec<DataSetScope>,
}

/// How much of one data set, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataSetScope {
    /// Which.
    pub data_set: DataSet,
    /// How much.
    pub state: ScopeState,
    /// The rules that apply.
    pub rules: Vec<AppliedRule>,
}

impl ScopeSummary {
    /// For somebody who came in and may not read rows at all.
    pub fn nothing(policy_version: i64) -> ScopeSummary {
        let state = ScopeState::None;
        let data_sets = DataSet::ALL.map(|data_set| DataSetScope { data_set, state, rules: Vec::new() }).into();
        ScopeSummary { state, label: "Nothing yet".into(), policy_version, data_sets }
    }
}

/// The rows that one operation may touch: an argument of every question to the data. Made by
/// [`Policy::scope`](crate::Policy::scope), or by a [`SystemCtx`] whose table row allows it; bound to that context.
#[derive(Debug)]
pub struct RowScope<'ctx> {
    workspace: WorkspaceId,
    conversations: Predicate,
    activities: Predicate,
    fingerprint: String,
    summary: ScopeSummary,
    ctx: PhantomData<&'ctx ()>,
}

impl<'ctx> RowScope<'ctx> {
    pub(crate) fn of_caller(workspace: &WorkspaceId, version: i64, evaluated: Evaluated) -> RowScope<'ctx> {
        let Evaluated { conversations, activities, summary } = evaluated;
        let fingerprint = fingerprint("person", workspace, version, &conversations, &activities);
        RowScope { workspace: workspace.clone(), conversations, activities, fingerprint, summary, ctx: PhantomData }
    }

    pub(crate) fn of_task(ctx: &'ctx SystemCtx, conversations: Predicate, activities: Predicate) -> RowScope<'ctx> {
        let fingerprint = fingerprint(ctx.task().row().name, ctx.workspace(), 0, &conversations, &activities);
        let summary = ScopeSummary { state: ScopeState::All, label: "All units".into(), policy_version: 0, data_sets: Vec::new() };
        RowScope { workspace: ctx.workspace().clone(), conversations, activities, fingerprint, summary, ctx: PhantomData }
    }

    /// The only workspace whose rows may be touched.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }
    /// Rows of every kind but activities, in canonical form ([`Predicate::simplify`]).
    pub fn conversations(&self) -> &Predicate {
        &self.conversations
    }
    /// Rows of the kinds that are activities, in canonical form.
    pub fn activities(&self) -> &Predicate {
        &self.activities
    }
    /// The predicate of a data set.
    pub fn predicate(&self, data_set: DataSet) -> &Predicate {
        match data_set {
            DataSet::Conversations => &self.conversations,
            DataSet::Activities => &self.activities,
        }
    }
    /// Whether a row of segments or workload is in scope. Plain and slow: the oracle.
    pub fn admits<'v>(&self, value: &dyn Fn(&str) -> Option<&'v str>) -> bool {
        let data_set = value("kind").map_or(DataSet::Conversations, DataSet::of_kind);
        self.predicate(data_set).matches(value)
    }
    /// The policy's version; 0 when none is stored.
    pub fn policy_version(&self) -> i64 {
        self.summary.policy_version
    }
    /// 64 hex digits over workspace, policy version and both predicates. Part of the key of whatever is kept.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
    /// How much.
    pub fn state(&self) -> ScopeState {
        self.summary.state
    }
    /// For a badge.
    pub fn label(&self) -> &str {
        &self.summary.label
    }
    /// Per data set, with the rules in words.
    pub fn explain(&self) -> &[DataSetScope] {
        &self.summary.data_sets
    }
    /// All that may be told to the person. Unlike the scope it can be copied and kept, and opens nothing.
    pub fn summary(&self) -> ScopeSummary {
        self.summary.clone()
    }
}

fn fingerprint(by: &str, workspace: &WorkspaceId, version: i64, conversations: &Predicate, activities: &Predicate) -> String {
    // JSON of a tuple: unambiguous, and the predicates are canonical and their sets sorted.
    let text = serde_json::json!(["parclose-scope-1", by, workspace, version, conversations, activities]).to_string();
    hex::encode(Sha256::digest(text.as_bytes()))
}
