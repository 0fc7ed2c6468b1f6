//! What providers said of people, and who is who at a provider.

use crate::groups::{Group, GroupRow};
use crate::people::{Attributes, PersonRow};
use crate::{Catalog, Error, NewPerson, Person, Result, seat_key};
use parclose_model::{PersonId, WorkspaceId};
use sqlx::types::Json;
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeSet;

/// Who somebody is at a provider. Compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityKey {
    /// The connection that proves it.
    pub connection: String,
    /// The provider's own name.
    pub issuer: String,
    /// Its name for the person.
    pub subject: String,
}

/// An identity of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// Who they are, where.
    pub key: IdentityKey,
    /// `login`: at a first login; otherwise the id of the administrator who linked it.
    pub linked_by: String,
    /// The last login with it, epoch milliseconds.
    pub last_login_ms: Option<i64>,
}

/// What a provider gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provided {
    /// Known roles and others.
    pub roles: Vec<String>,
    /// Attributes that separation rules may read.
    pub attributes: Attributes,
}

/// The last word of a provider about a person, for the administrator's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// Through which connection.
    pub connection: String,
    /// What it gave.
    pub provided: Provided,
    /// When, epoch milliseconds.
    pub at_ms: i64,
}

/// Name and e-mail as the provider has them; `None` leaves what is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'a> {
    /// E-mail.
    pub email: Option<&'a str>,
    /// Display name.
    pub name: Option<&'a str>,
}

impl Catalog {
    /// The person behind an identity, in any state.
    pub async fn person_of_identity(&self, workspace: &WorkspaceId, key: &IdentityKey) -> Result<Option<Person>> {
        let row: Option<PersonRow> = sqlx::query_as(
            "SELECT people.* FROM people JOIN identities ON identities.person = people.id \
             WHERE people.workspace = $1 AND identities.connection = $2 AND issuer = $3 AND subject = $4",
        )
        .bind(workspace.as_str())
        .bind(&key.connection)
        .bind(&key.issuer)
        .bind(&key.subject)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(PersonRow::into_person))
    }

    /// Whether any connection knows the person, by a login or by its directory.
    pub async fn is_linked(&self, person: &PersonId) -> Result<bool> {
        let known: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM identities WHERE person = $1) OR EXISTS (SELECT 1 FROM scim_users WHERE person = $1)")
            .bind(person.as_str())
            .fetch_one(&self.pool)
            .await?;
        Ok(known == 1)
    }

    /// Links an identity to a person of the workspace. [`Error::Conflict`] when it is somebody's already.
    pub async fn link_identity(&self, key: &IdentityKey, person: &PersonId, by: &str, now_ms: i64) -> Result<()> {
        let done = sqlx::query(
            "INSERT INTO identities (connection, issuer, subject, person, linked_by, linked_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&key.connection)
        .bind(&key.issuer)
        .bind(&key.subject)
        .bind(person.as_str())
        .bind(by)
        .bind(now_ms)
        .execute(&self.pool)
        .await;
        match done {
            Ok(_) => Ok(()),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(Error::Conflict { current: 0 }),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a person together with their identity. [`Error::LoginTaken`] when another has the login.
    pub async fn add_person_of_identity(&self, new: &NewPerson, key: &IdentityKey, now_ms: i64) -> Result<()> {
        let mut tx = self.write().await?;
        let taken: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM people WHERE login_key = $1)")
            .bind(seat_key(&new.workspace, &new.login))
            .fetch_one(&mut *tx)
            .await?;
        if taken == 1 {
            return Err(Error::LoginTaken);
        }
        crate::people::insert(&mut *tx, new, false, now_ms).await?;
        sqlx::query(
            "INSERT INTO identities (connection, issuer, subject, person, linked_by, linked_ms) VALUES ($1, $2, $3, $4, 'login', $5)",
        )
        .bind(&key.connection)
        .bind(&key.issuer)
        .bind(&key.subject)
        .bind(new.id.as_str())
        .bind(now_ms)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes what a provider says at a login in place of what it said before, and gives the person as they are now;
    /// `None` when they are gone.
    pub async fn provide(
        &self,
        person: &PersonId,
        key: &IdentityKey,
        provided: &Provided,
        named: Named<'_>,
        now_ms: i64,
    ) -> Result<Option<Person>> {
        let mut tx = self.write().await?;
        let done = sqlx::query("UPDATE people SET email = COALESCE($2, email), name = COALESCE($3, name) WHERE id = $1")
            .bind(person.as_str())
            .bind(named.email)
            .bind(named.name)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        sqlx::query(
            "INSERT INTO provisions (person, connection, roles, attributes, at_ms) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (person, connection) DO UPDATE SET roles = $3, attributes = $4, at_ms = $5",
        )
        .bind(person.as_str())
        .bind(&key.connection)
        .bind(Json(&provided.roles))
        .bind(Json(&provided.attributes))
        .bind(now_ms)
        .execute(&mut *tx)
        .await?;
        sum_up(&mut tx, person.as_str(), now_ms).await?;
        sqlx::query("UPDATE identities SET last_login_ms = $4 WHERE connection = $1 AND issuer = $2 AND subject = $3")
            .bind(&key.connection)
            .bind(&key.issuer)
            .bind(&key.subject)
            .bind(now_ms)
            .execute(&mut *tx)
            .await?;
        let row: PersonRow = sqlx::query_as("SELECT * FROM people WHERE id = $1").bind(person.as_str()).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(Some(row.into_person()))
    }

    /// Who a person is at providers, by connection and subject.
    pub async fn identities_of(&self, person: &PersonId) -> Result<Vec<LinkedIdentity>> {
        let rows: Vec<(String, String, String, String, Option<i64>)> = sqlx::query_as(
            "SELECT connection, issuer, subject, linked_by, last_login_ms FROM identities WHERE person = $1 ORDER BY connection, subject",
        )
        .bind(person.as_str())
        .fetch_all(&self.pool)
        .await?;
        let linked = |(connection, issuer, subject, linked_by, last_login_ms)| LinkedIdentity {
            key: IdentityKey { connection, issuer, subject },
            linked_by,
            last_login_ms,
        };
        Ok(rows.into_iter().map(linked).collect())
    }

    /// What a directory says of a person over SCIM, if one keeps them: its name for them, and what it gives besides groups.
    pub async fn directory_word(&self, person: &PersonId) -> Result<Option<(String, Provision)>> {
        type Row = (String, Option<String>, String, Json<Vec<String>>, Json<Attributes>, i64);
        let row: Option<Row> = sqlx::query_as(
            "SELECT connection, external_id, user_name, roles, attributes, changed_ms FROM scim_users WHERE person = $1 AND deleted_ms IS NULL",
        )
        .bind(person.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(connection, external_id, user_name, Json(roles), Json(attributes), at_ms)| {
            (external_id.unwrap_or(user_name), Provision { connection, provided: Provided { roles, attributes }, at_ms })
        }))
    }

    /// Groups of directories that a person is in, by name.
    pub async fn groups_of(&self, person: &PersonId) -> Result<Vec<Group>> {
        let rows: Vec<GroupRow> = sqlx::query_as(
            "SELECT groups.* FROM group_members JOIN groups ON groups.id = group_members.group_id WHERE person = $1 ORDER BY name_key, id",
        )
        .bind(person.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(GroupRow::into_group).collect())
    }

    /// The last word of each provider about a person.
    pub async fn provisions(&self, person: &PersonId) -> Result<Vec<Provision>> {
        let rows: Vec<(String, Json<Vec<String>>, Json<Attributes>, i64)> =
            sqlx::query_as("SELECT connection, roles, attributes, at_ms FROM provisions WHERE person = $1 ORDER BY connection")
                .bind(person.as_str())
                .fetch_all(&self.pool)
                .await?;
        let provision =
            |(connection, Json(roles), Json(attributes), at_ms)| Provision { connection, provided: Provided { roles, attributes }, at_ms };
        Ok(rows.into_iter().map(provision).collect())
    }
}

/// Puts together what all providers say whose connections are switched on, at logins and over SCIM: roles of all of them,
/// and of an attribute the values of all of them.
pub(crate) async fn sum_up(tx: &mut Transaction<'_, Sqlite>, person: &str, now_ms: i64) -> Result<()> {
    let rows: Vec<(Json<Vec<String>>, Json<Attributes>)> = sqlx::query_as(
        "SELECT provisions.roles, provisions.attributes FROM provisions JOIN connections ON connections.id = provisions.connection \
         WHERE person = $1 AND enabled = 1 ORDER BY provisions.connection",
    )
    .bind(person)
    .fetch_all(&mut **tx)
    .await?;
    let of_directory = crate::scim::word_of(tx, person).await?;
    let said = rows.into_iter().map(|(Json(roles), Json(attributes))| Provided { roles, attributes });
    let Provided { roles, attributes } = sum(said.chain([of_directory]));
    sqlx::query("UPDATE people SET provided_roles = $2, provided_attributes = $3, changed_ms = CASE WHEN provided_roles <> $2 OR provided_attributes <> $3 THEN $4 ELSE changed_ms END WHERE id = $1")
        .bind(person)
        .bind(Json(roles))
        .bind(Json(attributes))
        .bind(now_ms)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// All of them together, each value once and in order.
pub(crate) fn sum(all: impl IntoIterator<Item = Provided>) -> Provided {
    let mut roles = BTreeSet::new();
    let mut attributes = Attributes::new();
    for one in all {
        roles.extend(one.roles);
        for (name, values) in one.attributes {
            let known = attributes.entry(name).or_default();
            known.extend(values);
            known.sort();
            known.dedup();
        }
    }
    Provided { roles: roles.into_iter().collect(), attributes }
}
