//! What is kept changes no answer: parts in files, rollups, pages of rows. Random rows, the same questions on every road.

use parclose_access::actions::ReadRows;
use parclose_access::{Caller, Door, Means, OpCtx, Policy, StoredPolicy, VerifiedPerson, Workspace};
use parclose_columns::{Beside, Dictionaries, Groups, NULL_INT, Page, Part, PartBuilder, Plan, Question, Refused, Rollups, Snapshot, Split};
use parclose_metrics::{Aggregate, Condition, DataSet, Filter, FilterOp};
use parclose_model::{Cell, PersonId, TableId, WorkspaceId, WorkspaceSettings};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const TABLE: TableId = TableId::Segments;
const HOUR: i64 = 3_600_000;
/// Parts of this many hours, one after another.
const HOURS: i64 = 50;

#[derive(Debug, Clone)]
struct Line {
    conversation: u8,
    hour: i64,
    queue: Option<u8>,
    team: Option<u8>,
    customer: u8,
    wait: Option<i64>,
}

fn line() -> impl Strategy<Value = Line> {
    let maybe = |most: u8| prop::option::weighted(0.8, 0..most);
    let wait = prop::option::weighted(0.8, prop_oneof![4 => (0_i64..90).boxed(), 1 => Just(40_000_000).boxed()]);
    (any::<u8>(), 0..HOURS, maybe(4), maybe(3), any::<u8>(), wait)
        .prop_map(|(conversation, hour, queue, team, customer, wait)| Line { conversation, hour, queue, team, customer, wait })
}

fn at(name: &str) -> usize {
    TABLE.index_of(name).unwrap()
}

fn part(dictionaries: &Dictionaries, nth: i64, lines: &[Line]) -> Part {
    part_in_order(dictionaries, nth, lines).0
}

fn part_in_order(dictionaries: &Dictionaries, nth: i64, lines: &[Line]) -> (Part, Vec<u32>) {
    let mut part = PartBuilder::new(TABLE);
    let id = |line: &Line| format!("WT{:032x}", line.conversation);
    part.batch(&lines.iter().map(|line| dictionaries.conversation_key(&id(line))).collect::<Vec<_>>());
    let mut texts = |name: &str, of: &dyn Fn(&Line) -> Option<String>| {
        let all: Vec<Option<String>> = lines.iter().map(of).collect();
        let codes = dictionaries.column(at(name)).intern(all.iter().map(Option::as_deref)).unwrap();
        part.codes(at(name), &codes);
    };
    texts("kind", &|_| Some("Conversation".into()));
    texts("queue", &|line| line.queue.map(|n| format!("Queue {n}")));
    texts("handling_team_name", &|line| line.team.map(|n| format!("Team {n}")));
    texts("customer_id", &|line| Some(format!("Customer {}", line.customer)));
    part.ints(at("segment_start"), &lines.iter().map(|line| (nth * HOURS + line.hour) * HOUR).collect::<Vec<_>>());
    part.ints(at("queue_time"), &lines.iter().map(|line| line.wait.unwrap_or(NULL_INT)).collect::<Vec<_>>());
    let ids: Vec<String> = lines.iter().map(id).collect();
    part.ids(at("conversation_id"), ids.iter().map(|id| Some(id.as_str())));
    let own: Vec<String> = (0..lines.len()).map(|row| format!("segment {nth} {row:05}")).collect();
    part.ids(at("segment_id"), own.iter().map(|id| Some(id.as_str())));
    part.build_in_order(&[at("handling_team_name")])
}

struct Nobody;

impl Beside for Nobody {
    fn agent_now(&self, _: &str, _: &str) -> Option<String> {
        None
    }
    fn contains(&self, texts: &[&str], _: &str) -> Vec<bool> {
        vec![false; texts.len()]
    }
}

fn person(team: &str) -> Caller {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let person = VerifiedPerson {
        workspace: WorkspaceId::new("acme"),
        person: PersonId::new("p"),
        login: "p@acme.example".into(),
        display_name: "P".into(),
        roles: texts(&["supervisor", "wfo.data_analyst"]),
        attributes: [("team".to_owned(), texts(&[team]))].into(),
        means: Means::Session { id: "s".into() },
    };
    Door::for_tests().caller(person).unwrap()
}

const RULES: &str = "version: 1\nrules:\n  - {name: t, effect: grant, data_sets: [conversations, activities], where: {attribute: handling_team_name, in: person.team}}\n  - {name: all, effect: grant, data_sets: [conversations, activities], for: {attribute: team, in: [\"everything\"]}, where: everything}\n";

fn questions(from: i64, to: i64, queues: &[u8]) -> Vec<Question> {
    let by = |name: &str| Split::Attribute(name.into());
    let days = || Split::Buckets((0..).map(|n| (from + n * 24) * HOUR).take_while(|t| *t < to * HOUR).collect::<Vec<_>>().into());
    let wait = |make: fn(&'static str, Condition) -> Aggregate| make("queue_time", Condition::Any);
    let all = vec![
        Aggregate::Count(Condition::Any),
        wait(Aggregate::Sum),
        wait(Aggregate::Min),
        wait(Aggregate::Max),
        Aggregate::Distinct("conversation_id", Condition::AtLeast("queue_time", 20)),
        Aggregate::Distinct("customer_id", Condition::Any),
        Aggregate::Percentile("queue_time", 0.9, Condition::Any),
    ];
    let splits = [vec![], vec![by("queue")], vec![days()], vec![Split::HourOfDay, by("queue")], vec![by("customer_id"), days(), Split::Weekday]];
    let filters: Vec<Filter> = match queues {
        [] => Vec::new(),
        some => vec![Filter {
            attribute: "queue".into(),
            op: FilterOp::In,
            values: some.iter().map(|n| format!("Queue {n}").into()).collect(),
        }],
    };
    splits
        .into_iter()
        .map(|splits| Question {
            data_set: DataSet::Conversations,
            from_ms: from * HOUR,
            to_ms: to * HOUR,
            offsets: Arc::new([(i64::MIN, 7_200), (HOURS * HOUR, 3_600)]),
            splits,
            filters: filters.clone(),
            any_of: Vec::new(),
            aggregates: all.clone(),
            nth_newest: None,
        })
        .collect()
}

fn sorted(answers: Vec<Result<Groups, Refused>>) -> Vec<Result<Groups, Refused>> {
    answers.into_iter().map(|answer| answer.map(|mut groups| {
        groups.rows.sort_by(|a, b| a.0.cmp(&b.0));
        groups
    })).collect()
}

/// Rows of the newest page, and the answers of all questions.
type Told = (Vec<Result<Groups, Refused>>, Vec<Vec<Cell>>);

fn ask(snapshot: &Arc<Snapshot>, who: &str, (from, to): (i64, i64), queues: &[u8], rollups: Option<&Rollups>) -> Told {
    let caller = person(who);
    let policy = Policy::loaded(WorkspaceId::new("acme"), Ok::<_, ()>(Some(StoredPolicy { version: 1, yaml: RULES.into() })));
    let ctx = OpCtx::new(&caller, "r", 0);
    let grant = ctx.authorize(ReadRows, &Workspace::of(&caller)).unwrap();
    let scope = policy.scope(&grant);
    let (settings, go) = (WorkspaceSettings::default(), AtomicBool::new(false));
    let asked = questions(from, to, queues);
    let plan = Plan::new(snapshot, &scope, &settings, &Nobody, &asked);
    let answers = sorted(plan.run_with(rollups, &go));
    if let Some(rollups) = rollups {
        plan.keep_rollups(rollups, &go);
    }
    let newest = Question { splits: Vec::new(), nth_newest: Some(9), aggregates: vec![Aggregate::Count(Condition::Any)], ..asked[0].clone() };
    let plan = Plan::new(snapshot, &scope, &settings, &Nobody, &[newest]);
    let numbers = plan.run(&go)[0].as_ref().unwrap().rows[0].1.clone();
    assert_eq!(plan.has_rows(0, &go).unwrap(), numbers[0] > Some(0.0), "of {numbers:?}");
    let oldest = numbers[1];
    let rows = oldest.map(|oldest| {
        let columns = vec!["segment_start", "conversation_id", "handling_team_name", "queue", "queue_time", "segment_id"];
        plan.rows(0, &Page { columns, skip: 2, take: 7, oldest_ms: oldest as i64 }, &go).unwrap()
    });
    (answers, rows.unwrap_or_default())
}

fn reopened(folder: &Path, part: &Part, nth: usize, dictionaries: &Dictionaries) -> Arc<Part> {
    let path = folder.join(format!("{nth}.columns"));
    part.save(&path, dictionaries).unwrap();
    let (part, unverified) = Part::open(&path, dictionaries).unwrap();
    assert!(unverified.is_whole());
    Arc::new(part)
}

fn snapshot(dictionaries: &Arc<Dictionaries>, parts: Vec<Arc<Part>>) -> Arc<Snapshot> {
    Arc::new(Snapshot::empty(WorkspaceId::new("acme"), dictionaries.clone()).with_parts(parts).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn files_and_rollups_change_no_answer(
        months in prop::collection::vec(prop::collection::vec(line(), 1..120), 1..4),
        fresh in prop::collection::vec(line(), 1..40),
        (from, length) in (-10_i64..60, 1_i64..160),
        queues in prop::collection::vec(0_u8..4, 0..3),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let dictionaries = Arc::new(Dictionaries::at(&folder.path().join("dictionaries"), TABLE, (3, 4)).unwrap());
        let made: Vec<Part> = months.iter().enumerate().map(|(nth, lines)| part(&dictionaries, nth as i64, lines)).collect();
        let mapped: Vec<Arc<Part>> = made.iter().enumerate().map(|(nth, part)| reopened(folder.path(), part, nth, &dictionaries)).collect();
        // What a later start finds; a value that came after is not on disk.
        let late = part(&dictionaries, 4, &[Line { conversation: 1, hour: 0, queue: Some(77), team: None, customer: 0, wait: None }]);
        let again = Arc::new(Dictionaries::at(&folder.path().join("dictionaries"), TABLE, (5, 6)).unwrap());
        let opened: Vec<Arc<Part>> =
            (0..made.len()).map(|nth| Arc::new(Part::open(&folder.path().join(format!("{nth}.columns")), &again).unwrap().0)).collect();
        prop_assert!(late.save(&folder.path().join("late.columns"), &dictionaries).is_ok());
        prop_assert!(Part::open(&folder.path().join("late.columns"), &again).is_err(), "its value is not known");

        let plain = snapshot(&dictionaries, made.into_iter().map(Arc::new).collect());
        let files = snapshot(&dictionaries, mapped);
        let later = snapshot(&again, opened);
        let rollups = Rollups::new(1 << 20, 1);
        let rollups_later = Rollups::new(1 << 20, 1);
        let newest = Arc::new(part(&dictionaries, 3, &fresh));
        let with = |own: &Arc<Snapshot>| Arc::new(own.with_parts(own.parts().cloned().chain([newest.clone()])).unwrap());
        let grown = (with(&plain), with(&files));
        for who in ["Team 0", "Team 2", "everything", "nobody"] {
            let range = (from, from + length);
            let expected = ask(&plain, who, range, &queues, None);
            prop_assert_eq!(&ask(&later, who, range, &queues, None), &expected);
            for _ in 0..3 {
                prop_assert_eq!(&ask(&files, who, range, &queues, Some(&rollups)), &expected);
                prop_assert_eq!(&ask(&later, who, range, &queues, Some(&rollups_later)), &expected);
            }
            // Another range over the same parts, and a part more.
            for range in [(from, from + length + 24), (-100, 1_000)] {
                let expected = ask(&plain, who, range, &queues, None);
                prop_assert_eq!(&ask(&files, who, range, &queues, Some(&rollups)), &expected);
                prop_assert_eq!(&ask(&files, who, range, &queues, Some(&rollups)), &expected);
                let expected = ask(&grown.0, who, range, &queues, None);
                prop_assert_eq!(&ask(&grown.1, who, range, &queues, Some(&rollups)), &expected);
                prop_assert_eq!(&ask(&grown.1, who, range, &queues, Some(&rollups)), &expected);
            }
        }
        prop_assert!(rollups.count() > 0, "some were kept");
    }
}

/// A line, and whether it is gone.
fn lines_of_which_some_are_gone() -> impl Strategy<Value = Vec<(Line, bool)>> {
    let share = prop_oneof![Just(0.0), Just(0.3), Just(0.97), Just(1.0)];
    share.prop_flat_map(|gone| prop::collection::vec((line(), prop::bool::weighted(gone)), 1..200))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    /// A part of which rows are gone answers as the part of those that are left.
    #[test]
    fn rows_that_are_gone_are_in_no_answer(
        file in prop::collection::vec(line(), 1..120),
        blocks in prop::collection::vec(lines_of_which_some_are_gone(), 1..4),
        (from, length) in (-10_i64..60, 1_i64..160),
        queues in prop::collection::vec(0_u8..4, 0..3),
    ) {
        let dictionaries = Arc::new(Dictionaries::new(TABLE, (3, 4)));
        let file = Arc::new(part(&dictionaries, 0, &file));
        // Ids are numbered by line, so the lines that are left keep theirs by moving those that are gone to the end.
        let blocks: Vec<Vec<(Line, bool)>> = blocks.into_iter().map(|mut block| { block.sort_by_key(|(_, gone)| *gone); block }).collect();
        let mut marked = vec![(file.clone(), None)];
        let mut all = vec![(file.clone(), None)];
        let mut left = vec![file];
        for (nth, block) in blocks.iter().enumerate() {
            let nth = nth as i64 + 1;
            let lines: Vec<Line> = block.iter().map(|(line, _)| line.clone()).collect();
            let (whole, order) = part_in_order(&dictionaries, nth, &lines);
            let whole = Arc::new(whole);
            let marks: Box<[u8]> = order.iter().map(|row| u8::from(!block[*row as usize].1)).collect();
            all.push((whole.clone(), None));
            marked.push((whole, Some(marks)));
            let lines: Vec<Line> = block.iter().filter(|(_, gone)| !gone).map(|(line, _)| line.clone()).collect();
            left.push(Arc::new(part(&dictionaries, nth, &lines)));
        }
        let empty = Snapshot::empty(WorkspaceId::new("acme"), dictionaries.clone());
        let before = Arc::new(empty.with_marked(all).unwrap());
        let after = Arc::new(before.with_marked(marked).unwrap());
        let expected = snapshot(&dictionaries, left);
        let rollups = Rollups::new(1 << 20, 1);
        for who in ["Team 0", "everything", "nobody"] {
            for range in [(from, from + length), (-100, 1_000)] {
                let own = ask(&expected, who, range, &queues, None);
                prop_assert_eq!(&ask(&after, who, range, &queues, None), &own);
                // Rollups from the time when all rows were there are of no use.
                for _ in 0..2 {
                    ask(&before, who, range, &queues, Some(&rollups));
                }
                for _ in 0..2 {
                    prop_assert_eq!(&ask(&after, who, range, &queues, Some(&rollups)), &own);
                }
            }
        }
    }
}

/// Where nothing may be kept nothing is collected for it; what turns out too large is collected once.
#[test]
fn rollups_that_cannot_be_kept_are_not_made_again() {
    let dictionaries = Arc::new(Dictionaries::new(TABLE, (3, 4)));
    let lines: Vec<Line> =
        (0..60).map(|n| Line { conversation: n, hour: i64::from(n) % HOURS, queue: Some(n % 4), team: None, customer: n, wait: Some(7) }).collect();
    let snapshot = snapshot(&dictionaries, vec![Arc::new(part(&dictionaries, 0, &lines))]);
    let caller = person("everything");
    let policy = Policy::loaded(WorkspaceId::new("acme"), Ok::<_, ()>(Some(StoredPolicy { version: 1, yaml: RULES.into() })));
    let ctx = OpCtx::new(&caller, "r", 0);
    let grant = ctx.authorize(ReadRows, &Workspace::of(&caller)).unwrap();
    let (scope, settings, go) = (policy.scope(&grant), WorkspaceSettings::default(), AtomicBool::new(false));
    let made = |rollups: &Rollups| -> Vec<usize> {
        let run = |_| {
            let plan = Plan::new(&snapshot, &scope, &settings, &Nobody, &questions(-100, 1_000, &[]));
            let _ = plan.run_with(Some(rollups), &go);
            plan.keep_rollups(rollups, &go)
        };
        (0..6).map(run).collect()
    };
    let (large, small, none) = (Rollups::new(1 << 20, 1), Rollups::new(1, 1), Rollups::new(0, 1));
    let first = made(&large);
    assert!(first[1] > 0 && large.count() == first[1], "{first:?}");
    assert_eq!((made(&small), small.count()), (first, 0), "once each, and too large for what there is");
    assert_eq!((made(&none), none.count()), (vec![0; 6], 0));
}

#[test]
fn marks_of_another_part_are_refused() {
    let dictionaries = Arc::new(Dictionaries::new(TABLE, (3, 4)));
    let own = Arc::new(part(&dictionaries, 0, &[Line { conversation: 1, hour: 0, queue: None, team: None, customer: 0, wait: None }]));
    let empty = Snapshot::empty(WorkspaceId::new("acme"), dictionaries);
    assert!(empty.with_marked([(own.clone(), Some([1_u8, 1].into()))]).is_none());
    assert!(empty.with_marked([(own, Some([0_u8].into()))]).is_some());
}

#[test]
fn a_damaged_file_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let dictionaries = Dictionaries::at(&folder.path().join("dictionaries"), TABLE, (3, 4)).unwrap();
    let lines: Vec<Line> =
        (0..60).map(|n| Line { conversation: n, hour: i64::from(n) % HOURS, queue: Some(n % 4), team: None, customer: n, wait: Some(7) }).collect();
    let path = folder.path().join("part.columns");
    part(&dictionaries, 0, &lines).save(&path, &dictionaries).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut found = [0; 3];
    for at in (0..whole.len()).step_by(5) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        let damaged = folder.path().join("damaged.columns");
        std::fs::write(&damaged, &bytes).unwrap();
        match Part::open(&damaged, &dictionaries) {
            Err(_) => found[0] += 1,
            Ok((_, unverified)) if !unverified.is_whole() => found[1] += 1,
            Ok(_) => found[2] += 1,
        }
        std::fs::write(&damaged, &whole[..at]).unwrap();
        let cut = Part::open(&damaged, &dictionaries);
        assert!(cut.is_err() || whole.len() - at < 64, "cut at {at} of {}", whole.len());
    }
    // What fills the room between columns is nobody's.
    assert!(found[0] > 50 && found[1] > 20 && found[2] < 64 * 8, "{found:?}");
    let other = Dictionaries::new(TABLE, (3, 5));
    assert!(Part::open(&path, &other).is_err(), "the dictionaries are others");
}

#[test]
fn a_piece_of_the_dictionaries_that_was_not_written_to_its_end_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dictionaries");
    let dictionaries = Dictionaries::at(&path, TABLE, (3, 4)).unwrap();
    let add = |own: &Dictionaries, value: &str| own.column(at("queue")).intern([Some(value)].into_iter()).unwrap()[0];
    add(&dictionaries, "Anvils");
    dictionaries.save().unwrap();
    let first = std::fs::metadata(&path).unwrap().len();
    add(&dictionaries, "Bells");
    dictionaries.save().unwrap();
    let whole = std::fs::read(&path).unwrap();
    for end in first as usize..whole.len() {
        std::fs::write(&path, &whole[..end]).unwrap();
        let again = Dictionaries::at(&path, TABLE, (8, 8)).unwrap();
        assert_eq!(again.column(at("queue")).read().get(1), Some("Anvils"));
        assert_eq!(again.column(at("queue")).read().codes(), 2, "the second piece is not whole");
        assert_eq!(add(&again, "Cymbals"), 2);
        again.save().unwrap();
        let third = Dictionaries::at(&path, TABLE, (8, 8)).unwrap();
        assert_eq!(third.column(at("queue")).read().get(2), Some("Cymbals"));
        assert_eq!(third.conversation_key("x"), dictionaries.conversation_key("x"), "the keys are those of the first");
    }
}
