//! API keys: found by prefix, proven by hash.

use crate::people::PersonRow;
use crate::{Catalog, Person, Result};
use parclose_access::KeyScope;
use parclose_model::{PersonId, WorkspaceId};
use sqlx::types::Json;
use std::collections::BTreeSet;

/// What is needed to make one.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// A fresh random id.
    pub id: String,
    /// The part that finds it.
    pub prefix: String,
    /// Hash of the part that proves it.
    pub secret_hash: String,
    /// What it is for, in the administrator's words.
    pub name: String,
    /// For whom it acts.
    pub person: PersonId,
    /// What it may be used for.
    pub scopes: BTreeSet<KeyScope>,
    /// The connection that a key with the scope `scim` speaks for.
    pub connection: Option<String>,
    /// Who made it.
    pub created_by: PersonId,
    /// When it ends, epoch milliseconds.
    pub expires_ms: Option<i64>,
}

/// A key as it is listed, without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Id.
    pub id: String,
    /// The part that finds it.
    pub prefix: String,
    /// What it is for.
    pub name: String,
    /// For whom it acts.
    pub person: PersonId,
    /// What it may be used for. A scope that this version does not know is left out.
    pub scopes: BTreeSet<KeyScope>,
    /// The connection that a key with the scope `scim` speaks for; none when it was removed.
    pub connection: Option<String>,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// When it ends, epoch milliseconds.
    pub expires_ms: Option<i64>,
    /// Last use, within a minute, epoch milliseconds.
    pub last_used_ms: Option<i64>,
    /// When it was revoked, epoch milliseconds.
    pub revoked_ms: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    key_id: String,
    prefix: String,
    secret_hash: String,
    key_name: String,
    person: String,
    scopes: Json<Vec<String>>,
    key_connection: Option<String>,
    key_created_ms: i64,
    expires_ms: Option<i64>,
    last_used_ms: Option<i64>,
    revoked_ms: Option<i64>,
    #[sqlx(flatten)]
    owner: PersonRow,
}

impl KeyRow {
    fn split(self) -> (ApiKey, String, Person) {
        let key = ApiKey {
            id: self.key_id,
            prefix: self.prefix,
            name: self.key_name,
            person: PersonId::new(self.person),
            scopes: self.scopes.0.iter().filter_map(|scope| KeyScope::parse(scope)).collect(),
            connection: self.key_connection,
            created_ms: self.key_created_ms,
            expires_ms: self.expires_ms,
            last_used_ms: self.last_used_ms,
            revoked_ms: self.revoked_ms,
        };
        (key, self.secret_hash, self.owner.into_person())
    }
}

impl Catalog {
    /// Stores a key.
    pub async fn add_api_key(&self, new: &NewApiKey, now_ms: i64) -> Result<()> {
        let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
        sqlx::query(
            "INSERT INTO api_keys (id, prefix, secret_hash, name, person, scopes, created_by, created_ms, expires_ms, connection) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&new.id)
        .bind(&new.prefix)
        .bind(&new.secret_hash)
        .bind(&new.name)
        .bind(new.person.as_str())
        .bind(Json(scopes))
        .bind(new.created_by.as_str())
        .bind(now_ms)
        .bind(new.expires_ms)
        .bind(&new.connection)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A key that is neither revoked nor over, of an active owner: the key, the hash of its secret, the owner.
    pub async fn api_key(&self, prefix: &str, now_ms: i64) -> Result<Option<(ApiKey, String, Person)>> {
        let row: Option<KeyRow> = sqlx::query_as(
            "SELECT api_keys.id AS key_id, prefix, secret_hash, api_keys.name AS key_name, person, scopes, api_keys.connection AS key_connection, \
             api_keys.created_ms AS key_created_ms, expires_ms, last_used_ms, revoked_ms, people.* \
             FROM api_keys JOIN people ON people.id = api_keys.person \
             WHERE prefix = $1 AND revoked_ms IS NULL AND (expires_ms IS NULL OR expires_ms > $2) AND people.active = 1",
        )
        .bind(prefix)
        .bind(now_ms)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(KeyRow::split))
    }

    /// All keys of a workspace's people, the newest first.
    pub async fn api_keys(&self, workspace: &WorkspaceId) -> Result<Vec<ApiKey>> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT api_keys.id AS key_id, prefix, secret_hash, api_keys.name AS key_name, person, scopes, api_keys.connection AS key_connection, \
             api_keys.created_ms AS key_created_ms, expires_ms, last_used_ms, revoked_ms, people.* \
             FROM api_keys JOIN people ON people.id = api_keys.person \
             WHERE people.workspace = $1 ORDER BY api_keys.created_ms DESC, api_keys.id",
        )
        .bind(workspace.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|row| row.split().0).collect())
    }

    /// The owner of a key that is still good, by the key's id.
    pub async fn owner_of_good_key(&self, id: &str, now_ms: i64) -> Result<Option<Person>> {
        let row: Option<PersonRow> = sqlx::query_as(
            "SELECT people.* FROM api_keys JOIN people ON people.id = api_keys.person \
             WHERE api_keys.id = $1 AND revoked_ms IS NULL AND (expires_ms IS NULL OR expires_ms > $2) AND people.active = 1",
        )
        .bind(id)
        .bind(now_ms)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(PersonRow::into_person))
    }

    /// Remembers a use.
    pub async fn touch_api_key(&self, id: &str, now_ms: i64) -> Result<()> {
        sqlx::query("UPDATE api_keys SET last_used_ms = $2 WHERE id = $1").bind(id).bind(now_ms).execute(&self.pool).await?;
        Ok(())
    }

    /// Revokes a key of this workspace; false when there is none that could be revoked.
    pub async fn revoke_api_key(&self, workspace: &WorkspaceId, id: &str, now_ms: i64) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE api_keys SET revoked_ms = $3 WHERE id = $2 AND revoked_ms IS NULL \
             AND person IN (SELECT id FROM people WHERE workspace = $1)",
        )
        .bind(workspace.as_str())
        .bind(id)
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
