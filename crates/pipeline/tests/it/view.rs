use crate::kit::{DAY_MS, FROM_MS, Site, clock, traffic};
use parclose_lake::{Lake, Live, rows_from_batch};
use parclose_model::{Row, TableId};
use parclose_pipeline::{Pipeline, Settings, check_lake};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

async fn visible(lake: &Lake, table: TableId) -> BTreeMap<String, usize> {
    let live = lake.live();
    let mut rows: Vec<Row> = lake.table(table).committed_rows(false).await.unwrap();
    for batch in live.tables[&table].fresh_rows().unwrap() {
        rows.extend(rows_from_batch(table, &batch).unwrap());
    }
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row.get("segment_id").as_text().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counts
}

/// Files and fresh rows together: every segment once.
#[tokio::test]
async fn no_view_shows_a_segment_twice() {
    let site = Site::new().await;
    let events = traffic(3, 40.0, 5);
    let lake = site.lake().await;
    let mut pipeline: Pipeline = site.pipeline(&lake, 60).await;
    for some in events.chunks(333) {
        site.log.append(some).await.unwrap();
        pipeline.catch_up().await.unwrap();
        let counts = visible(&lake, TableId::Segments).await;
        let twice: Vec<_> = counts.iter().filter(|(_, n)| **n > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}

/// A running pipeline shows an event's row within two seconds, without a commit.
#[tokio::test(flavor = "multi_thread")]
async fn fresh_rows_are_visible_before_they_are_committed() {
    let site = Site::new().await;
    let events = traffic(1, 60.0, 6);
    let lake = site.lake().await;
    let pipeline = Pipeline::open(site.log.clone(), lake.clone(), Default::default(), || FROM_MS + DAY_MS).await.unwrap();
    let processed = pipeline.processed();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(pipeline.run(stopped));
    site.log.append(&events).await.unwrap();
    let wanted = *site.log.grown().borrow();
    tokio::time::timeout(Duration::from_secs(20), async {
        while processed.load(std::sync::atomic::Ordering::Acquire) < wanted {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert!(!lake.live().tables[&TableId::Segments].fresh.is_empty());
    assert_eq!(lake.table(TableId::Segments).position(), 0, "nothing was committed yet");
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(lake.table(TableId::Segments).position(), wanted);
}

/// How many rows of each table a view shows.
fn shown(live: &Live) -> [u64; 2] {
    [TableId::Segments, TableId::Workload].map(|table| {
        let table = &live.tables[&table];
        table.files.iter().map(|file| file.rows).sum::<u64>() + table.fresh.iter().map(|fresh| fresh.count() as u64).sum::<u64>()
    })
}

/// Commits are written while more events are taken, some of them late ones of tasks that are on their way into files: every
/// view shows as many rows as there are at its position.
#[tokio::test(flavor = "multi_thread")]
async fn views_are_whole_while_a_commit_is_written() {
    let site = Site::new().await;
    let mut events = traffic(2, 60.0, 9);
    // What is near comes in any order.
    events.chunks_mut(50).for_each(|some| some.reverse());
    let lake = site.lake().await;
    let settings = Settings { events_a_step: 20, rows_a_commit: 15, publish_every: Duration::from_millis(1), ..Settings::default() };
    let pipeline = Pipeline::open(site.log.clone(), lake.clone(), settings, clock).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(pipeline.run(stopped));
    let (mut changes, watched, all) = (lake.changes(), lake.clone(), events.len() as u64);
    let watching = tokio::spawn(async move {
        let mut views = Vec::new();
        loop {
            let live = watched.live();
            let committed = watched.table(TableId::Segments).position();
            views.push((live.position, shown(&live), committed));
            if live.position == all || changes.changed().await.is_err() {
                return views;
            }
        }
    });
    let mut sent = 0;
    for some in events.chunks(40) {
        // A view behind at most: however slow the machine is, there are many of them, and events come while commits are written.
        while lake.live().position < sent {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        sent += some.len() as u64;
        site.log.append(some).await.unwrap();
    }
    let views = tokio::time::timeout(Duration::from_secs(60), watching).await.unwrap().unwrap();
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
    assert!(check_lake(&site.log, &lake).await.unwrap().is_good());
    let commits: BTreeSet<u64> = views.iter().map(|(_, _, committed)| *committed).collect();
    assert!(commits.len() > 4 && views.len() > 10, "{} views over {} commits of {all} events", views.len(), commits.len());
    // The same events up to there and no more, all at once.
    let mut known: BTreeMap<u64, [u64; 2]> = BTreeMap::new();
    let every = views.len().div_ceil(40);
    for (position, rows, _) in views.iter().step_by(every).filter(|(position, ..)| *position > 0) {
        if !known.contains_key(position) {
            let alone = Site::new().await;
            alone.log.append(&events[..*position as usize]).await.unwrap();
            let lake = alone.lake().await;
            alone.pipeline(&lake, 10_000).await.catch_up().await.unwrap();
            known.insert(*position, shown(&lake.live()));
        }
        assert_eq!(rows, &known[position], "at position {position} of {all}");
    }
}
