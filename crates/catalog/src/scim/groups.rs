//! Groups that a directory keeps. They lie next to those that an administrator named, and are found by id only.

use super::{ScimFind, ScimPage, ScimRefused, ScimScope, before, settle};
use crate::audit::append_in;
use crate::{Catalog, Error, Result};
use sqlx::types::Json;
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeSet;

/// More members than this no group has.
const MAX_MEMBERS: usize = 50_000;

/// A directory's group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimGroup {
    /// Id.
    pub id: String,
    /// What the directory said last.
    pub word: ScimGroupWord,
    /// Counts up from 1.
    pub version: i64,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// When last changed, epoch milliseconds.
    pub changed_ms: i64,
}

/// What a directory says of a group. What the group gives is not for it to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimGroupWord {
    /// Name.
    pub name: String,
    /// The name folded, for finding.
    pub name_key: String,
    /// The directory's own id.
    pub external_id: Option<String>,
    /// Ids of its members.
    pub members: BTreeSet<String>,
}

#[derive(sqlx::FromRow)]
struct ScimGroupRow {
    id: String,
    name: String,
    name_key: String,
    external_id: Option<String>,
    version: i64,
    created_ms: i64,
    changed_ms: i64,
    members: Json<BTreeSet<String>>,
}

impl ScimGroupRow {
    fn into_group(self) -> ScimGroup {
        let word = ScimGroupWord { name: self.name, name_key: self.name_key, external_id: self.external_id, members: self.members.0 };
        ScimGroup { id: self.id, word, version: self.version, created_ms: self.created_ms, changed_ms: self.changed_ms }
    }
}

const SELECT: &str = "SELECT id, name, name_key, external_id, version, created_ms, changed_ms, \
    (SELECT json_group_array(person) FROM group_members WHERE group_id = groups.id) AS members FROM groups WHERE connection = ?";

/// Without members, which may be many and are not always asked for.
const SELECT_BARE: &str =
    "SELECT id, name, name_key, external_id, version, created_ms, changed_ms, '[]' AS members FROM groups WHERE connection = ?";

impl Catalog {
    /// One of a directory's groups.
    pub async fn scim_group(&self, scope: &ScimScope, id: &str) -> Result<Option<ScimGroup>> {
        Ok(self.scim_groups(scope, &ScimFind::Id(id.to_owned()), ScimPage::WHOLE, true).await?.0.pop())
    }

    /// A directory's groups in the order in which they came, and how many there are in all. `members`: with them.
    pub async fn scim_groups(&self, scope: &ScimScope, find: &ScimFind, page: ScimPage, members: bool) -> Result<(Vec<ScimGroup>, i64)> {
        let (condition, value) = match find {
            ScimFind::All => ("", None),
            ScimFind::Id(id) => (" AND id = ?", Some(id)),
            ScimFind::Name(name) => (" AND name_key = ?", Some(name)),
            ScimFind::ExternalId(id) => (" AND external_id = ?", Some(id)),
        };
        let select = if members { SELECT } else { SELECT_BARE };
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM groups WHERE connection = ?{condition}"));
        let list = sqlx::AssertSqlSafe(format!("{select}{condition} ORDER BY created_ms, id LIMIT ? OFFSET ?"));
        let mut count = sqlx::query_scalar(count).bind(&scope.connection);
        let mut list = sqlx::query_as::<_, ScimGroupRow>(list).bind(&scope.connection);
        if let Some(value) = value {
            count = count.bind(value);
            list = list.bind(value);
        }
        let mut tx = self.pool.begin().await?;
        let total: i64 = count.fetch_one(&mut *tx).await?;
        let rows = list.bind(page.limit).bind(page.offset).fetch_all(&mut *tx).await?;
        Ok((rows.into_iter().map(ScimGroupRow::into_group).collect(), total))
    }

    /// Makes a group. It gives nothing until an administrator says what.
    pub async fn add_scim_group<E: From<Error> + From<ScimRefused>>(
        &self,
        scope: &ScimScope,
        id: &str,
        word: &ScimGroupWord,
        same: fn(&str, &str) -> bool,
    ) -> std::result::Result<ScimGroup, E> {
        let mut tx = self.write().await?;
        name_is_free(&mut tx, scope, None, &word.name, same).await?.map_err(E::from)?;
        sqlx::query(
            "INSERT INTO groups (id, workspace, name, name_key, roles, attributes, version, created_ms, changed_ms, connection, external_id) \
             VALUES ($1, $2, $3, $4, '[]', '{}', 1, $5, $5, $6, $7)",
        )
        .bind(id)
        .bind(scope.workspace.as_str())
        .bind(&word.name)
        .bind(&word.name_key)
        .bind(scope.now_ms)
        .bind(&scope.connection)
        .bind(&word.external_id)
        .execute(&mut *tx)
        .await
        .map_err(Error::from)?;
        set_members(&mut tx, scope, id, &BTreeSet::new(), &word.members).await?.map_err(E::from)?;
        append_in(&mut tx, &[scope.entry("group", id, "created")]).await?;
        let group = read(&mut tx, scope, id).await?.ok_or(Error::Stored("group of a directory"))?;
        tx.commit().await.map_err(Error::from)?;
        Ok(group)
    }

    /// Changes a group wholly or not at all; what it gives reaches new members, and leaves old ones, in the same transaction.
    /// `None`: the directory has no such group.
    pub async fn change_scim_group<E: From<Error> + From<ScimRefused>>(
        &self,
        scope: &ScimScope,
        id: &str,
        same: fn(&str, &str) -> bool,
        decide: impl FnOnce(&ScimGroup) -> std::result::Result<ScimGroupWord, E>,
    ) -> std::result::Result<Option<ScimGroup>, E> {
        let mut tx = self.write().await?;
        let Some(group) = read(&mut tx, scope, id).await? else { return Ok(None) };
        let word = decide(&group)?;
        if word == group.word {
            return Ok(Some(group));
        }
        let mut audit = vec![scope.entry("group", id, "changed")];
        if word.name != group.word.name {
            name_is_free(&mut tx, scope, Some(id), &word.name, same).await?.map_err(E::from)?;
            audit = vec![scope.entry("group", id, "renamed")];
            // The name is part of its members.
            touch_users(&mut tx, scope, group.word.members.iter()).await?;
        }
        sqlx::query("UPDATE groups SET name = $2, name_key = $3, external_id = $4, version = version + 1, changed_ms = $5 WHERE id = $1")
            .bind(id)
            .bind(&word.name)
            .bind(&word.name_key)
            .bind(&word.external_id)
            .bind(scope.now_ms)
            .execute(&mut *tx)
            .await
            .map_err(Error::from)?;
        set_members(&mut tx, scope, id, &group.word.members, &word.members).await?.map_err(E::from)?;
        append_in(&mut tx, &audit).await?;
        let group = read(&mut tx, scope, id).await?.ok_or(Error::Stored("group of a directory"))?;
        tx.commit().await.map_err(Error::from)?;
        Ok(Some(group))
    }

    /// Removes a group, what an administrator said of it, and what its members had from it. `decide` may refuse. False: there is
    /// no such group.
    pub async fn remove_scim_group<E: From<Error>>(
        &self,
        scope: &ScimScope,
        id: &str,
        decide: impl FnOnce(&ScimGroup) -> std::result::Result<(), E>,
    ) -> std::result::Result<bool, E> {
        let mut tx = self.write().await?;
        let Some(group) = read(&mut tx, scope, id).await? else { return Ok(false) };
        decide(&group)?;
        let had = before(&mut tx, group.word.members.iter().cloned()).await?;
        touch_users(&mut tx, scope, group.word.members.iter()).await?;
        sqlx::query("DELETE FROM groups WHERE id = $1").bind(id).execute(&mut *tx).await.map_err(Error::from)?;
        settle(&mut tx, had, scope.now_ms).await?;
        append_in(&mut tx, &[scope.entry("group", id, "removed")]).await?;
        tx.commit().await.map_err(Error::from)?;
        Ok(true)
    }
}

async fn read(tx: &mut Transaction<'_, Sqlite>, scope: &ScimScope, id: &str) -> Result<Option<ScimGroup>> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} AND id = ?"));
    let row: Option<ScimGroupRow> = sqlx::query_as(sql).bind(&scope.connection).bind(id).fetch_optional(&mut **tx).await?;
    Ok(row.map(ScimGroupRow::into_group))
}

/// Two groups that look like one would have an administrator give rights to the wrong one.
async fn name_is_free(
    tx: &mut Transaction<'_, Sqlite>,
    scope: &ScimScope,
    but: Option<&str>,
    name: &str,
    same: fn(&str, &str) -> bool,
) -> Result<std::result::Result<(), ScimRefused>> {
    let names: Vec<String> = sqlx::query_scalar("SELECT name FROM groups WHERE connection = $1 AND id IS NOT $2")
        .bind(&scope.connection)
        .bind(but)
        .fetch_all(&mut **tx)
        .await?;
    Ok(if names.iter().any(|known| same(known, name)) { Err(ScimRefused::NameTaken) } else { Ok(()) })
}

async fn set_members(
    tx: &mut Transaction<'_, Sqlite>,
    scope: &ScimScope,
    id: &str,
    old: &BTreeSet<String>,
    new: &BTreeSet<String>,
) -> Result<std::result::Result<(), ScimRefused>> {
    if new.len() > MAX_MEMBERS {
        return Ok(Err(ScimRefused::TooManyMembers));
    }
    let come: Vec<&String> = new.difference(old).collect();
    let go: Vec<&String> = old.difference(new).collect();
    for person in &come {
        let directory: Option<Option<String>> = sqlx::query_scalar(
            "SELECT CASE WHEN deleted_ms IS NULL THEN connection END FROM people LEFT JOIN scim_users ON scim_users.person = people.id WHERE people.id = $1",
        )
        .bind(person.as_str())
        .fetch_optional(&mut **tx)
        .await?;
        match directory {
            Some(Some(connection)) if connection == scope.connection => {}
            Some(_) => return Ok(Err(ScimRefused::ForeignMember)),
            None => return Ok(Err(ScimRefused::UnknownMember)),
        }
    }
    // A group that gives nothing changes nobody's sum; that is how every directory's group begins, with all its members.
    let gives: i64 =
        sqlx::query_scalar("SELECT roles <> '[]' OR attributes <> '{}' FROM groups WHERE id = $1").bind(id).fetch_one(&mut **tx).await?;
    let touched: Vec<String> = come.iter().chain(&go).map(|person| (*person).clone()).collect();
    let had = if gives == 1 { before(tx, touched.clone()).await? } else { Default::default() };
    for person in &come {
        sqlx::query("INSERT INTO group_members (group_id, person) VALUES ($1, $2)")
            .bind(id)
            .bind(person.as_str())
            .execute(&mut **tx)
            .await?;
    }
    for person in &go {
        sqlx::query("DELETE FROM group_members WHERE group_id = $1 AND person = $2")
            .bind(id)
            .bind(person.as_str())
            .execute(&mut **tx)
            .await?;
    }
    touch_users(tx, scope, touched.iter()).await?;
    settle(tx, had, scope.now_ms).await?;
    Ok(Ok(()))
}

/// Groups are part of a person's resource: what is seen of it has a new version.
async fn touch_users(tx: &mut Transaction<'_, Sqlite>, scope: &ScimScope, people: impl Iterator<Item = &String>) -> Result<()> {
    for person in people {
        sqlx::query("UPDATE scim_users SET version = version + 1, changed_ms = $2 WHERE person = $1")
            .bind(person)
            .bind(scope.now_ms)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
