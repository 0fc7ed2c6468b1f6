//! People as administrators manage them.

use crate::{Error, Identity, Result, passwords, tokens};
use parclose_access::actions::ManagePeople;
use parclose_access::{AuditEntry, Grant, Means, Refusal, Workspace};
use parclose_catalog::{NewPerson, Person, PersonChange, PersonKind};
use parclose_model::PersonId;
use std::collections::BTreeMap;

/// A person or service to be made. Starts with the roles given here and nothing else.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Whether they can sign in.
    pub kind: PersonKind,
    /// Login.
    pub login: String,
    /// E-mail.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Attributes that separation rules may read.
    pub attributes: BTreeMap<String, Vec<String>>,
}

const ADMIN: &str = "admin";
const MAX_TEXT: usize = 256;
const MAX_LIST: usize = 200;

impl Identity {
    /// All people and services of the workspace.
    pub async fn list_people(&self, grant: &Grant<'_, ManagePeople, Workspace>) -> Result<Vec<Person>> {
        Ok(self.catalog.people(grant.resource().workspace_id()).await?)
    }

    /// One of them; [`Refusal::NotFound`] when there is none.
    pub async fn find_person(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId) -> Result<Person> {
        let found = self.catalog.person(grant.resource().workspace_id(), id).await?;
        found.ok_or(Error::Refused(Refusal::NotFound))
    }

    /// Makes a person, with a password or without, or a service, which never has one.
    pub async fn create_person(&self, grant: &Grant<'_, ManagePeople, Workspace>, account: NewAccount, password: Option<&str>) -> Result<PersonId> {
        check_account(&account)?;
        if password.is_some() || account.roles.iter().any(|role| role == ADMIN) {
            needs_a_session(grant)?;
        }
        if password.is_some() && account.kind == PersonKind::Service {
            return Err(Error::InvalidField("password"));
        }
        let password_hash = match password {
            Some(password) => Some(self.hash_checked(&account.login, password).await?),
            None => None,
        };
        let id = PersonId::new(tokens::random_hex(self.randomness.as_ref(), 16)?);
        let workspace = grant.resource().workspace_id().clone();
        let NewAccount { kind, login, email, name, roles, attributes } = account;
        let new = NewPerson { id: id.clone(), workspace, kind, login, email, name, roles, attributes, password_hash };
        self.catalog.add_person(&new, grant.ctx().now_ms()).await?;
        self.catalog.append_audit(&[about_person(grant, &id, "created")]).await?;
        Ok(id)
    }

    /// Changes a person. Roles and attributes hold from the person's next request on; who is no longer active loses
    /// sessions and keys at once.
    pub async fn change_person(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId, change: PersonChange) -> Result<Person> {
        check_change(&change)?;
        let workspace = grant.resource().workspace_id();
        let before = self.find_person(grant, id).await?;
        let is_admin = |roles: &[String]| roles.iter().any(|role| role == ADMIN);
        let was_admin = is_admin(&before.roles) && before.active;
        let will_be_admin = is_admin(change.roles.as_deref().unwrap_or(&before.roles)) && change.active.unwrap_or(before.active);
        if was_admin != will_be_admin {
            needs_a_session(grant)?;
        }
        if was_admin && !will_be_admin {
            let others = self.catalog.people(workspace).await?;
            let can_administer = |person: &&Person| {
                person.id != *id && person.active && person.kind == PersonKind::Person && parclose_access::matrix::entry(&person.roles).is_ok_and(|can| can.administer)
            };
            if !others.iter().any(|person| can_administer(&person)) {
                return Err(Error::LastAdministrator);
            }
        }
        let change = administrators_part(&before, change)?;
        let changed = self.catalog.change_person(workspace, id, &change, grant.ctx().now_ms()).await?;
        let changed = changed.ok_or(Error::Refused(Refusal::NotFound))?;
        self.catalog.append_audit(&[about_person(grant, id, "changed")]).await?;
        Ok(changed)
    }

    /// Sets a person's password and ends their sessions.
    pub async fn set_password(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId, password: &str) -> Result<()> {
        needs_a_session(grant)?;
        let person = self.find_person(grant, id).await?;
        if person.kind == PersonKind::Service {
            return Err(Error::InvalidField("password"));
        }
        let hash = self.hash_checked(&person.login, password).await?;
        if !self.catalog.set_password_hash(&person.workspace, id, &hash, grant.ctx().now_ms()).await? {
            return Err(Error::Refused(Refusal::NotFound));
        }
        self.catalog.append_audit(&[about_person(grant, id, "password_set")]).await?;
        Ok(())
    }

    pub(crate) async fn hash_checked(&self, login: &str, password: &str) -> Result<String> {
        passwords::check_password(login, password)?;
        passwords::hash(&self.hashing, self.randomness.as_ref(), password).await
    }
}

/// Of all roles and attributes that were sent, the part that an administrator owns. What the identity provider gives is
/// changed there: sending it back as it is changes nothing, anything else is refused.
fn administrators_part(before: &Person, change: PersonChange) -> Result<PersonChange> {
    let PersonChange { mut roles, mut attributes, .. } = change;
    if let Some(roles) = &mut roles {
        if before.provided.roles.iter().any(|role| !roles.contains(role)) {
            return Err(Error::OwnedByProvider("roles"));
        }
        roles.retain(|role| !before.provided.roles.contains(role) || before.given.roles.contains(role));
    }
    if let Some(attributes) = &mut attributes {
        for (name, values) in &before.provided.attributes {
            let mut sent = attributes.remove(name).unwrap_or_default();
            let mut known = values.clone();
            sent.sort();
            known.sort();
            if sent != known {
                return Err(Error::OwnedByProvider("attributes"));
            }
            if let Some(given) = before.given.attributes.get(name) {
                attributes.insert(name.clone(), given.clone());
            }
        }
    }
    Ok(PersonChange { roles, attributes, ..change })
}

/// A key with the scope `admin` may provide people. It may not make administrators or passwords: whoever stole it
/// would then have a way in that outlives the key.
fn needs_a_session(grant: &Grant<'_, ManagePeople, Workspace>) -> Result<()> {
    match grant.caller().means() {
        Means::Session { .. } => Ok(()),
        Means::ApiKey { .. } => Err(Error::Refused(Refusal::NotAllowed)),
    }
}

fn about_person(grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId, detail: &'static str) -> AuditEntry {
    AuditEntry { resource: "person".into(), resource_id: id.as_str().to_owned(), ..AuditEntry::of_grant(grant) }.detail(detail)
}

pub(crate) fn check_account(account: &NewAccount) -> Result<()> {
    text("login", &account.login)?;
    text("name", &account.name)?;
    if account.email.len() > MAX_TEXT {
        return Err(Error::InvalidField("email"));
    }
    check_roles(&account.roles)?;
    check_attributes(&account.attributes)
}

fn check_change(change: &PersonChange) -> Result<()> {
    if let Some(name) = &change.name {
        text("name", name)?;
    }
    if change.email.as_ref().is_some_and(|email| email.len() > MAX_TEXT) {
        return Err(Error::InvalidField("email"));
    }
    check_roles(change.roles.as_deref().unwrap_or_default())?;
    change.attributes.as_ref().map_or(Ok(()), check_attributes)
}

fn text(field: &'static str, value: &str) -> Result<()> {
    let is_fine = !value.trim().is_empty() && value.len() <= MAX_TEXT && !value.chars().any(char::is_control);
    if is_fine { Ok(()) } else { Err(Error::InvalidField(field)) }
}

/// Unknown roles are kept and give nothing; an identity provider may send its own.
pub(crate) fn check_roles(roles: &[String]) -> Result<()> {
    if roles.len() > MAX_LIST {
        return Err(Error::InvalidField("roles"));
    }
    roles.iter().try_for_each(|role| text("roles", role))
}

pub(crate) fn check_attributes(attributes: &BTreeMap<String, Vec<String>>) -> Result<()> {
    if attributes.len() > MAX_LIST || attributes.values().any(|values| values.len() > MAX_LIST) {
        return Err(Error::InvalidField("attributes"));
    }
    attributes.iter().try_for_each(|(name, values)| {
        text("attributes", name)?;
        values.iter().try_for_each(|value| text("attributes", value))
    })
}
