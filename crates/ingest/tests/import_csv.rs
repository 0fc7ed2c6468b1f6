//! Delimited files: what a mapping may say, what becomes of lines, and what junk does (nothing).

use parclose_ingest::import::{ImportError, Mapping, Report, csv};
use parclose_model::Event;
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../../../examples/calls-csv.yaml");
const HEADER: &str = "call;queued_at;answered_at;ended_at;queue;agent;caller;talk;result";

fn run(mapping: &str, file: &[u8]) -> Result<(Vec<Event>, Report), ImportError> {
    let mut events = Vec::new();
    let report = csv::import(
        file,
        &Mapping::parse(mapping)?,
        &mut |batch| {
            events.extend(batch);
            Ok(())
        },
        &mut |_| {},
    )?;
    Ok((events, report))
}
fn example(lines: &[&str]) -> (Vec<Event>, Report) {
    let file = format!("{HEADER}\n{}\n", lines.join("\n"));
    run(EXAMPLE, file.as_bytes()).unwrap()
}
fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn a_served_call_and_an_abandoned_one() {
    let (events, report) = example(&[
        "1001;2026-03-02 09:15:00;2026-03-02 09:15:21;2026-03-02 09:19:02;Sales;Anna Novak;+420600100200;221;sold",
        "1002;2026-03-02 09:16:10;;2026-03-02 09:17:44;Sales;;+420600100201;;",
    ]);
    assert_eq!(
        kinds(&events),
        [
            "task.created",
            "task-queue.entered",
            "reservation.created",
            "reservation.accepted",
            "reservation.completed",
            "task.completed",
            "task.created",
            "task-queue.entered",
            "task.canceled",
        ]
    );
    assert_eq!((report.lines, report.good, report.events), (2, 2, 9));
    let accepted = &events[3];
    // 09:15:21 in Prague in winter.
    assert_eq!(accepted.at_ms, 1_772_439_321_000);
    assert_eq!(accepted.field("worker_name").as_deref(), Some("Anna Novak"));
    assert_eq!(accepted.field("task_queue_name").as_deref(), Some("Sales"));
    let attributes = accepted.object("task_attributes").unwrap();
    assert_eq!(attributes["conversations"]["talk_time"], 221);
    assert_eq!(attributes["conversations"]["conversation_attribute_1"], "Anvils", "looked up");
    assert_eq!(attributes["from"], "+420600100200");
    assert_eq!(events[8].object("task_attributes").unwrap()["conversations"]["abandoned"], "Yes");
    assert!(accepted.task.as_deref().unwrap().starts_with("IM") && accepted.source == "csv");
    assert!(
        events.iter().all(|event| event.task == event.field("task_sid") && event.worker == event.field("worker_sid"))
    );
}

#[test]
fn ids_come_from_source_and_key() {
    let line = "1001;2026-03-02 09:15:00;2026-03-02 09:15:21;2026-03-02 09:19:02;Sales;Anna Novak;;221;sold";
    let (once, _) = example(&[line]);
    assert_eq!(once, example(&[line]).0);
    let file = format!("{HEADER}\n{line}\n");
    let (other, _) = run(&EXAMPLE.replace("branch-office", "another"), file.as_bytes()).unwrap();
    assert!(once.iter().zip(&other).all(|(a, b)| a.id != b.id && a.task != b.task));
    let (_, report) = example(&[line, line]);
    assert_eq!(report.count_of("another line has the same key"), 1);
}

#[test]
fn bad_lines_are_refused_by_reason_without_their_values() {
    let (events, report) = example(&[
        "1;yesterday-secret;;2026-03-02 09:17:44;Sales;;;;",
        "2;2026-03-02 09:16:10;;",
        "3;2026-03-02 09:16:10;;2026-03-02 09:17:44;Sales;;;secret;",
        "4;;;;Sales;;;;",
        ";2026-03-02 09:16:10;;2026-03-02 09:17:44;Sales;;;;",
        "5;2026-03-02 09:16:10;2026-03-02 09:16:12;2026-03-02 09:17:44;Sales;;;secret;",
        "6;2026-03-02 09:16:10;;2099-03-02 09:17:44;Sales;;;;",
    ]);
    assert_eq!(kinds(&events), ["task.created", "task-queue.entered", "task.canceled"], "line 3 has no talk to time");
    let reasons: Vec<_> = report.refused.iter().map(|t| (t.reason.as_str(), t.first_lines.clone())).collect();
    assert_eq!(
        reasons,
        [
            ("a time can't be read", vec![2, 8]),
            ("the line has another number of columns than the header", vec![3]),
            ("the line has neither a wait nor a talk", vec![5]),
            ("the key is empty", vec![6]),
            ("a duration can't be read", vec![7]),
        ]
    );
    assert!(!serde_json::to_string(&report).unwrap().contains("secret"));
    assert_eq!(report.refused_lines() + report.skipped_lines() + report.good, report.lines);
}

#[test]
fn line_ends_marks_and_quotes_make_no_difference() {
    let lines = [
        HEADER,
        "1;2026-03-02 09:16:10;;2026-03-02 09:17:44;\"Sales; \"\"B\"\"\";;;;",
        "2;2026-03-02 09:16:10;;2026-03-02 09:17:44;X;;;;",
    ];
    let expected = run(EXAMPLE, lines.join("\n").as_bytes()).unwrap();
    assert_eq!(expected.0.len(), 6);
    assert_eq!(expected.0[1].field("task_queue_name").as_deref(), Some("Sales; \"B\""));
    for end in ["\r\n", "\r", "\n\n"] {
        let read = run(EXAMPLE, format!("\u{feff}{}{end}", lines.join(end)).as_bytes()).unwrap();
        assert_eq!(read.0, expected.0, "{end:?}");
    }
}

#[test]
fn latin_1_is_read_when_asked_for() {
    let file = [HEADER.as_bytes(), b"\n1;2026-03-02 09:16:10;;2026-03-02 09:17:44;B\xfcro;;;;\n"].concat();
    let (_, report) = run(EXAMPLE, &file).unwrap();
    assert_eq!(report.count_of("the line isn't text in the file's encoding"), 1);
    let (events, _) = run(&format!("{EXAMPLE}\nencoding: latin-1\n"), &file).unwrap();
    assert_eq!(events[1].field("task_queue_name").as_deref(), Some("Büro"));
}

/// Clocks without dates: what the bank's month needs, one thing at a time.
#[test]
fn clocks_cross_midnight_overlap_and_disagree() {
    let mapping = "
source: s
columns: [key, date, in, q1, q2, s1, s2, talk]
header: false
times: {zone: Europe/Prague, format: '%H:%M:%S', date_column: date, date_format: '%y%m%d'}
key: [{column: key}]
queue_name: {constant: Q}
arrival: {from: in, to: q1}
queue: {from: q1, to: q2}
service: {from: s1, to: s2, seconds: talk}
agent: {name: {constant: A}}
";
    let midnight = 1_772_406_000_000; // 2 March 2026 in Prague
    let day = 86_400;
    for (line, seconds, notes) in [
        ("a,260302,10:00:00,10:00:05,10:00:20,10:00:20,10:01:00,40", [36_005, 36_020, 36_060], vec![]),
        (
            "b,260302,10:00:00,10:00:05,10:00:20,10:00:19,10:01:00,41",
            [36_005, 36_020, 36_060],
            vec!["the talk begins before"],
        ),
        (
            "c,260302,23:59:00,23:59:05,0:00:20,0:00:20,0:01:00,40",
            [day - 55, day + 20, day + 60],
            vec!["the wait crosses midnight"],
        ),
        (
            "d,260302,23:59:00,23:59:05,23:59:50,23:59:50,0:01:00,70",
            [day - 55, day - 10, day + 60],
            vec!["the talk crosses midnight"],
        ),
        (
            "e,260302,23:59:59,0:00:01,0:00:09,0:00:09,0:01:00,51",
            [day + 1, day + 9, day + 60],
            vec!["the arrival crosses midnight"],
        ),
        (
            "f,260302,10:01:00,10:00:05,10:00:20,10:00:20,10:01:00,40",
            [36_005, 36_020, 36_060],
            vec!["the arrival ends before"],
        ),
        (
            "g,260302,10:00:00,10:00:05,10:00:20,10:00:10,10:00:15,5",
            [36_005, 36_020, 36_020],
            vec!["the talk begins before"],
        ),
    ] {
        let (events, report) = run(mapping, line.as_bytes()).unwrap();
        let at =
            |kind: &str| events.iter().find(|e| e.kind.as_str() == kind).map(|e| (e.at_ms - midnight) / 1000).unwrap();
        let found = [at("task-queue.entered"), at("reservation.accepted"), at("reservation.completed")];
        assert_eq!(found, seconds, "{line}");
        let told: Vec<_> = report.noted.iter().map(|tally| tally.reason.as_str()).collect();
        assert!(
            told.len() == notes.len() && told.iter().zip(&notes).all(|(told, note)| told.starts_with(note)),
            "{line} {told:?}"
        );
    }
}

#[test]
fn mappings_are_checked_before_anything_is_read() {
    let with = |from: &str, to: &str| {
        let text = EXAMPLE.replace(from, to);
        assert_ne!(text, EXAMPLE);
        Mapping::parse(&text).unwrap_err().to_string()
    };
    assert!(with("queue_name:", "queue_nam:").contains("queue_nam"));
    assert!(with("outcome: {", "outcom: {").contains("outcom"));
    assert!(with("table: departments", "table: nowhere").contains("nowhere"));
    assert!(with("zone: Europe/Prague", "zone: Europe/Atlantis").contains("zone"));
    assert!(with("{column: call}", "{column: call, constant: 1}").contains("a value is one of"));
    assert!(with("{column: call}", "{}").contains("a value is one of"));
    assert!(with("seconds: talk}", "seconds: talk, present: {column: a, is: 1, above: 2}}").contains("a condition"));
    assert!(with("source: branch-office", "source: ''").contains("source"));
    let missing = run(EXAMPLE, b"call;agent\n1;2\n").unwrap_err();
    assert_eq!(missing.code(), "import.columns");
    assert!(missing.to_string().contains("queued_at"));
    assert_eq!(run(EXAMPLE, b"").unwrap_err().code(), "import.columns");
}

#[test]
fn a_full_sink_ends_the_import() {
    let file = format!("{HEADER}\n1;2026-03-02 09:16:10;;2026-03-02 09:17:44;X;;;;\n");
    let mapping = Mapping::parse(EXAMPLE).unwrap();
    let error = csv::import(file.as_bytes(), &mapping, &mut |_| Err(ImportError::Sink("full".into())), &mut |_| {})
        .unwrap_err();
    assert_eq!(error.code(), "import.sink");
}

#[test]
fn times_that_a_clock_change_skips_stay_in_order() {
    let mapping = "
source: s
columns: [in, q1, q2, s1, s2, date]
header: false
times: {zone: Europe/Prague, format: '%H:%M:%S', date_column: date, date_format: '%y%m%d'}
key: [{column: in}]
queue_name: {constant: Q}
arrival: {from: in, to: q1}
queue: {from: q1, to: q2}
service: {from: s1, to: s2}
agent: {name: {constant: A}}
";
    // On 29 March 2026 there was no time from two to three o'clock in Prague.
    let (events, _) = run(mapping, b"1:59:00,2:04:00,2:30:00,3:00:00,3:01:00,260329").unwrap();
    let first = "2026-03-29T00:59:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let minutes: std::collections::BTreeSet<i64> = events.iter().map(|e| (e.at_ms - first) / 60_000).collect();
    assert!(minutes.iter().all(|m| (0..=2).contains(m)), "{minutes:?}");
    assert!(events.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
}

proptest! {
    #[test]
    fn junk_never_panics(junk in proptest::collection::vec(any::<u8>(), 0..400), fields in proptest::collection::vec("[0-9:;\" -]{0,24}", 0..30)) {
        let _ = run(EXAMPLE, &junk);
        let mut file = format!("{HEADER}\n").into_bytes();
        file.extend(&junk);
        file.extend(b"\n");
        file.extend(fields.join(";").bytes());
        let (events, report) = run(EXAMPLE, &file).unwrap();
        prop_assert_eq!(report.good + report.refused_lines() + report.skipped_lines(), report.lines);
        prop_assert_eq!(report.events as usize, events.len());
        let _ = Mapping::parse(&String::from_utf8_lossy(&junk));
    }

    #[test]
    fn no_times_confuse_the_clocks(times in proptest::collection::vec((0u32..24, 0u32..60, 0u32..60), 5), talk in -5i64..100_000) {
        let mapping = "
source: s
columns: [in, q1, q2, s1, s2, talk, date]
header: false
times: {zone: Europe/Prague, format: '%H:%M:%S', date_column: date, date_format: '%y%m%d'}
key: [{column: in}]
queue_name: {constant: Q}
arrival: {from: in, to: q1}
queue: {from: q1, to: q2}
service: {from: s1, to: s2, seconds: talk}
agent: {name: {constant: A}}
";
        let clocks: Vec<String> = times.iter().map(|(h, m, s)| format!("{h}:{m:02}:{s:02}")).collect();
        let (events, report) = run(mapping, format!("{},{talk},260329", clocks.join(",")).as_bytes()).unwrap();
        prop_assert_eq!(report.good, 1);
        prop_assert!(events.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms), "{:?}", clocks);
    }
}
