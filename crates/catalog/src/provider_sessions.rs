//! Sessions that began at an identity provider, and their end by it.

use crate::audit::append_in;
use crate::{Catalog, Result};
use parclose_access::AuditEntry;
use parclose_model::PersonId;
use serde_json::Value;
use sqlx::types::Json;

/// Where a session began.
#[derive(Debug, Clone, PartialEq)]
pub struct AtProvider {
    /// The connection. Switching it off ends the session.
    pub connection: String,
    /// The provider's name for the person.
    pub subject: Option<String>,
    /// Its name for the session.
    pub session_index: Option<String>,
    /// What it is told at a sign-out here.
    pub logout_hint: Option<Value>,
}

impl Catalog {
    /// Where a session began; none for a password.
    pub async fn session_at_provider(&self, token_hash: &str) -> Result<Option<AtProvider>> {
        type Row = (Option<String>, Option<String>, Option<String>, Option<Json<Value>>);
        let row: Option<Row> = sqlx::query_as("SELECT connection, subject, session_index, logout_hint FROM sessions WHERE token_hash = $1")
            .bind(token_hash)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.and_then(|(connection, subject, session_index, hint)| {
            Some(AtProvider { connection: connection?, subject, session_index, logout_hint: hint.map(|Json(hint)| hint) })
        }))
    }

    /// Ends the sessions that a provider names: of one subject, and of these only when it names some. Whose they were is
    /// in the audit trail, one line a person; one line without a person when there were none.
    pub async fn end_sessions_at_provider(&self, connection: &str, subject: &str, indexes: &[String], audit: &AuditEntry) -> Result<u64> {
        let mut tx = self.write().await?;
        let ended: Vec<(String,)> = sqlx::query_as(
            "DELETE FROM sessions WHERE connection = $1 AND subject = $2 AND (json_array_length($3) = 0 OR session_index IN (SELECT value FROM json_each($3))) RETURNING person",
        )
        .bind(connection)
        .bind(subject)
        .bind(Json(indexes))
        .fetch_all(&mut *tx)
        .await?;
        let mut people: Vec<&String> = ended.iter().map(|(person,)| person).collect();
        people.sort();
        people.dedup();
        let mut lines: Vec<AuditEntry> =
            people.into_iter().map(|person| AuditEntry { person: Some(PersonId::new(person.as_str())), ..audit.clone() }).collect();
        if lines.is_empty() {
            lines.push(audit.clone());
        }
        append_in(&mut tx, &lines).await?;
        tx.commit().await?;
        Ok(ended.len() as u64)
    }
}
