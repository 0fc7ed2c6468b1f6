//! What waits for a browser's next step: a sign-in whose password was right, or the challenge of a passkey.

use crate::{Catalog, Result};
use parclose_model::PersonId;
use serde_json::Value;
use sqlx::types::Json;

/// How many may wait. More is a flood, and the oldest make room.
const PENDING: i64 = 20_000;

/// What it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingPurpose {
    /// The password was right; the second factor is missing.
    SignIn,
    /// A passkey alone; nobody is known yet.
    Passkey,
    /// A passkey that is being made.
    NewPasskey,
}

impl PendingPurpose {
    fn as_str(self) -> &'static str {
        match self {
            PendingPurpose::SignIn => "sign_in",
            PendingPurpose::Passkey => "passkey",
            PendingPurpose::NewPasskey => "new_passkey",
        }
    }
}

/// Something that waits.
#[derive(Debug, Clone)]
pub struct PendingFactor {
    /// Hash of the secret in the browser.
    pub token_hash: String,
    /// What for.
    pub purpose: PendingPurpose,
    /// Whose; none when nobody is known yet.
    pub person: Option<PersonId>,
    /// The challenge of a passkey.
    pub challenge: Option<Value>,
    /// When it is over, epoch milliseconds.
    pub expires_ms: i64,
}

impl Catalog {
    /// Remembers what waits. What is over is forgotten on the way.
    pub async fn add_pending_factor(&self, pending: &PendingFactor, now_ms: i64) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM pending_factors WHERE expires_ms <= $1").bind(now_ms).execute(&mut *tx).await?;
        sqlx::query(
            "DELETE FROM pending_factors WHERE token_hash IN (SELECT token_hash FROM pending_factors WHERE purpose = $1 ORDER BY expires_ms DESC LIMIT -1 OFFSET $2)",
        )
        .bind(pending.purpose.as_str())
        .bind(PENDING - 1)
        .execute(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO pending_factors (token_hash, purpose, person, challenge, expires_ms) VALUES ($1, $2, $3, $4, $5)")
            .bind(&pending.token_hash)
            .bind(pending.purpose.as_str())
            .bind(pending.person.as_ref().map(PersonId::as_str))
            .bind(pending.challenge.as_ref().map(Json))
            .bind(pending.expires_ms)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Looks at what waits without a try; gives whose it is.
    pub async fn pending_factor(&self, token_hash: &str, purpose: PendingPurpose, now_ms: i64) -> Result<Option<PersonId>> {
        let row: Option<Option<String>> =
            sqlx::query_scalar("SELECT person FROM pending_factors WHERE token_hash = $1 AND purpose = $2 AND expires_ms > $3")
                .bind(token_hash)
                .bind(purpose.as_str())
                .bind(now_ms)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.flatten().map(PersonId::new))
    }

    /// Puts a challenge to what waits; false when nothing does.
    pub async fn challenge_pending_factor(&self, token_hash: &str, challenge: &Value, now_ms: i64) -> Result<bool> {
        let done = sqlx::query("UPDATE pending_factors SET challenge = $2 WHERE token_hash = $1 AND expires_ms > $3")
            .bind(token_hash)
            .bind(Json(challenge))
            .bind(now_ms)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A try: counted before anything is compared, so that many at once are no way around `most`. The challenge, if there is
    /// one, is handed out and forgotten: each is good for one try. Of a try too many nothing is left. Gives whose it is and
    /// the challenge; `None`: never begun, over, or tried too often.
    pub async fn try_pending_factor(
        &self,
        token_hash: &str,
        purpose: PendingPurpose,
        most: i64,
        now_ms: i64,
    ) -> Result<Option<(Option<PersonId>, Option<Value>)>> {
        type Waiting = (Option<String>, Option<Json<Value>>, i64);
        let mut tx = self.write().await?;
        let row: Option<Waiting> = sqlx::query_as(
            "SELECT person, challenge, tries FROM pending_factors WHERE token_hash = $1 AND purpose = $2 AND expires_ms > $3",
        )
        .bind(token_hash)
        .bind(purpose.as_str())
        .bind(now_ms)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((person, challenge, tries)) = row else { return Ok(None) };
        let statement = if tries >= most {
            "DELETE FROM pending_factors WHERE token_hash = $1"
        } else {
            "UPDATE pending_factors SET tries = tries + 1, challenge = NULL WHERE token_hash = $1"
        };
        sqlx::query(statement).bind(token_hash).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok((tries < most).then(|| (person.map(PersonId::new), challenge.map(|Json(challenge)| challenge))))
    }

    /// Takes what waits: it is found once.
    pub async fn take_pending_factor(&self, token_hash: &str) -> Result<bool> {
        let done = sqlx::query("DELETE FROM pending_factors WHERE token_hash = $1").bind(token_hash).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }
}
