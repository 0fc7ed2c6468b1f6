//! What actions act on. A resource knows whether a caller may know that it exists at all.

use crate::door::Caller;
use parclose_model::{ConversationId, PersonId, WorkspaceId};
use std::collections::BTreeSet;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Workspace {}
    impl Sealed for super::Dashboard {}
    impl Sealed for super::Conversation {}
}

/// Something that a caller may act on.
pub trait Resource: sealed::Sealed + Clone {
    /// The kind, as the action table and the audit trail name it.
    const KIND: &'static str;
    /// The id for the audit trail.
    fn id(&self) -> &str;
    /// False when the caller must not learn that it exists: the answer is then *not found*.
    fn is_visible_to(&self, caller: &Caller) -> bool;
}

/// A workspace as a whole: its rows, its rules, its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace(WorkspaceId);

impl Workspace {
    /// The workspace with this id, which need not be the caller's.
    pub fn new(id: WorkspaceId) -> Self {
        Self(id)
    }
    /// The caller's own workspace.
    pub fn of(caller: &Caller) -> Self {
        Self(caller.workspace().clone())
    }
    /// The workspace's id.
    pub fn workspace_id(&self) -> &WorkspaceId {
        &self.0
    }
}

impl Resource for Workspace {
    const KIND: &'static str = "workspace";
    fn id(&self) -> &str {
        self.0.as_str()
    }
    fn is_visible_to(&self, caller: &Caller) -> bool {
        caller.workspace() == &self.0
    }
}

/// A dashboard and whom it is shared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    workspace: WorkspaceId,
    id: String,
    audience: Audience,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Audience {
    Workspace,
    People(BTreeSet<PersonId>),
}

impl Dashboard {
    /// A dashboard that everyone of the workspace may open.
    pub fn for_everyone(workspace: WorkspaceId, id: impl Into<String>) -> Self {
        Self { workspace, id: id.into(), audience: Audience::Workspace }
    }
    /// A dashboard that is shared with selected people only; nobody else finds it.
    pub fn for_people(workspace: WorkspaceId, id: impl Into<String>, people: BTreeSet<PersonId>) -> Self {
        Self { workspace, id: id.into(), audience: Audience::People(people) }
    }
}

impl Resource for Dashboard {
    const KIND: &'static str = "dashboard";
    fn id(&self) -> &str {
        &self.id
    }
    fn is_visible_to(&self, caller: &Caller) -> bool {
        caller.workspace() == &self.workspace
            && match &self.audience {
                Audience::Workspace => true,
                Audience::People(people) => people.contains(caller.person()),
            }
    }
}

/// A conversation by id. Whether any of its rows is in scope is for the query to say; a grant on it is not yet
/// a right to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    workspace: WorkspaceId,
    id: ConversationId,
}

impl Conversation {
    /// The conversation with this id in a workspace.
    pub fn new(workspace: WorkspaceId, id: ConversationId) -> Self {
        Self { workspace, id }
    }
    /// The conversation's id.
    pub fn conversation_id(&self) -> &ConversationId {
        &self.id
    }
}

impl Resource for Conversation {
    const KIND: &'static str = "conversation";
    fn id(&self) -> &str {
        self.id.as_str()
    }
    fn is_visible_to(&self, caller: &Caller) -> bool {
        caller.workspace() == &self.workspace
    }
}
