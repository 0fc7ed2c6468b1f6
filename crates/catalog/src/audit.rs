//! The audit trail: one chain of hashes over the whole catalog, append-only.

use crate::{Catalog, Error, Result};
use parclose_access::actions::ReadAudit;
use parclose_access::audit::{CHAIN_START, link, verify_chain};
use parclose_access::{AuditEntry, AuditRecord, Grant, Workspace};
use sqlx::{Sqlite, Transaction};

/// What to list; `None` leaves it open.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this person.
    pub person: Option<String>,
    /// This action.
    pub action: Option<String>,
    /// This kind of resource.
    pub resource: Option<String>,
    /// This resource: "who saw this conversation?".
    pub resource_id: Option<String>,
    /// Numbers below this one: the page after a page.
    pub before: Option<i64>,
    /// At most so many, never above 1,000.
    pub limit: i64,
}

/// Where the chain ends. Kept elsewhere, it shows later that nothing was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of the last record; 0 when there is none.
    pub number: i64,
    /// Its hash.
    pub hash: String,
}

const PAGE: i64 = 1_000;

impl Catalog {
    /// Appends entries in one transaction and gives where the chain ends then.
    pub async fn append_audit(&self, entries: &[AuditEntry]) -> Result<AuditHead> {
        let _turn = self.audit.lock().await;
        let mut tx = self.write().await?;
        let head = append_in(&mut tx, entries).await?;
        tx.commit().await?;
        Ok(head)
    }

    /// A page of the workspace's entries, the newest first.
    pub async fn audit(&self, grant: &Grant<'_, ReadAudit, Workspace>, filter: &AuditFilter) -> Result<Vec<AuditRecord>> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT number, canonical, hash FROM audit WHERE workspace = $1 AND ($2 IS NULL OR person = $2) AND ($3 IS NULL OR action = $3) \
             AND ($4 IS NULL OR resource = $4) AND ($5 IS NULL OR resource_id = $5) AND ($6 IS NULL OR number < $6) \
             ORDER BY number DESC LIMIT $7",
        )
        .bind(grant.resource().workspace_id().as_str())
        .bind(&filter.person)
        .bind(&filter.action)
        .bind(&filter.resource)
        .bind(&filter.resource_id)
        .bind(filter.before)
        .bind(filter.limit.clamp(1, PAGE))
        .fetch_all(&self.pool)
        .await?;
        let record = |(number, canonical, hash): (i64, String, String)| {
            let entry = serde_json::from_str(&canonical).map_err(|_| Error::Stored("audit entry"))?;
            Ok(AuditRecord { number, entry, hash })
        };
        rows.into_iter().map(record).collect()
    }

    /// Recomputes the whole chain. [`Error::AuditBroken`] names the first record that does not fit.
    pub async fn verify_audit(&self) -> Result<AuditHead> {
        let mut head = (0, CHAIN_START.to_owned());
        loop {
            let rows: Vec<(i64, String, String)> = sqlx::query_as("SELECT number, canonical, hash FROM audit WHERE number > $1 ORDER BY number LIMIT $2")
                .bind(head.0)
                .bind(PAGE)
                .fetch_all(&self.pool)
                .await?;
            let last_page = rows.len() < PAGE as usize;
            head = verify_chain(head, rows.iter().map(|(number, canonical, hash)| (*number, canonical.as_str(), hash.as_str())))?;
            if last_page {
                return Ok(AuditHead { number: head.0, hash: head.1 });
            }
        }
    }
}

/// Appends within a transaction that holds the write lock, so that nobody else reads the same end of the chain.
pub(crate) async fn append_in(tx: &mut Transaction<'_, Sqlite>, entries: &[AuditEntry]) -> Result<AuditHead> {
    let last: Option<(i64, String)> = sqlx::query_as("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetch_optional(&mut **tx).await?;
    let (mut number, mut hash) = last.unwrap_or_else(|| (0, CHAIN_START.to_owned()));
    for entry in entries {
        let canonical = entry.canonical();
        let next = link(&hash, &canonical);
        number += 1;
        sqlx::query("INSERT INTO audit (number, canonical, previous_hash, hash) VALUES ($1, $2, $3, $4)")
            .bind(number)
            .bind(&canonical)
            .bind(&hash)
            .bind(&next)
            .execute(&mut **tx)
            .await?;
        hash = next;
    }
    Ok(AuditHead { number, hash })
}
