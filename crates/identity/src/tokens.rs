//! Random tokens, and how they are compared.

use crate::randomness::{NoRandomness, Randomness};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// The secret in a browser's cookie: 256 random bits. Not printed by `Debug`.
pub struct SessionToken(String);

impl SessionToken {
    pub(crate) fn random(randomness: &dyn Randomness) -> Result<Self, NoRandomness> {
        Ok(Self(random_text(randomness)?))
    }
    /// For the cookie.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

/// What a page must send back with each change: a site that makes the browser send its cookie does not know it.
pub struct CsrfToken(String);

impl CsrfToken {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }
    pub(crate) fn random(randomness: &dyn Randomness) -> Result<Self, NoRandomness> {
        Ok(Self(random_text(randomness)?))
    }
    /// For the page.
    pub fn secret(&self) -> &str {
        &self.0
    }
    /// Whether the page sent it, compared in constant time.
    pub fn is_matched_by(&self, sent: &str) -> bool {
        same(&self.0, sent)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}
impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}

/// Equal, in constant time for texts of one length.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// Hash of a random token. Tokens have 256 random bits, so no slow hash is needed.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// 256 random bits as 43 characters that fit everywhere.
pub(crate) fn random_text(randomness: &dyn Randomness) -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; 32];
    randomness.fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// So many random bytes, as hex digits.
pub(crate) fn random_hex(randomness: &dyn Randomness, bytes: usize) -> Result<String, NoRandomness> {
    let mut buffer = vec![0_u8; bytes];
    randomness.fill(&mut buffer)?;
    Ok(hex::encode(buffer))
}
