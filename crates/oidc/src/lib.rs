//! OpenID Connect as a relying party: the code flow with PKCE and nonce, and whether an id token may be believed.
//!
//! [`verify_id_token`] is pure: keys, expectations and the instant are parameters. What goes outwards goes through
//! [`Fetch`], to the configured issuer and the addresses that its own discovery document names, and nowhere else.
//! Only signatures with a public key count; a token without one, or with a shared secret, is refused before any key is
//! looked at.

mod claims;
mod client;
mod fetch;
mod token;

pub use claims::attributes_of;
pub use client::{Client, CodeAnswer, OidcClient, Proven, Start};
pub use fetch::{Answer, Fetch, HttpFetch, Outgoing, Unreachable};
pub use token::{ALGORITHMS, Claims, Expected, verify_id_token};

use thiserror::Error;

/// A refusal. `reason` is a word of the code, for the audit trail and never for the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("refused: {reason}")]
pub struct Refused {
    /// One word.
    pub reason: &'static str,
}

impl Refused {
    pub(crate) const fn because(reason: &'static str) -> Self {
        Self { reason }
    }
}

/// Why no proof came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// The provider said something that can't be believed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The provider does not answer, or not in a way that can be read.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}
