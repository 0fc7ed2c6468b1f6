//! Links that open one thing once: a new password for a person, the first administrator of a workspace.

use crate::audit::append_in;
use crate::people::{PersonEdit, PersonRow, edit_in, insert, people_in};
use crate::{Catalog, Error, NewPerson, Person, PersonChange, Result};
use parclose_access::AuditEntry;
use parclose_model::{PersonId, WorkspaceId};

impl Catalog {
    /// Makes a person's password link, in place of one that was there, with the line of the audit trail. False when there
    /// is no such active person in the workspace.
    pub async fn add_password_link(&self, person: &PersonId, token_hash: &str, expires_ms: i64, audit: AuditEntry) -> Result<bool> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM password_links WHERE person = $1 OR expires_ms <= $2")
            .bind(person.as_str())
            .bind(audit.at_ms)
            .execute(&mut *tx)
            .await?;
        let done = sqlx::query(
            "INSERT INTO password_links (token_hash, person, expires_ms) \
             SELECT $1, id, $3 FROM people WHERE id = $2 AND workspace = $4 AND active = 1 AND kind = 'person'",
        )
        .bind(token_hash)
        .bind(person.as_str())
        .bind(expires_ms)
        .bind(audit.workspace.as_str())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        append_in(&mut tx, &[audit]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Whom a password link is for, and until when. It stays good.
    pub async fn password_link(&self, workspace: &WorkspaceId, token_hash: &str, now_ms: i64) -> Result<Option<(Person, i64)>> {
        let row: Option<LinkRow> = sqlx::query_as(
            "SELECT people.*, password_links.expires_ms AS link_expires_ms FROM password_links JOIN people ON people.id = password_links.person \
             WHERE token_hash = $1 AND expires_ms > $2 AND people.workspace = $3 AND people.active = 1",
        )
        .bind(token_hash)
        .bind(now_ms)
        .bind(workspace.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| (row.person.into_person(), row.link_expires_ms)))
    }

    /// Uses a password link: the new password holds, all sessions of the person end, and the link is no more. False when
    /// it was used meanwhile, is over, or its person has left.
    pub async fn use_password_link(&self, token_hash: &str, password_hash: &str, audit: AuditEntry) -> Result<bool> {
        let mut tx = self.write().await?;
        let person: Option<String> = sqlx::query_scalar(
            "DELETE FROM password_links WHERE token_hash = $1 AND expires_ms > $2 AND person IN (SELECT id FROM people WHERE workspace = $3 AND active = 1) \
             RETURNING person",
        )
        .bind(token_hash)
        .bind(audit.at_ms)
        .bind(audit.workspace.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(person) = person else {
            tx.rollback().await?;
            return Ok(false);
        };
        let edit = PersonEdit { password_hash: Some(password_hash), password_due: Some(false), audit: &[] };
        edit_in(&mut tx, &PersonId::new(person), &PersonChange::default(), &edit, audit.at_ms).await?;
        append_in(&mut tx, &[audit]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Sets the link that makes the first administrator, in place of one that was there; none takes it away.
    pub async fn set_setup_link(&self, workspace: &WorkspaceId, token_hash: Option<&str>, now_ms: i64) -> Result<()> {
        let Some(token_hash) = token_hash else {
            sqlx::query("DELETE FROM setup_links WHERE workspace = $1").bind(workspace.as_str()).execute(&self.pool).await?;
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO setup_links (workspace, token_hash, created_ms) VALUES ($1, $2, $3) \
             ON CONFLICT (workspace) DO UPDATE SET token_hash = excluded.token_hash, created_ms = excluded.created_ms",
        )
        .bind(workspace.as_str())
        .bind(token_hash)
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Whether this is the set-up link of the workspace. It stays good.
    pub async fn is_setup_link(&self, workspace: &WorkspaceId, token_hash: &str) -> Result<bool> {
        let known: i64 = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM setup_links WHERE workspace = $1 AND token_hash = $2)")
            .bind(workspace.as_str())
            .bind(token_hash)
            .fetch_one(&self.pool)
            .await?;
        Ok(known == 1)
    }

    /// Uses the set-up link: makes the first administrator. `nobody_yet` is asked inside the transaction, with everybody
    /// who is there: of two at once one is made. False when the link is not the one or somebody was faster.
    pub async fn use_setup_link(
        &self,
        token_hash: &str,
        new: &NewPerson,
        nobody_yet: impl FnOnce(&[Person]) -> bool,
        audit: AuditEntry,
    ) -> Result<bool> {
        let mut tx = self.write().await?;
        let used = sqlx::query("DELETE FROM setup_links WHERE workspace = $1 AND token_hash = $2")
            .bind(new.workspace.as_str())
            .bind(token_hash)
            .execute(&mut *tx)
            .await?;
        if used.rows_affected() == 0 || !nobody_yet(&people_in(&mut *tx, &new.workspace).await?) {
            tx.rollback().await?;
            return Ok(false);
        }
        match insert(&mut *tx, new, false, audit.at_ms).await {
            Ok(()) => {}
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Err(Error::LoginTaken),
            Err(error) => return Err(error.into()),
        }
        append_in(&mut tx, &[audit]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    link_expires_ms: i64,
    #[sqlx(flatten)]
    person: PersonRow,
}
