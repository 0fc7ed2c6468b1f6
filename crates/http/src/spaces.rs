//! The workspaces of a server. Each has an event log and an engine of its own; what belongs to one is reached by its id
//! only, so nothing of another can be.

use parclose_model::WorkspaceId;
use parclose_pipeline::EventLog;
use parclose_query::Engine;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One workspace.
pub struct Space {
    /// Its id.
    pub workspace: WorkspaceId,
    /// Its query engine, which holds rows of this workspace only.
    pub engine: Arc<Engine>,
    /// Its event log.
    pub log: EventLog,
    /// Secrets of its event doors: what is signed with another workspace's is not believed. Two while one is being replaced.
    pub door_secrets: Vec<String>,
}

/// All of them.
pub struct Spaces {
    first: WorkspaceId,
    all: BTreeMap<String, Space>,
}

impl Spaces {
    /// A server of one workspace.
    pub fn one(space: Space) -> Self {
        let first = space.workspace.clone();
        Self { first, all: BTreeMap::from([(space.workspace.as_str().to_owned(), space)]) }
    }

    /// And another one. One of the same id takes the place of the one before.
    pub fn with(mut self, space: Space) -> Self {
        self.all.insert(space.workspace.as_str().to_owned(), space);
        self
    }

    /// The one that people come to who name none.
    pub fn first(&self) -> &WorkspaceId {
        &self.first
    }

    /// One of them.
    pub fn get(&self, workspace: &str) -> Option<&Space> {
        self.all.get(workspace)
    }

    /// Each of them.
    pub fn each(&self) -> impl Iterator<Item = &Space> {
        self.all.values()
    }

    /// Whether there is a choice.
    pub fn are_several(&self) -> bool {
        self.all.len() > 1
    }
}
