//! The worker of a person: who it is on the platform, as last seen in events.

use super::{EventLog, LogError, codec};
use parclose_ingest::rows::{WorkerSeen, worker_seen};
use sqlx::Row as _;
use std::collections::HashMap;

/// Workers by id, each with the position of the event that describes it. Read again only when there is a newer one.
pub(super) type Known = HashMap<String, (i64, Option<WorkerSeen>)>;

/// More workers than this are not looked through.
const MOST_WORKERS: i64 = 20_000;

/// Events that describe a worker wholly; the newest of them counts.
const DESCRIBING: [&str; 4] = ["worker.created", "worker.attributes.update", "worker.activity.update", "worker.deleted"];

/// By what a worker was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkerMatch {
    /// The attribute `email` of the worker.
    Email,
    /// The worker's name on the platform.
    Name,
    /// The attribute `friendly_id` of the worker.
    FriendlyId,
}

impl EventLog {
    /// The worker that goes by one of these names, compared without regard to case: by e-mail before name before
    /// friendly id; of several the one last seen. Only this one leaves: it is no list of workers.
    pub async fn worker_of(&self, names: &[String]) -> Result<Option<(WorkerMatch, WorkerSeen)>, LogError> {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
        let mut known = self.workers.lock().await;
        self.look_again(&mut known).await?;
        let fitting = known.values().filter_map(|(_, seen)| seen.as_ref()).filter_map(|seen| Some((fits(&names, seen)?, seen)));
        let best = fitting.min_by(|(a, left), (b, right)| a.cmp(b).then(right.seen_ms.cmp(&left.seen_ms)).then(left.worker.cmp(&right.worker)));
        Ok(best.map(|(by, seen)| (by, seen.clone())))
    }

    /// Each step below is a look-up in the index of workers: nothing is scanned.
    async fn look_again(&self, known: &mut Known) -> Result<(), LogError> {
        let workers = sqlx::query(
            "WITH RECURSIVE each (worker) AS (SELECT min(worker) FROM event WHERE worker IS NOT NULL UNION ALL \
             SELECT (SELECT min(event.worker) FROM event WHERE event.worker > each.worker) FROM each WHERE each.worker IS NOT NULL) \
             SELECT worker FROM each WHERE worker IS NOT NULL LIMIT $1",
        )
        .bind(MOST_WORKERS)
        .fetch_all(&self.pool)
        .await?;
        for row in workers {
            let worker: String = row.get(0);
            let mut newest: Option<(i64, i64)> = None;
            for kind in DESCRIBING {
                let found = sqlx::query("SELECT at_ms, seq FROM event WHERE worker = $1 AND kind = $2 ORDER BY at_ms DESC LIMIT 1")
                    .bind(&worker)
                    .bind(kind)
                    .fetch_optional(&self.pool)
                    .await?;
                newest = newest.max(found.map(|row| (row.get(0), row.get(1))));
            }
            let Some((_, seq)) = newest else { continue };
            if known.get(&worker).is_some_and(|(read, _)| *read == seq) {
                continue;
            }
            let row = sqlx::query("SELECT received_ms, body FROM event WHERE seq = $1").bind(seq).fetch_one(&self.pool).await?;
            // One that can't be read is looked after by whoever makes rows.
            let seen = codec::decode(seq as u64, row.get(0), row.try_get(1).unwrap_or_default()).ok().and_then(|logged| worker_seen(&logged.event));
            known.insert(worker, (seq, seen));
        }
        Ok(())
    }
}

fn fits(names: &[String], seen: &WorkerSeen) -> Option<WorkerMatch> {
    let is_one = |value: &str| names.iter().any(|name| *name == value.trim().to_lowercase());
    let has = |attribute: &str| seen.attributes.get(attribute).is_some_and(|values| values.iter().any(|value| is_one(value)));
    if has("email") {
        return Some(WorkerMatch::Email);
    }
    if is_one(&seen.name) || is_one(&plain(&seen.name)) {
        return Some(WorkerMatch::Name);
    }
    has("friendly_id").then_some(WorkerMatch::FriendlyId)
}

/// A worker's name with `_40` and the like read as the characters that they stand for: the platform writes names that come
/// from identity providers in this way.
fn plain(name: &str) -> String {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(byte) if first == b'_' => {
                plain.push(byte);
                rest = &after[2..];
            }
            _ => {
                plain.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parclose_model::{Event, EventKind};
    use serde_json::json;

    fn worker(id: &str, kind: &str, at_ms: i64, worker: &str, name: &str, attributes: &serde_json::Value) -> Event {
        let payload = json!({"worker_sid": worker, "worker_name": name, "worker_attributes": attributes.to_string()});
        let payload = payload.as_object().cloned().unwrap_or_default();
        Event { id: id.into(), source: "s".into(), kind: EventKind::new(kind), at_ms, task: None, worker: Some(worker.into()), payload }
    }

    #[tokio::test]
    async fn a_person_finds_their_worker_as_last_seen() {
        let folder = tempfile::tempdir().unwrap();
        let log = EventLog::open(&folder.path().join("events.db"), || 1_000).await.unwrap();
        let ask = |name: &str| vec![name.to_owned()];
        assert_eq!(log.worker_of(&ask("anna@acme.example")).await.unwrap(), None);
        log.append(&[
            worker("1", "worker.created", 10, "WKa", "anna", &json!({"email": "Anna@acme.example", "team": "Anvils"})),
            worker("2", "worker.created", 10, "WKb", "ben_40acme_2Eexample", &json!({"team": "Onions"})),
            worker("3", "worker.created", 10, "WKc", "carl", &json!({"friendly_id": "00u1"})),
        ])
        .await
        .unwrap();
        let (by, anna) = log.worker_of(&ask("anna@ACME.example")).await.unwrap().unwrap();
        assert_eq!((by, anna.worker.as_str(), anna.attributes["team"].as_slice()), (WorkerMatch::Email, "WKa", &["Anvils".to_owned()][..]));
        let (by, ben) = log.worker_of(&ask("ben@acme.example")).await.unwrap().unwrap();
        assert_eq!((by, ben.worker.as_str()), (WorkerMatch::Name, "WKb"));
        let (by, carl) = log.worker_of(&ask("00u1")).await.unwrap().unwrap();
        assert_eq!((by, carl.worker.as_str()), (WorkerMatch::FriendlyId, "WKc"));
        // A later description counts, and one that arrives late but is older does not.
        log.append(&[
            worker("4", "worker.attributes.update", 30, "WKa", "anna", &json!({"email": "anna@acme.example", "team": "Tennis Balls"})),
            worker("5", "worker.activity.update", 20, "WKa", "anna", &json!({"email": "anna@acme.example", "team": "Anvils"})),
        ])
        .await
        .unwrap();
        let (_, anna) = log.worker_of(&ask("anna@acme.example")).await.unwrap().unwrap();
        assert_eq!((anna.seen_ms, anna.attributes["team"].as_slice()), (30, &["Tennis Balls".to_owned()][..]));
        assert_eq!(log.worker_of(&ask("")).await.unwrap(), None, "no name fits nobody");
    }

    #[test]
    fn names_of_the_platform_are_read() {
        for (name, read) in [("anna_40acme_2Eexample", "anna@acme.example"), ("plain", "plain"), ("_4", "_4"), ("a_zz", "a_zz"), ("_C3_85sa", "Åsa")] {
            assert_eq!(plain(name), read);
        }
    }
}
