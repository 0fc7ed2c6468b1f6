//! People, and services that act by key only.

use crate::audit::append_in;
use crate::open_sessions::forget_in;
use crate::provisions::Provided;
use crate::{Catalog, Error, Result};
use parclose_access::AuditEntry;
use parclose_model::{PersonId, WorkspaceId};
use sqlx::types::Json;
use sqlx::{Sqlite, SqliteExecutor, Transaction};
use std::collections::BTreeMap;

/// Attributes by name.
pub type Attributes = BTreeMap<String, Vec<String>>;

/// Whether somebody can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonKind {
    /// Signs in.
    Person,
    /// Acts by API key only.
    Service,
}

impl PersonKind {
    fn as_str(self) -> &'static str {
        match self {
            PersonKind::Person => "person",
            PersonKind::Service => "service",
        }
    }
}

/// A person, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub id: PersonId,
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// Whether they can sign in.
    pub kind: PersonKind,
    /// As it was given; compared without regard to case.
    pub login: String,
    /// E-mail.
    pub email: String,
    /// Display name.
    pub name: String,
    /// All roles that hold, known or not: those that an administrator gave and those of the identity provider.
    pub roles: Vec<String>,
    /// All attributes that hold and that rules may read. Of one name, the identity provider's values hold.
    pub attributes: Attributes,
    /// The part of both that an administrator gave.
    pub given: Provided,
    /// The part of both that identity providers gave at the last login.
    pub provided: Provided,
    /// False: no way in.
    pub active: bool,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// When last changed, epoch milliseconds.
    pub changed_ms: i64,
    /// When they last began a session, epoch milliseconds.
    pub last_sign_in_ms: Option<i64>,
    /// Whether they can sign in by password.
    pub has_password: bool,
    /// Somebody else chose the password: it opens nothing but the page for a new one.
    pub password_due: bool,
    /// Whether a password alone does not let them in: they have codes by time or a passkey.
    pub has_factor: bool,
}

/// What is needed to make one.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// A fresh random id.
    pub id: PersonId,
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// Whether they can sign in.
    pub kind: PersonKind,
    /// Login.
    pub login: String,
    /// E-mail.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Roles, as an administrator gives them.
    pub roles: Vec<String>,
    /// Attributes, as an administrator gives them.
    pub attributes: Attributes,
    /// Hash of the password, in PHC form; none: no sign-in by password.
    pub password_hash: Option<String>,
}

/// What an administrator or the identity provider may change; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct PersonChange {
    /// E-mail.
    pub email: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// All roles that an administrator gives.
    pub roles: Option<Vec<String>>,
    /// All attributes that an administrator gives.
    pub attributes: Option<Attributes>,
    /// Let in or not. Leaving ends all sessions and keys at once.
    pub active: Option<bool>,
}

impl PersonChange {
    /// True when everything stays.
    pub fn is_empty(&self) -> bool {
        self.email.is_none() && self.name.is_none() && self.roles.is_none() && self.attributes.is_none() && self.active.is_none()
    }
}

/// A person with the hash of their password, for sign-in only.
pub struct Credentials {
    /// Who.
    pub person: Person,
    /// PHC string; none when they have no password.
    pub password_hash: Option<String>,
}

/// What belongs to a change besides the fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct PersonEdit<'a> {
    /// A new password's hash, in PHC form. Ends all sessions.
    pub password_hash: Option<&'a str>,
    /// Whether the person has to choose a password of their own before anything else.
    pub password_due: Option<bool>,
    /// Who did it.
    pub audit: &'a [AuditEntry],
}

/// A name as it is compared: without regard to case.
pub fn login_key(login: &str) -> String {
    login.trim().to_lowercase()
}

/// A login as it is looked up: each workspace has logins of its own. Neither part can contain the line break between.
pub fn seat_key(workspace: &WorkspaceId, login: &str) -> String {
    format!("{}\n{}", workspace.as_str(), login_key(login))
}

#[derive(sqlx::FromRow)]
pub(crate) struct PersonRow {
    id: String,
    workspace: String,
    kind: String,
    login: String,
    email: String,
    name: String,
    roles: Json<Vec<String>>,
    attributes: Json<Attributes>,
    password_hash: Option<String>,
    active: bool,
    created_ms: i64,
    changed_ms: i64,
    last_sign_in_ms: Option<i64>,
    password_due: bool,
    has_factor: bool,
    provided_roles: Json<Vec<String>>,
    provided_attributes: Json<Attributes>,
}

/// What holds: roles of both, and of an attribute that both have the identity provider's values.
fn together(given: &Provided, provided: &Provided) -> (Vec<String>, Attributes) {
    let mut roles = given.roles.clone();
    roles.extend(provided.roles.iter().filter(|role| !given.roles.contains(role)).cloned());
    let mut attributes = given.attributes.clone();
    attributes.extend(provided.attributes.clone());
    (roles, attributes)
}

impl PersonRow {
    pub(crate) fn into_credentials(self) -> Credentials {
        let given = Provided { roles: self.roles.0, attributes: self.attributes.0 };
        let provided = Provided { roles: self.provided_roles.0, attributes: self.provided_attributes.0 };
        let (roles, attributes) = together(&given, &provided);
        let person = Person {
            id: PersonId::new(self.id),
            workspace: WorkspaceId::new(self.workspace),
            kind: if self.kind == "person" { PersonKind::Person } else { PersonKind::Service },
            login: self.login,
            email: self.email,
            name: self.name,
            roles,
            attributes,
            given,
            provided,
            active: self.active,
            created_ms: self.created_ms,
            changed_ms: self.changed_ms,
            last_sign_in_ms: self.last_sign_in_ms,
            has_password: self.password_hash.is_some(),
            password_due: self.password_due,
            has_factor: self.has_factor,
        };
        Credentials { person, password_hash: self.password_hash }
    }
    pub(crate) fn into_person(self) -> Person {
        self.into_credentials().person
    }
}

impl Catalog {
    /// Makes a person without a line in the audit trail: for the first start, before anybody could act.
    /// [`Error::LoginTaken`] when another has the login, in any case of letters.
    pub async fn add_person(&self, new: &NewPerson, now_ms: i64) -> Result<()> {
        self.add_person_noted(new, false, &[], now_ms).await
    }

    /// Makes a person; the audit lines are part of the same transaction. `password_due`: the password has to be changed before
    /// anything else.
    pub async fn add_person_noted(&self, new: &NewPerson, password_due: bool, audit: &[AuditEntry], now_ms: i64) -> Result<()> {
        let mut tx = self.write().await?;
        match insert(&mut *tx, new, password_due, now_ms).await {
            Ok(()) => {
                append_in(&mut tx, audit).await?;
                Ok(tx.commit().await?)
            }
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(Error::LoginTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// A person by id, in any state.
    pub async fn person(&self, workspace: &WorkspaceId, id: &PersonId) -> Result<Option<Person>> {
        let row: Option<PersonRow> = sqlx::query_as("SELECT * FROM people WHERE workspace = $1 AND id = $2")
            .bind(workspace.as_str())
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(PersonRow::into_person))
    }

    /// A person of a workspace by login, with the hash of their password, in any state.
    pub async fn credentials(&self, workspace: &WorkspaceId, login: &str) -> Result<Option<Credentials>> {
        let row: Option<PersonRow> =
            sqlx::query_as("SELECT * FROM people WHERE login_key = $1").bind(seat_key(workspace, login)).fetch_optional(&self.pool).await?;
        Ok(row.map(PersonRow::into_credentials))
    }

    /// All people and services of a workspace, by login.
    pub async fn people(&self, workspace: &WorkspaceId) -> Result<Vec<Person>> {
        people_in(&self.pool, workspace).await
    }

    /// Active people (no services) of a workspace who have a role, given here or by a provider.
    pub async fn people_with_role(&self, workspace: &WorkspaceId, role: &str) -> Result<Vec<Person>> {
        let rows: Vec<PersonRow> = sqlx::query_as(
            "SELECT * FROM people WHERE workspace = $1 AND active = 1 AND kind = 'person' AND \
             (EXISTS (SELECT 1 FROM json_each(roles) WHERE value = $2) OR EXISTS (SELECT 1 FROM json_each(provided_roles) WHERE value = $2))",
        )
        .bind(workspace.as_str())
        .bind(role)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(PersonRow::into_person).collect())
    }

    /// Changes a person and gives them as they are now; `None` when there is none. Who is no longer active loses
    /// all sessions and keys in the same transaction; coming back brings neither back. For what is not an act of a person: see
    /// [`change_person_noted`](Self::change_person_noted).
    pub async fn change_person(&self, workspace: &WorkspaceId, id: &PersonId, change: &PersonChange, now_ms: i64) -> Result<Option<Person>> {
        self.change_person_noted(workspace, id, PersonEdit::default(), |_, _| Ok::<_, Error>(change.clone()), now_ms).await
    }

    /// Changes a person wholly or not at all: fields, password, ended sessions and audit lines are one transaction.
    /// `decide` is asked inside it, with the person and everybody of the workspace as they are before: what it finds
    /// can't change until the change is done. It gives the fields to change.
    pub async fn change_person_noted<E: From<Error>>(
        &self,
        workspace: &WorkspaceId,
        id: &PersonId,
        edit: PersonEdit<'_>,
        decide: impl FnOnce(&Person, &[Person]) -> std::result::Result<PersonChange, E>,
        now_ms: i64,
    ) -> std::result::Result<Option<Person>, E> {
        let mut tx = self.write().await?;
        let everybody = people_in(&mut *tx, workspace).await?;
        let Some(before) = everybody.iter().find(|person| person.id == *id) else { return Ok(None) };
        let change = decide(before, &everybody)?;
        let person = edit_in(&mut tx, id, &change, &edit, now_ms).await?;
        append_in(&mut tx, edit.audit).await?;
        tx.commit().await.map_err(Error::from)?;
        Ok(Some(person))
    }

    /// Sets the hash of a person's password and ends all their sessions; false when there is no such person.
    pub async fn set_password_hash(&self, workspace: &WorkspaceId, id: &PersonId, hash: &str, now_ms: i64) -> Result<bool> {
        let edit = PersonEdit { password_hash: Some(hash), ..PersonEdit::default() };
        Ok(self.change_person_noted(workspace, id, edit, |_, _| Ok::<_, Error>(PersonChange::default()), now_ms).await?.is_some())
    }
}

pub(crate) async fn people_in(at: impl SqliteExecutor<'_>, workspace: &WorkspaceId) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> =
        sqlx::query_as("SELECT * FROM people WHERE workspace = $1 ORDER BY login_key").bind(workspace.as_str()).fetch_all(at).await?;
    Ok(rows.into_iter().map(PersonRow::into_person).collect())
}

pub(crate) async fn edit_in(tx: &mut Transaction<'_, Sqlite>, id: &PersonId, change: &PersonChange, edit: &PersonEdit<'_>, now_ms: i64) -> Result<Person> {
    let row: PersonRow = sqlx::query_as(
        "UPDATE people SET email = COALESCE($2, email), name = COALESCE($3, name), roles = COALESCE($4, roles), \
         attributes = COALESCE($5, attributes), active = COALESCE($6, active), password_hash = COALESCE($7, password_hash), \
         password_due = COALESCE($9, password_due), changed_ms = $8 WHERE id = $1 RETURNING *",
    )
    .bind(id.as_str())
    .bind(&change.email)
    .bind(&change.name)
    .bind(change.roles.as_ref().map(Json))
    .bind(change.attributes.as_ref().map(Json))
    .bind(change.active)
    .bind(edit.password_hash)
    .bind(now_ms)
    .bind(edit.password_due)
    .fetch_one(&mut **tx)
    .await?;
    let person = row.into_person();
    if !person.active || edit.password_hash.is_some() {
        sqlx::query("DELETE FROM sessions WHERE person = $1").bind(id.as_str()).execute(&mut **tx).await?;
        forget_in(tx, id).await?;
    }
    if !person.active {
        sqlx::query("UPDATE api_keys SET revoked_ms = $2 WHERE person = $1 AND revoked_ms IS NULL")
            .bind(id.as_str())
            .bind(now_ms)
            .execute(&mut **tx)
            .await?;
    }
    Ok(person)
}

/// Puts the row in.
pub(crate) async fn insert(into: impl SqliteExecutor<'_>, new: &NewPerson, password_due: bool, now_ms: i64) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO people (id, workspace, kind, login, login_key, email, name, roles, attributes, password_hash, active, created_ms, changed_ms, password_due) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, $12)",
    )
    .bind(new.id.as_str())
    .bind(new.workspace.as_str())
    .bind(new.kind.as_str())
    .bind(new.login.trim())
    .bind(seat_key(&new.workspace, &new.login))
    .bind(&new.email)
    .bind(&new.name)
    .bind(Json(&new.roles))
    .bind(Json(&new.attributes))
    .bind(&new.password_hash)
    .bind(now_ms)
    .bind(password_due)
    .execute(into)
    .await?;
    Ok(())
}
