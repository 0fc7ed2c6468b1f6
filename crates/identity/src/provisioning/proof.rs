//! What a provider proves, whatever it speaks.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A verified statement of a provider about one person. Made by the protocol crates after every check has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The provider's own name: the entity id, the issuer.
    pub issuer: String,
    /// Its name for the person. Compared byte by byte, together with the issuer.
    pub subject: String,
    /// Everything else that it says, in the order in which it came.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// The provider vouches for the e-mail.
    pub email_verified: bool,
    /// What may be used once only.
    pub once: Option<OneTime>,
    /// How the provider calls the session that the person has there; none when it does not matter.
    #[serde(default)]
    pub session: Option<ProviderSession>,
}

/// What a provider is told when somebody signs out here, in the words that it used itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderSession {
    /// SAML: its name for the person, with everything that belongs to it, and for the session.
    Saml {
        /// The NameID.
        subject: String,
        /// Its format.
        format: Option<String>,
        /// Its qualifier.
        name_qualifier: Option<String>,
        /// Its qualifier for us.
        sp_name_qualifier: Option<String>,
        /// The session.
        index: Option<String>,
    },
    /// OpenID Connect: the id token.
    Oidc {
        /// As it was sent.
        id_token: String,
    },
}

/// Ids that open the door once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTime {
    /// Id of the response, id of the assertion.
    pub ids: Vec<String>,
    /// From then on the proof is worthless anyway, epoch milliseconds.
    pub expires_ms: i64,
}
