use crate::kit::{Site, copy, traffic};
use parclose_model::TableId;
use parclose_pipeline::check_lake;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

/// Events in any order, twice, in batches of any size, with stops in between that commit nothing.
#[tokio::test]
async fn any_order_any_batches_any_stops_give_the_same_lake() {
    for seed in 0..3 {
        let site = Site::new().await;
        let mut rng = StdRng::seed_from_u64(seed);
        let mut events = traffic(3, 40.0, seed);
        // Late by up to a few hours for most, anything for some.
        let mut keyed: Vec<(i64, _)> = events
            .drain(..)
            .map(|e| (e.at_ms + if rng.random_bool(0.05) { rng.random_range(0..100_000_000) } else { rng.random_range(0..5_000) }, e))
            .collect();
        keyed.sort_by_key(|k| k.0);
        let mut events: Vec<_> = keyed.into_iter().map(|k| k.1).collect();
        let repeated: Vec<_> = events.choose_multiple_of(&mut rng, 200);
        events.extend(repeated);
        let mut rest = &events[..];
        while !rest.is_empty() {
            let lake = site.lake().await;
            let mut pipeline = site.pipeline(&lake, rng.random_range(1..400)).await;
            for _ in 0..rng.random_range(1..4) {
                let (some, more) = rest.split_at(rng.random_range(1..900).min(rest.len()));
                rest = more;
                site.log.append(some).await.unwrap();
                if rng.random_bool(0.7) {
                    pipeline.catch_up().await.unwrap();
                }
            }
        }
        let lake = site.lake().await;
        let mut pipeline = site.pipeline(&lake, 1000).await;
        pipeline.catch_up().await.unwrap();
        let report = check_lake(&site.log, &lake).await.unwrap();
        assert!(report.is_good(), "seed {seed}: {report:?}");
        assert!(report.rows.iter().all(|(_, rows)| *rows > 100), "{report:?}");
    }
}

trait Choose<T> {
    fn choose_multiple_of(&self, rng: &mut StdRng, n: usize) -> Vec<T>;
}
impl<T: Clone> Choose<T> for Vec<T> {
    fn choose_multiple_of(&self, rng: &mut StdRng, n: usize) -> Vec<T> {
        let mut all: Vec<usize> = (0..self.len()).collect();
        all.shuffle(rng);
        all.into_iter().take(n).map(|at| self[at].clone()).collect()
    }
}

/// A crash between the commits of two tables: one is ahead of the other.
#[tokio::test]
async fn tables_at_different_positions_come_together_again() {
    for behind in [TableId::Workload, TableId::Segments] {
        let site = Site::new().await;
        let events = traffic(3, 40.0, 9);
        let (first, second) = events.split_at(events.len() / 2);
        site.log.append(first).await.unwrap();
        let lake = site.lake().await;
        site.pipeline(&lake, 50).await.catch_up().await.unwrap();
        drop(lake);
        let (table, saved) = (site.lake_folder().join(behind.name()), site.folder.path().join("saved"));
        copy(&table, &saved);
        site.log.append(second).await.unwrap();
        let lake = site.lake().await;
        site.pipeline(&lake, 50).await.catch_up().await.unwrap();
        drop(lake);
        std::fs::remove_dir_all(&table).unwrap();
        copy(&saved, &table);
        let lake = site.lake().await;
        site.pipeline(&lake, 50).await.catch_up().await.unwrap();
        let report = check_lake(&site.log, &lake).await.unwrap();
        assert!(report.is_good(), "{behind:?}: {report:?}");
    }
}

/// A task that stays open reaches into days of its worker that are in closed files long since.
#[tokio::test]
async fn a_restart_does_not_double_the_days_that_an_open_task_reaches_into() {
    let site = Site::new().await;
    let mut events = traffic(6, 20.0, 11);
    let accepted = events.iter().position(|event| event.kind.as_str() == "reservation.accepted").unwrap();
    let (task, at_ms) = (events[accepted].task.clone(), events[accepted].at_ms);
    events.retain(|event| event.task != task || event.at_ms <= at_ms);
    site.log.append(&events).await.unwrap();
    for start in 0..3 {
        let lake = site.lake().await;
        site.pipeline(&lake, 1000).await.catch_up().await.unwrap();
        let report = check_lake(&site.log, &lake).await.unwrap();
        assert!(report.is_good(), "start {start}: {report:?}");
    }
}

/// The check has to be able to fail.
#[tokio::test]
async fn the_check_sees_a_missing_and_a_doubled_row() {
    let site = Site::new().await;
    site.log.append(&traffic(1, 60.0, 4)).await.unwrap();
    let lake = site.lake().await;
    site.pipeline(&lake, 50).await.catch_up().await.unwrap();
    let table = lake.table(TableId::Segments);
    let row = table.committed_rows(false).await.unwrap().into_iter().next().unwrap();
    let change = parclose_lake::Change { closed: vec![std::sync::Arc::new(row)], position: table.position(), ..Default::default() };
    table.commit(change, crate::kit::clock()).await.unwrap();
    let report = check_lake(&site.log, &lake).await.unwrap();
    assert!(!report.is_good());
}

/// Whoever comes back after months has a status row that begins months ago: a late event must replace it there.
#[tokio::test]
async fn a_status_of_seventy_days_is_replaced_where_it_lies() {
    let site = Site::new().await;
    let update = |id: &str, at_ms: i64, before: &str, took_ms: i64| {
        let payload = serde_json::json!({
            "worker_activity_name": "Available", "worker_previous_activity_name": before, "worker_name": "dina",
            "worker_time_in_previous_activity_ms": took_ms.to_string(), "worker_attributes": "{}",
        });
        parclose_model::Event {
            id: id.into(),
            source: "taskrouter".into(),
            kind: parclose_model::EventKind::new("worker.activity.update"),
            at_ms,
            task: None,
            worker: Some("WK1".into()),
            payload: payload.as_object().cloned().unwrap_or_default(),
        }
    };
    use crate::kit::{DAY_MS, FROM_MS};
    let back = FROM_MS + 8 * 3_600_000;
    site.log.append(&[update("EV1", back, "Offline", 70 * DAY_MS)]).await.unwrap();
    // Days later the day is closed; then a late event of that day comes.
    site.log.append(&[update("EV2", back + 5 * DAY_MS, "Available", 5 * DAY_MS)]).await.unwrap();
    let lake = site.lake().await;
    let mut pipeline = site.pipeline(&lake, 1).await;
    pipeline.catch_up().await.unwrap();
    site.log.append(&[update("EV3", back + 3_600_000, "Available", 3_600_000)]).await.unwrap();
    pipeline.catch_up().await.unwrap();
    let report = check_lake(&site.log, &lake).await.unwrap();
    assert!(report.is_good(), "{report:?}");
}
