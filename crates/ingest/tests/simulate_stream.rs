//! The stream of simulated events: repeatable, seamless, in order, well formed, and the same through every door.

use std::collections::HashMap;

use parclose_ingest::door::{Limits, cloud_events, form};
use parclose_ingest::simulate::{Simulator, acme, noise, wire};
use parclose_model::Event;

const FROM: i64 = 1_767_567_600_000;
const DAY: i64 = 86_400_000;

fn days(seed: u64, days: i64) -> Vec<Event> {
    Simulator::new(acme::demo(), seed, FROM, FROM + days * DAY).collect()
}

#[test]
fn same_seed_same_bytes() {
    let text = |events: &[Event]| serde_json::to_string(events).unwrap();
    assert!(text(&days(7, 3)) == text(&days(7, 3)));
    assert!(text(&days(7, 3)) != text(&days(8, 3)));
}

#[test]
fn history_goes_on_live_without_a_seam() {
    let whole = days(7, 3);
    let mut live = Simulator::new(acme::demo(), 7, FROM, i64::MAX);
    let mut pieces = Vec::new();
    let mut until = FROM;
    while until < FROM + 3 * DAY {
        // Steps of changing length, also some that find nothing.
        until = (until + 1 + (until % 7_919_000)).min(FROM + 3 * DAY);
        while let Some(event) = live.next_before(until) {
            assert!(event.at_ms < until);
            pieces.push(event);
        }
    }
    assert!(whole == pieces);
}

#[test]
fn a_start_in_the_middle_of_a_day_finds_people_at_work() {
    let noon = FROM + 12 * 3_600_000;
    let events: Vec<Event> = Simulator::new(acme::demo(), 7, noon, noon + DAY / 4).collect();
    assert!(events.iter().all(|event| event.at_ms >= noon));
    let at_work = events
        .iter()
        .filter(|e| {
            e.kind.as_str() == "worker.created" && e.field("worker_activity_name").as_deref() == Some("Available")
        })
        .count();
    assert!(at_work > 10, "{at_work}");
    let first_task = events.iter().find(|e| e.task.is_some()).unwrap();
    assert_eq!(first_task.kind.as_str(), "task.created", "no task without a beginning");
}

#[test]
fn events_are_in_order_and_ids_are_unique() {
    let events = days(9, 5);
    assert!(events.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
    let ids: std::collections::HashSet<_> = events.iter().map(|e| &e.id).collect();
    assert_eq!(ids.len(), events.len());
}

/// Every task begins, goes on and ends as the platform's do.
#[test]
fn every_task_is_a_well_formed_story() {
    let mut tasks: HashMap<String, Vec<Event>> = HashMap::new();
    for event in days(11, 14) {
        assert_eq!(event.task, event.field("task_sid"));
        assert_eq!(event.worker, event.field("worker_sid"));
        if let Some(task) = event.task.clone() {
            tasks.entry(task).or_default().push(event);
        }
    }
    let horizon = FROM + 13 * DAY;
    for (task, story) in &tasks {
        let kinds: Vec<&str> = story.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds[..2], ["task.created", "task-queue.entered"], "{kinds:?}");
        assert!(story.windows(2).all(|pair| pair[0].at_ms < pair[1].at_ms
            && pair[0].whole("task_version").unwrap() + 1 == pair[1].whole("task_version").unwrap()));
        let ends = kinds.iter().filter(|kind| matches!(**kind, "task.completed" | "task.canceled")).count();
        if story[0].at_ms < horizon {
            assert_eq!(ends, 1, "{task} {kinds:?}");
            assert!(matches!(kinds[kinds.len() - 1], "task.completed" | "task.canceled"), "{kinds:?}");
        }
        let mut offers: HashMap<String, Vec<&str>> = HashMap::new();
        for event in story.iter().filter(|event| event.kind.as_str().starts_with("reservation.")) {
            assert!(event.worker.is_some() && event.object("worker_attributes").is_some());
            offers.entry(event.field("reservation_sid").unwrap()).or_default().push(&event.kind.as_str()[12..]);
        }
        for offer in offers.values().filter(|_| ends == 1) {
            let known: [&[&str]; 5] = [
                &["created", "accepted", "wrapup", "completed"],
                &["created", "accepted", "completed"],
                &["created", "timeout"],
                &["created", "rejected"],
                &["created", "canceled"],
            ];
            assert!(known.contains(&offer.as_slice()), "{offer:?}");
        }
    }
}

#[test]
fn callbacks_and_forwarded_chats_stay_in_their_conversation() {
    let events = days(13, 21);
    let created: HashMap<&str, &Event> =
        events.iter().filter(|e| e.kind.as_str() == "task.created").map(|e| (e.task.as_deref().unwrap(), e)).collect();
    let (mut callbacks, mut forwarded) = (0, 0);
    for event in created.values() {
        let attributes = event.object("task_attributes").unwrap();
        let Some(first) = attributes["conversations"].get("conversation_id").and_then(|id| id.as_str()) else {
            continue;
        };
        assert!(created.contains_key(first));
        callbacks += usize::from(attributes["direction"] == "outbound");
        forwarded += usize::from(attributes.contains_key("previous_task_sid"));
    }
    assert!(callbacks > 20 && forwarded > 5, "{callbacks} {forwarded}");
}

#[test]
fn one_agent_of_each_call_at_a_time() {
    let mut talking: HashMap<String, usize> = HashMap::new();
    let mut most_written = 0;
    let mut channel: HashMap<String, bool> = HashMap::new();
    for event in days(15, 10) {
        let (Some(worker), Some(offer)) = (event.worker.clone(), event.field("reservation_sid")) else { continue };
        let voice = *channel.entry(offer).or_insert(event.field("task_channel_unique_name").unwrap() == "voice");
        let count = talking.entry(format!("{worker}{voice}")).or_default();
        match event.kind.as_str() {
            "reservation.accepted" => *count += 1,
            "reservation.completed" => *count -= 1,
            _ => continue,
        }
        assert!(*count <= if voice { 1 } else { 3 });
        most_written = most_written.max(if voice { 0 } else { *count });
    }
    assert!(most_written >= 2, "written conversations run in parallel");
}

#[test]
fn doors_read_back_what_the_wire_carries() {
    let events: Vec<Event> = days(17, 2).into_iter().take(4_000).collect();
    let read = cloud_events::parse(&wire::cloud_events(&events), &Limits::default()).unwrap();
    for (sent, read) in events.iter().zip(read) {
        assert_eq!(*sent, Event { source: sent.source.clone(), ..read });
        let form = form::parse(&wire::form_params(sent)).unwrap();
        assert_eq!(*sent, Event { source: sent.source.clone(), ..form });
    }
}

#[test]
fn form_bodies_are_url_encoded() {
    let event = days(17, 1).into_iter().find(|event| event.task.is_some()).unwrap();
    let body = wire::form_body(&event);
    assert!(body.is_ascii() && !body.contains(['{', '"', ' ']), "{body}");
    assert!(body.starts_with("EventType=task.created&Sid=EV"));
    assert!(body.contains("&TaskAttributes=%7B%22direction%22%3A%22inbound%22"));
}

#[test]
fn noise_loses_nothing() {
    let events: Vec<Event> = days(19, 1);
    let disturbed = noise::disturb(&events, noise::Noise::default(), 1);
    assert!(disturbed.len() > events.len());
    assert!(disturbed == noise::disturb(&events, noise::Noise::default(), 1), "repeatable");
    assert!(disturbed.windows(2).any(|pair| pair[0].at_ms > pair[1].at_ms), "out of order");
    let ids = |events: &[Event]| events.iter().map(|e| e.id.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(ids(&events), ids(&disturbed));
    let shuffled = noise::shuffle(&events, 1);
    assert_eq!(ids(&events), ids(&shuffled));
    assert_ne!(events, shuffled);
}
