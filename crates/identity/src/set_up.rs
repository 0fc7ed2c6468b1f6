//! The set-up link: whoever reads the terminal of the server makes the first administrator.

use crate::people::{NewAccount, check_account};
use crate::{Error, Identity, Result, tokens};
use parclose_access::{AuditEntry, matrix};
use parclose_catalog::{NewPerson, Person, PersonKind};
use parclose_model::{PersonId, WorkspaceId};
use std::collections::BTreeMap;

/// The first administrator, as they typed themselves in.
#[derive(Clone)]
pub struct FirstPerson<'a> {
    /// Login, and e-mail if it is one.
    pub login: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Their password.
    pub password: &'a str,
    /// Whether they want to see everything too (`wfo.full_access`), and not only administer.
    pub full_access: bool,
}

/// Opens the door and nothing of what was recorded or counted.
const LEAST: &str = "wfo.quality_process_manager";

impl Identity {
    /// The secret of a new set-up link, in place of the one before; none, and no link, when somebody administers the
    /// workspace already or it is a demo.
    pub async fn offer_set_up(&self, workspace: &WorkspaceId, now_ms: i64) -> Result<Option<String>> {
        let is_demo = self.catalog.settings(workspace).await?.is_none_or(|stored| stored.settings.demo);
        if is_demo || self.has_administrator(workspace).await? {
            self.catalog.set_setup_link(workspace, None, now_ms).await?;
            return Ok(None);
        }
        let secret = tokens::random_text(self.randomness.as_ref())?;
        self.catalog.set_setup_link(workspace, Some(&tokens::hash(&secret)), now_ms).await?;
        Ok(Some(secret))
    }

    /// Whether this is the link of this start for the workspace; [`Error::LinkNotValid`] when not.
    pub async fn is_set_up_link(&self, workspace: &WorkspaceId, secret: &str) -> Result<()> {
        if self.catalog.is_setup_link(workspace, &tokens::hash(secret)).await? { Ok(()) } else { Err(Error::LinkNotValid) }
    }

    /// Makes the first administrator. [`Error::LinkNotValid`] when the secret is not the one or somebody was faster.
    pub async fn set_up(&self, workspace: &WorkspaceId, secret: &str, first: FirstPerson<'_>, request_id: &str, now_ms: i64) -> Result<()> {
        let token_hash = tokens::hash(secret);
        // Looked at before the slow hashing; what decides is the transaction.
        if !self.catalog.is_setup_link(workspace, &token_hash).await? {
            return Err(Error::LinkNotValid);
        }
        let wfo = if first.full_access { "wfo.full_access" } else { LEAST };
        let account = NewAccount {
            kind: PersonKind::Person,
            login: first.login.trim().to_owned(),
            email: if first.login.contains('@') { first.login.trim().to_owned() } else { String::new() },
            name: first.name.trim().to_owned(),
            roles: vec!["admin".to_owned(), wfo.to_owned()],
            attributes: BTreeMap::new(),
        };
        check_account(&account)?;
        let password_hash = self.hash_checked(&account.login, first.password).await?;
        let id = PersonId::new(tokens::random_hex(self.randomness.as_ref(), 16)?);
        let NewAccount { kind, login, email, name, roles, attributes } = account;
        let workspace = workspace.clone();
        let audit = AuditEntry::bare(now_ms, workspace.clone(), "manage_people", "person", id.as_str()).detail("first_administrator");
        let audit = AuditEntry { means: "set_up_link".to_owned(), request_id: request_id.to_owned(), ..audit };
        let new = NewPerson { id, workspace, kind, login, email, name, roles, attributes, password_hash: Some(password_hash) };
        match self.catalog.use_setup_link(&token_hash, &new, |everybody| !everybody.iter().any(administers), audit).await? {
            true => Ok(()),
            false => Err(Error::LinkNotValid),
        }
    }
}

/// Whether somebody can come in and administer.
pub(crate) fn administers(person: &Person) -> bool {
    person.active && person.kind == PersonKind::Person && matrix::entry(&person.roles).is_ok_and(|can| can.administer)
}
