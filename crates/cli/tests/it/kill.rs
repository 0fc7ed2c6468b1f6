//! `kill -9` at random moments under load: no answered event is lost or counted twice.

use crate::server::{SECRET, Server, program};
use parclose_ingest::door::signature::sign_json;
use parclose_ingest::simulate::{Simulator, acme, wire};
use parclose_model::Event;
use parclose_pipeline::EventLog;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const KILLS: usize = 50;
const SENDERS: usize = 4;

async fn post(client: &reqwest::Client, url: &str, events: &[Event]) -> bool {
    let body = wire::cloud_events(events);
    let (url, signature) = sign_json(SECRET, &format!("{url}/hooks/event-streams/main"), &body);
    let request = client.post(url).header("content-type", "application/json").header("x-twilio-signature", signature).body(body);
    request.send().await.is_ok_and(|answer| answer.status() == 204)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_fifty_times_nothing_answered_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let from_ms = 1_792_713_600_000;
    let events: Vec<Event> = Simulator::new(acme::company(700.0), 3, from_ms, from_ms + 4 * 86_400_000).collect();
    let waiting: Arc<Mutex<VecDeque<Vec<Event>>>> = Arc::new(Mutex::new(events.chunks(9).map(<[Event]>::to_vec).collect()));
    let answered: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut rng = StdRng::seed_from_u64(11);
    for _ in 0..KILLS {
        let server = Server::start(folder.path()).await;
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                let (waiting, answered, url) = (waiting.clone(), answered.clone(), server.url.clone());
                tokio::spawn(async move {
                    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
                    loop {
                        let Some(batch) = waiting.lock().unwrap().pop_front() else { return };
                        if post(&client, &url, &batch).await {
                            answered.lock().unwrap().extend(batch.into_iter().map(|e| e.id));
                        } else {
                            // Not answered: the platform sends it again.
                            waiting.lock().unwrap().push_back(batch);
                            return;
                        }
                    }
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(rng.random_range(5..700))).await;
        server.kill();
        for sender in senders {
            sender.await.unwrap();
        }
    }
    let answered = answered.lock().unwrap().clone();
    assert!(answered.len() > 1_000, "the load was too small to prove anything: {}", answered.len());
    let server = Server::start(folder.path()).await;
    server.kill();
    let log = EventLog::open(&folder.path().join("events.db"), || 0).await.unwrap();
    let mut kept: HashMap<String, usize> = HashMap::new();
    for logged in log.after(0, u32::MAX).await.unwrap().events {
        *kept.entry(logged.event.id).or_default() += 1;
    }
    assert!(kept.values().all(|n| *n == 1));
    let lost = answered.iter().filter(|id| !kept.contains_key(*id)).count();
    assert_eq!(lost, 0);
    drop(log);
    // One clean start takes in what the last kill left; then lake and log must agree.
    let import = folder.path().join("none.jsonl");
    std::fs::write(&import, "").unwrap();
    let run = |arguments: &[&str]| {
        let out = program().args(arguments).arg("--data-dir").arg(folder.path()).args(["--workspace", "main"]).output().unwrap();
        assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    run(&["import", "events", import.to_str().unwrap()]);
    let report = run(&["lake", "check"]);
    assert!(report.contains("the lake holds exactly what the event log gives"), "{report}");
}
