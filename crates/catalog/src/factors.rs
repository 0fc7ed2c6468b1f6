//! Second factors of local accounts: codes by time, codes on paper, passkeys.

use crate::audit::append_in;
use crate::open_sessions::{Renewal, renew_in};
use crate::people::PersonRow;
use crate::{Catalog, Error, Person, Result};
use parclose_access::AuditEntry;
use parclose_model::{PersonId, WorkspaceId};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{Sqlite, Transaction};

/// Codes by time of a person.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TotpFactor {
    /// The shared secret.
    pub secret: Vec<u8>,
    /// Codes of this step and before are spent.
    pub last_step: i64,
    /// When a code was given for the first time, epoch milliseconds; none: begun and not confirmed.
    pub confirmed_ms: Option<i64>,
}

impl std::fmt::Debug for TotpFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TotpFactor").field("confirmed_ms", &self.confirmed_ms).finish_non_exhaustive()
    }
}

/// A passkey as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPasskey {
    /// Names it in lists.
    pub id: String,
    /// What the authenticator calls it, base64url.
    pub credential_id: String,
    /// Whose.
    pub person: PersonId,
    /// What the person calls it.
    pub name: String,
    /// What its verifier keeps.
    pub data: Value,
    /// What it said at its last use.
    pub counter: i64,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// Last use, epoch milliseconds.
    pub last_used_ms: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct PasskeyRow {
    id: String,
    credential_id: String,
    person: String,
    name: String,
    data: Json<Value>,
    counter: i64,
    created_ms: i64,
    last_used_ms: Option<i64>,
}

impl PasskeyRow {
    fn into_passkey(self) -> StoredPasskey {
        StoredPasskey {
            id: self.id,
            credential_id: self.credential_id,
            person: PersonId::new(self.person),
            name: self.name,
            data: self.data.0,
            counter: self.counter,
            created_ms: self.created_ms,
            last_used_ms: self.last_used_ms,
        }
    }
}

/// A change of a person's own factors, as one transaction with what belongs to it.
#[derive(Debug, Clone)]
pub enum FactorChange {
    /// The code of this step confirms what was begun.
    ConfirmTotp {
        /// The step of the code, spent with it.
        step: i64,
    },
    /// No codes by time any more.
    RemoveTotp,
    /// A new passkey.
    AddPasskey(StoredPasskey),
    /// No longer this one.
    RemovePasskey {
        /// Its id.
        id: String,
    },
    /// Nothing but new codes on paper.
    NewRecoveryCodes,
}

/// How many passkeys one person may have.
pub const MAX_PASSKEYS: i64 = 20;

impl Catalog {
    /// A person's codes by time, confirmed or not.
    pub async fn totp(&self, person: &PersonId) -> Result<Option<TotpFactor>> {
        Ok(sqlx::query_as("SELECT secret, last_step, confirmed_ms FROM totp_factors WHERE person = $1")
            .bind(person.as_str())
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Begins codes by time. What was begun before is replaced; false when they are confirmed already.
    pub async fn begin_totp(&self, person: &PersonId, secret: &[u8], now_ms: i64) -> Result<bool> {
        let done = sqlx::query(
            "INSERT INTO totp_factors (person, secret, last_step, created_ms) VALUES ($1, $2, 0, $3) \
             ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, last_step = 0, created_ms = excluded.created_ms WHERE confirmed_ms IS NULL",
        )
        .bind(person.as_str())
        .bind(secret)
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Spends the code of a step; false when that step or a later one is spent. Whichever process asks first wins.
    pub async fn spend_totp_step(&self, person: &PersonId, step: i64) -> Result<bool> {
        let done = sqlx::query("UPDATE totp_factors SET last_step = $2 WHERE person = $1 AND confirmed_ms IS NOT NULL AND last_step < $2")
            .bind(person.as_str())
            .bind(step)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Spends a code on paper; false when there is none such.
    pub async fn spend_recovery_code(&self, person: &PersonId, code_hash: &str) -> Result<bool> {
        let done = sqlx::query("DELETE FROM recovery_codes WHERE person = $1 AND code_hash = $2")
            .bind(person.as_str())
            .bind(code_hash)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// How many codes on paper are left.
    pub async fn recovery_codes_left(&self, person: &PersonId) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE person = $1").bind(person.as_str()).fetch_one(&self.pool).await?)
    }

    /// A person's passkeys, the oldest first.
    pub async fn passkeys(&self, person: &PersonId) -> Result<Vec<StoredPasskey>> {
        let rows: Vec<PasskeyRow> = sqlx::query_as("SELECT * FROM passkeys WHERE person = $1 ORDER BY created_ms, id")
            .bind(person.as_str())
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().map(PasskeyRow::into_passkey).collect())
    }

    /// A passkey by what the authenticator calls it, with its person in any state.
    pub async fn passkey(&self, credential_id: &str) -> Result<Option<(StoredPasskey, Person)>> {
        let row: Option<PasskeyRow> =
            sqlx::query_as("SELECT * FROM passkeys WHERE credential_id = $1").bind(credential_id).fetch_optional(&self.pool).await?;
        let Some(passkey) = row.map(PasskeyRow::into_passkey) else { return Ok(None) };
        let person: Option<PersonRow> =
            sqlx::query_as("SELECT * FROM people WHERE id = $1").bind(passkey.person.as_str()).fetch_optional(&self.pool).await?;
        Ok(person.map(|person| (passkey, person.into_person())))
    }

    /// Notes the use of a passkey, if its counter is still the one that was read; false when another use came between.
    pub async fn use_passkey(&self, id: &str, read_counter: i64, counter: i64, now_ms: i64) -> Result<bool> {
        let done = sqlx::query("UPDATE passkeys SET counter = $3, last_used_ms = $4 WHERE id = $1 AND counter = $2")
            .bind(id)
            .bind(read_counter)
            .bind(counter)
            .bind(now_ms)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A change of one's own factors. All other sessions end, the one that it came in goes on under a new token, and the
    /// line of the audit trail is written with it. `codes` are hashes of new codes on paper, which replace the old ones;
    /// who has no factor left has no codes either. False, and nothing changed, when the session is over or there is nothing
    /// to change.
    pub async fn change_factors(
        &self,
        person: &PersonId,
        change: &FactorChange,
        codes: Option<&[String]>,
        renewal: &Renewal,
        audit: AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.write().await?;
        if !renew_in(&mut tx, person, renewal).await? || !apply_in(&mut tx, person, change, audit.at_ms).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        if let Some(codes) = codes {
            sqlx::query("DELETE FROM recovery_codes WHERE person = $1").bind(person.as_str()).execute(&mut *tx).await?;
            for code in codes {
                sqlx::query("INSERT INTO recovery_codes (person, code_hash) VALUES ($1, $2)")
                    .bind(person.as_str())
                    .bind(code)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        sum_up_in(&mut tx, person).await?;
        append_in(&mut tx, &[audit]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Takes all factors of a person of the workspace and ends their sessions, with the line of the audit trail; false
    /// when there is no such person or nothing to take.
    pub async fn remove_factors(&self, workspace: &WorkspaceId, person: &PersonId, audit: AuditEntry) -> Result<bool> {
        let mut tx = self.write().await?;
        let theirs: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM people WHERE id = $1 AND workspace = $2 AND has_factor = 1)")
            .bind(person.as_str())
            .bind(workspace.as_str())
            .fetch_one(&mut *tx)
            .await?;
        if theirs == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        for statement in [
            "DELETE FROM totp_factors WHERE person = $1",
            "DELETE FROM passkeys WHERE person = $1",
            "DELETE FROM sessions WHERE person = $1",
        ] {
            sqlx::query(statement).bind(person.as_str()).execute(&mut *tx).await?;
        }
        sum_up_in(&mut tx, person).await?;
        append_in(&mut tx, &[audit]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

async fn apply_in(tx: &mut Transaction<'_, Sqlite>, person: &PersonId, change: &FactorChange, now_ms: i64) -> Result<bool> {
    let done = match change {
        FactorChange::ConfirmTotp { step } => {
            sqlx::query("UPDATE totp_factors SET confirmed_ms = $2, last_step = $3 WHERE person = $1 AND confirmed_ms IS NULL")
                .bind(person.as_str())
                .bind(now_ms)
                .bind(step)
                .execute(&mut **tx)
                .await?
        }
        FactorChange::RemoveTotp => {
            sqlx::query("DELETE FROM totp_factors WHERE person = $1 AND confirmed_ms IS NOT NULL")
                .bind(person.as_str())
                .execute(&mut **tx)
                .await?
        }
        FactorChange::AddPasskey(passkey) => {
            let insert = sqlx::query(
                "INSERT INTO passkeys (id, credential_id, person, name, data, counter, created_ms) SELECT $1, $2, $3, $4, $5, $6, $7 \
                 WHERE (SELECT COUNT(*) FROM passkeys WHERE person = $3) < $8",
            )
            .bind(&passkey.id)
            .bind(&passkey.credential_id)
            .bind(person.as_str())
            .bind(&passkey.name)
            .bind(Json(&passkey.data))
            .bind(passkey.counter)
            .bind(now_ms)
            .bind(MAX_PASSKEYS)
            .execute(&mut **tx)
            .await;
            match insert {
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Err(Error::Conflict { current: 0 }),
                done => done?,
            }
        }
        FactorChange::RemovePasskey { id } => {
            sqlx::query("DELETE FROM passkeys WHERE person = $1 AND id = $2").bind(person.as_str()).bind(id).execute(&mut **tx).await?
        }
        FactorChange::NewRecoveryCodes => return Ok(true),
    };
    Ok(done.rows_affected() == 1)
}

/// Brings `has_factor` up to date. Without a factor codes on paper mean nothing: they would wait for the next one.
async fn sum_up_in(tx: &mut Transaction<'_, Sqlite>, person: &PersonId) -> Result<()> {
    let statements = [
        "UPDATE people SET has_factor = EXISTS (SELECT 1 FROM totp_factors WHERE person = $1 AND confirmed_ms IS NOT NULL) \
         OR EXISTS (SELECT 1 FROM passkeys WHERE person = $1) WHERE id = $1",
        "DELETE FROM recovery_codes WHERE person = $1 AND EXISTS (SELECT 1 FROM people WHERE id = $1 AND has_factor = 0)",
        "DELETE FROM pending_factors WHERE person = $1",
    ];
    for statement in statements {
        sqlx::query(statement).bind(person.as_str()).execute(&mut **tx).await?;
    }
    Ok(())
}
