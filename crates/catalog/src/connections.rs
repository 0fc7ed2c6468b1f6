//! Connections to identity providers, as they are stored.

use crate::audit::append_in;
use crate::{Catalog, Error, Result};
use parclose_access::actions::ManageConnections;
use parclose_access::{AuditEntry, Grant, Workspace};
use parclose_model::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{Sqlite, Transaction};

/// What a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionKind {
    /// SAML 2.0.
    Saml,
    /// OpenID Connect.
    Oidc,
}

impl ConnectionKind {
    /// As it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            ConnectionKind::Saml => "saml",
            ConnectionKind::Oidc => "oidc",
        }
    }
    /// Reads it; an unknown one is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Saml, Self::Oidc].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A connection with its secrets. Not for showing: `identity` has a view without them.
#[derive(Clone)]
pub struct Connection {
    /// Id, part of the connection's addresses.
    pub id: String,
    /// Whose.
    pub workspace: WorkspaceId,
    /// What it speaks.
    pub kind: ConnectionKind,
    /// What the button on the sign-in page says: *Sign in with …*.
    pub name: String,
    /// Off: nobody signs in through it.
    pub enabled: bool,
    /// What `identity` made of it, secrets included.
    pub settings: Value,
    /// Counts up from 1, for lost-update protection.
    pub version: i64,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// When last changed, epoch milliseconds.
    pub changed_ms: i64,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[derive(sqlx::FromRow)]
struct ConnectionRow {
    id: String,
    workspace: String,
    kind: String,
    name: String,
    enabled: bool,
    settings: Json<Value>,
    version: i64,
    created_ms: i64,
    changed_ms: i64,
}

impl ConnectionRow {
    fn into_connection(self) -> Result<Connection> {
        Ok(Connection {
            id: self.id,
            workspace: WorkspaceId::new(self.workspace),
            kind: ConnectionKind::parse(&self.kind).ok_or(Error::Stored("kind of a connection"))?,
            name: self.name,
            enabled: self.enabled,
            settings: self.settings.0,
            version: self.version,
            created_ms: self.created_ms,
            changed_ms: self.changed_ms,
        })
    }
}

impl Catalog {
    /// All connections of a workspace, by name.
    pub async fn connections(&self, workspace: &WorkspaceId) -> Result<Vec<Connection>> {
        let rows: Vec<ConnectionRow> = sqlx::query_as("SELECT * FROM connections WHERE workspace = $1 ORDER BY name, id")
            .bind(workspace.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(ConnectionRow::into_connection).collect()
    }

    /// One connection of a workspace, enabled or not.
    pub async fn connection(&self, workspace: &WorkspaceId, id: &str) -> Result<Option<Connection>> {
        let row: Option<ConnectionRow> = sqlx::query_as("SELECT * FROM connections WHERE workspace = $1 AND id = $2")
            .bind(workspace.as_str())
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(ConnectionRow::into_connection).transpose()
    }

    /// The workspace of a connection, whose id alone stands in the addresses that providers know.
    pub async fn workspace_of_connection(&self, id: &str) -> Result<Option<WorkspaceId>> {
        let workspace: Option<String> =
            sqlx::query_scalar("SELECT workspace FROM connections WHERE id = $1").bind(id).fetch_optional(&self.pool).await?;
        Ok(workspace.map(WorkspaceId::new))
    }

    /// Stores a new connection, with its audit line in the same transaction.
    pub async fn add_connection(
        &self,
        grant: &Grant<'_, ManageConnections, Workspace>,
        id: &str,
        kind: ConnectionKind,
        name: &str,
        enabled: bool,
        settings: &Value,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("INSERT INTO connections (id, workspace, kind, name, enabled, settings, version, created_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7)")
            .bind(id)
            .bind(grant.resource().workspace_id().as_str())
            .bind(kind.as_str())
            .bind(name)
            .bind(enabled)
            .bind(Json(settings))
            .bind(grant.ctx().now_ms())
            .execute(&mut *tx)
            .await?;
        append_in(&mut tx, &[about(grant, id, "created")]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes a connection that still is at `version`. One that is no longer enabled ends the sessions that began
    /// with it, and what it said of people no longer counts. `None`: there is no such connection.
    pub async fn save_connection(
        &self,
        grant: &Grant<'_, ManageConnections, Workspace>,
        id: &str,
        version: i64,
        name: &str,
        enabled: bool,
        settings: &Value,
    ) -> Result<Option<i64>> {
        let mut tx = self.write().await?;
        let current: Option<i64> = sqlx::query_scalar("SELECT version FROM connections WHERE workspace = $1 AND id = $2")
            .bind(grant.resource().workspace_id().as_str())
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(current) = current else { return Ok(None) };
        if current != version {
            return Err(Error::Conflict { current });
        }
        sqlx::query("UPDATE connections SET name = $2, enabled = $3, settings = $4, version = version + 1, changed_ms = $5 WHERE id = $1")
            .bind(id)
            .bind(name)
            .bind(enabled)
            .bind(Json(settings))
            .bind(grant.ctx().now_ms())
            .execute(&mut *tx)
            .await?;
        for person in people_of(&mut tx, id).await? {
            crate::provisions::sum_up(&mut tx, &person, grant.ctx().now_ms()).await?;
        }
        if !enabled {
            sqlx::query("DELETE FROM sessions WHERE connection = $1").bind(id).execute(&mut *tx).await?;
        }
        append_in(&mut tx, &[about(grant, id, "changed")]).await?;
        tx.commit().await?;
        Ok(Some(version + 1))
    }

    /// Removes a connection: its sessions end, and what it said of people no longer counts. False: there is none.
    pub async fn remove_connection(&self, grant: &Grant<'_, ManageConnections, Workspace>, id: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let people = people_of(&mut tx, id).await?;
        let done = sqlx::query("DELETE FROM connections WHERE workspace = $1 AND id = $2")
            .bind(grant.resource().workspace_id().as_str())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        for person in people {
            crate::provisions::sum_up(&mut tx, &person, grant.ctx().now_ms()).await?;
        }
        append_in(&mut tx, &[about(grant, id, "removed")]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Who has something from a connection.
async fn people_of(tx: &mut Transaction<'_, Sqlite>, id: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT person FROM provisions WHERE connection = $1 UNION SELECT person FROM scim_users WHERE connection = $1").bind(id).fetch_all(&mut **tx).await?)
}

fn about(grant: &Grant<'_, ManageConnections, Workspace>, id: &str, detail: &'static str) -> AuditEntry {
    AuditEntry { resource: "connection".into(), resource_id: id.to_owned(), ..AuditEntry::of_grant(grant) }.detail(detail)
}
