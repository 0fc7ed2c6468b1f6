//! What can go wrong in the catalog.

use parclose_access::{ChainBroken, RulesError};
use thiserror::Error;

/// One variant for each thing a caller can act on.
#[derive(Debug, Error)]
pub enum Error {
    /// The database failed.
    #[error("the catalog could not be read or written")]
    Database(#[from] sqlx::Error),
    /// The file could not be brought up to date.
    #[error("the catalog could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The file could not be made.
    #[error("the catalog's file could not be opened")]
    File(#[from] std::io::Error),
    /// Somebody changed it meanwhile, or it is there already.
    #[error("changed meanwhile, now at version {current}")]
    Conflict {
        /// The version that is stored now.
        current: i64,
    },
    /// Another person has this login.
    #[error("the login is taken")]
    LoginTaken,
    /// The separation rules don't parse.
    #[error("the separation rules are wrong: {0}")]
    InvalidRules(#[from] RulesError),
    /// The settings can't be used.
    #[error("the settings are wrong: {why}")]
    InvalidSettings {
        /// Which setting.
        field: &'static str,
        /// What is wrong with it, as a sentence.
        why: &'static str,
    },
    /// The audit trail was changed behind our back.
    #[error(transparent)]
    AuditBroken(#[from] ChainBroken),
    /// A stored value can't be read.
    #[error("a stored {0} can't be read")]
    Stored(&'static str),
}
