//! The audit trail: one chain of hashes over the whole catalog, append-only.

use crate::{Catalog, Error, Result};
use parclose_access::actions::ReadAudit;
use parclose_access::audit::{CHAIN_START, link, verify_chain};
use parclose_access::{AuditEntry, AuditRecord, Grant, Outcome, Workspace};
use sqlx::{QueryBuilder, Sqlite, SqliteExecutor, Transaction};

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
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Not before this instant, epoch milliseconds.
    pub from_ms: Option<i64>,
    /// Before this instant, epoch milliseconds.
    pub to_ms: Option<i64>,
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
        let mut known = self.audit.lock().await;
        // One line after the one that was last, as nearly always: one statement instead of four.
        if let (Some(last), [entry]) = (known.take(), entries) {
            match insert(&self.pool, &last, entry).await {
                Ok(head) => return Ok(known.insert(head).clone()),
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut tx = self.write().await?;
        let head = append_in(&mut tx, entries).await?;
        tx.commit().await?;
        Ok(known.insert(head).clone())
    }

    /// A page of the workspace's entries, the newest first.
    pub async fn audit(&self, grant: &Grant<'_, ReadAudit, Workspace>, filter: &AuditFilter) -> Result<Vec<AuditRecord>> {
        // Only what is asked for stands in the question, so that an index can answer it.
        let mut ask = QueryBuilder::<Sqlite>::new("SELECT number, canonical, hash FROM audit WHERE workspace = ");
        ask.push_bind(grant.resource().workspace_id().as_str());
        let texts =
            [("person", &filter.person), ("action", &filter.action), ("resource", &filter.resource), ("resource_id", &filter.resource_id)];
        for (column, value) in texts {
            if let Some(value) = value {
                ask.push(format_args!(" AND {column} = ")).push_bind(value);
            }
        }
        if let Some(outcome) = filter.outcome {
            ask.push(" AND json_extract(canonical, '$.outcome') = ").push_bind(word_of(outcome));
        }
        for (condition, value) in [(" AND at_ms >= ", filter.from_ms), (" AND at_ms < ", filter.to_ms), (" AND number < ", filter.before)] {
            if let Some(value) = value {
                ask.push(condition).push_bind(value);
            }
        }
        ask.push(" ORDER BY number DESC LIMIT ").push_bind(filter.limit.clamp(1, PAGE));
        let rows: Vec<(i64, String, String)> = ask.build_query_as().fetch_all(&self.pool).await?;
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

/// As the entries are stored.
fn word_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
    }
}

/// Appends within a transaction that holds the write lock, so that nobody else reads the same end of the chain.
pub(crate) async fn append_in(tx: &mut Transaction<'_, Sqlite>, entries: &[AuditEntry]) -> Result<AuditHead> {
    let last: Option<(i64, String)> = sqlx::query_as("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").fetch_optional(&mut **tx).await?;
    let (number, hash) = last.unwrap_or_else(|| (0, CHAIN_START.to_owned()));
    let mut head = AuditHead { number, hash };
    for entry in entries {
        head = insert(&mut **tx, &head, entry).await?;
    }
    Ok(head)
}

/// Puts an entry behind the last one. A unique violation when that is not the last one any more.
async fn insert(to: impl SqliteExecutor<'_>, last: &AuditHead, entry: &AuditEntry) -> sqlx::Result<AuditHead> {
    let canonical = entry.canonical();
    let (number, hash) = (last.number + 1, link(&last.hash, &canonical));
    sqlx::query("INSERT INTO audit (number, canonical, previous_hash, hash) VALUES ($1, $2, $3, $4)")
        .bind(number)
        .bind(&canonical)
        .bind(&last.hash)
        .bind(&hash)
        .execute(to)
        .await?;
    Ok(AuditHead { number, hash })
}
