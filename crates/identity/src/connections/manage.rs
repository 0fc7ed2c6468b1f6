//! Listing, making, changing, removing; and linking a person by hand.

use super::settings::ConnectionSettings;
use crate::{Error, Identity, Result, tokens};
use parclose_access::actions::ManageConnections;
use parclose_access::{AuditEntry, Grant, Refusal, Workspace};
use parclose_catalog::{Attributes, Connection, Group, GroupChange, IdentityKey};
use parclose_model::PersonId;

/// A connection without its secrets.
#[derive(Clone)]
pub struct ConnectionView {
    /// Id, part of its addresses.
    pub id: String,
    /// What the button says.
    pub name: String,
    /// Whether anybody signs in through it.
    pub enabled: bool,
    /// For lost-update protection.
    pub version: i64,
    /// A secret is stored; it is never shown.
    pub has_secret: bool,
    /// Everything else.
    pub settings: ConnectionSettings,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// When last changed, epoch milliseconds.
    pub changed_ms: i64,
}

pub(crate) fn settings_of(connection: &Connection) -> Result<ConnectionSettings> {
    serde_json::from_value(connection.settings.clone()).map_err(|_| Error::Catalog(parclose_catalog::Error::Stored("connection")))
}

fn view(connection: Connection) -> Result<ConnectionView> {
    let settings = settings_of(&connection)?;
    Ok(ConnectionView {
        id: connection.id,
        name: connection.name,
        enabled: connection.enabled,
        version: connection.version,
        has_secret: settings.has_secret(),
        settings: settings.without_secrets(),
        created_ms: connection.created_ms,
        changed_ms: connection.changed_ms,
    })
}

impl Identity {
    /// All connections of the workspace.
    pub async fn list_connections(&self, grant: &Grant<'_, ManageConnections, Workspace>) -> Result<Vec<ConnectionView>> {
        self.catalog.connections(grant.resource().workspace_id()).await?.into_iter().map(view).collect()
    }

    /// One of them; [`Refusal::NotFound`] when there is none.
    pub async fn find_connection(&self, grant: &Grant<'_, ManageConnections, Workspace>, id: &str) -> Result<ConnectionView> {
        let found = self.catalog.connection(grant.resource().workspace_id(), id).await?;
        view(found.ok_or(Error::Refused(Refusal::NotFound))?)
    }

    /// Makes a connection.
    pub async fn create_connection(
        &self,
        grant: &Grant<'_, ManageConnections, Workspace>,
        name: &str,
        enabled: bool,
        settings: &ConnectionSettings,
    ) -> Result<ConnectionView> {
        check_name(name)?;
        settings.check()?;
        let id = tokens::random_hex(self.randomness.as_ref(), 8)?;
        self.catalog.add_connection(grant, &id, settings.kind(), name.trim(), enabled, &stored(settings)?).await?;
        self.find_connection(grant, &id).await
    }

    /// Puts everything in place of what was there at `version`. A secret that is left out stays.
    pub async fn change_connection(
        &self,
        grant: &Grant<'_, ManageConnections, Workspace>,
        id: &str,
        version: i64,
        name: &str,
        enabled: bool,
        settings: ConnectionSettings,
    ) -> Result<ConnectionView> {
        check_name(name)?;
        let before = self.catalog.connection(grant.resource().workspace_id(), id).await?.ok_or(Error::Refused(Refusal::NotFound))?;
        let settings = settings.with_secret_of(&settings_of(&before)?)?;
        settings.check()?;
        let saved = self.catalog.save_connection(grant, id, version, name.trim(), enabled, &stored(&settings)?).await?;
        saved.ok_or(Error::Refused(Refusal::NotFound))?;
        self.find_connection(grant, id).await
    }

    /// Removes a connection. Its people stay, without what it gave them.
    pub async fn remove_connection(&self, grant: &Grant<'_, ManageConnections, Workspace>, id: &str) -> Result<()> {
        if self.catalog.remove_connection(grant, id).await? { Ok(()) } else { Err(Error::Refused(Refusal::NotFound)) }
    }

    /// Says that a subject of a provider is this person. The only way in which an existing account becomes somebody's
    /// who comes from a provider, unless the connection adopts by e-mail.
    pub async fn link_identity(
        &self,
        grant: &Grant<'_, ManageConnections, Workspace>,
        id: &str,
        person: &PersonId,
        subject: &str,
    ) -> Result<()> {
        let workspace = grant.resource().workspace_id();
        let connection = self.find_connection(grant, id).await?;
        if subject.is_empty() || subject.len() > 256 || subject.chars().any(char::is_control) {
            return Err(Error::InvalidField("subject"));
        }
        let found = self.catalog.person(workspace, person).await?.ok_or(Error::Refused(Refusal::NotFound))?;
        if found.kind != parclose_catalog::PersonKind::Person {
            return Err(Error::InvalidField("person"));
        }
        let key = IdentityKey { connection: id.to_owned(), issuer: connection.settings.issuer().to_owned(), subject: subject.to_owned() };
        self.catalog.link_identity(&key, person, grant.caller().person().as_str(), grant.ctx().now_ms()).await?;
        let entry = AuditEntry { resource: "person".into(), resource_id: person.as_str().into(), ..AuditEntry::of_grant(grant) };
        self.catalog.append_audit(&[entry.detail("linked")]).await?;
        Ok(())
    }

    /// All groups and what they give.
    pub async fn list_groups(&self, grant: &Grant<'_, ManageConnections, Workspace>) -> Result<Vec<Group>> {
        Ok(self.catalog.groups(grant.resource().workspace_id()).await?)
    }

    /// Says what a group gives.
    pub async fn create_group(
        &self,
        grant: &Grant<'_, ManageConnections, Workspace>,
        name: &str,
        roles: &[String],
        attributes: &Attributes,
    ) -> Result<Group> {
        check_name(name)?;
        crate::people::check_roles(roles)?;
        crate::people::check_attributes(attributes)?;
        let id = tokens::random_hex(self.randomness.as_ref(), 16)?;
        self.catalog.add_group(grant, &id, name.trim(), roles, attributes).await?;
        let found = self.catalog.groups(grant.resource().workspace_id()).await?.into_iter().find(|group| group.id == id);
        found.ok_or(Error::Refused(Refusal::NotFound))
    }

    /// Changes what a group gives.
    pub async fn change_group(&self, grant: &Grant<'_, ManageConnections, Workspace>, id: &str, change: GroupChange) -> Result<Group> {
        if let Some(name) = &change.name {
            check_name(name)?;
        }
        crate::people::check_roles(change.roles.as_deref().unwrap_or_default())?;
        crate::people::check_attributes(&change.attributes.clone().unwrap_or_default())?;
        self.catalog.change_group(grant, id, &change).await?.ok_or(Error::Refused(Refusal::NotFound))
    }

    /// Removes a group.
    pub async fn remove_group(&self, grant: &Grant<'_, ManageConnections, Workspace>, id: &str) -> Result<()> {
        if self.catalog.remove_group(grant, id).await? { Ok(()) } else { Err(Error::Refused(Refusal::NotFound)) }
    }
}

impl ConnectionSettings {
    /// The provider's own name.
    pub fn issuer(&self) -> &str {
        match &self.protocol {
            super::Protocol::Saml(saml) => &saml.entity_id,
            super::Protocol::Oidc(oidc) => &oidc.issuer,
        }
    }
}

fn stored(settings: &ConnectionSettings) -> Result<serde_json::Value> {
    serde_json::to_value(settings).map_err(|_| Error::InvalidField("settings"))
}

fn check_name(name: &str) -> Result<()> {
    let is_fine = !name.trim().is_empty() && name.len() <= 200 && !name.chars().any(char::is_control);
    if is_fine { Ok(()) } else { Err(Error::InvalidField("name")) }
}
