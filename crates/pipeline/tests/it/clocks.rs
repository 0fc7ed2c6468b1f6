//! Senders whose clocks are wrong.

use crate::kit::{DAY_MS, Site, clock, traffic};
use parclose_lake::Fresh;
use parclose_model::TableId;
use parclose_pipeline::check_lake;

/// One event from the future must not close what still waits for its end: days of workers, tasks without one.
#[tokio::test]
async fn an_event_from_the_future_settles_nothing() {
    let (right, wrong) = (Site::new().await, Site::new().await);
    let events = traffic(4, 40.0, 21);
    let future = |ahead_ms: i64| {
        let mut event = events[0].clone();
        (event.id, event.at_ms, event.task, event.worker) = (format!("EV-ahead-{ahead_ms}"), clock() + ahead_ms, None, None);
        event
    };
    let mut open = Vec::new();
    for (site, more) in [(&right, Vec::new()), (&wrong, vec![future(30 * DAY_MS), future(6 * 60_000)])] {
        site.log.append(&events).await.unwrap();
        site.log.append(&more).await.unwrap();
        let lake = site.lake().await;
        site.pipeline(&lake, 50).await.catch_up().await.unwrap();
        let live = lake.live();
        let fresh: usize = live.tables[&TableId::Segments].fresh.iter().map(Fresh::count).sum();
        open.push((lake.table(TableId::Segments).open_units().await.unwrap().len(), fresh, live.newest_event_ms, site.log.newest_ms().await.unwrap()));
        assert!(check_lake(&site.log, &lake).await.unwrap().is_good());
    }
    assert_eq!(open[0], open[1]);
    assert!(open[0].0 > 10, "there are units that wait: {open:?}");
    // Clocks differ by seconds and minutes: that much is believed.
    wrong.log.append(&[future(4 * 60_000)]).await.unwrap();
    assert_eq!(wrong.log.newest_ms().await.unwrap(), Some(clock() + 4 * 60_000));
}
