//! People whom a directory keeps.

use super::{ScimFind, ScimPage, ScimRefused, ScimScope, before, settle};
use crate::audit::append_in;
use crate::people::{PersonRow, edit_in};
use crate::provisions::Provided;
use crate::{Catalog, Error, IdentityKey, NewPerson, Person, PersonChange, PersonEdit, PersonKind, Result, login_key, seat_key};
use parclose_model::{PersonId, WorkspaceId};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{Sqlite, Transaction};

/// A person as their directory sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct ScimUser {
    /// Who; also the id of the resource.
    pub person: PersonId,
    /// What the directory said last.
    pub word: ScimUserWord,
    /// Whether they may come in at all: an administrator here may have switched them off, whatever the directory says.
    pub is_let_in: bool,
    /// Ids and names of the directory's groups that they are in.
    pub groups: Vec<(String, String)>,
    /// Counts up from 1.
    pub version: i64,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// When last changed, epoch milliseconds.
    pub changed_ms: i64,
}

/// What a directory says of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct ScimUserWord {
    /// The directory's own id.
    pub external_id: Option<String>,
    /// Their login.
    pub user_name: String,
    /// The login folded, for finding.
    pub user_name_key: String,
    /// All attributes that the schemas know, as they are shown again.
    pub resource: Value,
    /// Whether they may come in.
    pub active: bool,
    /// E-mail, if there is one.
    pub email: String,
    /// Display name.
    pub name: String,
    /// What this gives, without groups.
    pub provided: Provided,
}

/// Whether a directory knows the subject of a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// It is this person.
    Is(PersonId),
    /// It was somebody whom the directory has removed.
    Removed,
    /// It says nothing of them.
    Unknown,
}

#[derive(sqlx::FromRow)]
struct UserRow {
    person: String,
    external_id: Option<String>,
    user_name: String,
    user_name_key: String,
    resource: Json<Value>,
    scim_active: bool,
    scim_roles: Json<Vec<String>>,
    scim_attributes: Json<crate::Attributes>,
    version: i64,
    scim_created_ms: i64,
    scim_changed_ms: i64,
    email: String,
    name: String,
    person_active: bool,
    groups: Json<Vec<(String, String)>>,
}

impl UserRow {
    fn into_user(self) -> ScimUser {
        ScimUser {
            person: PersonId::new(self.person),
            is_let_in: self.person_active,
            groups: self.groups.0,
            version: self.version,
            created_ms: self.scim_created_ms,
            changed_ms: self.scim_changed_ms,
            word: ScimUserWord {
                external_id: self.external_id,
                user_name: self.user_name,
                user_name_key: self.user_name_key,
                resource: self.resource.0,
                active: self.scim_active,
                email: self.email,
                name: self.name,
                provided: Provided { roles: self.scim_roles.0, attributes: self.scim_attributes.0 },
            },
        }
    }
}

const SELECT: &str = "SELECT scim_users.person, external_id, user_name, user_name_key, resource, scim_users.active AS scim_active, \
    scim_users.roles AS scim_roles, scim_users.attributes AS scim_attributes, version, scim_users.created_ms AS scim_created_ms, \
    scim_users.changed_ms AS scim_changed_ms, people.email, people.name, people.active AS person_active, \
    (SELECT json_group_array(json_array(groups.id, groups.name)) FROM group_members JOIN groups ON groups.id = group_members.group_id \
     WHERE group_members.person = scim_users.person AND groups.connection = scim_users.connection) AS groups \
    FROM scim_users JOIN people ON people.id = scim_users.person WHERE scim_users.connection = ? AND deleted_ms IS NULL";

impl Catalog {
    /// One of a directory's people.
    pub async fn scim_user(&self, scope: &ScimScope, id: &str) -> Result<Option<ScimUser>> {
        Ok(self.scim_users(scope, &ScimFind::Id(id.to_owned()), ScimPage::WHOLE).await?.0.pop())
    }

    /// A directory's people in the order in which they came, and how many there are in all.
    pub async fn scim_users(&self, scope: &ScimScope, find: &ScimFind, page: ScimPage) -> Result<(Vec<ScimUser>, i64)> {
        let (condition, value) = match find {
            ScimFind::All => ("", None),
            ScimFind::Id(id) => (" AND scim_users.person = ?", Some(id)),
            ScimFind::Name(name) => (" AND user_name_key = ?", Some(name)),
            ScimFind::ExternalId(id) => (" AND external_id = ?", Some(id)),
        };
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM scim_users WHERE connection = ? AND deleted_ms IS NULL{condition}"));
        let list = sqlx::AssertSqlSafe(format!("{SELECT}{condition} ORDER BY scim_users.created_ms, scim_users.person LIMIT ? OFFSET ?"));
        let mut count = sqlx::query_scalar(count).bind(&scope.connection);
        let mut list = sqlx::query_as::<_, UserRow>(list).bind(&scope.connection);
        if let Some(value) = value {
            count = count.bind(value);
            list = list.bind(value);
        }
        let mut tx = self.pool.begin().await?;
        let total: i64 = count.fetch_one(&mut *tx).await?;
        let rows = list.bind(page.limit).bind(page.offset).fetch_all(&mut *tx).await?;
        Ok((rows.into_iter().map(UserRow::into_user).collect(), total))
    }

    /// Makes a person of a directory's word, with nothing of their own. Only who already signs in through this connection
    /// under the same external id is taken over instead, and never who was given the role `admin` here. `same` says whether two
    /// logins are one, or look like one.
    pub async fn add_scim_user<E: From<Error> + From<ScimRefused>>(
        &self,
        scope: &ScimScope,
        id: PersonId,
        word: &ScimUserWord,
        same: fn(&str, &str) -> bool,
    ) -> std::result::Result<ScimUser, E> {
        let mut tx = self.write().await?;
        if is_taken(&mut tx, scope, None, word.external_id.as_deref()).await? {
            return Err(ScimRefused::ExternalIdTaken.into());
        }
        let known = match &word.external_id {
            Some(subject) => person_of_subject(&mut tx, scope, subject).await?,
            None => None,
        };
        // Whom this directory removed keeps the login of the past; whoever comes now is somebody else.
        let known = match known {
            Some(person) if is_removed(&mut tx, &person.id).await? => {
                sqlx::query("DELETE FROM identities WHERE connection = $1 AND person = $2")
                    .bind(&scope.connection)
                    .bind(person.id.as_str())
                    .execute(&mut *tx)
                    .await
                    .map_err(Error::from)?;
                None
            }
            known => known,
        };
        let (id, detail) = match known {
            Some(person) => {
                let is_local = person.workspace != scope.workspace
                    || person.kind != PersonKind::Person
                    || person.given.roles.iter().any(|role| role == "admin");
                if is_local || is_in_a_directory(&mut tx, &person.id).await? {
                    return Err(ScimRefused::LoginTaken.into());
                }
                (person.id, "adopted")
            }
            None => (id, "created"),
        };
        login_is_free(&mut tx, scope, &id, &word.user_name, same).await?.map_err(E::from)?;
        if detail == "created" {
            let new = NewPerson {
                id: id.clone(),
                workspace: scope.workspace.clone(),
                kind: PersonKind::Person,
                login: word.user_name.clone(),
                email: word.email.clone(),
                name: word.name.clone(),
                roles: Vec::new(),
                attributes: Default::default(),
                password_hash: None,
            };
            crate::people::insert(&mut *tx, &new, false, scope.now_ms).await.map_err(Error::from)?;
        }
        sqlx::query(
            "INSERT INTO scim_users (person, connection, external_id, user_name, user_name_key, resource, active, roles, attributes, \
             version, created_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)",
        )
        .bind(id.as_str())
        .bind(&scope.connection)
        .bind(&word.external_id)
        .bind(&word.user_name)
        .bind(&word.user_name_key)
        .bind(Json(&word.resource))
        .bind(word.active)
        .bind(Json(&word.provided.roles))
        .bind(Json(&word.provided.attributes))
        .bind(scope.now_ms)
        .execute(&mut *tx)
        .await
        .map_err(Error::from)?;
        name_person(&mut tx, scope, &id, word).await?;
        if !word.active {
            switch(&mut tx, scope, &id, false).await?;
        }
        settle(&mut tx, [(id.as_str().to_owned(), Provided::default())].into(), scope.now_ms).await?;
        append_in(&mut tx, &[scope.entry("person", id.as_str(), detail)]).await?;
        let user = read(&mut tx, scope, id.as_str()).await?.ok_or(Error::Stored("person of a directory"))?;
        tx.commit().await.map_err(Error::from)?;
        Ok(user)
    }

    /// Changes a person wholly or not at all. `decide` is asked inside the transaction. Who is switched off loses sessions and
    /// keys in it; being switched on again brings nothing back. `None`: the directory has no such person.
    pub async fn change_scim_user<E: From<Error> + From<ScimRefused>>(
        &self,
        scope: &ScimScope,
        id: &str,
        same: fn(&str, &str) -> bool,
        decide: impl FnOnce(&ScimUser) -> std::result::Result<ScimUserWord, E>,
    ) -> std::result::Result<Option<ScimUser>, E> {
        let mut tx = self.write().await?;
        let Some(user) = read(&mut tx, scope, id).await? else { return Ok(None) };
        let word = decide(&user)?;
        if word == user.word {
            return Ok(Some(user));
        }
        let had = before(&mut tx, [id.to_owned()]).await?;
        if word.external_id != user.word.external_id {
            if is_taken(&mut tx, scope, Some(id), word.external_id.as_deref()).await? {
                return Err(ScimRefused::ExternalIdTaken.into());
            }
            // The old name for them opens nothing any more. What an administrator linked, stays.
            sqlx::query("DELETE FROM identities WHERE connection = $1 AND person = $2 AND subject = $3 AND linked_by = 'scim'")
                .bind(&scope.connection)
                .bind(id)
                .bind(&user.word.external_id)
                .execute(&mut *tx)
                .await
                .map_err(Error::from)?;
        }
        if word.user_name != user.word.user_name {
            login_is_free(&mut tx, scope, &user.person, &word.user_name, same).await?.map_err(E::from)?;
            sqlx::query("DELETE FROM identities WHERE connection = $1 AND person = $2 AND subject = $3 AND linked_by = 'scim'")
                .bind(&scope.connection)
                .bind(id)
                .bind(&user.word.user_name)
                .execute(&mut *tx)
                .await
                .map_err(Error::from)?;
        }
        sqlx::query(
            "UPDATE scim_users SET external_id = $2, user_name = $3, user_name_key = $4, resource = $5, active = $6, roles = $7, \
             attributes = $8, version = version + 1, changed_ms = $9 WHERE person = $1",
        )
        .bind(id)
        .bind(&word.external_id)
        .bind(&word.user_name)
        .bind(&word.user_name_key)
        .bind(Json(&word.resource))
        .bind(word.active)
        .bind(Json(&word.provided.roles))
        .bind(Json(&word.provided.attributes))
        .bind(scope.now_ms)
        .execute(&mut *tx)
        .await
        .map_err(Error::from)?;
        name_person(&mut tx, scope, &user.person, &word).await?;
        let mut audit = vec![scope.entry("person", id, "changed")];
        // Only a change of the directory's word: what an administrator decided meanwhile stays.
        if word.active != user.word.active {
            switch(&mut tx, scope, &user.person, word.active).await?;
            audit = vec![scope.entry("person", id, if word.active { "activated" } else { "deactivated" })];
        }
        settle(&mut tx, had, scope.now_ms).await?;
        append_in(&mut tx, &audit).await?;
        let user = read(&mut tx, scope, id).await?.ok_or(Error::Stored("person of a directory"))?;
        tx.commit().await.map_err(Error::from)?;
        Ok(Some(user))
    }

    /// Removes a person from the directory: they can't come in, and their login is free for somebody else, who will be somebody
    /// else here too. The person and their trail stay. `decide` may refuse. False: there is no such person.
    pub async fn remove_scim_user<E: From<Error>>(
        &self,
        scope: &ScimScope,
        id: &str,
        decide: impl FnOnce(&ScimUser) -> std::result::Result<(), E>,
    ) -> std::result::Result<bool, E> {
        let mut tx = self.write().await?;
        let Some(user) = read(&mut tx, scope, id).await? else { return Ok(false) };
        decide(&user)?;
        let had = before(&mut tx, [id.to_owned()]).await?;
        touch_groups_of(&mut tx, scope, id).await?;
        let all = [
            "UPDATE scim_users SET deleted_ms = $2, changed_ms = $2, active = 0, version = version + 1 WHERE person = $1",
            "UPDATE people SET changed_ms = $2 WHERE id = $1",
        ];
        for sql in all {
            sqlx::query(sql).bind(id).bind(scope.now_ms).execute(&mut *tx).await.map_err(Error::from)?;
        }
        sqlx::query("DELETE FROM group_members WHERE person = $1").bind(id).execute(&mut *tx).await.map_err(Error::from)?;
        switch(&mut tx, scope, &user.person, false).await?;
        let past = format!("{} (removed {id})", user.word.user_name);
        sqlx::query("UPDATE people SET login = $2, login_key = $3 WHERE id = $1")
            .bind(id)
            .bind(&past)
            .bind(seat_key(&scope.workspace, &past))
            .execute(&mut *tx)
            .await
            .map_err(Error::from)?;
        settle(&mut tx, had, scope.now_ms).await?;
        append_in(&mut tx, &[scope.entry("person", id, "removed")]).await?;
        tx.commit().await.map_err(Error::from)?;
        Ok(true)
    }

    /// Whom a directory means by the subject of a login: byte by byte its external id, or, where the connection says so, its
    /// user name. Never an e-mail.
    pub async fn scim_subject(&self, workspace: &WorkspaceId, key: &IdentityKey, by_user_name: bool) -> Result<Subject> {
        let found: Option<(String, Option<i64>)> = sqlx::query_as(
            "SELECT person, deleted_ms FROM scim_users JOIN people ON people.id = scim_users.person \
             WHERE connection = $1 AND people.workspace = $2 AND (external_id = $3 OR ($4 AND user_name = $3)) \
             ORDER BY deleted_ms IS NOT NULL, external_id IS NOT $3 LIMIT 1",
        )
        .bind(&key.connection)
        .bind(workspace.as_str())
        .bind(&key.subject)
        .bind(by_user_name)
        .fetch_optional(&self.pool)
        .await?;
        Ok(match found {
            Some((person, None)) => Subject::Is(PersonId::new(person)),
            Some((_, Some(_))) => Subject::Removed,
            None => Subject::Unknown,
        })
    }

    /// False: the connection's directory keeps this person and says that they may not come in.
    pub async fn scim_lets_in(&self, connection: &str, person: &PersonId) -> Result<bool> {
        let active: Option<i64> = sqlx::query_scalar("SELECT active FROM scim_users WHERE connection = $1 AND person = $2")
            .bind(connection)
            .bind(person.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(active != Some(0))
    }
}

async fn read(tx: &mut Transaction<'_, Sqlite>, scope: &ScimScope, id: &str) -> Result<Option<ScimUser>> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} AND scim_users.person = ?"));
    let row: Option<UserRow> = sqlx::query_as(sql).bind(&scope.connection).bind(id).fetch_optional(&mut **tx).await?;
    Ok(row.map(UserRow::into_user))
}

/// Whether another of the connection's people has the external id, or signs in under it.
async fn is_taken(tx: &mut Transaction<'_, Sqlite>, scope: &ScimScope, but: Option<&str>, external_id: Option<&str>) -> Result<bool> {
    let Some(external_id) = external_id else { return Ok(false) };
    let taken: i64 = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM scim_users WHERE connection = $1 AND external_id = $2 AND deleted_ms IS NULL AND person IS NOT $3) \
         OR ($3 IS NOT NULL AND EXISTS (SELECT 1 FROM identities WHERE connection = $1 AND subject = $2 AND person IS NOT $3))",
    )
    .bind(&scope.connection)
    .bind(external_id)
    .bind(but)
    .fetch_one(&mut **tx)
    .await?;
    Ok(taken == 1)
}

async fn person_of_subject(tx: &mut Transaction<'_, Sqlite>, scope: &ScimScope, subject: &str) -> Result<Option<Person>> {
    let row: Option<PersonRow> = sqlx::query_as(
        "SELECT people.* FROM people JOIN identities ON identities.person = people.id \
         WHERE identities.connection = $1 AND subject = $2 ORDER BY linked_ms DESC LIMIT 1",
    )
    .bind(&scope.connection)
    .bind(subject)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(PersonRow::into_person))
}

async fn is_in_a_directory(tx: &mut Transaction<'_, Sqlite>, person: &PersonId) -> Result<bool> {
    let known: i64 =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM scim_users WHERE person = $1)").bind(person.as_str()).fetch_one(&mut **tx).await?;
    Ok(known == 1)
}

async fn is_removed(tx: &mut Transaction<'_, Sqlite>, person: &PersonId) -> Result<bool> {
    let known: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM scim_users WHERE person = $1 AND deleted_ms IS NOT NULL)")
        .bind(person.as_str())
        .fetch_one(&mut **tx)
        .await?;
    Ok(known == 1)
}

/// Reads every login of the workspace: twins can't be found by an index, and directories make people seldom.
async fn login_is_free(
    tx: &mut Transaction<'_, Sqlite>,
    scope: &ScimScope,
    person: &PersonId,
    login: &str,
    same: fn(&str, &str) -> bool,
) -> Result<std::result::Result<(), ScimRefused>> {
    let logins: Vec<String> =
        sqlx::query_scalar("SELECT login FROM people WHERE workspace = $1 AND id <> $2").bind(scope.workspace.as_str()).bind(person.as_str()).fetch_all(&mut **tx).await?;
    let key = login_key(login);
    let is_taken = logins.iter().any(|known| login_key(known) == key || same(known, login));
    Ok(if is_taken { Err(ScimRefused::LoginTaken) } else { Ok(()) })
}

/// Login, e-mail and name as the directory has them.
async fn name_person(tx: &mut Transaction<'_, Sqlite>, scope: &ScimScope, id: &PersonId, word: &ScimUserWord) -> Result<()> {
    sqlx::query("UPDATE people SET login = $2, login_key = $3, email = $4, name = $5, changed_ms = $6 WHERE id = $1")
        .bind(id.as_str())
        .bind(word.user_name.trim())
        .bind(seat_key(&scope.workspace, &word.user_name))
        .bind(&word.email)
        .bind(&word.name)
        .bind(scope.now_ms)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Lets a person in or not. Leaving ends sessions and keys.
async fn switch(tx: &mut Transaction<'_, Sqlite>, scope: &ScimScope, id: &PersonId, active: bool) -> Result<()> {
    let change = PersonChange { active: Some(active), ..PersonChange::default() };
    let person = edit_in(tx, id, &change, &PersonEdit::default(), scope.now_ms).await?;
    if !active && person.roles.iter().any(|role| role == "admin") {
        append_in(tx, &[scope.entry("person", id.as_str(), "administrator_switched_off")]).await?;
    }
    Ok(())
}

async fn touch_groups_of(tx: &mut Transaction<'_, Sqlite>, scope: &ScimScope, person: &str) -> Result<()> {
    sqlx::query(
        "UPDATE groups SET version = version + 1, changed_ms = $2 WHERE id IN (SELECT group_id FROM group_members WHERE person = $1)",
    )
    .bind(person)
    .bind(scope.now_ms)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
