//! Separation rules: every version that ever applied.

use crate::audit::append_in;
use crate::{Catalog, Error, Result};
use parclose_access::actions::ManageSeparation;
use parclose_access::{AuditEntry, Grant, Policy, RuleSet, StoredPolicy, Workspace};
use parclose_model::{PersonId, WorkspaceId};
use std::sync::Arc;

/// The rules as they were written, for the administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeparationText {
    /// 0 when none is stored.
    pub version: i64,
    /// Empty when none is stored.
    pub yaml: String,
}

/// A version in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeparationVersion {
    /// Counts up from 1.
    pub version: i64,
    /// The rules.
    pub yaml: String,
    /// Who saved it; `start` when it came with the installation.
    pub saved_by: PersonId,
    /// When, epoch milliseconds.
    pub saved_ms: i64,
}

impl Catalog {
    /// The policy that applies now. Never fails: what can't be loaded gives nobody a row.
    pub async fn policy(&self, workspace: &WorkspaceId) -> Arc<Policy> {
        let loaded = self.stored_policy(workspace).await;
        if let Err(error) = &loaded {
            tracing::error!(workspace = %workspace, error = %error, "separation rules can't be loaded: nobody has rows");
        }
        let stored = loaded.as_ref().ok().cloned().flatten();
        if let Some(known) = stored.as_ref().and_then(|stored| self.parsed(workspace, stored)) {
            return known;
        }
        let policy = Arc::new(Policy::loaded(workspace.clone(), loaded));
        if policy.is_broken() {
            tracing::error!(workspace = %workspace, version = policy.version(), "separation rules can't be used: nobody has rows");
        } else if let Some(stored) = stored {
            let mut policies = self.policies.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            policies.insert(workspace.clone(), (stored, policy.clone()));
        }
        policy
    }

    /// The policy of exactly this text and version, if it was parsed before.
    fn parsed(&self, workspace: &WorkspaceId, stored: &StoredPolicy) -> Option<Arc<Policy>> {
        let policies = self.policies.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        policies.get(workspace).filter(|(known, _)| known == stored).map(|(_, policy)| policy.clone())
    }

    /// The version of the rules that hold now; 0 when none are stored.
    pub async fn policy_version(&self, workspace: &WorkspaceId) -> Result<i64> {
        let newest = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM separation_policies WHERE workspace = $1");
        Ok(newest.bind(workspace.as_str()).fetch_one(&self.pool).await?)
    }

    async fn stored_policy(&self, workspace: &WorkspaceId) -> Result<Option<StoredPolicy>> {
        let row: Option<(i64, String)> = sqlx::query_as("SELECT version, yaml FROM separation_policies WHERE workspace = $1 ORDER BY version DESC LIMIT 1")
            .bind(workspace.as_str())
            .fetch_optional(&self.pool)
            .await?;
        if row.is_none() && self.settings(workspace).await?.is_none() {
            // An unknown workspace is not one without rules.
            return Err(Error::Stored("workspace"));
        }
        Ok(row.map(|(version, yaml)| StoredPolicy { version, yaml }))
    }

    /// The rules' text.
    pub async fn separation(&self, grant: &Grant<'_, ManageSeparation, Workspace>) -> Result<SeparationText> {
        let stored = self.stored_policy(grant.resource().workspace_id()).await?;
        Ok(stored.map_or(SeparationText { version: 0, yaml: String::new() }, |policy| SeparationText { version: policy.version, yaml: policy.yaml }))
    }

    /// All versions, the newest first.
    pub async fn separation_history(&self, grant: &Grant<'_, ManageSeparation, Workspace>) -> Result<Vec<SeparationVersion>> {
        let rows: Vec<(i64, String, String, i64)> =
            sqlx::query_as("SELECT version, yaml, saved_by, saved_ms FROM separation_policies WHERE workspace = $1 ORDER BY version DESC")
                .bind(grant.resource().workspace_id().as_str())
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().map(|(version, yaml, by, saved_ms)| SeparationVersion { version, yaml, saved_by: PersonId::new(by), saved_ms }).collect())
    }

    /// Saves a new version if the stored one still is `version` (0: none); gives the new version. The audit line is
    /// part of the same transaction: no rule changes without one.
    pub async fn save_separation(&self, grant: &Grant<'_, ManageSeparation, Workspace>, version: i64, yaml: &str) -> Result<i64> {
        let audit = AuditEntry::of_grant(grant).detail("rules_saved");
        self.append_separation(version, yaml, grant.caller().person().as_str(), audit).await
    }

    /// Puts the first rules in at first start; a [`Error::Conflict`] when there are some.
    pub async fn install_separation(&self, workspace: &WorkspaceId, yaml: &str, now_ms: i64) -> Result<i64> {
        let audit = AuditEntry::bare(now_ms, workspace.clone(), "manage_separation", "workspace", workspace.as_str()).detail("rules_installed");
        self.append_separation(0, yaml, "start", AuditEntry { means: "start".to_owned(), ..audit }).await
    }

    /// Where and when stand in the audit entry.
    async fn append_separation(&self, version: i64, yaml: &str, by: &str, audit: AuditEntry) -> Result<i64> {
        RuleSet::parse(yaml)?;
        let workspace = &audit.workspace;
        let mut tx = self.write().await?;
        let current: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM separation_policies WHERE workspace = $1")
            .bind(workspace.as_str())
            .fetch_one(&mut *tx)
            .await?;
        if current != version {
            return Err(Error::Conflict { current });
        }
        sqlx::query("INSERT INTO separation_policies (workspace, version, yaml, saved_by, saved_ms) VALUES ($1, $2, $3, $4, $5)")
            .bind(workspace.as_str())
            .bind(current + 1)
            .bind(yaml)
            .bind(by)
            .bind(audit.at_ms)
            .execute(&mut *tx)
            .await?;
        let audit = AuditEntry { policy_version: Some(current + 1), ..audit };
        append_in(&mut tx, &[audit]).await?;
        tx.commit().await?;
        Ok(current + 1)
    }
}
