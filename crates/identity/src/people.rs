//! People as administrators manage them.

use crate::{Error, Identity, Result, passwords, tokens};
use parclose_access::actions::ManagePeople;
use parclose_access::{AuditEntry, Grant, Means, Refusal, Workspace};
use parclose_catalog::{NewPerson, Person, PersonChange, PersonEdit, PersonKind};
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

    /// Makes a person, with a password or without, or a service, which never has one. A password that an administrator
    /// chose opens nothing but the choice of another.
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
        let due = password.is_some();
        self.catalog.add_person_noted(&new, due, &[about_person(grant, &id, "created")], grant.ctx().now_ms()).await?;
        Ok(id)
    }

    /// Changes a person. Roles and attributes hold from the person's next request on; who is no longer active loses
    /// sessions and keys at once.
    pub async fn change_person(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId, change: PersonChange) -> Result<Person> {
        self.change_person_wholly(grant, id, change, None).await
    }

    /// Sets a person's password and ends their sessions. Unless it is one's own, it has to be changed at the next
    /// sign-in: nobody but the person should know it.
    pub async fn set_password(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId, password: &str) -> Result<()> {
        self.change_person_wholly(grant, id, PersonChange::default(), Some(password)).await.map(|_| ())
    }

    /// Fields and password together, wholly or not at all, with their audit lines in the same transaction.
    pub async fn change_person_wholly(
        &self,
        grant: &Grant<'_, ManagePeople, Workspace>,
        id: &PersonId,
        change: PersonChange,
        password: Option<&str>,
    ) -> Result<Person> {
        check_change(&change)?;
        let mut audit = Vec::new();
        let mut password_hash = None;
        if let Some(password) = password {
            needs_a_session(grant)?;
            // Login and kind never change: both may be read before the transaction, which must not wait for the hashing.
            let person = self.find_person(grant, id).await?;
            if person.kind == PersonKind::Service {
                return Err(Error::InvalidField("password"));
            }
            password_hash = Some(self.hash_checked(&person.login, password).await?);
            audit.push(about_person(grant, id, "password_set"));
        }
        if password.is_none() || !change.is_empty() {
            audit.push(about_person(grant, id, "changed"));
        }
        let edit = PersonEdit { password_hash: password_hash.as_deref(), password_due: password.map(|_| grant.caller().person() != id), audit: &audit };
        let decide = |before: &Person, everybody: &[Person]| {
            may_change(grant, before, everybody, &change)?;
            administrators_part(before, change.clone())
        };
        let changed = self.catalog.change_person_noted(grant.resource().workspace_id(), id, edit, decide, grant.ctx().now_ms()).await?;
        changed.ok_or(Error::Refused(Refusal::NotFound))
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
pub(crate) fn needs_a_session(grant: &Grant<'_, ManagePeople, Workspace>) -> Result<()> {
    match grant.caller().means() {
        Means::Session { .. } => Ok(()),
        Means::ApiKey { .. } => Err(Error::Refused(Refusal::NotAllowed)),
    }
}

/// Administrators are made and unmade by people, and one who can come in must stay.
fn may_change(grant: &Grant<'_, ManagePeople, Workspace>, before: &Person, everybody: &[Person], change: &PersonChange) -> Result<()> {
    let roles = change.roles.as_deref().unwrap_or(&before.roles);
    let active = change.active.unwrap_or(before.active);
    let has_role = |roles: &[String]| roles.iter().any(|role| role == ADMIN);
    // The role alone opens nothing: who has it and no wfo role can't come in.
    let administers = |roles: &[String], active: bool| active && parclose_access::matrix::entry(roles).is_ok_and(|can| can.administer);
    let (did, will) = (administers(&before.roles, before.active), administers(roles, active));
    if did != will || (has_role(&before.roles) && before.active) != (has_role(roles) && active) {
        needs_a_session(grant)?;
    }
    let another = |person: &Person| person.id != before.id && person.kind == PersonKind::Person && administers(&person.roles, person.active);
    if did && before.kind == PersonKind::Person && !will && !everybody.iter().any(another) {
        return Err(Error::LastAdministrator);
    }
    Ok(())
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
