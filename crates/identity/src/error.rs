//! What can go wrong in identity.

use crate::passwords::PasswordRefused;
use crate::randomness::NoRandomness;
use parclose_access::{EntryRefused, Refusal};
use thiserror::Error;

/// One variant for each thing a caller can act on.
#[derive(Debug, Error)]
pub enum Error {
    /// Unknown login, wrong password, account without password or not active: one answer for all.
    #[error("sign-in failed")]
    SignInFailed,
    /// The password was right and the roles are not enough.
    #[error("role missing: {0}")]
    RoleMissing(EntryRefused),
    /// Too many failures for this login or from this address.
    #[error("too many attempts")]
    TooManyAttempts {
        /// Seconds after which it is worth trying again.
        retry_after_seconds: i64,
    },
    /// The password that somebody gave as their own is not.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The code of a second factor is wrong or spent.
    #[error("the code is wrong")]
    WrongCode,
    /// A passkey's answer does not hold. Why stands in the audit trail.
    #[error("the passkey is refused")]
    PasskeyRefused,
    /// At this address browsers make no passkeys.
    #[error("no passkeys at this address")]
    NoPasskeysHere,
    /// The factor is on already.
    #[error("the factor is there already")]
    FactorThere,
    /// The account has no password of ours, or may not use it.
    #[error("this account does not sign in with a password")]
    NoLocalSignIn,
    /// A link is unknown, used or over: one answer for all.
    #[error("the link is not valid")]
    LinkNotValid,
    /// The password does not fit the rules.
    #[error(transparent)]
    PasswordRefused(#[from] PasswordRefused),
    /// A field of a person or key is missing or too long.
    #[error("`{0}` is missing, too long or wrong")]
    InvalidField(&'static str),
    /// The last active administrator can't be taken away.
    #[error("the workspace needs an active administrator")]
    LastAdministrator,
    /// Demo people exist in a demo workspace only.
    #[error("not a demo workspace")]
    NotADemo,
    /// Absent or not allowed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The catalog failed, or the login is taken.
    #[error(transparent)]
    Catalog(#[from] parclose_catalog::Error),
    /// The operating system gives no random bytes.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A provider's proof is refused. Inside this crate only: callers see [`Error::SignInFailed`], and the reason, a word
    /// of the code, stands in the audit trail.
    #[error("the proof is refused")]
    ProofRefused(&'static str),
    /// An identity provider does not answer, or not in a way that can be read.
    #[error("the identity provider can't be reached: {0}")]
    ProviderUnreachable(&'static str),
    /// The identity provider gives this role or attribute: it is changed there.
    #[error("`{0}` comes from the identity provider")]
    OwnedByProvider(&'static str),
    /// A password could not be hashed.
    #[error("hashing a password failed")]
    Hashing,
}
