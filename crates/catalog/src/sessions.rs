//! Browser sessions, by the hash of their token.

use crate::people::PersonRow;
use crate::{AtProvider, Catalog, Person, Result};
use parclose_model::PersonId;
use sqlx::types::Json;

/// What is needed to begin one.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Hash of the token; the token itself is never stored.
    pub token_hash: String,
    /// Whose.
    pub person: PersonId,
    /// Proof against cross-site requests.
    pub csrf: String,
    /// The provider that it began at; none for a password.
    pub at_provider: Option<AtProvider>,
    /// Ends after so many milliseconds without a request.
    pub idle_ms: i64,
    /// Ends then in any case, epoch milliseconds.
    pub expires_ms: i64,
}

/// A stored session with its person as they are now.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose, read afresh.
    pub person: Person,
    /// Proof against cross-site requests.
    pub csrf: String,
    /// It began with a password or a passkey of ours, and not at a provider.
    pub is_local: bool,
    /// The workspace asks local accounts for a second factor.
    pub factor_required: bool,
    /// Last request, within a minute, epoch milliseconds.
    pub last_seen_ms: i64,
    /// Ends after so many milliseconds without a request.
    pub idle_ms: i64,
    /// Ends then in any case, epoch milliseconds.
    pub expires_ms: i64,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    csrf: String,
    is_local: bool,
    factor_required: bool,
    last_seen_ms: i64,
    idle_ms: i64,
    expires_ms: i64,
    #[sqlx(flatten)]
    person: PersonRow,
}

impl Catalog {
    /// Begins a session. Those that are over are cleared on the way.
    pub async fn add_session(&self, new: &NewSession, now_ms: i64) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM sessions WHERE expires_ms <= $1 OR last_seen_ms + idle_ms <= $1").bind(now_ms).execute(&mut *tx).await?;
        let at = new.at_provider.as_ref();
        sqlx::query("INSERT INTO sessions (token_hash, person, csrf, created_ms, last_seen_ms, idle_ms, expires_ms, connection, subject, session_index, logout_hint) \
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10)")
            .bind(&new.token_hash)
            .bind(new.person.as_str())
            .bind(&new.csrf)
            .bind(now_ms)
            .bind(new.idle_ms)
            .bind(new.expires_ms)
            .bind(at.map(|at| &at.connection))
            .bind(at.and_then(|at| at.subject.as_ref()))
            .bind(at.and_then(|at| at.session_index.as_ref()))
            .bind(at.and_then(|at| at.logout_hint.as_ref()).map(Json))
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE people SET last_sign_in_ms = $2 WHERE id = $1")
            .bind(new.person.as_str())
            .bind(now_ms)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A session that is not over at `now_ms`, of an active person.
    pub async fn session(&self, token_hash: &str, now_ms: i64) -> Result<Option<Session>> {
        let row: Option<SessionRow> = sqlx::query_as(
            "SELECT sessions.csrf, sessions.connection IS NULL AS is_local, \
             COALESCE(json_extract(workspaces.settings, '$.second_factor_required'), 0) AS factor_required, \
             sessions.last_seen_ms, sessions.idle_ms, sessions.expires_ms, people.* \
             FROM sessions JOIN people ON people.id = sessions.person JOIN workspaces ON workspaces.id = people.workspace \
             WHERE token_hash = $1 AND expires_ms > $2 AND last_seen_ms + idle_ms > $2 AND people.active = 1",
        )
        .bind(token_hash)
        .bind(now_ms)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| Session {
            person: row.person.into_person(),
            csrf: row.csrf,
            is_local: row.is_local,
            factor_required: row.factor_required,
            last_seen_ms: row.last_seen_ms,
            idle_ms: row.idle_ms,
            expires_ms: row.expires_ms,
        }))
    }

    /// Remembers a request of the session.
    pub async fn touch_session(&self, token_hash: &str, now_ms: i64) -> Result<()> {
        sqlx::query("UPDATE sessions SET last_seen_ms = MAX(last_seen_ms, $2) WHERE token_hash = $1")
            .bind(token_hash)
            .bind(now_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends a session.
    pub async fn end_session(&self, token_hash: &str) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(token_hash).execute(&self.pool).await?;
        Ok(())
    }
}
