//! The first administrator, and the people of the demo company.

use crate::people::{NewAccount, check_account};
use crate::{Error, Identity, Result, passwords, tokens};
use parclose_access::AuditEntry;
use parclose_catalog::{NewPerson, PersonKind};
use parclose_model::{PersonId, WorkspaceId};
use std::collections::BTreeMap;

/// A person of the demo company, whose password everyone may know.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    /// Login and e-mail.
    pub login: String,
    /// Display name.
    pub name: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Attributes.
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl Identity {
    /// Whether somebody can come in and administer the workspace.
    pub async fn has_administrator(&self, workspace: &WorkspaceId) -> Result<bool> {
        // The role alone opens nothing: who has it and no wfo role can't come in.
        let people = self.catalog.people_with_role(workspace, "admin").await?;
        Ok(people.iter().any(crate::set_up::administers))
    }

    /// Makes the first administrator of a workspace at first start; false when there is one who can come in.
    /// The password must fit the rules: there is no default.
    pub async fn ensure_first_administrator(&self, workspace: &WorkspaceId, login: &str, password: &str, now_ms: i64) -> Result<bool> {
        if self.has_administrator(workspace).await? {
            return Ok(false);
        }
        let account = NewAccount {
            kind: PersonKind::Person,
            login: login.to_owned(),
            email: login.to_owned(),
            name: "Administrator".to_owned(),
            roles: vec!["admin".to_owned(), "wfo.full_access".to_owned()],
            attributes: BTreeMap::new(),
        };
        let hash = self.hash_checked(login, password).await?;
        self.add(workspace, account, hash, "first_administrator", now_ms).await?;
        Ok(true)
    }

    /// Makes a person of a demo workspace, with any password; false when the login is there already. Refused in a
    /// workspace that is not a demo.
    pub async fn create_demo_person(&self, workspace: &WorkspaceId, person: DemoPerson, password: &str, now_ms: i64) -> Result<bool> {
        let settings = self.catalog.settings(workspace).await?;
        if !settings.is_some_and(|stored| stored.settings.demo) {
            return Err(Error::NotADemo);
        }
        // Looked up first: hashing a password for each of them at every start would be slow.
        if self.catalog.credentials(workspace, &person.login).await?.is_some() {
            return Ok(false);
        }
        let DemoPerson { login, name, roles, attributes } = person;
        let account = NewAccount { kind: PersonKind::Person, email: login.clone(), login, name, roles, attributes };
        let hash = passwords::hash(&self.hashing, self.randomness.as_ref(), password).await?;
        match self.add(workspace, account, hash, "demo_person", now_ms).await {
            Ok(()) => Ok(true),
            Err(Error::Catalog(parclose_catalog::Error::LoginTaken)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn add(&self, workspace: &WorkspaceId, account: NewAccount, password_hash: String, detail: &'static str, now_ms: i64) -> Result<()> {
        check_account(&account)?;
        let id = PersonId::new(tokens::random_hex(self.randomness.as_ref(), 16)?);
        let NewAccount { kind, login, email, name, roles, attributes } = account;
        let new = NewPerson {
            id: id.clone(),
            workspace: workspace.clone(),
            kind,
            login,
            email,
            name,
            roles,
            attributes,
            password_hash: Some(password_hash),
        };
        self.catalog.add_person(&new, now_ms).await?;
        let entry = AuditEntry::bare(now_ms, workspace.clone(), "manage_people", "person", id.as_str()).detail(detail);
        self.catalog.append_audit(&[AuditEntry { means: "start".to_owned(), ..entry }]).await?;
        Ok(())
    }
}
