//! The event log: one SQLite file, one writer that commits many requests together.

mod aside;
mod codec;
mod read;
mod workers;
mod write;

pub use aside::{Aside, Retried, Unreadable};
pub use read::{Batch, Found};
pub use workers::WorkerMatch;

use parclose_model::Event;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot, watch};

/// Requests that may wait for the writer before new ones are told to come back later.
const WAITING_REQUESTS: usize = 4096;
/// Packed events that may wait for the writer, KiB.
const WAITING_KIB: u32 = 64 << 10;
/// Rows that SQLite may have ready before they are taken: each handing over wakes a thread.
const ROWS_READY: usize = 1000;
/// How far before the server's clock an event may be and still be believed: clocks differ by seconds, not by days.
pub const CLOCK_TOLERANCE_MS: i64 = 5 * 60 * 1000;

/// Why an event could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Too many requests, or too much of them, wait for the disk. The sender should come back later (503).
    #[error("the event log is busy")]
    Busy,
    /// The writer has stopped.
    #[error("the event log is closed")]
    Closed,
    /// The database refused. Kept as text because one failure answers many requests.
    #[error("event log: {0}")]
    Database(String),
}

impl From<sqlx::Error> for LogError {
    fn from(error: sqlx::Error) -> Self {
        LogError::Database(error.to_string())
    }
}

/// What became of a batch of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Kept for the first time.
    pub new: usize,
    /// Known already; nothing changed.
    pub duplicates: usize,
}

/// An event with its position in the log.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Position; grows in order of arrival.
    pub seq: u64,
    /// When it was made durable, epoch milliseconds of the server's clock.
    pub received_ms: i64,
    /// The event.
    pub event: Event,
}

impl Logged {
    /// The event's instant, if the clock of its sender can be believed. One that is ahead by a day would settle
    /// everything that waits for that day.
    pub(crate) fn believed_ms(&self) -> Option<i64> {
        Some(self.event.at_ms).filter(|at| *at <= self.received_ms.saturating_add(CLOCK_TOLERANCE_MS))
    }
}

enum Job {
    Append(write::Delivery),
    Note { note: aside::Note, answer: oneshot::Sender<Result<(), LogError>> },
}

/// The log of one workspace.
#[derive(Clone)]
pub struct EventLog {
    jobs: mpsc::Sender<Job>,
    room: Arc<Semaphore>,
    pool: SqlitePool,
    grown: watch::Receiver<u64>,
    workers: Arc<Mutex<workers::Known>>,
}

impl EventLog {
    /// Opens or makes `events.db` at the path and starts the writer. `clock` gives epoch milliseconds.
    pub async fn open(path: &Path, clock: fn() -> i64) -> Result<Self, LogError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An answered event survives the loss of power, not only of the process.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(20))
            .row_buffer_size(ROWS_READY)
            .pragma("cache_size", "-65536")
            .pragma("wal_autocheckpoint", "8000")
            .pragma("mmap_size", "1073741824");
        let mut writer = options.connect().await?;
        sqlx::migrate!("./migrations").run(&mut writer).await.map_err(|e| LogError::Database(e.to_string()))?;
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        let last = write::last_seq(&mut writer).await?;
        let (grow, grown) = watch::channel(last);
        let (jobs, waiting) = mpsc::channel(WAITING_REQUESTS);
        tokio::spawn(write::work(writer, waiting, grow, clock));
        Ok(Self { jobs, room: Arc::new(Semaphore::new(WAITING_KIB as usize)), pool, grown, workers: Arc::default() })
    }

    /// Keeps events. When this returns `Ok`, they are on disk.
    pub async fn append(&self, events: &[Event]) -> Result<Accepted, LogError> {
        if events.is_empty() {
            return Ok(Accepted { new: 0, duplicates: 0 });
        }
        let records = events.iter().map(codec::encode).collect::<Result<Vec<_>, _>>()?;
        let kib = records.iter().map(codec::Record::size).sum::<usize>() / 1024 + 1;
        // Whoever brings more than all the room gets it when nobody else waits.
        let kib = u32::try_from(kib).unwrap_or(u32::MAX).min(WAITING_KIB);
        let room = self.room.clone().try_acquire_many_owned(kib).map_err(|_| LogError::Busy)?;
        let (answer, result) = oneshot::channel();
        self.jobs.try_send(Job::Append(write::Delivery { records, answer, _room: room })).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => LogError::Busy,
            mpsc::error::TrySendError::Closed(_) => LogError::Closed,
        })?;
        result.await.map_err(|_| LogError::Closed)?
    }

    /// Signals the last position whenever events were added.
    pub fn grown(&self) -> watch::Receiver<u64> {
        self.grown.clone()
    }
}
