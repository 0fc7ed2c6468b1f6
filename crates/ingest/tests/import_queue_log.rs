//! Asterisk's queue log: calls and agents put together from interleaved lines.

use parclose_ingest::import::Report;
use parclose_ingest::import::queue_log::{QueueLogMapping, import};
use parclose_model::Event;
use proptest::prelude::*;

fn run(file: &[u8]) -> (Vec<Event>, Report) {
    let mapping = QueueLogMapping::parse(include_str!("../../../examples/queue-log.yaml")).unwrap();
    let mut events = Vec::new();
    let report = import(
        file,
        &mapping,
        &mut |batch| {
            events.extend(batch);
            Ok(())
        },
        &mut |_| {},
    );
    (events, report.unwrap())
}
fn told(events: &[Event], from_s: i64) -> Vec<(i64, &str)> {
    events.iter().map(|event| (event.at_ms / 1000 - from_s, event.kind.as_str())).collect()
}

#[test]
fn an_abandoned_call() {
    let (events, report) = run(b"1596512941|1596512941.163|support|NONE|ENTERQUEUE||7000|1\n1596513009|1596512941.163|support|NONE|ABANDON|1|1|68\n");
    assert_eq!(told(&events, 1_596_512_941), [(0, "task.created"), (0, "task-queue.entered"), (68, "task.canceled")]);
    let last = events[2].object("task_attributes").unwrap();
    assert_eq!(last["from"], "7000");
    assert_eq!(last["conversations"]["queue_time"], 68);
    assert_eq!(last["conversations"]["conversation_attribute_1"], "Support");
    assert_eq!(events[2].field("task_queue_name").as_deref(), Some("Support"));
    assert_eq!((report.lines, report.good, report.noted.len()), (2, 2, 0));
}

#[test]
fn a_served_call_with_a_missed_offer() {
    let (events, _) = run(b"100|1.1|600|NONE|ENTERQUEUE||7000|1
120|1.1|600|SIP/102|RINGNOANSWER|15000
130|1.1|600|SIP/101|CONNECT|30|1.2|4
190|1.1|600|SIP/101|COMPLETECALLER|30|60|1
");
    assert_eq!(
        told(&events, 100),
        [
            (0, "task.created"),
            (0, "task-queue.entered"),
            (5, "reservation.created"),
            (20, "reservation.timeout"),
            (26, "reservation.created"),
            (30, "reservation.accepted"),
            (90, "reservation.completed"),
            (90, "task.completed"),
        ]
    );
    let offers: Vec<_> = events.iter().filter_map(|e| e.field("reservation_sid")).collect();
    assert!(offers[0] == offers[1] && offers[1] != offers[2] && offers[2] == offers[4]);
    assert_eq!(events[2].field("worker_name").as_deref(), Some("Boris Adler"));
    assert_eq!(events[5].field("worker_name").as_deref(), Some("Anna Novak"));
    let end = events[7].object("task_attributes").unwrap();
    assert_eq!(end["conversations"]["talk_time"], 60);
    assert_eq!(end["conversations"]["queue_time"], 30);
    assert_eq!(end["conversations"]["hang_up_by"], "Customer");
}

#[test]
fn leaving_a_queue_for_another_is_one_task_and_coming_back_from_an_agent_is_a_second_one() {
    let (events, _) = run(b"100|1.1|600|NONE|ENTERQUEUE||7000|1
160|1.1|600|NONE|EXITWITHTIMEOUT|1|1|60
160|1.1|support|NONE|ENTERQUEUE||7000|1
170|1.1|support|PJSIP/eva|CONNECT|10|1.2|3
200|1.1|support|PJSIP/eva|BLINDTRANSFER|600|default|10|30|1
201|1.1|600|NONE|ENTERQUEUE||7000|1
205|1.1|600|NONE|EXITWITHKEY|1|1|1|4
");
    let tasks: std::collections::BTreeSet<_> = events.iter().map(|e| e.task.clone().unwrap()).collect();
    assert_eq!(tasks.len(), 2);
    let entered: Vec<_> = events.iter().filter(|e| e.kind.as_str() == "task-queue.entered").collect();
    assert_eq!(entered.len(), 3);
    assert_eq!(entered[0].task, entered[1].task);
    let linked = entered[2].object("task_attributes").unwrap();
    assert_eq!(linked["conversations"]["conversation_id"], serde_json::json!(entered[0].task));
    let last = events.last().unwrap();
    assert_eq!((last.kind.as_str(), last.at_ms), ("task.canceled", 205_000), "left for somewhere else");
    assert_eq!(last.object("task_attributes").unwrap()["conversations"]["abandoned"], "Follow-Up");
    let ids: std::collections::BTreeSet<_> = events.iter().map(|e| &e.id).collect();
    assert_eq!(ids.len(), events.len());
}

#[test]
fn calls_without_an_end_stay_open_and_calls_without_a_beginning_are_noted() {
    let (events, report) = run(b"100|1.1|600|NONE|ENTERQUEUE||7000|1
130|2.1|600|SIP/101|COMPLETEAGENT|30|60|1
");
    assert_eq!(report.count_of("a call whose end isn't in the file: it stays open"), 1);
    assert_eq!(report.count_of("a call whose beginning isn't in the file"), 1);
    assert_eq!(
        told(&events, 100),
        [(0, "task.created"), (0, "task-queue.entered"), (30, "reservation.completed"), (30, "task.completed")]
    );
}

#[test]
fn agents_come_pause_and_go() {
    let (events, _) = run(b"100|NONE|600|SIP/101|ADDMEMBER|
101|NONE|support|SIP/101|ADDMEMBER|
200|NONE|NONE|SIP/101|PAUSEALL|Lunch
200|NONE|600|SIP/101|PAUSE|Lunch
260|NONE|600|SIP/101|UNPAUSE|
300|NONE|600|SIP/101|REMOVEMEMBER|
310|NONE|support|SIP/101|REMOVEMEMBER|
");
    let changes: Vec<_> = events
        .iter()
        .map(|e| {
            (
                e.at_ms / 1000,
                e.field("worker_activity_name").unwrap(),
                e.field("worker_previous_activity_name"),
                e.whole("worker_time_in_previous_activity"),
            )
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        changes,
        [
            (100, "Available".to_owned(), None, None),
            (200, "Lunch".to_owned(), some("Available"), Some(100)),
            (260, "Available".to_owned(), some("Lunch"), Some(60)),
            (310, "Offline".to_owned(), some("Available"), Some(50)),
        ]
    );
}

#[test]
fn bad_lines_are_refused_and_the_rest_is_read() {
    let (events, report) = run(b"nonsense
soon|1.1|600|NONE|ENTERQUEUE||7000|1
100|NONE|NONE|NONE|QUEUESTART|
100|1.1|600|NONE|WHATEVER|
100|NONE|600|NONE|CONNECT|1|2|3
100|NONE|600|NONE|PAUSE|
\xff\xfe|1|2|3|4
2020-08-04 10:01:52.5|9.1|600|NONE|ENTERQUEUE||7000|1
");
    assert_eq!((report.refused_lines(), report.skipped_lines(), report.good), (5, 2, 1));
    assert_eq!(events[0].at_ms, 1_596_528_112_500, "local time in Prague");
}

#[test]
fn a_second_import_makes_the_same_events() {
    let file = b"100|1.1|600|NONE|ENTERQUEUE||7000|1\n130|1.1|600|SIP/101|CONNECT|30|1.2|4\n190|1.1|600|SIP/101|COMPLETECALLER|30|60|1\n";
    assert_eq!(run(file).0, run(file).0);
}

fn line() -> impl Strategy<Value = String> {
    let event = prop::sample::select(vec![
        "ENTERQUEUE",
        "CONNECT",
        "COMPLETECALLER",
        "COMPLETEAGENT",
        "ABANDON",
        "RINGNOANSWER",
        "EXITWITHTIMEOUT",
        "EXITWITHKEY",
        "BLINDTRANSFER",
        "ATTENDEDTRANSFER",
        "ADDMEMBER",
        "REMOVEMEMBER",
        "PAUSE",
        "UNPAUSE",
        "QUEUESTART",
        "X",
    ]);
    (0u32..5000, 0u8..4, 0u8..3, event, "[0-9|]{0,12}")
        .prop_map(|(time, call, agent, event, params)| format!("{time}|{call}.1|600|SIP/{agent}|{event}|{params}"))
}

proptest! {
    #[test]
    fn any_log_is_read(lines in proptest::collection::vec(line(), 0..60), junk in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut file = lines.join("\n").into_bytes();
        file.extend(b"\n");
        file.extend(&junk);
        let (events, report) = run(&file);
        prop_assert_eq!(report.good + report.refused_lines() + report.skipped_lines(), report.lines);
        let ids: std::collections::BTreeSet<_> = events.iter().filter(|e| e.task.is_some()).map(|e| &e.id).collect();
        prop_assert_eq!(ids.len(), events.iter().filter(|e| e.task.is_some()).count());
    }
}
