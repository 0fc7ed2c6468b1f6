//! What providers said of a person, for the administrator's page.

use crate::{Identity, Result};
use parclose_access::actions::ManagePeople;
use parclose_access::{Grant, Workspace};
use parclose_catalog::{ConnectionKind, Group, Person, Provided};

/// All that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// By connection.
    pub connections: Vec<SaidBy>,
    /// Groups of directories that they are in.
    pub groups: Vec<Group>,
}

/// What one connection said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidBy {
    /// The connection's id.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// What it speaks.
    pub kind: ConnectionKind,
    /// Whether what it says counts.
    pub enabled: bool,
    /// The provider's name for the person.
    pub subject: String,
    /// `login`: said at a login. `scim`: by the directory.
    pub source: &'static str,
    /// `login`, `scim`, or the id of who linked it.
    pub linked_by: String,
    /// When it was said; none: never.
    pub at_ms: Option<i64>,
    /// What it gave.
    pub provided: Provided,
}

impl Identity {
    /// What providers said of a person, by connection.
    pub async fn said_of(&self, grant: &Grant<'_, ManagePeople, Workspace>, person: &Person) -> Result<Said> {
        let connections = self.catalog.connections(grant.resource().workspace_id()).await?;
        let provisions = self.catalog.provisions(&person.id).await?;
        let identities = self.catalog.identities_of(&person.id).await?;
        let said = identities.into_iter().filter_map(|identity| {
            let connection = connections.iter().find(|one| one.id == identity.key.connection)?;
            let provision = provisions.iter().find(|one| one.connection == connection.id);
            Some(SaidBy {
                connection: connection.id.clone(),
                name: connection.name.clone(),
                kind: connection.kind,
                enabled: connection.enabled,
                subject: identity.key.subject,
                source: "login",
                linked_by: identity.linked_by,
                at_ms: provision.map(|one| one.at_ms),
                provided: provision.map(|one| one.provided.clone()).unwrap_or_default(),
            })
        });
        let mut said: Vec<SaidBy> = said.collect();
        if let Some((subject, word)) = self.catalog.directory_word(&person.id).await?
            && let Some(connection) = connections.iter().find(|one| one.id == word.connection)
        {
            said.push(SaidBy {
                connection: connection.id.clone(),
                name: connection.name.clone(),
                kind: connection.kind,
                enabled: connection.enabled,
                subject,
                source: "scim",
                linked_by: "scim".to_owned(),
                at_ms: Some(word.at_ms),
                provided: word.provided,
            });
        }
        Ok(Said { connections: said, groups: self.catalog.groups_of(&person.id).await? })
    }
}
