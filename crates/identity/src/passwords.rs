//! Passwords: which are accepted, and argon2id.

use crate::randomness::Randomness;
use crate::{Error, Result};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use std::collections::BTreeSet;
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::Semaphore;

/// Shortest accepted password.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// Longest accepted password; more would only be work for the server.
pub(crate) const MAX_PASSWORD_BYTES: usize = 1024;
const MIN_DIFFERENT_CHARS: usize = 5;

/// Parts of passwords that installations ship with or people reach for first.
const COMMON: [&str; 12] =
    ["password", "passwort", "changeme", "change-me", "letmein", "welcome", "qwerty", "default", "parclose", "123456", "administrator", "secret"];

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordRefused {
    /// Shorter than [`MIN_PASSWORD_CHARS`].
    #[error("a password has at least {MIN_PASSWORD_CHARS} characters")]
    TooShort,
    /// Longer than a kilobyte.
    #[error("the password is too long")]
    TooLong,
    /// Known to everyone, or nearly one character, or the login.
    #[error("the password is too easy to guess")]
    TooEasy,
    /// The one that was there before.
    #[error("the new password is the old one")]
    Same,
}

/// Whether a password is accepted for this login.
pub fn check_password(login: &str, password: &str) -> std::result::Result<(), PasswordRefused> {
    if password.chars().count() < MIN_PASSWORD_CHARS {
        return Err(PasswordRefused::TooShort);
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(PasswordRefused::TooLong);
    }
    let lower = password.to_lowercase();
    let name = login.split('@').next().unwrap_or_default().trim().to_lowercase();
    let different = lower.chars().collect::<BTreeSet<_>>().len();
    // A common word may be part of a long password; it may not be nearly all of it.
    let is_common = COMMON.iter().any(|word| lower.contains(word) && lower.chars().count() < word.chars().count() + 8);
    let is_name = name.len() >= 3 && lower.contains(&name) && lower.chars().count() < name.chars().count() + 8;
    if different < MIN_DIFFERENT_CHARS || is_common || is_name {
        return Err(PasswordRefused::TooEasy);
    }
    Ok(())
}

/// Hashes a password, on a thread that may block, as soon as there is room.
pub(crate) async fn hash(room: &Arc<Semaphore>, randomness: &dyn Randomness, password: &str) -> Result<String> {
    let mut salt = [0_u8; 16];
    randomness.fill(&mut salt)?;
    let password = password.to_owned();
    let hash = blocking(room, move || Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash: argon2::PasswordHash| hash.to_string())).await?;
    hash.map_err(|_| Error::Hashing)
}

/// Whether the password fits the hash. A hash that can't be read fits nothing.
pub(crate) async fn verify(room: &Arc<Semaphore>, hash: &str, password: &str) -> Result<bool> {
    let (hash, password) = (hash.to_owned(), password.to_owned());
    blocking(room, move || {
        PasswordHash::new(&hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
}

async fn blocking<T: Send + 'static>(room: &Arc<Semaphore>, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    // The permit goes with the work: a caller who hangs up frees no memory that is still in use.
    let permit = Arc::clone(room).acquire_owned().await.map_err(|_| Error::Hashing)?;
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    })
    .await
    .map_err(|_| Error::Hashing)
}
