//! The data folder: who may write it, and the parts in it.

use crate::args::DataArgs;
use crate::config::Config;
use anyhow::Context;
use parclose_catalog::Catalog;
use parclose_lake::Lake;
use parclose_model::WorkspaceId;
use parclose_pipeline::EventLog;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A data folder, locked by this process: two writers of one lake would undo each other's commits.
pub struct DataDir {
    folder: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the folder where it is missing and locks it.
    pub fn lock(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("the data folder {} can't be made", folder.display()))?;
        let path = folder.join("parclose.lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path).with_context(|| format!("{} can't be opened", path.display()))?;
        lock.try_lock().map_err(|_| anyhow::anyhow!("the data folder {} is in use by another parclose; stop it first", folder.display()))?;
        Ok(Self { folder: folder.to_owned(), _lock: lock })
    }
    pub async fn catalog(&self) -> anyhow::Result<Catalog> {
        Ok(Catalog::open(&self.folder.join("catalog.db")).await?)
    }
    pub async fn log(&self, config: &Config) -> anyhow::Result<EventLog> {
        open_log(&self.folder, config).await
    }
    pub async fn lake(&self, workspace: &WorkspaceId) -> anyhow::Result<Arc<Lake>> {
        Ok(Arc::new(Lake::open(&self.folder.join("lake").join(workspace.as_str())).await?))
    }
    /// Where a workspace's packed columns are kept from one start to the next. A cache.
    pub fn columns(&self, workspace: &WorkspaceId) -> PathBuf {
        self.folder.join("columns").join(workspace.as_str())
    }
    pub fn path(&self) -> &Path {
        &self.folder
    }
}

/// The event log alone: SQLite lets several processes append.
pub async fn open_log(folder: &Path, config: &Config) -> anyhow::Result<EventLog> {
    std::fs::create_dir_all(folder).with_context(|| format!("the data folder {} can't be made", folder.display()))?;
    // Each further workspace has a log of its own.
    let name = if config.workspaces.contains_key(&config.workspace) { format!("events-{}.db", config.workspace) } else { "events.db".into() };
    Ok(EventLog::open(&folder.join(name), crate::now_ms).await?)
}

/// File, environment, flags: in this order.
pub fn config(data: &DataArgs) -> anyhow::Result<Config> {
    let mut config = Config::load(data.config.as_deref())?;
    if let Some(folder) = &data.data_dir {
        config.data_dir = folder.clone();
    }
    if let Some(workspace) = &data.workspace {
        config.workspace = workspace.clone();
    }
    config.check()?;
    Ok(config)
}
