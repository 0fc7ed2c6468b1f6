//! A log and a lake in a temporary folder, and traffic.

use parclose_ingest::simulate::{Simulator, acme};
use parclose_lake::Lake;
use parclose_model::Event;
use parclose_pipeline::{EventLog, Pipeline, Settings};
use std::path::Path;
use std::sync::Arc;

/// 2026-10-23T00:00:00Z; the clocks change two days later.
pub const FROM_MS: i64 = 1_792_713_600_000;
pub const DAY_MS: i64 = 86_400_000;

pub fn clock() -> i64 {
    FROM_MS + 4 * DAY_MS
}

pub fn traffic(days: i64, a_day: f64, seed: u64) -> Vec<Event> {
    Simulator::new(acme::company(a_day), seed, FROM_MS, FROM_MS + days * DAY_MS).collect()
}

pub struct Site {
    pub folder: tempfile::TempDir,
    pub log: EventLog,
}

impl Site {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = EventLog::open(&folder.path().join("events.db"), clock).await.unwrap();
        Self { folder, log }
    }
    pub fn lake_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("lake")
    }
    pub async fn lake(&self) -> Arc<Lake> {
        Arc::new(Lake::open(&self.lake_folder()).await.unwrap())
    }
    pub async fn pipeline(&self, lake: &Arc<Lake>, rows_a_commit: usize) -> Pipeline {
        let settings = Settings { events_a_step: 700, rows_a_commit, ..Settings::default() };
        Pipeline::open(self.log.clone(), lake.clone(), settings, clock).await.unwrap()
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
