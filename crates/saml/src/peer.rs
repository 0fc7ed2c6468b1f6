//! The two ends: ourselves, and a provider as an administrator described it.

use std::fmt;

/// Ourselves towards one provider.
#[derive(Debug, Clone)]
pub struct Own {
    /// Our entity id: the address of our metadata.
    pub entity_id: String,
    /// Where responses are posted.
    pub acs_url: String,
    /// Where logout messages come, if they are wanted.
    pub slo_url: Option<String>,
    /// Signs requests and opens encrypted assertions.
    pub key: Option<KeyPair>,
}

/// A private key and its certificate, both PEM.
#[derive(Clone)]
pub struct KeyPair {
    /// PKCS#8 or PKCS#1.
    pub private_key: String,
    /// X.509; its names and dates mean nothing here.
    pub certificate: String,
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(…)")
    }
}

/// A provider.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its entity id.
    pub entity_id: String,
    /// Where requests are sent, by redirect.
    pub sso_url: String,
    /// Where logout requests are sent, by redirect, if it wants any.
    pub slo_url: Option<String>,
    /// Where answers to its own are sent, when that is another address.
    pub slo_response_url: Option<String>,
    /// Certificates that may sign, PEM or bare base64; several while one is being replaced.
    pub certificates: Vec<String>,
    /// What must be signed.
    pub signed: Signed,
    /// Assertions come encrypted, and plain ones are refused.
    pub encrypted: bool,
    /// Our requests are signed.
    pub signs_requests: bool,
}

/// What must be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// The assertion.
    Assertion,
    /// The response around it, for providers that sign nothing else.
    Response,
    /// Both.
    Both,
}
