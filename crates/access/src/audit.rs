//! What is remembered of an operation, and the chain that shows when somebody changed it later.

use crate::ctx::{Grant, OpCtx};
use crate::door::{Caller, Means};
use crate::resource::Resource;
use crate::scope::RowScope;
use crate::{actions::Action, system::SystemCtx};
use parclose_model::{PersonId, WorkspaceId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Done,
    /// Refused: absent, not theirs, or not allowed.
    Refused,
    /// Something broke.
    Failed,
}

/// One line of the audit trail. Ids, names of rules of the code, counts; never a value from the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// When, epoch milliseconds.
    pub at_ms: i64,
    /// Where.
    pub workspace: WorkspaceId,
    /// Who; nobody when the caller was never known (a failed sign-in) or it was a task.
    pub person: Option<PersonId>,
    /// `session`, `key:<id>`, `task:<name>`, `password`.
    pub means: String,
    /// The request's id.
    pub request_id: String,
    /// The action's name.
    pub action: String,
    /// Kind of resource.
    pub resource: String,
    /// Its id.
    pub resource_id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Fingerprint of the scope in which rows were read.
    pub scope: Option<String>,
    /// Version of the separation policy.
    pub policy_version: Option<i64>,
    /// How many rows left.
    pub rows: Option<i64>,
    /// A word of the code that says more, such as `wrong_password`.
    pub detail: Option<String>,
}

impl AuditEntry {
    /// For what was done with a grant.
    pub fn of_grant<A: Action, R: Resource>(grant: &Grant<'_, A, R>) -> AuditEntry {
        Self::of_ctx(grant.ctx(), A::NAME, R::KIND, grant.resource().id())
    }
    /// For an operation of a caller, such as one that was refused a grant.
    pub fn of_ctx(ctx: &OpCtx<'_>, action: &'static str, resource: &'static str, resource_id: &str) -> AuditEntry {
        let caller = ctx.caller();
        let base = Self::bare(ctx.now_ms(), caller.workspace().clone(), action, resource, resource_id);
        AuditEntry { person: Some(caller.person().clone()), means: means_of(caller), request_id: ctx.request_id().to_owned(), ..base }
    }
    /// For a system task.
    pub fn of_task(ctx: &SystemCtx, action: &'static str) -> AuditEntry {
        let base = Self::bare(ctx.now_ms(), ctx.workspace().clone(), action, "workspace", ctx.workspace().as_str());
        AuditEntry { means: format!("task:{}", ctx.task().row().name), ..base }
    }
    /// For sign-in and the like, where there is no caller yet.
    pub fn bare(at_ms: i64, workspace: WorkspaceId, action: &'static str, resource: &'static str, resource_id: &str) -> AuditEntry {
        AuditEntry {
            at_ms,
            workspace,
            person: None,
            means: String::new(),
            request_id: String::new(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_id: resource_id.to_owned(),
            outcome: Outcome::Done,
            scope: None,
            policy_version: None,
            rows: None,
            detail: None,
        }
    }
    /// With another end.
    pub fn outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }
    /// With the scope that rows were read in, and how many left.
    pub fn with_rows(self, scope: &RowScope<'_>, rows: usize) -> Self {
        Self {
            scope: Some(scope.fingerprint().to_owned()),
            policy_version: Some(scope.policy_version()),
            rows: i64::try_from(rows).ok(),
            ..self
        }
    }
    /// With a word of the code. `'static`, so that no value from outside can get in.
    pub fn detail(self, detail: &'static str) -> Self {
        Self { detail: Some(detail.to_owned()), ..self }
    }

    /// The one text that is hashed and stored: JSON in the order of the fields.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn means_of(caller: &Caller) -> String {
    match caller.means() {
        Means::Session { .. } => "session".to_owned(),
        Means::ApiKey { id, .. } => format!("key:{id}"),
    }
}

/// An entry at its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditRecord {
    /// Counts up from 1 without gaps.
    pub number: i64,
    /// The entry.
    pub entry: AuditEntry,
    /// Hash of the record before and of this entry's canonical text.
    pub hash: String,
}

/// What the first record has before it.
pub const CHAIN_START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The hash of a record: over the hash before it and the canonical text.
pub fn link(previous: &str, canonical: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(previous.as_bytes());
    hasher.update(b"\n");
    hasher.update(canonical.as_bytes());
    hex::encode(hasher.finalize())
}

/// The chain does not hold: a record was changed, removed or put in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the audit chain is broken at record {number}")]
pub struct ChainBroken {
    /// The first record that does not fit.
    pub number: i64,
}

/// Walks a chain of (number, canonical text, hash) that continues after record `number` with hash `previous`, and
/// gives where it ends. Starts at `(0, CHAIN_START)`. A chain that was cut off at the end still fits: keep the last
/// hash elsewhere to notice that.
pub fn verify_chain<'r>(start: (i64, String), records: impl IntoIterator<Item = (i64, &'r str, &'r str)>) -> Result<(i64, String), ChainBroken> {
    let (mut last, mut previous) = start;
    for (number, canonical, hash) in records {
        if number != last + 1 || link(&previous, canonical) != hash {
            return Err(ChainBroken { number: last + 1 });
        }
        last = number;
        previous = hash.to_owned();
    }
    Ok((last, previous))
}
