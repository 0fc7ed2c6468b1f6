//! Simulated and imported events make the rows that a contact centre would expect: nothing is corrupted.

use std::collections::BTreeMap;

use parclose_ingest::import::queue_log::{self, QueueLogMapping};
use parclose_ingest::rows::task_rows;
use parclose_ingest::simulate::{Simulator, acme, noise};
use parclose_model::columns::kind;
use parclose_model::{Event, Row};

const FROM: i64 = 1_767_567_600_000;

fn by_task(events: Vec<Event>) -> BTreeMap<String, Vec<Event>> {
    let mut tasks: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for event in events {
        if let Some(task) = event.task.clone() {
            tasks.entry(task).or_default().push(event);
        }
    }
    tasks
}
fn text(row: &Row, column: &str) -> String {
    row.get(column).as_text().unwrap_or_default().to_owned()
}

#[test]
fn two_weeks_of_acme_have_no_corrupted_segment() {
    let events: Vec<Event> = Simulator::new(acme::demo(), 21, FROM, FROM + 14 * 86_400_000).collect();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut hang_ups: BTreeMap<String, usize> = BTreeMap::new();
    for (task, events) in by_task(events) {
        for row in task_rows(&task, &events).segments {
            let name = text(&row, "kind");
            assert_ne!(
                name,
                kind::CORRUPTED,
                "{:?}",
                events.iter().map(|e| (e.at_ms, e.kind.as_str())).collect::<Vec<_>>()
            );
            if name == kind::CONVERSATION {
                *hang_ups.entry(text(&row, "hang_up_by")).or_default() += 1;
                assert!(!row.get("queue").is_null() && !row.get("conversation_attribute_1").is_null());
            }
            *kinds.entry(format!("{name} {}", text(&row, "abandoned"))).or_default() += 1;
        }
    }
    println!("{kinds:?} {hang_ups:?}");
    for wanted in [
        "Conversation No",
        "Conversation Yes",
        "Conversation Follow-Up",
        "Queue Yes",
        "Missed Conversation No",
        "Rejected Conversation No",
    ] {
        assert!(kinds.contains_key(wanted), "{wanted}");
    }
    for wanted in ["Customer", "Agent", "Cold Transfer", "Warm Transfer"] {
        assert!(hang_ups.contains_key(wanted), "{wanted}");
    }
    assert_eq!(kinds["Queue Yes"], kinds["Conversation Yes"], "an abandon has two rows");
}

#[test]
fn noise_doesnt_change_rows() {
    let events: Vec<Event> = Simulator::new(acme::demo(), 22, FROM, FROM + 86_400_000).collect();
    let shuffled = by_task(noise::shuffle(&noise::disturb(&events, noise::Noise::default(), 3), 4));
    for (task, events) in by_task(events) {
        assert_eq!(task_rows(&task, &events), task_rows(&task, &shuffled[&task]));
    }
}

#[test]
fn a_queue_logs_calls_become_segments() {
    let log = b"100|1.1|600|NONE|ENTERQUEUE||7000|1
120|1.1|600|SIP/102|RINGNOANSWER|15000
130|1.1|600|SIP/101|CONNECT|30|1.2|4
190|1.1|600|SIP/101|COMPLETECALLER|30|60|1
200|2.1|600|NONE|ENTERQUEUE||7001|1
260|2.1|600|NONE|ABANDON|1|1|60
300|3.1|600|NONE|ENTERQUEUE||7001|1
360|3.1|600|NONE|EXITWITHTIMEOUT|1
360|3.1|700|NONE|ENTERQUEUE||7001|1
370|3.1|700|SIP/101|CONNECT|10|1.2|4
400|3.1|700|SIP/101|COMPLETEAGENT|10|30|1
500|4.1|600|NONE|ENTERQUEUE||7001|1
560|4.1|600|NONE|EXITWITHTIMEOUT|1
";
    let mapping = QueueLogMapping::parse("source: s").unwrap();
    let mut events = Vec::new();
    let report = queue_log::import(
        log.as_slice(),
        &mapping,
        &mut |batch| {
            events.extend(batch);
            Ok(())
        },
        &mut |_| {},
    );
    assert_eq!(report.unwrap().refused, []);
    let mut rows = Vec::new();
    for (task, events) in by_task(events) {
        for row in task_rows(&task, &events).segments {
            let start = row.get("segment_start").as_instant().unwrap();
            let facts = (row.get("queue_time").as_whole(), row.get("talk_time").as_whole());
            rows.push((start, text(&row, "kind"), text(&row, "abandoned"), facts.0, facts.1));
        }
    }
    rows.sort();
    let second = if rows[0].0 == 100_000 { 1_000 } else { 1_000_000 };
    let found: Vec<_> = rows
        .iter()
        .map(|(at, kind, abandoned, queue, talk)| (at / second, kind.as_str(), abandoned.as_str(), *queue, *talk))
        .collect();
    assert_eq!(
        found,
        [
            (100, "Queue", "No", Some(30), None),
            (105, "Missed Conversation", "No", None, None),
            (130, "Conversation", "No", Some(30), Some(60)),
            (200, "Queue", "Yes", Some(60), None),
            (260, "Conversation", "Yes", Some(60), None),
            (300, "Queue", "No", Some(60), None),
            (360, "Queue", "No", Some(10), None),
            (370, "Conversation", "No", Some(10), Some(30)),
            (500, "Queue", "Follow-Up", Some(60), None),
            (560, "Conversation", "Follow-Up", Some(60), None),
        ]
    );
}
