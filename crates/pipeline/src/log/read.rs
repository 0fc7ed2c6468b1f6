//! What is asked of the log.

use super::{CLOCK_TOLERANCE_MS, EventLog, LogError, Logged, codec};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _};
use std::collections::HashMap;

/// Events in order of arrival.
#[derive(Debug, Default)]
pub struct Batch {
    /// Those that can be read; the others are put aside.
    pub events: Vec<Logged>,
    /// Position of the last one, readable or not; `None` when there is none.
    pub last: Option<u64>,
}

/// Events of something.
#[derive(Debug, Default)]
pub struct Found<T> {
    /// Those that can be read.
    pub events: T,
    /// False when some can't be read: then there may have been rows before the first one here.
    pub is_whole: bool,
}

fn list(query: &mut QueryBuilder<sqlx::Sqlite>, workers: &[String]) {
    let mut list = query.separated(",");
    workers.iter().for_each(|worker| {
        list.push_bind(worker);
    });
}

impl EventLog {
    /// Events of rows that begin with position, instant of reception and body. What can't be read is put aside.
    async fn readable(&self, rows: &[SqliteRow]) -> Result<Found<Vec<Logged>>, LogError> {
        let (mut events, mut unreadable) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            let seq = row.get::<i64, _>(0) as u64;
            // A body of another type than it was written in is as unreadable as a cut one.
            let body: &[u8] = row.try_get(2).unwrap_or_default();
            match codec::decode(seq, row.get(1), body) {
                Ok(logged) => events.push(logged),
                Err(why) => unreadable.push((seq, why)),
            }
        }
        let is_whole = unreadable.is_empty();
        self.put_aside(unreadable).await?;
        Ok(Found { events, is_whole })
    }

    /// Number of events kept.
    pub async fn count(&self) -> Result<u64, LogError> {
        let row = sqlx::query("SELECT count(*) FROM event").fetch_one(&self.pool).await?;
        Ok(row.get::<i64, _>(0) as u64)
    }

    /// The newest instant of any event whose sender's clock can be believed.
    pub async fn newest_ms(&self) -> Result<Option<i64>, LogError> {
        // The last events to arrive are nearly always the newest; a full scan would grow with the log.
        let row = sqlx::query("SELECT max(at_ms) FROM (SELECT at_ms, received_ms FROM event ORDER BY seq DESC LIMIT 20000) WHERE at_ms <= received_ms + $1")
            .bind(CLOCK_TOLERANCE_MS)
            .fetch_one(&self.pool)
            .await?;
        Ok(row.get(0))
    }

    /// Events after a position.
    pub async fn after(&self, seq: u64, limit: u32) -> Result<Batch, LogError> {
        let rows = sqlx::query("SELECT seq, received_ms, body FROM event WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind(seq as i64)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        let last = rows.last().map(|row| row.get::<i64, _>(0) as u64);
        Ok(Batch { events: self.readable(&rows).await?.events, last })
    }

    /// All events of tasks up to a position.
    pub async fn of_tasks(&self, tasks: &[String], up_to: u64) -> Result<Found<HashMap<String, Vec<Logged>>>, LogError> {
        let mut found = Found { events: HashMap::with_capacity(tasks.len()), is_whole: true };
        for some in tasks.chunks(500) {
            let mut query = QueryBuilder::new("SELECT seq, received_ms, body FROM event WHERE task IN (");
            let mut list = query.separated(",");
            some.iter().for_each(|task| {
                list.push_bind(task);
            });
            query.push(") AND seq <= ").push_bind(up_to as i64);
            let rows = query.build().fetch_all(&self.pool).await?;
            let some = self.readable(&rows).await?;
            found.is_whole &= some.is_whole;
            for logged in some.events {
                let task = logged.event.task.clone().unwrap_or_default();
                found.events.entry(task).or_insert_with(Vec::new).push(logged);
            }
        }
        Ok(found)
    }

    /// Events of a kind of some workers in a range of time (both ends inclusive) up to a position: by worker, in order of time.
    pub async fn of_workers(
        &self,
        workers: &[String],
        kind: &str,
        (from_ms, to_ms): (i64, i64),
        up_to: u64,
    ) -> Result<Found<HashMap<String, Vec<Logged>>>, LogError> {
        let mut query = QueryBuilder::new("SELECT seq, received_ms, body FROM event WHERE worker IN (");
        list(&mut query, workers);
        query.push(") AND kind = ").push_bind(kind).push(" AND at_ms >= ").push_bind(from_ms).push(" AND at_ms <= ").push_bind(to_ms);
        query.push(" AND seq <= ").push_bind(up_to as i64).push(" ORDER BY at_ms, seq");
        let rows = query.build().fetch_all(&self.pool).await?;
        let all = self.readable(&rows).await?;
        let mut found = Found { events: HashMap::with_capacity(workers.len()), is_whole: all.is_whole };
        for logged in all.events {
            let worker = logged.event.worker.clone().unwrap_or_default();
            found.events.entry(worker).or_insert_with(Vec::new).push(logged);
        }
        Ok(found)
    }

    /// When reservations of some workers were accepted and completed: by worker (reservation, kind, instant), in a range of time.
    /// Of an event that is aside these columns count still: whether it can be read may change from one day to the next.
    pub async fn reservations_of_workers(
        &self,
        workers: &[String],
        (from_ms, to_ms): (i64, i64),
        up_to: u64,
    ) -> Result<HashMap<String, Vec<(String, String, i64)>>, LogError> {
        let mut query = QueryBuilder::new("SELECT worker, reservation, kind, at_ms FROM event WHERE worker IN (");
        list(&mut query, workers);
        query.push(") AND kind IN ('reservation.accepted','reservation.completed') AND at_ms >= ").push_bind(from_ms);
        query.push(" AND at_ms <= ").push_bind(to_ms).push(" AND seq <= ").push_bind(up_to as i64);
        query.push(" AND reservation IS NOT NULL ORDER BY at_ms, seq");
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut found: HashMap<String, Vec<(String, String, i64)>> = HashMap::with_capacity(workers.len());
        for row in &rows {
            found.entry(row.get(0)).or_default().push((row.get(1), row.get(2), row.get(3)));
        }
        Ok(found)
    }

    /// Instants of changes of activity of some workers in a range of time: by worker, in order.
    pub async fn activity_changes(
        &self,
        workers: &[String],
        (from_ms, to_ms): (i64, i64),
        up_to: u64,
    ) -> Result<HashMap<String, Vec<i64>>, LogError> {
        let mut query = QueryBuilder::new("SELECT worker, at_ms FROM event WHERE worker IN (");
        list(&mut query, workers);
        query.push(") AND kind = 'worker.activity.update' AND at_ms >= ").push_bind(from_ms);
        query.push(" AND at_ms <= ").push_bind(to_ms).push(" AND seq <= ").push_bind(up_to as i64).push(" ORDER BY at_ms");
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut found: HashMap<String, Vec<i64>> = HashMap::with_capacity(workers.len());
        for row in &rows {
            found.entry(row.get(0)).or_default().push(row.get(1));
        }
        Ok(found)
    }

    /// The newest changes of activity and deletions of some workers: by worker.
    pub async fn newest_of_workers(&self, workers: &[String], up_to: u64) -> Result<HashMap<String, Vec<Logged>>, LogError> {
        let mut query = QueryBuilder::new("");
        let each = workers.iter().flat_map(|worker| ["worker.activity.update", "worker.deleted"].map(|kind| (worker, kind)));
        for (nth, (worker, kind)) in each.enumerate() {
            // Each part is a look-up of four rows in the index.
            query.push(if nth == 0 { "" } else { " UNION ALL " });
            query.push("SELECT * FROM (SELECT seq, received_ms, body FROM event WHERE worker = ").push_bind(worker);
            query.push(" AND kind = ").push_bind(kind).push(" AND seq <= ").push_bind(up_to as i64).push(" ORDER BY at_ms DESC LIMIT 4)");
        }
        if workers.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut found: HashMap<String, Vec<Logged>> = HashMap::with_capacity(workers.len());
        for logged in self.readable(&rows).await?.events {
            found.entry(logged.event.worker.clone().unwrap_or_default()).or_default().push(logged);
        }
        Ok(found)
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
