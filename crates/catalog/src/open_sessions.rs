//! The open sessions of one person: listing, ending, and the change of one's own password, which ends the others.

use crate::audit::append_in;
use crate::{Catalog, Result};
use parclose_access::AuditEntry;
use parclose_model::{PersonId, WorkspaceId};
use sqlx::{Sqlite, Transaction};

/// A session that is not over, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenSession {
    /// Hash of its token. Names the session within the server and is not handed out.
    pub token_hash: String,
    /// What the browser said it is; empty when it said nothing.
    pub client: String,
    /// When it began, epoch milliseconds.
    pub created_ms: i64,
    /// Last request, within a minute, epoch milliseconds.
    pub last_seen_ms: i64,
    /// Ends after so many milliseconds without a request.
    pub idle_ms: i64,
    /// Ends then in any case, epoch milliseconds.
    pub expires_ms: i64,
}

/// What takes the place of a session in which its person changed what proves them.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// The session that the change came in.
    pub session: String,
    /// Hash of its new token: the old one opens nothing any more.
    pub new_session: String,
    /// Its new proof against cross-site requests.
    pub new_csrf: String,
}

impl Catalog {
    /// The open sessions of a person of this workspace, the last used first.
    pub async fn open_sessions(&self, workspace: &WorkspaceId, person: &PersonId, now_ms: i64) -> Result<Vec<OpenSession>> {
        Ok(sqlx::query_as(
            "SELECT token_hash, client, sessions.created_ms, last_seen_ms, idle_ms, expires_ms FROM sessions \
             JOIN people ON people.id = sessions.person \
             WHERE people.workspace = $1 AND person = $2 AND expires_ms > $3 AND last_seen_ms + idle_ms > $3 \
             ORDER BY last_seen_ms DESC, sessions.created_ms DESC, token_hash",
        )
        .bind(workspace.as_str())
        .bind(person.as_str())
        .bind(now_ms)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Remembers what the browser of a session is.
    pub async fn describe_session(&self, token_hash: &str, client: &str) -> Result<()> {
        sqlx::query("UPDATE sessions SET client = $2 WHERE token_hash = $1").bind(token_hash).bind(client).execute(&self.pool).await?;
        Ok(())
    }

    /// Ends one session of a person, or all of them, together with the audit line; gives how many ended. The line is
    /// written when there was something to end.
    pub async fn end_sessions_of(&self, person: &PersonId, only: Option<&str>, audit: AuditEntry) -> Result<u64> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "DELETE FROM sessions WHERE person = $1 AND ($2 IS NULL OR token_hash = $2) \
             AND person IN (SELECT id FROM people WHERE workspace = $3)",
        )
        .bind(person.as_str())
        .bind(only)
        .bind(audit.workspace.as_str())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() > 0 {
            append_in(&mut tx, &[audit]).await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// A person's own new password. All their other sessions end, and the one that it came in goes on under a new
    /// token. False, and nothing changed, when that session is over.
    pub async fn change_own_password(&self, person: &PersonId, password_hash: &str, renewal: &Renewal, audit: AuditEntry) -> Result<bool> {
        let mut tx = self.write().await?;
        if !renew_in(&mut tx, person, renewal).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        sqlx::query("UPDATE people SET password_hash = $2, password_due = 0, changed_ms = $3 WHERE id = $1 AND kind = 'person'")
            .bind(person.as_str())
            .bind(password_hash)
            .bind(audit.at_ms)
            .execute(&mut *tx)
            .await?;
        forget_in(&mut tx, person).await?;
        append_in(&mut tx, &[audit]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Gives a session of the person a new token and ends all others; false when it is over.
pub(crate) async fn renew_in(tx: &mut Transaction<'_, Sqlite>, person: &PersonId, renewal: &Renewal) -> Result<bool> {
    let kept = sqlx::query("UPDATE sessions SET token_hash = $3, csrf = $4 WHERE person = $1 AND token_hash = $2")
        .bind(person.as_str())
        .bind(&renewal.session)
        .bind(&renewal.new_session)
        .bind(&renewal.new_csrf)
        .execute(&mut **tx)
        .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("DELETE FROM sessions WHERE person = $1 AND token_hash <> $2")
        .bind(person.as_str())
        .bind(&renewal.new_session)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

/// A password that changes, or a person who leaves, takes along what waited for the old one: links and sign-ins half done.
pub(crate) async fn forget_in(tx: &mut Transaction<'_, Sqlite>, person: &PersonId) -> Result<()> {
    for statement in ["DELETE FROM password_links WHERE person = $1", "DELETE FROM pending_factors WHERE person = $1"] {
        sqlx::query(statement).bind(person.as_str()).execute(&mut **tx).await?;
    }
    Ok(())
}
