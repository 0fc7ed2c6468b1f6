//! What a provider's directory says over SCIM: people and groups of one connection.
//!
//! A directory's word is kept apart from what logins said and summed up with it. What the directory takes back is taken out
//! of the login's part of the same connection as well: an old login must not hold what the directory has ended.

mod groups;
mod users;

pub use groups::{ScimGroup, ScimGroupWord};
pub use users::{ScimUser, ScimUserWord, Subject};

use crate::people::Attributes;
use crate::provisions::{Provided, sum, sum_up};
use crate::{Catalog, Result};
use parclose_access::{AuditEntry, Outcome};
use parclose_model::{PersonId, WorkspaceId};
use sqlx::types::Json;
use sqlx::{Sqlite, Transaction};
use std::collections::BTreeMap;

/// For whom a directory speaks, and by which key: everything over SCIM happens inside it. Identity makes it of a proven key.
#[derive(Debug, Clone)]
pub struct ScimScope {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The connection; people and groups of other ones are not found.
    pub connection: String,
    /// The key's id.
    pub key: String,
    /// The key's owner.
    pub owner: PersonId,
    /// The request's id, for the audit trail.
    pub request_id: String,
    /// The operation's instant, epoch milliseconds.
    pub now_ms: i64,
}

impl ScimScope {
    /// A line of the audit trail.
    pub fn entry(&self, resource: &'static str, id: &str, detail: &'static str) -> AuditEntry {
        let entry = AuditEntry::bare(self.now_ms, self.workspace.clone(), "scim", resource, id).detail(detail);
        AuditEntry { person: Some(self.owner.clone()), means: format!("key:{}", self.key), request_id: self.request_id.clone(), ..entry }
    }
    /// A line about something that was refused.
    pub fn refused(&self, resource: &'static str, id: &str, reason: &'static str) -> AuditEntry {
        self.entry(resource, id, reason).outcome(Outcome::Refused)
    }
}

/// Why the catalog does not take a directory's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimRefused {
    /// Another account has the login, or one that looks like it.
    LoginTaken,
    /// Somebody else of the connection has this external id, or signs in under it.
    ExternalIdTaken,
    /// Another group of the directory has this name, or one that looks like it.
    NameTaken,
    /// A member is nobody whom this directory keeps.
    UnknownMember,
    /// A member is kept by another directory, or is a local account.
    ForeignMember,
    /// More members than a group may have.
    TooManyMembers,
}

/// What to look for. Finds no less than what is asked for; whoever asks compares once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScimFind {
    /// Everything.
    All,
    /// By id.
    Id(String),
    /// By folded name.
    Name(String),
    /// By the directory's own id.
    ExternalId(String),
}

/// A part of a list in a stable order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScimPage {
    /// So many are left out first.
    pub offset: i64,
    /// At most so many.
    pub limit: i64,
}

impl ScimPage {
    /// Everything.
    pub const WHOLE: ScimPage = ScimPage { offset: 0, limit: -1 };
}

impl Catalog {
    /// Whether a person or group with this id exists in the workspace although this connection does not find it. For the audit trail.
    pub async fn is_foreign_to_scim(&self, scope: &ScimScope, id: &str) -> Result<bool> {
        let known: i64 = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM people WHERE id = $1 AND id NOT IN (SELECT person FROM scim_users WHERE connection = $2)) \
             OR EXISTS (SELECT 1 FROM groups WHERE id = $1 AND connection IS NOT $2)",
        )
        .bind(id)
        .bind(&scope.connection)
        .fetch_one(&self.pool)
        .await?;
        Ok(known == 1)
    }
}

/// What the directory gives a person now: by themselves and by groups. Nothing when it switched them or the connection is off.
pub(crate) async fn word_of(tx: &mut Transaction<'_, Sqlite>, person: &str) -> Result<Provided> {
    let rows: Vec<(Json<Vec<String>>, Json<Attributes>)> = sqlx::query_as(
        "SELECT scim_users.roles, scim_users.attributes FROM scim_users JOIN connections ON connections.id = scim_users.connection \
         WHERE person = $1 AND enabled = 1 AND active = 1 AND deleted_ms IS NULL \
         UNION ALL \
         SELECT groups.roles, groups.attributes FROM group_members JOIN groups ON groups.id = group_members.group_id \
         JOIN scim_users ON scim_users.person = group_members.person AND scim_users.connection = groups.connection \
         JOIN connections ON connections.id = scim_users.connection \
         WHERE group_members.person = $1 AND enabled = 1 AND active = 1 AND deleted_ms IS NULL",
    )
    .bind(person)
    .fetch_all(&mut **tx)
    .await?;
    Ok(sum(rows.into_iter().map(|(Json(roles), Json(attributes))| Provided { roles, attributes })))
}

/// What the members of a directory's group have from their directory, before the group changes. Empty for other groups.
pub(crate) async fn before_group(tx: &mut Transaction<'_, Sqlite>, group: &str) -> Result<BTreeMap<String, Provided>> {
    let people: Vec<String> =
        sqlx::query_scalar("SELECT person FROM group_members WHERE group_id = $1").bind(group).fetch_all(&mut **tx).await?;
    before(tx, people).await
}

pub(crate) async fn before(
    tx: &mut Transaction<'_, Sqlite>,
    people: impl IntoIterator<Item = String>,
) -> Result<BTreeMap<String, Provided>> {
    let mut had = BTreeMap::new();
    for person in people {
        let word = word_of(tx, &person).await?;
        had.insert(person, word);
    }
    Ok(had)
}

/// After the directory's word has changed: takes what it took back out of the login's part too, and sums up.
pub(crate) async fn settle(tx: &mut Transaction<'_, Sqlite>, had: BTreeMap<String, Provided>, now_ms: i64) -> Result<()> {
    for (person, had) in had {
        let has = word_of(tx, &person).await?;
        let gone = without(had, &has);
        if !gone.roles.is_empty() || !gone.attributes.is_empty() {
            forget(tx, &person, &gone).await?;
        }
        sum_up(tx, &person, now_ms).await?;
    }
    Ok(())
}

/// What is in the one and not in the other.
fn without(had: Provided, has: &Provided) -> Provided {
    let roles = had.roles.into_iter().filter(|role| !has.roles.contains(role)).collect();
    let left = |(name, values): (String, Vec<String>)| {
        let still = has.attributes.get(&name);
        let values: Vec<String> = values.into_iter().filter(|value| still.is_none_or(|still| !still.contains(value))).collect();
        (!values.is_empty()).then_some((name, values))
    };
    Provided { roles, attributes: had.attributes.into_iter().filter_map(left).collect() }
}

async fn forget(tx: &mut Transaction<'_, Sqlite>, person: &str, gone: &Provided) -> Result<()> {
    let row: Option<(String, Json<Vec<String>>, Json<Attributes>)> = sqlx::query_as(
        "SELECT provisions.connection, provisions.roles, provisions.attributes FROM provisions \
         JOIN scim_users ON scim_users.person = provisions.person AND scim_users.connection = provisions.connection WHERE provisions.person = $1",
    )
    .bind(person)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((connection, Json(roles), Json(attributes))) = row else { return Ok(()) };
    let left = without(Provided { roles, attributes }, gone);
    sqlx::query("UPDATE provisions SET roles = $3, attributes = $4 WHERE person = $1 AND connection = $2")
        .bind(person)
        .bind(connection)
        .bind(Json(left.roles))
        .bind(Json(left.attributes))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
