//! The door: the only place where a person that somebody verified becomes a [`Caller`].

use crate::matrix::{self, Capabilities, EntryRefused};
use crate::system::{SystemCtx, SystemTask};
use parclose_model::{PersonId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use thiserror::Error;

static OPENED: AtomicBool = AtomicBool::new(false);

/// The authority that makes callers. A process has one; the composition root opens it and hands it to the
/// identity crate, so no other code can turn a name into a caller.
#[derive(Debug)]
pub struct Door {
    _private: (),
}

/// The door of this process was opened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the door of this process is already open")]
pub struct DoorAlreadyOpen;

impl Door {
    /// Opens the door of this process. Succeeds once.
    pub fn open() -> Result<Door, DoorAlreadyOpen> {
        if OPENED.swap(true, Ordering::SeqCst) { Err(DoorAlreadyOpen) } else { Ok(Door { _private: () }) }
    }

    /// A door for tests, as many as wanted.
    #[cfg(any(test, feature = "test-door"))]
    pub fn for_tests() -> Door {
        Door { _private: () }
    }

    /// Lets a verified person in, if their roles allow it.
    pub fn caller(&self, person: VerifiedPerson) -> Result<Caller, EntryRefused> {
        let capabilities = matrix::entry(&person.roles)?;
        Ok(Caller { person, capabilities })
    }

    /// A context for work without a person. What the task may do stands in [`crate::system::TABLE`].
    pub fn system(&self, task: SystemTask, workspace: WorkspaceId, now_ms: i64) -> SystemCtx {
        SystemCtx::new(task, workspace, now_ms)
    }
}

/// What an identity proof says about a person. Plain data: only a [`Door`] makes something of it.
#[derive(Debug)]
pub struct VerifiedPerson {
    /// The workspace that the person belongs to.
    pub workspace: WorkspaceId,
    /// The person's id.
    pub person: PersonId,
    /// What they sign in with.
    pub login: String,
    /// Name for display.
    pub display_name: String,
    /// Roles as they arrived, known or not.
    pub roles: Vec<String>,
    /// Attributes that the identity provider or an administrator owns. Nothing that the person can edit may
    /// ever be put here: separation rules read it.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// How they proved it.
    pub means: Means,
}

/// How a caller proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// A browser session. The id is the *hash* of the token, fit for the audit trail.
    Session {
        /// Hash of the session's token.
        id: String,
    },
    /// An API key, which can do less than its owner, never more.
    ApiKey {
        /// The key's id.
        id: String,
        /// What the key is for.
        scopes: BTreeSet<KeyScope>,
    },
}

/// What an API key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyScope {
    /// Dashboards, queries, value lists, drills.
    #[serde(rename = "read:rows")]
    ReadRows,
    /// Recordings: play and export.
    #[serde(rename = "read:recordings")]
    ReadRecordings,
    /// The audit trail.
    #[serde(rename = "read:audit")]
    ReadAudit,
    /// Everything under Administration except keys, which need a person at a browser.
    #[serde(rename = "admin")]
    Admin,
    /// Speaking for an identity provider's directory over SCIM, and nothing else: no action of the table takes it.
    #[serde(rename = "scim")]
    Scim,
}

impl KeyScope {
    /// All of them.
    pub const ALL: [KeyScope; 5] = [KeyScope::ReadRows, KeyScope::ReadRecordings, KeyScope::ReadAudit, KeyScope::Admin, KeyScope::Scim];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyScope::ReadRows => "read:rows",
            KeyScope::ReadRecordings => "read:recordings",
            KeyScope::ReadAudit => "read:audit",
            KeyScope::Admin => "admin",
            KeyScope::Scim => "scim",
        }
    }
    /// Reads a scope; an unknown one is `None`.
    pub fn parse(text: &str) -> Option<KeyScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// A verified person at work: the start of every road. Made by [`Door::caller`] only, for one request.
#[derive(Debug)]
pub struct Caller {
    person: VerifiedPerson,
    capabilities: Capabilities,
}

impl Caller {
    /// The caller's workspace. There is no way to act in another one.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.person.workspace
    }
    /// The person's id.
    pub fn person(&self) -> &PersonId {
        &self.person.person
    }
    /// What they sign in with.
    pub fn login(&self) -> &str {
        &self.person.login
    }
    /// Name for display.
    pub fn display_name(&self) -> &str {
        &self.person.display_name
    }
    /// Roles as they arrived.
    pub fn roles(&self) -> &[String] {
        &self.person.roles
    }
    /// Attributes owned by the identity provider or an administrator.
    pub fn attributes(&self) -> &BTreeMap<String, Vec<String>> {
        &self.person.attributes
    }
    /// How they proved who they are.
    pub fn means(&self) -> &Means {
        &self.person.means
    }
    /// What their roles add up to.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
}
