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
    let mut ids: Vec<String> = reopened.after(0, 100_000).await.unwrap().events.into_iter().map(|l| l.event.id).collect();
    ids.sort();
    let mut wanted: Vec<String> = events.into_iter().map(|e| e.id).collect();
    wanted.sort();
    assert_eq!(ids, wanted);
}

/// Memory is bounded by bytes and not only by the number of requests.
#[tokio::test]
async fn what_waits_for_the_disk_is_bounded_in_bytes() {
    use sqlx::Connection;
    let site = Site::new().await;
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(site.folder.path().join("events.db"));
    let mut disk = sqlx::SqliteConnection::connect_with(&file).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut disk).await.unwrap();
    // Random text does not pack: each is about 6 MiB on its way to the disk.
    let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(1);
    let template = traffic(1, 30.0, 3).remove(0);
    let text: String = (0..8 << 20).map(|_| char::from(rand::Rng::random_range(&mut rng, b'!'..=b'~'))).collect();
    let mut waiting = Vec::new();
    let mut busy = 0;
    for n in 0..14 {
        let mut event = template.clone();
        event.id = format!("EV-large-{n}");
        event.payload.insert("text".into(), text.clone().into());
        let log = site.log.clone();
        let mut sending = Box::pin(async move { log.append(&[event]).await });
        match futures::poll!(&mut sending) {
            std::task::Poll::Ready(Err(parclose_pipeline::LogError::Busy)) => busy += 1,
            std::task::Poll::Ready(other) => panic!("{other:?}"),
            std::task::Poll::Pending => waiting.push(sending),
        }
    }
    assert!((7..=11).contains(&waiting.len()), "{} wait, {busy} are put off", waiting.len());
    sqlx::raw_sql("COMMIT").execute(&mut disk).await.unwrap();
    let kept = waiting.len() as u64;
    for sending in waiting {
        sending.await.unwrap();
    }
    assert_eq!(site.log.count().await.unwrap(), kept);
    site.log.append(&traffic(1, 30.0, 3)).await.unwrap();
}
