//! Groups of identity providers, and what they give.

use crate::audit::append_in;
use crate::people::Attributes;
use crate::{Catalog, Error, Result, login_key};
use parclose_access::{AuditEntry, Grant, Workspace, actions::ManageConnections};
use parclose_model::WorkspaceId;
use sqlx::types::Json;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Id.
    pub id: String,
    /// As the provider calls it; compared without regard to case.
    pub name: String,
    /// Roles that membership gives.
    pub roles: Vec<String>,
    /// Attributes that membership gives.
    pub attributes: Attributes,
    /// Counts up from 1.
    pub version: i64,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// When last changed, epoch milliseconds.
    pub changed_ms: i64,
    /// The connection whose directory keeps it over SCIM. Such a group is found by id: no name that a login brings finds it.
    pub connection: Option<String>,
}

/// What an administrator says of a group.
#[derive(Debug, Clone, Default)]
pub struct GroupChange {
    /// Another name.
    pub name: Option<String>,
    /// All roles.
    pub roles: Option<Vec<String>>,
    /// All attributes.
    pub attributes: Option<Attributes>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct GroupRow {
    id: String,
    name: String,
    roles: Json<Vec<String>>,
    attributes: Json<Attributes>,
    version: i64,
    created_ms: i64,
    changed_ms: i64,
    connection: Option<String>,
}

impl GroupRow {
    pub(crate) fn into_group(self) -> Group {
        Group {
            id: self.id,
            name: self.name,
            roles: self.roles.0,
            attributes: self.attributes.0,
            version: self.version,
            created_ms: self.created_ms,
            changed_ms: self.changed_ms,
            connection: self.connection,
        }
    }
}

impl Catalog {
    /// All groups of a workspace, by name.
    pub async fn groups(&self, workspace: &WorkspaceId) -> Result<Vec<Group>> {
        let rows: Vec<GroupRow> = sqlx::query_as("SELECT * FROM groups WHERE workspace = $1 ORDER BY name_key, id")
            .bind(workspace.as_str())
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().map(GroupRow::into_group).collect())
    }

    /// Makes a group. [`Error::Conflict`] when there is one of this name.
    pub async fn add_group(
        &self,
        grant: &Grant<'_, ManageConnections, Workspace>,
        id: &str,
        name: &str,
        roles: &[String],
        attributes: &Attributes,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        let done = sqlx::query("INSERT INTO groups (id, workspace, name, name_key, roles, attributes, version, created_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(grant.resource().workspace_id().as_str())
            .bind(name)
            .bind(login_key(name))
            .bind(Json(roles))
            .bind(Json(attributes))
            .bind(grant.ctx().now_ms())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Err(Error::Conflict { current: 0 });
        }
        append_in(&mut tx, &[about(grant, id, "created")]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes what a group gives. Groups that come with logins give it from people's next login on; the members of a
    /// directory's group have it, or no longer have it, at once. `None`: there is no such group, or the name of a directory's
    /// group was to be changed, which is for the directory.
    pub async fn change_group(
        &self,
        grant: &Grant<'_, ManageConnections, Workspace>,
        id: &str,
        change: &GroupChange,
    ) -> Result<Option<Group>> {
        let mut tx = self.write().await?;
        let members = crate::scim::before_group(&mut tx, id).await?;
        let done: std::result::Result<Option<GroupRow>, sqlx::Error> = sqlx::query_as(
            "UPDATE groups SET name = COALESCE($3, name), name_key = COALESCE($4, name_key), roles = COALESCE($5, roles), \
             attributes = COALESCE($6, attributes), version = version + 1, changed_ms = $7 WHERE workspace = $1 AND id = $2 AND ($3 IS NULL OR connection IS NULL) RETURNING *",
        )
        .bind(grant.resource().workspace_id().as_str())
        .bind(id)
        .bind(&change.name)
        .bind(change.name.as_deref().map(login_key))
        .bind(change.roles.as_ref().map(Json))
        .bind(change.attributes.as_ref().map(Json))
        .bind(grant.ctx().now_ms())
        .fetch_optional(&mut *tx)
        .await;
        let row = match done {
            Ok(row) => row,
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Err(Error::Conflict { current: 0 }),
            Err(error) => return Err(error.into()),
        };
        let Some(row) = row else { return Ok(None) };
        crate::scim::settle(&mut tx, members, grant.ctx().now_ms()).await?;
        append_in(&mut tx, &[about(grant, id, "changed")]).await?;
        tx.commit().await?;
        Ok(Some(row.into_group()))
    }

    /// Removes a group; false when there is none.
    pub async fn remove_group(&self, grant: &Grant<'_, ManageConnections, Workspace>, id: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let members = crate::scim::before_group(&mut tx, id).await?;
        let done = sqlx::query("DELETE FROM groups WHERE workspace = $1 AND id = $2")
            .bind(grant.resource().workspace_id().as_str())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        crate::scim::settle(&mut tx, members, grant.ctx().now_ms()).await?;
        append_in(&mut tx, &[about(grant, id, "removed")]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

fn about(grant: &Grant<'_, ManageConnections, Workspace>, id: &str, detail: &'static str) -> AuditEntry {
    AuditEntry { resource: "group".into(), resource_id: id.to_owned(), ..AuditEntry::of_grant(grant) }.detail(detail)
}
