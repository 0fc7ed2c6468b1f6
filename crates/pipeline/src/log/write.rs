//! The one writer of the log: takes whatever waits, commits it together, answers all.

use super::codec::Record;
use super::{Accepted, Job, LogError, aside};
use sqlx::{Connection, QueryBuilder, Row as _, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

/// Events that one commit takes at most.
const EVENTS_A_COMMIT: usize = 8192;
/// Rows of one INSERT (8 values each; SQLite allows 32,766).
const ROWS_AN_INSERT: usize = 400;

/// Events of one request, with its room in memory.
pub(super) struct Delivery {
    pub records: Vec<Record>,
    pub answer: oneshot::Sender<Result<Accepted, LogError>>,
    pub _room: OwnedSemaphorePermit,
}

pub(super) async fn last_seq(connection: &mut SqliteConnection) -> Result<u64, LogError> {
    let row = sqlx::query("SELECT coalesce(max(seq), 0) FROM event").fetch_one(connection).await?;
    Ok(row.get::<i64, _>(0) as u64)
}

/// Works until the last sender of jobs is gone.
pub(super) async fn work(mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Job>, grow: watch::Sender<u64>, clock: fn() -> i64) {
    while let Some(first) = waiting.recv().await {
        let (mut deliveries, mut count, mut next) = (Vec::new(), 0, Some(first));
        while let Some(job) = next.take() {
            match job {
                Job::Append(delivery) => {
                    count += delivery.records.len();
                    deliveries.push(delivery);
                }
                Job::Note { note, answer } => {
                    let _ = answer.send(aside::write(&mut connection, &note, clock()).await);
                }
            }
            if count < EVENTS_A_COMMIT {
                next = waiting.try_recv().ok();
            }
        }
        if !deliveries.is_empty() {
            commit(&mut connection, deliveries, &grow, clock()).await;
        }
    }
    let _ = connection.close().await;
}

async fn commit(connection: &mut SqliteConnection, deliveries: Vec<Delivery>, grow: &watch::Sender<u64>, now_ms: i64) {
    match insert(connection, &deliveries, now_ms).await {
        Ok((accepted, last)) => {
            grow.send_replace(last);
            for (delivery, accepted) in deliveries.into_iter().zip(accepted) {
                // A sender that went away is not an error: the event is kept.
                let _ = delivery.answer.send(Ok(accepted));
            }
        }
        Err(error) => {
            let requests = deliveries.len();
            tracing::error!(name: "log.commit_failed", %error, requests, "events could not be kept; their senders are told to try again");
            for delivery in deliveries {
                let _ = delivery.answer.send(Err(LogError::Database(error.to_string())));
            }
        }
    }
}

async fn insert(connection: &mut SqliteConnection, deliveries: &[Delivery], now_ms: i64) -> Result<(Vec<Accepted>, u64), LogError> {
    let mut transaction = connection.begin().await?;
    let mut accepted = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let mut new = 0;
        for records in delivery.records.chunks(ROWS_AN_INSERT) {
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
        accepted.push(Accepted { new, duplicates: delivery.records.len() - new });
    }
    let last = last_seq(&mut transaction).await?;
    transaction.commit().await?;
    Ok((accepted, last))
}
