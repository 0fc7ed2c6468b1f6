//! The kernel by itself: the twelve reports over made-up segments, without lake, HTTP and JSON, beside loops written by hand over
//! the same decoded columns.
//!
//! `cargo bench -p parclose-columns -- 10000000`

use parclose_access::actions::ReadRows;
use parclose_access::{Caller, Door, Means, OpCtx, Policy, StoredPolicy, VerifiedPerson, Workspace};
use parclose_columns::{Beside, Dictionaries, NULL_CODE, NULL_INT, Part, PartBuilder, Plan, Question, Snapshot, Split};
use parclose_metrics::{Aggregate, DataSet, MetricRef};
use parclose_model::{PersonId, TableId, WorkspaceId, WorkspaceSettings};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const DAY: i64 = 86_400_000;
const DAYS: i64 = 730;
const START: i64 = 1_732_000_000_000 / DAY * DAY;
const TABLE: TableId = TableId::Segments;

/// Small, fast, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    /// Small numbers more often.
    fn skewed(&mut self, n: usize) -> usize {
        let x = (self.next() % 1_000_000) as f64 / 1e6;
        ((n as f64 + 1.0).powf(x) - 1.0) as usize % n
    }
    fn exponential(&mut self, mean: f64) -> i64 {
        let x = (self.next() % 1_000_000) as f64 / 1e6;
        (-mean * (1.0 - x).ln()) as i64
    }
}

struct Maker<'a> {
    dictionaries: &'a Dictionaries,
    random: Random,
    conversation: u128,
    codes: Vec<(usize, Vec<u32>)>,
    ints: Vec<(usize, Vec<i64>)>,
    keys: Vec<u128>,
}

const TEXTS: [&str; 9] =
    ["kind", "abandoned", "conversation_attribute_1", "handling_team_name", "agent_name", "queue", "channel", "conversation_attribute_3", "customer_id"];
const INTS: [&str; 6] = ["segment_start", "queue_time", "talk_time", "wrap_up_time", "ring_time", "activity_time"];

fn at(name: &str) -> usize {
    TABLE.index_of(name).unwrap_or_else(|| panic!("no column {name}"))
}

impl<'a> Maker<'a> {
    fn new(dictionaries: &'a Dictionaries) -> Self {
        let of = |count: usize, name: &dyn Fn(usize) -> String, column: &str| {
            let all: Vec<String> = (0..count).map(name).collect();
            dictionaries.column(at(column)).intern(all.iter().map(|v| Some(v.as_str()))).unwrap();
        };
        for (column, values) in [("kind", vec!["Queue", "Conversation", "Agent Status"]), ("abandoned", vec!["Yes", "No"])] {
            dictionaries.column(at(column)).intern(values.into_iter().map(Some)).unwrap();
        }
        of(25, &|n| format!("M{n:02}"), "conversation_attribute_1");
        of(350, &|n| if n < 200 { format!("Team {n:03}") } else { format!("Queue {:03}", n - 200) }, "handling_team_name");
        of(4_000, &|n| format!("Agent {n:04}"), "agent_name");
        of(150, &|n| format!("Queue {n:03}"), "queue");
        of(5, &|n| format!("Channel {n}"), "channel");
        of(5_000, &|n| format!("reason {n:04}"), "conversation_attribute_3");
        of(2_000_000, &|n| format!("+420{n:09}"), "customer_id");
        Self {
            dictionaries,
            random: Random(20_261_122),
            conversation: 0,
            codes: TEXTS.iter().map(|n| (at(n), Vec::new())).collect(),
            ints: INTS.iter().map(|n| (at(n), Vec::new())).collect(),
            keys: Vec::new(),
        }
    }
    fn row(&mut self, key: u128, codes: [u32; 9], ints: [i64; 6]) {
        self.keys.push(key);
        self.codes.iter_mut().zip(codes).for_each(|(c, v)| c.1.push(v));
        self.ints.iter_mut().zip(ints).for_each(|(c, v)| c.1.push(v));
    }
    /// The rows of about this many segments of one month of 24.
    fn month(&mut self, month: i64, rows: usize) -> Part {
        while self.keys.len() < rows {
            let r = &mut self.random;
            let market = r.skewed(25);
            let team = market + 25 * r.below(8);
            let (agent, queue) = (team + 200 * r.below(20), market * 6 + r.skewed(6));
            let (channel, reason, customer) = (r.skewed(5), r.skewed(5_000), r.below(2_000_000));
            let start = START + (month * DAYS / 24) * DAY + r.below((DAYS / 24 * DAY) as usize) as i64 / 1000 * 1000;
            let (wait, talk, wrap) = (r.exponential(28.0), r.exponential(210.0) + 5, r.exponential(35.0));
            let (abandoned, status) = (r.below(100) < 7, r.below(100) < 35);
            self.conversation += 1;
            // Spread like a hash.
            let key = (self.conversation.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).max(1);
            let c = |n: usize| n as u32 + 1;
            let base = [0, if abandoned { 1 } else { 2 }, c(market), c(200 + queue), NULL_CODE, c(queue), c(channel), c(reason), c(customer)];
            let with = |kind: u32, team: u32, agent: u32| {
                let mut codes = base;
                (codes[0], codes[3], codes[4]) = (kind, team, agent);
                codes
            };
            self.row(key, with(1, base[3], NULL_CODE), [start, wait, NULL_INT, NULL_INT, NULL_INT, NULL_INT]);
            if abandoned {
                self.row(key, with(2, base[3], NULL_CODE), [start + wait * 1000, wait, NULL_INT, NULL_INT, NULL_INT, NULL_INT]);
                continue;
            }
            if status {
                self.row(0, [3, 0, 0, c(team), c(agent), 0, 0, 0, 0], [start, NULL_INT, NULL_INT, NULL_INT, NULL_INT, wait * 50]);
            }
            self.row(key, with(2, c(team), c(agent)), [start + wait * 1000, wait, talk, wrap, wait % 9 + 1, NULL_INT]);
        }
        let mut part = PartBuilder::new(TABLE);
        part.batch(&std::mem::take(&mut self.keys));
        self.codes.iter_mut().for_each(|(at, values)| part.codes(*at, &std::mem::take(values)));
        self.ints.iter_mut().for_each(|(at, values)| part.ints(*at, &std::mem::take(values)));
        let _ = self.dictionaries;
        part.build(&[at("conversation_attribute_1"), at("handling_team_name")])
    }
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

fn aggregates(metrics: &[&str]) -> Vec<Aggregate> {
    let mut all: Vec<Aggregate> = Vec::new();
    for name in metrics {
        let (name, seconds) = name.split_once(':').map_or((*name, None), |(n, s)| (n, s.parse().ok()));
        let metric = MetricRef { metric: name.into(), seconds }.resolve(DataSet::Conversations).unwrap();
        for a in metric.formula.aggregates() {
            if !all.contains(a) {
                all.push(a.clone());
            }
        }
    }
    all
}

fn questions(from_ms: i64, to_ms: i64) -> Vec<(&'static str, Question)> {
    let buckets = |days: i64| Split::Buckets((0..).map(|n| from_ms + n * days * DAY).take_while(|t| *t < to_ms).collect::<Vec<_>>().into());
    let by = |name: &str| Split::Attribute(name.into());
    let ask = |splits: Vec<Split>, metrics: &[&str], nth_newest| Question {
        data_set: DataSet::Conversations,
        from_ms,
        to_ms,
        offsets: Arc::new([(i64::MIN, 0)]),
        splits,
        filters: Vec::new(),
        any_of: Vec::new(),
        aggregates: aggregates(metrics),
        nth_newest,
    };
    let fine = if to_ms - from_ms > 100 * DAY { 30 } else { 1 };
    vec![
        ("by day", ask(vec![buckets(1)], &["conversations"], None)),
        ("by queue", ask(vec![by("queue")], &["handled_segments", "abandoned", "abandoned_pct"], None)),
        ("aht by team", ask(vec![by("handling_team_name")], &["aht"], None)),
        ("asa by hour", ask(vec![Split::HourOfDay, Split::Weekday], &["asa"], None)),
        ("within by queue", ask(vec![by("queue"), buckets(fine)], &["answered_within:20"], None)),
        ("busiest", ask(vec![by("agent_name")], &["handled_segments", "handled"], None)),
        ("waits", ask(vec![by("channel")], &["queue_time_p50", "queue_time_p90", "queue_time_p95"], None)),
        ("reasons", ask(vec![by("conversation_attribute_3")], &["segments"], None)),
        ("agents", ask(vec![by("agent_name")], &["handling_time", "handled_segments"], None)),
        ("customers", ask(vec![buckets(30)], &["customers"], None)),
        ("headline", ask(vec![], &["conversations", "handled", "abandoned", "aht", "asa", "answered_within:20"], None)),
        ("newest", ask(vec![], &["segments"], Some(100))),
    ]
}

fn person(attribute: &str, values: &[&str]) -> Caller {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let person = VerifiedPerson {
        workspace: WorkspaceId::new("bench"),
        person: PersonId::new("p"),
        login: "p@bench.example".into(),
        display_name: "P".into(),
        roles: texts(&["supervisor", "wfo.data_analyst"]),
        attributes: [(attribute.to_owned(), texts(values))].into(),
        means: Means::Session { id: "s".into() },
    };
    Door::for_tests().caller(person).unwrap()
}

const RULES: &str = "version: 1\nrules:\n  - {name: m, effect: grant, data_sets: [conversations], where: {attribute: conversation_attribute_1, in: person.market}}\n  - {name: t, effect: grant, data_sets: [conversations, activities], where: {attribute: handling_team_name, in: person.team}}\n  - {name: all, effect: grant, data_sets: [conversations, activities], for: {attribute: everything, in: [\"yes\"]}, where: everything}\n";

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn time(mut run: impl FnMut()) -> f64 {
    run();
    median((0..7).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e3
    }).collect())
}

fn main() {
    let rows: usize = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(2_000_000);
    let dictionaries = Arc::new(Dictionaries::new(TABLE, (1, 2)));
    let start = Instant::now();
    let mut maker = Maker::new(&dictionaries);
    let parts: Vec<Arc<Part>> = (0..24).map(|month| Arc::new(maker.month(month, rows / 24))).collect();
    let made = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let snapshot = Arc::new(Snapshot::empty(WorkspaceId::new("bench"), dictionaries.clone()).with_parts(parts).unwrap());
    println!(
        "{} rows made and packed in {made:.1} s, joined in {:.2} s; {:.1} bytes a row without dictionaries",
        snapshot.rows(),
        start.elapsed().as_secs_f64(),
        (snapshot.bytes() - dictionaries.bytes()) as f64 / snapshot.rows() as f64
    );
    let end = START + DAYS * DAY;
    let policy = Policy::loaded(WorkspaceId::new("bench"), Ok::<_, ()>(Some(StoredPolicy { version: 1, yaml: RULES.into() })));
    let settings = WorkspaceSettings::default();
    let go = AtomicBool::new(false);
    for (who, attribute, values) in [("one market", "market", vec!["M04"]), ("three teams", "team", vec!["Team 001", "Team 029", "Team 043"]), ("everything", "everything", vec!["yes"])] {
        for (title, from) in [("30 days", end - 30 * DAY), ("24 months", START)] {
            let caller = person(attribute, &values);
            let ctx = OpCtx::new(&caller, "r", end);
            let grant = ctx.authorize(ReadRows, &Workspace::of(&caller)).unwrap();
            let scope = policy.scope(&grant);
            let asked = questions(from, end);
            let all: Vec<Question> = asked.iter().map(|(_, q)| q.clone()).collect();
            let plan = time(|| {
                let _ = Plan::new(&snapshot, &scope, &settings, &Nobody, &all);
            });
            let whole = time(|| {
                let answers = Plan::new(&snapshot, &scope, &settings, &Nobody, &all).run(&go);
                assert!(answers.iter().all(Result::is_ok), "{:?}", answers.iter().position(Result::is_err));
            });
            let each: Vec<String> = asked
                .iter()
                .map(|(name, q)| {
                    let one = std::slice::from_ref(q);
                    let ms = time(|| {
                        let _ = Plan::new(&snapshot, &scope, &settings, &Nobody, one).run(&go);
                    });
                    format!("{name} {ms:.1}")
                })
                .collect();
            println!("{who}, {title}: {whole:.1} ms together ({plan:.2} to plan); by itself: {}", each.join(", "));
        }
    }
}
