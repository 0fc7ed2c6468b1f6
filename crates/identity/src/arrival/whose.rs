//! Whose account a proof opens.
//!
//! A person is found by (connection, issuer, subject), byte by byte; or, the first time, by what the connection's directory
//! said over SCIM, byte by byte too. An e-mail finds nobody. When a new person's login is taken by an account of another origin, nothing is opened or
//! made: an administrator links the two, or the connection's switch says that a verified e-mail is enough; an
//! administrator's account is never taken over by that.

use crate::connections::ConnectionSettings;
use crate::provisioning::{Proof, Provision};
use crate::{Identity, Result};
use parclose_catalog::{Connection, IdentityKey, Person, PersonKind, Subject};

/// Whose it is.
pub(crate) enum Found {
    /// Somebody who came before, or was linked.
    Known(Person),
    /// Somebody whom the connection's directory made over SCIM, and who now comes for the first time.
    Provisioned(Person),
    /// Somebody whom the directory has removed.
    Removed,
    /// A local account that this connection may adopt.
    Adopted(Person),
    /// Nobody's yet.
    New,
    /// An account of another origin has the login.
    Taken,
}

impl Identity {
    /// Whose account a proof opens. Changes nothing.
    pub(crate) async fn whose(
        &self,
        connection: &Connection,
        settings: &ConnectionSettings,
        proof: &Proof,
        gets: &Provision,
    ) -> Result<Found> {
        let key = key_of(connection, proof);
        if let Some(person) = self.catalog.person_of_identity(&connection.workspace, &key).await? {
            return Ok(Found::Known(person));
        }
        match self.catalog.scim_subject(&connection.workspace, &key, settings.scim_links_by_user_name).await? {
            Subject::Is(id) => {
                if let Some(person) = self.catalog.person(&connection.workspace, &id).await? {
                    return Ok(Found::Provisioned(person));
                }
            }
            Subject::Removed => return Ok(Found::Removed),
            Subject::Unknown => {}
        }
        let Some(found) = self.catalog.credentials(&connection.workspace, &gets.login).await?.map(|found| found.person) else {
            return Ok(Found::New);
        };
        let is_admin = found.roles.iter().any(|role| role == "admin");
        let is_plain = found.workspace == connection.workspace && found.kind == PersonKind::Person && found.active && !is_admin;
        let is_same = gets.email.as_deref().is_some_and(|email| email.is_ascii() && email.eq_ignore_ascii_case(&found.login));
        if settings.adopts_by_verified_email && proof.email_verified && is_plain && is_same && !self.catalog.is_linked(&found.id).await? {
            return Ok(Found::Adopted(found));
        }
        Ok(Found::Taken)
    }
}

pub(crate) fn key_of(connection: &Connection, proof: &Proof) -> IdentityKey {
    IdentityKey { connection: connection.id.clone(), issuer: proof.issuer.clone(), subject: proof.subject.clone() }
}
