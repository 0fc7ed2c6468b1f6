//! Links with which people choose a new password. There is no mail: whoever makes one gives it to the person.

use crate::people::needs_a_session;
use crate::{Error, Identity, Result, tokens};
use parclose_access::actions::ManagePeople;
use parclose_access::{AuditEntry, Grant, Refusal, Workspace};
use parclose_catalog::{Person, PersonKind};
use parclose_model::{PersonId, WorkspaceId};
use std::fmt;

const LINK_MS: i64 = 24 * 3_600_000;

/// A link to be given to its person. Not printed by `Debug`: it is shown once.
pub struct PasswordLink {
    secret: String,
    /// When it is over, epoch milliseconds.
    pub expires_ms: i64,
}

impl PasswordLink {
    /// What stands behind the `#` of the address, where no log sees it.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for PasswordLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordLink").field("expires_ms", &self.expires_ms).finish_non_exhaustive()
    }
}

/// Whom a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOf {
    /// Login.
    pub login: String,
    /// Display name.
    pub name: String,
    /// When it is over, epoch milliseconds.
    pub expires_ms: i64,
}

impl Identity {
    /// Makes a link for a person of the workspace, in place of one that was there. [`Error::NoLocalSignIn`] for who comes
    /// from a provider and has no password here, and where a connection forbids passwords: a link is no way around that.
    pub async fn make_password_link(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId) -> Result<PasswordLink> {
        needs_a_session(grant)?;
        let person = self.find_person(grant, id).await?;
        let audit = AuditEntry { resource: "person".into(), resource_id: id.as_str().to_owned(), ..AuditEntry::of_grant(grant) };
        self.link_for(&person, audit.detail("password_link_made"), grant.ctx().now_ms()).await
    }

    /// Makes a link for who runs the server: for the last administrator who forgot theirs.
    pub async fn password_link_of_login(&self, workspace: &WorkspaceId, login: &str, now_ms: i64) -> Result<PasswordLink> {
        let found = self.catalog.credentials(workspace, login).await?.map(|found| found.person);
        let person = found.ok_or(Error::Refused(Refusal::NotFound))?;
        let audit = AuditEntry::bare(now_ms, workspace.clone(), "manage_people", "person", person.id.as_str());
        let audit = AuditEntry { means: "command_line".to_owned(), ..audit };
        self.link_for(&person, audit.detail("password_link_made"), now_ms).await
    }

    /// Whom a link is for. All that is wrong with one is one [`Error::LinkNotValid`].
    pub async fn read_password_link(&self, workspace: &WorkspaceId, secret: &str, now_ms: i64) -> Result<LinkOf> {
        let (person, expires_ms) =
            self.catalog.password_link(workspace, &tokens::hash(secret), now_ms).await?.ok_or(Error::LinkNotValid)?;
        if !self.has_password_path(&person).await? {
            return Err(Error::LinkNotValid);
        }
        Ok(LinkOf { login: person.login, name: person.name, expires_ms })
    }

    /// Uses a link: the person's own password from now on. All their sessions end; nobody is signed in by it, so that a
    /// second factor is still asked for.
    pub async fn reset_password(&self, workspace: &WorkspaceId, secret: &str, password: &str, request_id: &str, now_ms: i64) -> Result<()> {
        let token_hash = tokens::hash(secret);
        let (person, _) = self.catalog.password_link(workspace, &token_hash, now_ms).await?.ok_or(Error::LinkNotValid)?;
        if !self.has_password_path(&person).await? {
            return Err(Error::LinkNotValid);
        }
        let password_hash = self.hash_checked(&person.login, password).await?;
        let audit = AuditEntry::bare(now_ms, workspace.clone(), "own_account", "person", person.id.as_str()).detail("password_reset");
        let audit = AuditEntry { person: Some(person.id), means: "password_link".to_owned(), request_id: request_id.to_owned(), ..audit };
        match self.catalog.use_password_link(&token_hash, &password_hash, audit).await? {
            true => Ok(()),
            false => Err(Error::LinkNotValid),
        }
    }

    async fn link_for(&self, person: &Person, audit: AuditEntry, now_ms: i64) -> Result<PasswordLink> {
        if person.kind != PersonKind::Person || !person.active {
            return Err(Error::Refused(Refusal::NotFound));
        }
        if !self.has_password_path(person).await? {
            return Err(Error::NoLocalSignIn);
        }
        let secret = tokens::random_text(self.randomness.as_ref())?;
        let expires_ms = now_ms + LINK_MS;
        match self.catalog.add_password_link(&person.id, &tokens::hash(&secret), expires_ms, audit).await? {
            true => Ok(PasswordLink { secret, expires_ms }),
            false => Err(Error::Refused(Refusal::NotFound)),
        }
    }

    /// A person whom a provider brought has no way to a password, and nobody has where a connection forbids them. Who was
    /// made here without a password may get their first one.
    async fn has_password_path(&self, person: &Person) -> Result<bool> {
        let from_a_provider = !person.has_password && self.catalog.is_linked(&person.id).await?;
        Ok(!from_a_provider && !self.forbids_local(person).await?)
    }
}
