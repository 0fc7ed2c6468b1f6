//! The event log: one SQLite file, one writer that commits many requests together.

use parclose_model::Event;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Row as _, SqliteConnection, SqlitePool};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// Requests that may wait for the writer before new ones are told to come back later.
const WAITING_REQUESTS: usize = 4096;
/// Events that one commit takes at most.
const EVENTS_A_COMMIT: usize = 8192;
/// Rows of one INSERT (8 values each; SQLite allows 32,766).
const ROWS_AN_INSERT: usize = 400;

/// Why an event could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Too many requests wait for the disk. The sender should come back later (503).
    #[error("the event log is busy")]
    Busy,
    /// The writer has stopped.
    #[error("the event log is closed")]
    Closed,
    /// The database refused. Kept as text because one failure answers many requests.
    #[error("event log: {0}")]
    Database(String),
    /// A stored event could not be read back.
    #[error("event {0} of the log can't be read")]
    Corrupt(u64),
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
    /// The event.
    pub event: Event,
}

struct Record {
    key: Vec<u8>,
    at_ms: i64,
    kind: String,
    task: Option<String>,
    worker: Option<String>,
    reservation: Option<String>,
    body: Vec<u8>,
}

struct Job {
    records: Vec<Record>,
    answer: oneshot::Sender<Result<Accepted, LogError>>,
}

/// The log of one workspace.
#[derive(Clone)]
pub struct EventLog {
    jobs: mpsc::Sender<Job>,
    pool: SqlitePool,
    grown: watch::Receiver<u64>,
}

fn encode(event: &Event) -> Result<Record, LogError> {
    let json = serde_json::to_vec(event).map_err(|e| LogError::Database(e.to_string()))?;
    let body = zstd::bulk::compress(&json, 1).map_err(|e| LogError::Database(e.to_string()))?;
    Ok(Record {
        key: Sha256::digest(event.id.as_bytes())[..16].to_vec(),
        at_ms: event.at_ms,
        kind: event.kind.as_str().to_owned(),
        task: event.task.clone(),
        worker: event.worker.clone(),
        reservation: event.field("reservation_sid"),
        body,
    })
}

fn decode(seq: u64, body: &[u8]) -> Result<Logged, LogError> {
    // 64 MiB is far above the largest body that a door lets in.
    let json = zstd::bulk::decompress(body, 64 << 20).map_err(|_| LogError::Corrupt(seq));
    let json = match json {
        Ok(json) => json,
        Err(e) => return Err(e),
    };
    let event = serde_json::from_slice(&json).map_err(|_| LogError::Corrupt(seq))?;
    Ok(Logged { seq, event })
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
            .pragma("cache_size", "-65536")
            .pragma("wal_autocheckpoint", "8000")
            .pragma("mmap_size", "1073741824");
        let mut writer = options.connect().await?;
        sqlx::migrate!("./migrations").run(&mut writer).await.map_err(|e| LogError::Database(e.to_string()))?;
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        let last = last_seq(&mut writer).await?;
        let (grow, grown) = watch::channel(last);
        let (jobs, waiting) = mpsc::channel(WAITING_REQUESTS);
        tokio::spawn(write(writer, waiting, grow, clock));
        Ok(Self { jobs, pool, grown })
    }

    /// Keeps events. When this returns `Ok`, they are on disk.
    pub async fn append(&self, events: &[Event]) -> Result<Accepted, LogError> {
        if events.is_empty() {
            return Ok(Accepted { new: 0, duplicates: 0 });
        }
        let records = events.iter().map(encode).collect::<Result<_, _>>()?;
        let (answer, result) = oneshot::channel();
        self.jobs.try_send(Job { records, answer }).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => LogError::Busy,
            mpsc::error::TrySendError::Closed(_) => LogError::Closed,
        })?;
        result.await.map_err(|_| LogError::Closed)?
    }

    /// Signals the last position whenever events were added.
    pub fn grown(&self) -> watch::Receiver<u64> {
        self.grown.clone()
    }

    /// Number of events kept.
    pub async fn count(&self) -> Result<u64, LogError> {
        let row = sqlx::query("SELECT count(*) FROM event").fetch_one(&self.pool).await?;
        Ok(row.get::<i64, _>(0) as u64)
    }

    /// The newest instant of any event up to a position.
    pub async fn newest_ms(&self) -> Result<Option<i64>, LogError> {
        // The last events to arrive are nearly always the newest; a full scan would grow with the log.
        let row = sqlx::query("SELECT max(at_ms) FROM (SELECT at_ms FROM event ORDER BY seq DESC LIMIT 20000)")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.get(0))
    }

    /// Events after a position, in order of arrival.
    pub async fn after(&self, seq: u64, limit: u32) -> Result<Vec<Logged>, LogError> {
        let rows = sqlx::query("SELECT seq, body FROM event WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind(seq as i64)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| decode(row.get::<i64, _>(0) as u64, row.get(1))).collect()
    }

    /// All events of tasks up to a position.
    pub async fn of_tasks(&self, tasks: &[String], up_to: u64) -> Result<HashMap<String, Vec<Logged>>, LogError> {
        let mut found: HashMap<String, Vec<Logged>> = HashMap::with_capacity(tasks.len());
        for some in tasks.chunks(500) {
            let mut query = QueryBuilder::new("SELECT task, seq, body FROM event WHERE task IN (");
            let mut list = query.separated(",");
            some.iter().for_each(|task| {
                list.push_bind(task);
            });
            query.push(") AND seq <= ").push_bind(up_to as i64);
            for row in query.build().fetch_all(&self.pool).await? {
                let logged = decode(row.get::<i64, _>(1) as u64, row.get(2))?;
                found.entry(row.get(0)).or_default().push(logged);
            }
        }
        Ok(found)
    }

    /// A worker's events of some kinds in a range of time (both ends inclusive) up to a position.
    pub async fn of_worker(
        &self,
        worker: &str,
        kinds: &[&str],
        from_ms: i64,
        to_ms: i64,
        up_to: u64,
    ) -> Result<Vec<Logged>, LogError> {
        let mut query = QueryBuilder::new("SELECT seq, body FROM event WHERE worker = ");
        query.push_bind(worker).push(" AND kind IN (");
        let mut list = query.separated(",");
        kinds.iter().for_each(|kind| {
            list.push_bind(*kind);
        });
        query.push(") AND at_ms >= ").push_bind(from_ms).push(" AND at_ms <= ").push_bind(to_ms);
        query.push(" AND seq <= ").push_bind(up_to as i64).push(" ORDER BY at_ms, seq");
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(|row| decode(row.get::<i64, _>(0) as u64, row.get(1))).collect()
    }

    /// When a worker's reservations were accepted and completed: (reservation, kind, instant), in a range of time.
    pub async fn reservations_of_worker(
        &self,
        worker: &str,
        from_ms: i64,
        to_ms: i64,
        up_to: u64,
    ) -> Result<Vec<(String, String, i64)>, LogError> {
        let rows = sqlx::query(
            "SELECT reservation, kind, at_ms FROM event WHERE worker = $1 AND kind IN ('reservation.accepted','reservation.completed')
             AND at_ms >= $2 AND at_ms <= $3 AND seq <= $4 AND reservation IS NOT NULL ORDER BY at_ms, seq",
        )
        .bind(worker)
        .bind(from_ms)
        .bind(to_ms)
        .bind(up_to as i64)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
    }

    /// Instants of a worker's changes of activity in a range of time.
    pub async fn activity_changes(&self, worker: &str, from_ms: i64, to_ms: i64, up_to: u64) -> Result<Vec<i64>, LogError> {
        let rows = sqlx::query(
            "SELECT at_ms FROM event WHERE worker = $1 AND kind = 'worker.activity.update' AND at_ms >= $2 AND at_ms <= $3 AND seq <= $4 ORDER BY at_ms",
        )
        .bind(worker)
        .bind(from_ms)
        .bind(to_ms)
        .bind(up_to as i64)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// A worker's newest changes of activity and deletion, newest last.
    pub async fn newest_of_worker(&self, worker: &str, up_to: u64) -> Result<Vec<Logged>, LogError> {
        let mut rows = Vec::new();
        for kind in ["worker.activity.update", "worker.deleted"] {
            rows.extend(
                sqlx::query("SELECT seq, body FROM event WHERE worker = $1 AND kind = $2 AND seq <= $3 ORDER BY at_ms DESC LIMIT 4")
                    .bind(worker)
                    .bind(kind)
                    .bind(up_to as i64)
                    .fetch_all(&self.pool)
                    .await?,
            );
        }
        rows.iter().map(|row| decode(row.get::<i64, _>(0) as u64, row.get(1))).collect()
    }

    /// Tasks in order of name after one, for walks over the whole log.
    pub async fn tasks_after(&self, after: &str, limit: u32, up_to: u64) -> Result<Vec<String>, LogError> {
        let rows = sqlx::query("SELECT DISTINCT task FROM event WHERE task > $1 AND seq <= $2 ORDER BY task LIMIT $3")
            .bind(after)
            .bind(up_to as i64)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// All workers that any event names, up to a position.
    pub async fn workers(&self, up_to: u64) -> Result<Vec<String>, LogError> {
        let rows = sqlx::query("SELECT DISTINCT worker FROM event WHERE worker IS NOT NULL AND seq <= $1 ORDER BY worker")
            .bind(up_to as i64)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}

async fn last_seq(connection: &mut SqliteConnection) -> Result<u64, LogError> {
    let row = sqlx::query("SELECT coalesce(max(seq), 0) FROM event").fetch_one(connection).await?;
    Ok(row.get::<i64, _>(0) as u64)
}

/// The only writer. Takes whatever waits, commits it together, answers all.
async fn write(mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Job>, grow: watch::Sender<u64>, clock: fn() -> i64) {
    while let Some(first) = waiting.recv().await {
        let mut jobs = vec![first];
        let mut count = jobs[0].records.len();
        while count < EVENTS_A_COMMIT
            && let Ok(job) = waiting.try_recv()
        {
            count += job.records.len();
            jobs.push(job);
        }
        match insert(&mut connection, &jobs, clock()).await {
            Ok((accepted, last)) => {
                grow.send_replace(last);
                for (job, accepted) in jobs.into_iter().zip(accepted) {
                    // A sender that went away is not an error: the event is kept.
                    let _ = job.answer.send(Ok(accepted));
                }
            }
            Err(error) => {
                tracing::error!(name: "log.commit_failed", %error, requests = jobs.len(), "events could not be kept; their senders are told to try again");
                for job in jobs {
                    let _ = job.answer.send(Err(LogError::Database(error.to_string())));
                }
            }
        }
    }
    let _ = connection.close().await;
}

async fn insert(connection: &mut SqliteConnection, jobs: &[Job], now_ms: i64) -> Result<(Vec<Accepted>, u64), LogError> {
    let mut transaction = connection.begin().await?;
    let mut accepted = Vec::with_capacity(jobs.len());
    for job in jobs {
        let mut new = 0;
        for records in job.records.chunks(ROWS_AN_INSERT) {
            let mut query =
                QueryBuilder::new("INSERT OR IGNORE INTO event (key, at_ms, received_ms, kind, task, worker, reservation, body) ");
            query.push_values(records, |mut row, record| {
                row.push_bind(&record.key[..])
                    .push_bind(record.at_ms)
                    .push_bind(now_ms)
                    .push_bind(&record.kind)
                    .push_bind(&record.task)
                    .push_bind(&record.worker)
                    .push_bind(&record.reservation)
                    .push_bind(&record.body[..]);
            });
            new += query.build().execute(&mut *transaction).await?.rows_affected() as usize;
        }
        accepted.push(Accepted { new, duplicates: job.records.len() - new });
    }
    let last = last_seq(&mut transaction).await?;
    transaction.commit().await?;
    Ok((accepted, last))
}
