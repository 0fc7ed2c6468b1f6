//! The catalog: people, sessions, keys, separation rules, settings, audit; kept in one SQLite file.
//!
//! Rules for this crate:
//! * *Not found* is `Ok(None)`. Time and random values are parameters; nothing here reads a clock.
//! * Use cases for administrators take a [`Grant`](parclose_access::Grant): the check stands beside the act and the
//!   workspace comes from the grant. What takes none is needed before there is a caller (sign-in, start).
//! * Secrets come in hashed. A [`Person`] does not carry the hash of its password.
//!
//! It must never know HTTP, the lake or a row of customer data.

mod api_keys;
mod audit;
mod connections;
mod error;
mod factors;
mod failed_sign_ins;
mod groups;
mod links;
mod open_sessions;
mod pending_factors;
mod people;
mod provider_sessions;
mod provisions;
mod scim;
mod separation;
mod sessions;
mod settings;
mod sign_ins;

pub use api_keys::{ApiKey, NewApiKey};
pub use audit::{AuditFilter, AuditHead};
pub use connections::{Connection, ConnectionKind};
pub use error::Error;
pub use factors::{FactorChange, MAX_PASSKEYS, StoredPasskey, TotpFactor};
pub use groups::{Group, GroupChange};
pub use open_sessions::{OpenSession, Renewal};
pub use pending_factors::{PendingFactor, PendingPurpose};
pub use people::{Attributes, Credentials, NewPerson, Person, PersonChange, PersonEdit, PersonKind, login_key, seat_key};
pub use provider_sessions::AtProvider;
pub use provisions::{IdentityKey, LinkedIdentity, Named, Provided, Provision};
pub use scim::{ScimFind, ScimGroup, ScimGroupWord, ScimPage, ScimRefused, ScimScope, ScimUser, ScimUserWord, Subject};
pub use separation::{SeparationText, SeparationVersion};
pub use sessions::{NewSession, Session};
pub use settings::StoredSettings;
pub use sign_ins::PendingSignIn;

use parclose_access::{Policy, StoredPolicy};
use parclose_model::WorkspaceId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The open catalog. Clones share one pool.
#[derive(Debug, Clone)]
pub struct Catalog {
    pool: SqlitePool,
    /// Held while the audit chain grows; where it ended when it was last looked at. Between processes, and for those who write
    /// their line within a transaction of their own, the unique `previous_hash` does the same.
    audit: Arc<Mutex<Option<AuditHead>>>,
    /// Rules as they were parsed last, by workspace: what is stored is read each time, and parsed when it is another text.
    policies: Arc<std::sync::Mutex<HashMap<WorkspaceId, (StoredPolicy, Arc<Policy>)>>>,
}

impl Catalog {
    /// Opens the file, makes it if it is not there, and brings it up to date.
    pub async fn open(path: &Path) -> Result<Catalog> {
        create_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // Full: an answered change of a right or a written audit line outlives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            // Lets the triggers see rows that `INSERT OR REPLACE` would delete.
            .pragma("recursive_triggers", "ON");
        let pool = SqlitePoolOptions::new().max_connections(8).connect_with(options).await?;
        MIGRATIONS.run(&pool).await?;
        Ok(Catalog { pool, audit: Arc::default(), policies: Arc::default() })
    }

    /// Closes all connections and writes the log back into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that writes. It takes the write lock at once: what it reads can't change before it writes.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Makes the file readable by its owner only. SQLite gives its side files the same rights.
fn create_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}
