//! Attempts to sign in that have not succeeded: how many, of late, for a login or from an address.

use crate::{Catalog, Result};

impl Catalog {
    /// Notes an attempt for each subject, if each is below its limit since `since_ms`; false when one is not, and
    /// then nothing is noted. Counted **before** the password is looked at and in one transaction, so that a
    /// thousand guesses at once are no way around the limit. Older attempts are forgotten.
    pub async fn begin_sign_in(&self, subjects: &[(&str, i64)], now_ms: i64, since_ms: i64) -> Result<bool> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM failed_sign_ins WHERE at_ms < $1").bind(since_ms).execute(&mut *tx).await?;
        for (subject, limit) in subjects {
            let count: i64 =
                sqlx::query_scalar("SELECT COUNT(*) FROM failed_sign_ins WHERE subject = $1").bind(subject).fetch_one(&mut *tx).await?;
            if count >= *limit {
                tx.commit().await?;
                return Ok(false);
            }
        }
        for (subject, _) in subjects {
            sqlx::query("INSERT INTO failed_sign_ins (subject, at_ms) VALUES ($1, $2)").bind(subject).bind(now_ms).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// After a success: forgets all attempts for the login, and this one from the address. The others from the
    /// address stay, so that an own account does not clear the way for guessing at others.
    pub async fn sign_in_succeeded(&self, login: &str, address: &str, at_ms: i64) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM failed_sign_ins WHERE subject = $1").bind(login).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM failed_sign_ins WHERE rowid = (SELECT rowid FROM failed_sign_ins WHERE subject = $1 AND at_ms = $2 LIMIT 1)")
            .bind(address)
            .bind(at_ms)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
