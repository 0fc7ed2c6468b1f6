//! A real month of a real call centre through its mapping. The data isn't ours to ship: the test runs where it is
//! found (the environment variable `PARCLOSE_BANK_DIR`, or a folder `shared/data` beside or above the
//! repository) and passes silently elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use parclose_ingest::import::{Mapping, Report, Sink, csv};
use parclose_ingest::rows::task_rows;
use parclose_model::Event;
use parclose_model::columns::kind;

const FILE: &str = "data_anonymous_bank_february.txt";

fn data() -> Option<PathBuf> {
    let named = std::env::var_os("PARCLOSE_BANK_DIR").map(PathBuf::from);
    let own = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where"));
    let above = own.ancestors().map(|dir| dir.join("shared/data/anonymous_bank_1999_02"));
    named.into_iter().chain(above).map(|dir| dir.join(FILE)).find(|file| file.is_file())
}

fn mapping() -> Mapping {
    Mapping::parse(include_str!("../../../examples/anonymous-bank.yaml")).unwrap()
}

fn import(file: &Path) -> (Vec<Event>, Report) {
    let mut events = Vec::new();
    let mut told = Vec::new();
    let report = csv::import(
        BufReader::new(File::open(file).unwrap()),
        &mapping(),
        &mut |batch| {
            events.extend(batch);
            Ok(())
        },
        &mut |progress| told.push(progress),
    );
    let report = report.unwrap();
    assert_eq!(told.len(), 34, "each thousand lines and at the end");
    assert_eq!(told.last().map(|p| (p.lines, p.bytes)), Some((33_344, 3_453_308)));
    (events, report)
}

#[test]
fn the_bank_month_is_read_as_measured() {
    let Some(file) = data() else { return };
    let started = std::time::Instant::now();
    let (events, report) = import(&file);
    println!("{} events in {:?}", events.len(), started.elapsed());
    for list in [&report.refused, &report.skipped, &report.noted] {
        list.iter().for_each(|tally| {
            println!("{} x {} {:?}", tally.count, tally.reason, &tally.first_lines[..3.min(tally.first_lines.len())])
        });
    }
    assert_eq!(report.refused, []);
    assert_eq!((report.lines, report.good), (33_344, 33_344 - 278 - 1_972));
    assert_eq!(report.count_of("phantom call: the system logged it, nobody was there"), 278);
    assert_eq!(report.count_of("hung up in the IVR"), 1_972);
    assert_eq!(report.count_of("served by an agent without a name"), 491);
    assert_eq!(report.count_of("the wait crosses midnight: it ends on the next day"), 2);
    assert_eq!(report.count_of("the talk crosses midnight: it ends on the next day"), 16);

    let count = |wanted: &str| events.iter().filter(|event| event.kind.as_str() == wanted).count();
    assert_eq!(count("task-queue.entered"), 18_028);
    assert_eq!(count("task.canceled"), 3_932);
    assert_eq!(count("reservation.accepted"), 27_162);
    assert_eq!(count("reservation.completed"), 27_162);
    assert_eq!(count("task.completed"), 27_162);
    let waits: Vec<i64> = events
        .iter()
        .filter(|event| event.kind.as_str() == "reservation.accepted")
        .map(|event| event.object("task_attributes").unwrap()["conversations"]["queue_time"].as_i64().unwrap())
        .collect();
    let share = |seconds: i64| 1000 * waits.iter().filter(|wait| **wait <= seconds).count() / waits.len();
    assert_eq!((waits.len(), share(20), share(60)), (27_162, 596, 770), "59.7 % and 77.1 %, cut");
    // February 1999 in Israel: standard time, two hours before UTC.
    let (first, last) = (events.iter().map(|e| e.at_ms).min().unwrap(), events.iter().map(|e| e.at_ms).max().unwrap());
    assert!(first >= 917_820_000_000 && last < 917_820_000_000 + 29 * 86_400_000);
    let mut ends: HashMap<&str, i64> = HashMap::new();
    for event in &events {
        let task = event.task.as_deref().unwrap();
        let before = ends.insert(task, event.at_ms).unwrap_or(i64::MIN);
        assert!(before <= event.at_ms && (before == i64::MIN || event.at_ms - before < 3 * 3_600_000), "{task}");
    }
}

#[test]
fn a_second_import_changes_nothing() {
    let Some(file) = data() else { return };
    // Some days are enough, and begin again from the first line as a broken-off import does.
    let text = std::fs::read_to_string(file).unwrap();
    let part: String = text.split_inclusive('\n').take(4_000).collect();
    let read = |text: &str| {
        let mut events = Vec::new();
        let sink: Sink<'_> = &mut |batch| {
            events.extend(batch);
            Ok(())
        };
        csv::import(text.as_bytes(), &mapping(), sink, &mut |_| {}).unwrap();
        events
    };
    let (first, second) = (read(&part[..part.len() / 2]), read(&part));
    assert!(!first.is_empty() && second.starts_with(&first[..first.len() - 7]));
    let ids: std::collections::HashSet<_> = second.iter().map(|event| &event.id).collect();
    assert_eq!(ids.len(), second.len());
}

/// Rows by kind, abandoned and with an agent; then what is measured of the served ones.
#[derive(Default)]
struct Rows {
    kinds: BTreeMap<(String, bool, bool), usize>,
    served: usize,
    within_20: usize,
    within_60: usize,
    unnamed: usize,
}

impl Rows {
    fn of(&self, wanted: &str, abandoned: bool) -> usize {
        let matching = self.kinds.iter().filter(|((name, yes, _), _)| name == wanted && *yes == abandoned);
        matching.map(|(_, count)| count).sum()
    }
}

fn rows(file: &Path) -> Rows {
    let (events, _) = import(file);
    let mut tasks: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for event in events {
        tasks.entry(event.task.clone().unwrap()).or_default().push(event);
    }
    let mut rows = Rows::default();
    for (task, events) in &tasks {
        for row in task_rows(task, events).segments {
            let text = |column: &str| row.get(column).as_text().unwrap_or_default().to_owned();
            let abandoned = text("abandoned") == "Yes";
            let agent = !row.get("agent_id").is_null();
            if text("kind") != kind::QUEUE && !abandoned {
                let wait = row.get("queue_time").as_whole().expect("each conversation has its queue time");
                rows.served += 1;
                rows.within_20 += usize::from(wait <= 20);
                rows.within_60 += usize::from(wait <= 60);
                rows.unnamed += usize::from(!agent);
                assert!(row.get("talk_time").as_whole().is_some());
            }
            *rows.kinds.entry((text("kind"), abandoned, agent)).or_default() += 1;
        }
    }
    println!("{:?}", rows.kinds);
    rows
}

#[test]
fn the_bank_months_rows_are_the_measured_ones() {
    let Some(file) = data() else { return };
    let rows = rows(&file);
    assert_eq!(rows.of(kind::QUEUE, true) + rows.of(kind::QUEUE, false), 18_028);
    assert_eq!((rows.of(kind::QUEUE, true), rows.of(kind::CONVERSATION, true)), (3_932, 3_932));
    assert_eq!((rows.served, rows.unnamed), (27_162, 491));
    assert_eq!((1000 * rows.within_20 / rows.served, 1000 * rows.within_60 / rows.served), (596, 770));
}

/// 13,066 calls were answered at once: they have no wait, and say so (`queue_time` is 0).
#[test]
fn calls_answered_at_once_are_conversations() {
    let Some(file) = data() else { return };
    assert_eq!(rows(&file).of(kind::CONVERSATION, false), 27_162);
}
