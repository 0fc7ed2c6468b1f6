use crate::kit::{DAY_MS, FROM_MS, Site, traffic};
use parclose_lake::{Lake, rows_from_batch};
use parclose_model::{Row, TableId};
use parclose_pipeline::Pipeline;
use std::collections::BTreeMap;
use std::time::Duration;

async fn visible(lake: &Lake, table: TableId) -> BTreeMap<String, usize> {
    let live = lake.live();
    let mut rows: Vec<Row> = lake.table(table).committed_rows(false).await.unwrap();
    for batch in &live.tables[&table].fresh {
        rows.extend(rows_from_batch(table, batch).unwrap());
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
