//! A directory at the door of SCIM: one of our keys, with the scope `scim`, that speaks for one connection.

use crate::connections::settings_of;
use crate::{Identity, Mapping, Result, tokens};
use parclose_access::{AuditEntry, KeyScope, Outcome};
use parclose_catalog::ScimScope;
use parclose_model::{PersonId, WorkspaceId};

/// What a key is worth over SCIM.
pub enum ScimKey {
    /// Nothing: no key of ours, revoked, over, its owner gone, or its connection removed or switched off.
    Unknown,
    /// It is a key, for something else.
    NoScope,
    /// It speaks for a connection.
    Speaks(ScimCaller),
}

/// A directory that was let in. Made by [`Identity::scim_caller`] only, for one request. It is no
/// [`Caller`](parclose_access::Caller): no road to rows begins here.
pub struct ScimCaller {
    scope: ScimScope,
    mapping: Mapping,
}

impl ScimCaller {
    /// For whom it speaks.
    pub fn scope(&self) -> &ScimScope {
        &self.scope
    }
    /// How the connection names attributes and splits lists; who somebody is, SCIM names itself.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }
}

impl Identity {
    /// Whom a key speaks for, in its own workspace, which must be one of those served. A proven key that is refused leaves a line in the audit trail.
    pub async fn scim_caller(&self, key: &str, served: &[WorkspaceId], request_id: &str, now_ms: i64) -> Result<ScimKey> {
        let Some((stored, owner)) = self.proven_key(key, now_ms).await? else { return Ok(ScimKey::Unknown) };
        let refused = async |reason: &'static str| {
            let entry =
                AuditEntry::bare(now_ms, owner.workspace.clone(), "scim", "api_key", &stored.id).outcome(Outcome::Refused).detail(reason);
            let entry =
                AuditEntry { person: Some(owner.id.clone()), means: format!("key:{}", stored.id), request_id: request_id.into(), ..entry };
            self.catalog.append_audit(&[entry]).await
        };
        let workspace = &owner.workspace;
        if !served.contains(workspace) {
            refused("another_workspace").await?;
            return Ok(ScimKey::Unknown);
        }
        if !stored.scopes.contains(&KeyScope::Scim) {
            refused("no_scope").await?;
            return Ok(ScimKey::NoScope);
        }
        let connection = match &stored.connection {
            Some(id) => self.catalog.connection(workspace, id).await?.filter(|connection| connection.enabled),
            None => None,
        };
        let Some(connection) = connection else {
            refused("connection_off").await?;
            return Ok(ScimKey::Unknown);
        };
        let mapping = settings_of(&connection)?.mapping;
        let scope = ScimScope {
            workspace: workspace.clone(),
            connection: connection.id,
            key: stored.id,
            owner: owner.id.clone(),
            request_id: request_id.to_owned(),
            now_ms,
        };
        Ok(ScimKey::Speaks(ScimCaller { scope, mapping }))
    }

    /// A fresh random id for a person or a group: it says nothing of either.
    pub fn opaque_id(&self) -> Result<PersonId> {
        Ok(PersonId::new(tokens::random_hex(self.randomness.as_ref(), 16)?))
    }
}
