//! Events that can't be read back: nothing stops, nothing is lost, and they come back.

use crate::kit::{Site, clock, traffic};
use parclose_model::{Event, TableId};
use parclose_pipeline::{CheckReport, Retried, check_lake};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row, SqliteConnection};

impl Site {
    async fn disk(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.folder.path().join("events.db"));
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    /// Damages events as a bad disk would; gives what they were.
    async fn damage(&self, seqs: &[i64], with: &[u8]) -> Vec<(i64, Vec<u8>)> {
        let mut disk = self.disk().await;
        sqlx::raw_sql("DROP TRIGGER IF EXISTS event_is_append_only_update").execute(&mut disk).await.unwrap();
        let mut were = Vec::new();
        for seq in seqs {
            let row = sqlx::query("SELECT body FROM event WHERE seq = $1").bind(seq).fetch_one(&mut disk).await.unwrap();
            were.push((*seq, row.get(0)));
            sqlx::query("UPDATE event SET body = $2 WHERE seq = $1").bind(seq).bind(with).execute(&mut disk).await.unwrap();
        }
        were
    }

    async fn mend(&self, were: &[(i64, Vec<u8>)]) {
        for (seq, body) in were {
            self.damage(&[*seq], body).await;
        }
    }

    async fn good(&self) -> CheckReport {
        let lake = self.lake().await;
        let report = check_lake(&self.log, &lake).await.unwrap();
        assert!(report.is_good(), "{report:?}");
        report
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_nothing_and_comes_back() {
    let (whole, site) = (Site::new().await, Site::new().await);
    let events: Vec<Event> = traffic(6, 60.0, 11);
    assert!(events.len() > 1_500, "{}", events.len());
    for site in [&whole, &site] {
        site.log.append(&events).await.unwrap();
    }
    whole.pipeline(&whole.lake().await, 80).await.catch_up().await.unwrap();
    // The first, a whole batch (700 events a step) and the last; in three kinds of damage.
    let last = events.len() as i64;
    let mut were = site.damage(&[1], b"nonsense").await;
    were.extend(site.damage(&(701..=1400).collect::<Vec<_>>(), b"").await);
    were.extend(site.damage(&[last], &zstd::bulk::compress(b"{}", 1).unwrap()).await);
    let lake = site.lake().await;
    let mut pipeline = site.pipeline(&lake, 80).await;
    pipeline.catch_up().await.unwrap();
    assert_eq!(lake.table(TableId::Segments).position(), last as u64, "it went past all of them");
    let aside = site.log.aside().await.unwrap();
    assert_eq!(aside.len(), 702);
    assert_eq!(site.log.aside_count().await.unwrap(), 702);
    let reason = |seq: u64| aside.iter().find(|one| one.seq == seq).map(|one| (one.reason.as_str(), one.noted_ms)).unwrap();
    assert_eq!([reason(1), reason(701), reason(last as u64)], [("not_packed", clock()), ("not_packed", clock()), ("not_an_event", clock())]);
    drop((pipeline, lake));
    let without = site.good().await;
    assert_eq!(site.log.retry_aside().await.unwrap(), Retried { readable: 0, still_aside: 702 });
    assert_eq!(site.log.count().await.unwrap(), last as u64, "they are in the log still");

    site.mend(&were).await;
    assert_eq!(site.log.retry_aside().await.unwrap(), Retried { readable: 702, still_aside: 0 });
    let lake = site.lake().await;
    let mut pipeline = site.pipeline(&lake, 80).await;
    while site.log.aside_count().await.unwrap() > 0 {
        pipeline.catch_up().await.unwrap();
    }
    drop((pipeline, lake));
    let mended = site.good().await;
    assert_ne!(mended.rows, without.rows, "the events mattered");
    assert_eq!(mended.rows, whole.good().await.rows);
}

/// Events of finished tasks are damaged after their rows were committed; then more comes for these tasks.
#[tokio::test]
async fn rows_are_not_doubled_when_events_become_unreadable_later() {
    let site = Site::new().await;
    let events = traffic(3, 60.0, 13);
    site.log.append(&events).await.unwrap();
    let lake = site.lake().await;
    let mut pipeline = site.pipeline(&lake, 1).await;
    pipeline.catch_up().await.unwrap();
    let ended = events.iter().filter(|event| event.kind.as_str() == "task.completed").take(6);
    let late: Vec<Event> = ended.map(|event| Event { id: format!("{}-late", event.id), ..event.clone() }).collect();
    assert_eq!(late.len(), 6);
    let of_late: Vec<i64> = (1..).zip(&events).filter(|(_, event)| late.iter().any(|l| l.task == event.task)).map(|(seq, _)| seq).collect();
    site.damage(&of_late, b"nonsense").await;
    site.log.append(&late).await.unwrap();
    pipeline.catch_up().await.unwrap();
    drop((pipeline, lake));
    site.good().await;
    assert_eq!(site.log.aside_count().await.unwrap(), of_late.len() as u64);
}

/// A running pipeline takes them back by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_running_pipeline_takes_events_back() {
    let site = Site::new().await;
    site.log.append(&traffic(1, 60.0, 12)).await.unwrap();
    let were = site.damage(&[5, 6], b"nonsense").await;
    let lake = site.lake().await;
    let mut pipeline = site.pipeline(&lake, 80).await;
    pipeline.catch_up().await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(pipeline.run(stopped));
    assert_eq!(site.log.aside_count().await.unwrap(), 2);
    site.mend(&were).await;
    assert_eq!(site.log.retry_aside().await.unwrap().readable, 2);
    stop_when(&site, stop).await;
    running.await.unwrap().unwrap();
    drop(lake);
    site.good().await;
}

async fn stop_when(site: &Site, stop: tokio::sync::watch::Sender<bool>) {
    for _ in 0..200 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        if site.log.aside_count().await.unwrap() == 0 {
            break;
        }
    }
    assert_eq!(site.log.aside_count().await.unwrap(), 0);
    stop.send(true).unwrap();
}
