//! API keys: `pck_<prefix>_<secret>`. The prefix finds the key, the secret proves it.

use crate::limits::TOUCH_MS;
use crate::tokens;
use crate::{Error, Identity, Result};
use parclose_access::actions::ManageKeys;
use parclose_access::{AuditEntry, Caller, Grant, KeyScope, Means, Refusal, Workspace};
use parclose_catalog::{ApiKey, NewApiKey, Person};
use parclose_model::PersonId;
use std::collections::BTreeSet;
use std::fmt;

/// A key that somebody wants.
#[derive(Debug, Clone)]
pub struct KeyRequest {
    /// What it is for.
    pub name: String,
    /// The person or service that it acts for.
    pub person: PersonId,
    /// What it may be used for, at least one. `scim` stands alone.
    pub scopes: BTreeSet<KeyScope>,
    /// The connection that a key with the scope `scim` speaks for; none for any other.
    pub connection: Option<String>,
    /// When it ends, epoch milliseconds; never when left out.
    pub expires_ms: Option<i64>,
}

/// A key that was made. The secret is shown now and never again.
pub struct IssuedKey {
    /// The key's id.
    pub id: String,
    /// The part that finds it, shown in lists.
    pub prefix: String,
    secret: String,
}

impl IssuedKey {
    /// The whole key.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedKey").field("id", &self.id).finish_non_exhaustive()
    }
}

const START: &str = "pck_";

impl Identity {
    /// The caller of a key, limited to the key's scopes. `None`: unknown, wrong, revoked, over, its owner not active
    /// or without the roles to come in.
    pub async fn caller_from_key(&self, key: &str, now_ms: i64) -> Result<Option<Caller>> {
        let Some((stored, owner)) = self.proven_key(key, now_ms).await? else { return Ok(None) };
        // A directory's key opens nothing here, not even what needs no right.
        if stored.scopes.contains(&KeyScope::Scim) {
            return Ok(None);
        }
        Ok(self.enter(&owner, Means::ApiKey { id: stored.id, scopes: stored.scopes }).ok())
    }

    /// A key that is neither revoked nor over, of an active owner, proven by its secret.
    pub(crate) async fn proven_key(&self, key: &str, now_ms: i64) -> Result<Option<(ApiKey, Person)>> {
        let Some((prefix, _)) = key.strip_prefix(START).and_then(|rest| rest.split_once('_')) else {
            return Ok(None);
        };
        let sent = tokens::hash(key);
        let found = self.catalog.api_key(prefix, now_ms).await?;
        let Some((stored, _, owner)) = found.filter(|(_, hash, _)| tokens::same(hash, &sent)) else {
            return Ok(None);
        };
        if stored.last_used_ms.is_none_or(|last| now_ms - last >= TOUCH_MS) {
            self.catalog.touch_api_key(&stored.id, now_ms).await?;
        }
        Ok(Some((stored, owner)))
    }

    /// Makes a key for a person or a service of the workspace.
    pub async fn create_api_key(&self, grant: &Grant<'_, ManageKeys, Workspace>, request: KeyRequest) -> Result<IssuedKey> {
        let now_ms = grant.ctx().now_ms();
        if request.name.trim().is_empty() || request.name.len() > 200 {
            return Err(Error::InvalidField("name"));
        }
        if request.scopes.is_empty() {
            return Err(Error::InvalidField("scopes"));
        }
        // Whoever speaks for a directory decides who is whom: the key does that and nothing else.
        let is_scim = request.scopes.contains(&KeyScope::Scim);
        if is_scim && request.scopes.len() > 1 {
            return Err(Error::InvalidField("scopes"));
        }
        if is_scim != request.connection.is_some() {
            return Err(Error::InvalidField("connection"));
        }
        if let Some(connection) = &request.connection
            && self.catalog.connection(grant.resource().workspace_id(), connection).await?.is_none()
        {
            return Err(Error::InvalidField("connection"));
        }
        if request.expires_ms.is_some_and(|expires| expires <= now_ms) {
            return Err(Error::InvalidField("expires"));
        }
        let owner = self.catalog.person(grant.resource().workspace_id(), &request.person).await?;
        let Some(owner) = owner.filter(|owner| owner.active) else {
            return Err(Error::Refused(Refusal::NotFound));
        };
        let id = tokens::random_hex(self.randomness.as_ref(), 16)?;
        let prefix = tokens::random_hex(self.randomness.as_ref(), 6)?;
        let secret = format!("{START}{prefix}_{}", tokens::random_hex(self.randomness.as_ref(), 32)?);
        let new = NewApiKey {
            id: id.clone(),
            prefix: prefix.clone(),
            secret_hash: tokens::hash(&secret),
            name: request.name.trim().to_owned(),
            person: owner.id,
            scopes: request.scopes,
            connection: request.connection,
            created_by: grant.caller().person().clone(),
            expires_ms: request.expires_ms,
        };
        self.catalog.add_api_key(&new, now_ms).await?;
        self.catalog.append_audit(&[about_key(grant, &id, "created")]).await?;
        Ok(IssuedKey { id, prefix, secret })
    }

    /// All keys of the workspace, the newest first.
    pub async fn list_api_keys(&self, grant: &Grant<'_, ManageKeys, Workspace>) -> Result<Vec<ApiKey>> {
        Ok(self.catalog.api_keys(grant.resource().workspace_id()).await?)
    }

    /// Revokes a key; [`Refusal::NotFound`] when there is none to revoke.
    pub async fn revoke_api_key(&self, grant: &Grant<'_, ManageKeys, Workspace>, id: &str) -> Result<()> {
        if !self.catalog.revoke_api_key(grant.resource().workspace_id(), id, grant.ctx().now_ms()).await? {
            return Err(Error::Refused(Refusal::NotFound));
        }
        self.catalog.append_audit(&[about_key(grant, id, "revoked")]).await?;
        Ok(())
    }
}

fn about_key(grant: &Grant<'_, ManageKeys, Workspace>, id: &str, detail: &'static str) -> AuditEntry {
    AuditEntry { resource: "api_key".into(), resource_id: id.to_owned(), ..AuditEntry::of_grant(grant) }.detail(detail)
}
