//! People, and services that act by key only.

use crate::provisions::Provided;
use crate::{Catalog, Error, Result};
use parclose_model::{PersonId, WorkspaceId};
use sqlx::SqliteExecutor;
use sqlx::types::Json;
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
    /// Let in or not. Leaving ends all sessions at once.
    pub active: Option<bool>,
}

/// A person with the hash of their password, for sign-in only.
pub struct Credentials {
    /// Who.
    pub person: Person,
    /// PHC string; none when they have no password.
    pub password_hash: Option<String>,
}

/// The login as it is compared.
pub fn login_key(login: &str) -> String {
    login.trim().to_lowercase()
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
        };
        Credentials { person, password_hash: self.password_hash }
    }
    pub(crate) fn into_person(self) -> Person {
        self.into_credentials().person
    }
}

impl Catalog {
    /// Makes a person. [`Error::LoginTaken`] when another has the login, in any case of letters.
    pub async fn add_person(&self, new: &NewPerson, now_ms: i64) -> Result<()> {
        let done = insert(&self.pool, new, now_ms).await;
        match done {
            Ok(()) => Ok(()),
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

    /// A person by login with the hash of their password, in any state.
    pub async fn credentials(&self, login: &str) -> Result<Option<Credentials>> {
        let row: Option<PersonRow> =
            sqlx::query_as("SELECT * FROM people WHERE login_key = $1").bind(login_key(login)).fetch_optional(&self.pool).await?;
        Ok(row.map(PersonRow::into_credentials))
    }

    /// All people and services of a workspace, by login.
    pub async fn people(&self, workspace: &WorkspaceId) -> Result<Vec<Person>> {
        let rows: Vec<PersonRow> =
            sqlx::query_as("SELECT * FROM people WHERE workspace = $1 ORDER BY login_key").bind(workspace.as_str()).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(PersonRow::into_person).collect())
    }

    /// Changes a person and gives them as they are now; `None` when there is none. Who is no longer active loses
    /// all sessions in the same transaction.
    pub async fn change_person(&self, workspace: &WorkspaceId, id: &PersonId, change: &PersonChange, now_ms: i64) -> Result<Option<Person>> {
        let mut tx = self.write().await?;
        let row: Option<PersonRow> = sqlx::query_as(
            "UPDATE people SET email = COALESCE($3, email), name = COALESCE($4, name), roles = COALESCE($5, roles), \
             attributes = COALESCE($6, attributes), active = COALESCE($7, active), changed_ms = $8 \
             WHERE workspace = $1 AND id = $2 RETURNING *",
        )
        .bind(workspace.as_str())
        .bind(id.as_str())
        .bind(&change.email)
        .bind(&change.name)
        .bind(change.roles.as_ref().map(Json))
        .bind(change.attributes.as_ref().map(Json))
        .bind(change.active)
        .bind(now_ms)
        .fetch_optional(&mut *tx)
        .await?;
        let person = row.map(PersonRow::into_person);
        if person.as_ref().is_some_and(|person| !person.active) {
            sqlx::query("DELETE FROM sessions WHERE person = $1").bind(id.as_str()).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(person)
    }

    /// Sets the hash of a person's password and ends all their sessions; false when there is no such person.
    pub async fn set_password_hash(&self, workspace: &WorkspaceId, id: &PersonId, hash: &str, now_ms: i64) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = sqlx::query("UPDATE people SET password_hash = $3, changed_ms = $4 WHERE workspace = $1 AND id = $2 AND kind = 'person'")
            .bind(workspace.as_str())
            .bind(id.as_str())
            .bind(hash)
            .bind(now_ms)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 1 {
            sqlx::query("DELETE FROM sessions WHERE person = $1").bind(id.as_str()).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

/// Puts the row in.
pub(crate) async fn insert(into: impl SqliteExecutor<'_>, new: &NewPerson, now_ms: i64) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO people (id, workspace, kind, login, login_key, email, name, roles, attributes, password_hash, active, created_ms, changed_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11)",
    )
    .bind(new.id.as_str())
    .bind(new.workspace.as_str())
    .bind(new.kind.as_str())
    .bind(new.login.trim())
    .bind(login_key(&new.login))
    .bind(&new.email)
    .bind(&new.name)
    .bind(Json(&new.roles))
    .bind(Json(&new.attributes))
    .bind(&new.password_hash)
    .bind(now_ms)
    .execute(into)
    .await?;
    Ok(())
}
