//! What would this person get? Asks the same functions as a login and changes nothing.

use super::manage::settings_of;
use super::settings::Protocol;
use crate::arrival::Found;
use crate::provisioning::{Proof, Provision, provision};
use crate::{Error, Identity, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parclose_access::actions::ManageConnections;
use parclose_access::{Capabilities, EntryRefused, Grant, Refusal, Workspace, matrix};
use parclose_model::PersonId;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is tried.
pub enum DryRunInput {
    /// A SAML response, in base64 as it was posted or as XML. It is verified like a real one, at this instant; that it
    /// was used before does not matter.
    Response {
        /// The text.
        text: String,
        /// Epoch milliseconds.
        at_ms: i64,
    },
    /// Claims of a token, as JSON. Their signature is not asked for.
    Claims(Map<String, Value>),
    /// Attributes by name.
    Attributes {
        /// The provider's name for the person.
        subject: String,
        /// Values.
        attributes: BTreeMap<String, Vec<String>>,
    },
}

/// What a login would do.
#[derive(Debug)]
pub struct DryRun {
    /// Why the proof itself would be refused, in a word of the code. Then there is nothing else.
    pub refused: Option<&'static str>,
    /// Whose account it would open; none: a new one is made, or `conflict` says why not.
    pub person: Option<PersonId>,
    /// Why nobody's account would be opened or made.
    pub conflict: Option<&'static str>,
    /// What the proof gives.
    pub provision: Option<Provision>,
    /// What all roles together would allow, or why not even the door opens.
    pub rights: Option<std::result::Result<Capabilities, EntryRefused>>,
}

impl Identity {
    /// Tries a proof without using it.
    pub async fn dry_run(&self, grant: &Grant<'_, ManageConnections, Workspace>, id: &str, input: DryRunInput) -> Result<DryRun> {
        let workspace = grant.resource().workspace_id();
        let connection = self.catalog.connection(workspace, id).await?.ok_or(Error::Refused(Refusal::NotFound))?;
        let settings = settings_of(&connection)?;
        let issuer = settings.issuer().to_owned();
        let proof = match (input, &settings.protocol) {
            (DryRunInput::Response { text, at_ms }, Protocol::Saml(saml)) => {
                let encoded = if text.trim_start().starts_with('<') { STANDARD.encode(text.trim()) } else { text };
                let answers = answered(&encoded);
                match self.read_response(&settings, saml, id, &encoded, answers.as_deref(), at_ms).await {
                    Ok(proof) => proof,
                    Err(Error::ProofRefused(reason)) => {
                        return Ok(DryRun { refused: Some(reason), person: None, conflict: None, provision: None, rights: None });
                    }
                    Err(error) => return Err(error),
                }
            }
            (DryRunInput::Response { .. }, Protocol::Oidc(_)) => return Err(Error::InvalidField("response")),
            (DryRunInput::Claims(claims), _) => crate::arrival::proof_of_claims(&issuer, &claims),
            (DryRunInput::Attributes { subject, attributes }, _) => Proof { issuer, subject, attributes, email_verified: true, once: None, session: None },
        };
        let groups = self.catalog.groups(workspace).await?;
        let gets = provision(&settings.mapping, &groups, &proof);
        let (person, conflict, given) = match self.whose(&connection, &settings, &proof, &gets).await? {
            Found::Known(person) | Found::Provisioned(person) | Found::Adopted(person) => {
                (Some(person.id.clone()), (!person.active).then_some("inactive"), person.given.roles)
            }
            Found::New => (None, None, Vec::new()),
            Found::Removed => (None, Some("inactive"), Vec::new()),
            Found::Taken => (None, Some("account_exists"), Vec::new()),
        };
        let roles: Vec<String> = given.into_iter().chain(gets.roles.iter().cloned()).collect();
        Ok(DryRun { refused: None, person, conflict, rights: Some(matrix::entry(&roles)), provision: Some(gets) })
    }
}

/// The request that a response says it answers. A dry run believes it: there is no browser that could have sent one.
fn answered(encoded: &str) -> Option<String> {
    let plain: String = encoded.split_ascii_whitespace().collect();
    let xml = String::from_utf8(STANDARD.decode(plain).ok()?).ok()?;
    let rest = xml.split_once("InResponseTo=\"")?.1;
    rest.split_once('"').map(|(id, _)| id.to_owned()).filter(|id| !id.is_empty())
}
