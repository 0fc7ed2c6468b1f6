//! Sign-ins on their way to a provider and back, and proofs that were used.

use crate::{Catalog, Result};
use serde_json::Value;
use sqlx::types::Json;

/// How many sign-ins of one connection may be on their way. More is a flood, and the oldest make room.
const PENDING: i64 = 20_000;

/// A sign-in that is on its way.
#[derive(Debug, Clone)]
pub struct PendingSignIn {
    /// Hash of the state that travels with it.
    pub state_hash: String,
    /// Through which connection.
    pub connection: String,
    /// Hash of the secret in the browser that began it; none when it began at the provider.
    pub browser_hash: Option<String>,
    /// What has to be remembered.
    pub data: Value,
    /// When it is over, epoch milliseconds.
    pub expires_ms: i64,
}

impl Catalog {
    /// Remembers a sign-in that begins. Those that are over are forgotten on the way.
    pub async fn add_pending_sign_in(&self, pending: &PendingSignIn, now_ms: i64) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM pending_sign_ins WHERE expires_ms <= $1").bind(now_ms).execute(&mut *tx).await?;
        sqlx::query(
            "DELETE FROM pending_sign_ins WHERE connection = $1 AND state_hash IN (SELECT state_hash FROM pending_sign_ins WHERE connection = $1 \
             ORDER BY expires_ms DESC LIMIT -1 OFFSET $2)",
        )
        .bind(&pending.connection)
        .bind(PENDING)
        .execute(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO pending_sign_ins (state_hash, connection, browser_hash, data, expires_ms) VALUES ($1, $2, $3, $4, $5)")
            .bind(&pending.state_hash)
            .bind(&pending.connection)
            .bind(&pending.browser_hash)
            .bind(Json(&pending.data))
            .bind(pending.expires_ms)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a sign-in that comes back: it is found once. `None`: never begun, over, taken, or of another connection.
    pub async fn take_pending_sign_in(&self, connection: &str, state_hash: &str, now_ms: i64) -> Result<Option<PendingSignIn>> {
        let row: Option<(Option<String>, Json<Value>, i64)> = sqlx::query_as(
            "DELETE FROM pending_sign_ins WHERE state_hash = $1 AND connection = $2 AND expires_ms > $3 RETURNING browser_hash, data, expires_ms",
        )
        .bind(state_hash)
        .bind(connection)
        .bind(now_ms)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(browser_hash, Json(data), expires_ms)| PendingSignIn {
            state_hash: state_hash.to_owned(),
            connection: connection.to_owned(),
            browser_hash,
            data,
            expires_ms,
        }))
    }

    /// Notes that proofs are used, all or none; false when one was used before. Whichever process asks first wins.
    pub async fn use_proofs(&self, connection: &str, ids: &[String], expires_ms: i64, now_ms: i64) -> Result<bool> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM used_proofs WHERE expires_ms <= $1").bind(now_ms).execute(&mut *tx).await?;
        for id in ids {
            let done = sqlx::query("INSERT INTO used_proofs (connection, id, expires_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(connection)
                .bind(id)
                .bind(expires_ms)
                .execute(&mut *tx)
                .await?;
            if done.rows_affected() == 0 {
                tx.rollback().await?;
                return Ok(false);
            }
        }
        tx.commit().await?;
        Ok(true)
    }
}
