//! Events that can't be read back: put aside, shown, tried again. They stay in the log, and nothing stops because of them.

use super::{EventLog, Job, LogError, Logged, codec};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, SqliteConnection};
use std::collections::HashSet;
use tokio::sync::oneshot;

/// Rows of one statement; SQLite takes 32,766 values.
const NOTED_AT_ONCE: usize = 500;

/// Why an event can't be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// What is stored is not a whole zstd frame.
    NotPacked,
    /// What was packed is not an event.
    NotAnEvent,
    /// Unpacked it would be longer than any event can be.
    TooLong,
}

impl Unreadable {
    /// The code that is stored and shown.
    pub fn code(self) -> &'static str {
        match self {
            Unreadable::NotPacked => "not_packed",
            Unreadable::NotAnEvent => "not_an_event",
            Unreadable::TooLong => "too_long",
        }
    }
}

/// An event that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Position in the log.
    pub seq: u64,
    /// A code of [`Unreadable`].
    pub reason: String,
    /// When it was noticed, epoch milliseconds.
    pub noted_ms: i64,
    /// True when it can be read again and its rows are about to be made anew.
    pub is_back: bool,
}

/// What trying again gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retried {
    /// Can be read now: their rows are made at the next step.
    pub readable: usize,
    /// Can't be read still.
    pub still_aside: usize,
}

/// A change of the table, for the one writer.
pub(super) enum Note {
    /// Put these aside.
    PutAside(Vec<(u64, Unreadable)>),
    /// These can be read again.
    Back(Vec<u64>),
    /// The rows of these are in the lake.
    Done(Vec<u64>),
}

impl EventLog {
    /// What is aside, in order of arrival.
    pub async fn aside(&self) -> Result<Vec<Aside>, LogError> {
        let rows = sqlx::query("SELECT seq, reason, noted_ms, is_back FROM aside ORDER BY seq").fetch_all(&self.pool).await?;
        let aside = |row: &SqliteRow| Aside { seq: row.get::<i64, _>(0) as u64, reason: row.get(1), noted_ms: row.get(2), is_back: row.get(3) };
        Ok(rows.iter().map(aside).collect())
    }

    /// How many are aside.
    pub async fn aside_count(&self) -> Result<u64, LogError> {
        let row = sqlx::query("SELECT count(*) FROM aside").fetch_one(&self.pool).await?;
        Ok(row.get::<i64, _>(0) as u64)
    }

    /// Tries all of them again. Whoever follows the log makes the rows of those that can be read now.
    pub async fn retry_aside(&self) -> Result<Retried, LogError> {
        let all: Vec<u64> = self.aside().await?.into_iter().map(|aside| aside.seq).collect();
        let mut back = Vec::new();
        for some in all.chunks(NOTED_AT_ONCE) {
            back.extend(self.events_at(some).await?.into_iter().map(|logged| logged.seq));
        }
        let retried = Retried { readable: back.len(), still_aside: all.len() - back.len() };
        for some in back.chunks(NOTED_AT_ONCE) {
            self.note(Note::Back(some.to_vec())).await?;
        }
        Ok(retried)
    }

    /// Events up to a position that were aside and can be read again.
    pub(crate) async fn back(&self, up_to: u64) -> Result<Vec<Logged>, LogError> {
        let rows = sqlx::query("SELECT seq FROM aside WHERE is_back = 1 AND seq <= $1 ORDER BY seq LIMIT 500")
            .bind(up_to as i64)
            .fetch_all(&self.pool)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let seqs: Vec<u64> = rows.iter().map(|row| row.get::<i64, _>(0) as u64).collect();
        self.events_at(&seqs).await
    }

    /// Takes events off the list, once the lake holds their rows.
    pub(crate) async fn no_longer_aside(&self, seqs: Vec<u64>) -> Result<(), LogError> {
        self.note(Note::Done(seqs)).await
    }

    /// Puts events aside, durably: after this the processor may go past them.
    pub(super) async fn put_aside(&self, unreadable: Vec<(u64, Unreadable)>) -> Result<(), LogError> {
        if unreadable.is_empty() {
            return Ok(());
        }
        let known: HashSet<u64> = self.aside().await?.into_iter().map(|aside| aside.seq).collect();
        let new: Vec<_> = unreadable.into_iter().filter(|(seq, _)| !known.contains(seq)).collect();
        for (seq, why) in &new {
            tracing::error!(name: "log.put_aside", seq, reason = why.code(), "an event of the log can't be read back and is put aside");
        }
        for some in new.chunks(NOTED_AT_ONCE) {
            self.note(Note::PutAside(some.to_vec())).await?;
        }
        Ok(())
    }

    async fn note(&self, note: Note) -> Result<(), LogError> {
        let (answer, done) = oneshot::channel();
        self.jobs.send(Job::Note { note, answer }).await.map_err(|_| LogError::Closed)?;
        done.await.map_err(|_| LogError::Closed)?
    }

    /// Those of the events that can be read.
    async fn events_at(&self, seqs: &[u64]) -> Result<Vec<Logged>, LogError> {
        let mut query = QueryBuilder::new("SELECT seq, received_ms, body FROM event WHERE seq IN (");
        let mut list = query.separated(",");
        seqs.iter().for_each(|seq| {
            list.push_bind(*seq as i64);
        });
        query.push(") ORDER BY seq");
        let rows = query.build().fetch_all(&self.pool).await?;
        let logged = |row: &SqliteRow| codec::decode(row.get::<i64, _>(0) as u64, row.get(1), row.try_get(2).unwrap_or_default()).ok();
        Ok(rows.iter().filter_map(logged).collect())
    }
}

/// Writes a note. One statement each: nothing can be half done.
pub(super) async fn write(connection: &mut SqliteConnection, note: &Note, now_ms: i64) -> Result<(), LogError> {
    let of = |query: &mut QueryBuilder<sqlx::Sqlite>, seqs: &[u64]| {
        let mut list = query.separated(",");
        seqs.iter().for_each(|seq| {
            list.push_bind(*seq as i64);
        });
        query.push(")");
    };
    let mut query = match note {
        Note::PutAside(list) => {
            let mut query = QueryBuilder::new("INSERT OR IGNORE INTO aside (seq, reason, noted_ms) ");
            query.push_values(list, |mut row, (seq, why)| {
                row.push_bind(*seq as i64).push_bind(why.code()).push_bind(now_ms);
            });
            query
        }
        Note::Back(seqs) => {
            let mut query = QueryBuilder::new("UPDATE aside SET is_back = 1 WHERE seq IN (");
            of(&mut query, seqs);
            query
        }
        Note::Done(seqs) => {
            let mut query = QueryBuilder::new("DELETE FROM aside WHERE seq IN (");
            of(&mut query, seqs);
            query
        }
    };
    query.build().execute(connection).await?;
    Ok(())
}
