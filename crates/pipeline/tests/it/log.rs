use crate::kit::{Site, clock, traffic};
use parclose_pipeline::EventLog;

#[tokio::test]
async fn duplicates_change_nothing() {
    let site = Site::new().await;
    let events = traffic(1, 60.0, 1);
    let first = site.log.append(&events).await.unwrap();
    assert_eq!((first.new, first.duplicates), (events.len(), 0));
    let again = site.log.append(&events).await.unwrap();
    assert_eq!((again.new, again.duplicates), (0, events.len()));
    assert_eq!(site.log.count().await.unwrap(), events.len() as u64);
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let site = Site::new().await;
    let events = traffic(1, 30.0, 2);
    // Many senders at once share commits.
    let sends = events.chunks(3).map(|some| {
        let (log, some) = (site.log.clone(), some.to_vec());
        tokio::spawn(async move { log.append(&some).await.unwrap().new })
    });
    let mut new = 0;
    for send in sends.collect::<Vec<_>>() {
        new += send.await.unwrap();
    }
    assert_eq!(new, events.len());
    let reopened = EventLog::open(&site.folder.path().join("events.db"), clock).await.unwrap();
    let mut ids: Vec<String> = reopened.after(0, 100_000).await.unwrap().into_iter().map(|l| l.event.id).collect();
    ids.sort();
    let mut wanted: Vec<String> = events.into_iter().map(|e| e.id).collect();
    wanted.sort();
    assert_eq!(ids, wanted);
}
