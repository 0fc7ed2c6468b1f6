//! Where random bytes come from.

use rand::TryRngCore;
use thiserror::Error;

/// A source of random bytes fit for secrets.
pub trait Randomness: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system gives no random bytes: nothing secret can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no random bytes")]
pub struct NoRandomness;

/// The operating system's.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandomness;

impl Randomness for OsRandomness {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        rand::rngs::OsRng.try_fill_bytes(buffer).map_err(|_| NoRandomness)
    }
}
