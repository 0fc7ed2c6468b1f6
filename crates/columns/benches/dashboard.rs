//! The kernel by itself: the twelve reports over made-up segments, without lake, HTTP and JSON; together, with rollups, and each
//! by itself. Beside loops written by hand: `loops.rs`.
//!
//! `cargo bench -p parclose-columns -- 10000000`

mod segments;

use parclose_access::actions::ReadRows;
use parclose_access::{OpCtx, Policy, StoredPolicy, Workspace};
use parclose_columns::{Dictionaries, Part, Plan, Question, Rollups, Snapshot, Split};
use parclose_metrics::{Aggregate, DataSet, MetricRef};
use parclose_model::{WorkspaceId, WorkspaceSettings};
use segments::{DAY, DAYS, Maker, Nobody, RULES, START, TABLE, person};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

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
        (snapshot.bytes().0 - dictionaries.bytes()) as f64 / snapshot.rows() as f64
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
            let rollups = Rollups::new(256 << 20, 32 * 1024);
            let rolled = || {
                let plan = Plan::new(&snapshot, &scope, &settings, &Nobody, &all);
                let answers = plan.run_with(Some(&rollups), &go);
                plan.keep_rollups(&rollups, &go);
                answers
            };
            (0..3).for_each(|_| drop(rolled()));
            let rolled = time(|| drop(rolled()));
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
            println!("{who}, {title}: {whole:.1} ms together ({plan:.2} to plan), {rolled:.1} with {} rollups ({} KiB); by itself: {}", rollups.count(), rollups.bytes() >> 10, each.join(", "));
        }
    }
}
