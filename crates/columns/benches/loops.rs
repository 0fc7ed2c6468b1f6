//! Questions beside loops that are written by hand for exactly these questions, over the same rows in the same order, packed by
//! hand: what is left to win by a faster kernel. Both on all cores; answers are compared.
//!
//! `cargo bench -p parclose-columns --bench loops` (`PARCLOSE_BENCH_ROWS`, 2,000,000 unless said otherwise)

mod segments;

use criterion::{Criterion, criterion_group, criterion_main};
use parclose_access::actions::ReadRows;
use parclose_access::{OpCtx, Policy, StoredPolicy, Workspace};
use parclose_columns::{Dictionaries, Key, Part, Plan, Question, Snapshot, Split};
use parclose_metrics::{Aggregate, Condition, DataSet};
use parclose_model::{WorkspaceId, WorkspaceSettings};
use rayon::prelude::*;
use segments::{DAY, DAYS, Flat, Maker, Nobody, RULES, START, TABLE, at, person};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Months, each sorted by itself as a part is.
struct World {
    snapshot: Arc<Snapshot>,
    months: Vec<Flat>,
    dictionaries: Arc<Dictionaries>,
}

fn world(rows: usize) -> World {
    let dictionaries = Arc::new(Dictionaries::new(TABLE, (1, 2)));
    let mut maker = Maker::new(&dictionaries);
    let (mut parts, mut months): (Vec<Arc<Part>>, Vec<Flat>) = Default::default();
    for month in 0..24 {
        maker.flat = Some(Flat::default());
        parts.push(Arc::new(maker.month(month, rows / 24)));
        months.push(maker.flat.take().unwrap_or_default().sorted());
    }
    let snapshot = Arc::new(Snapshot::empty(WorkspaceId::new("bench"), dictionaries.clone()).with_parts(parts).expect("they fit"));
    World { snapshot, months, dictionaries }
}

fn question(splits: Vec<Split>, aggregates: Vec<Aggregate>) -> Question {
    Question {
        data_set: DataSet::Conversations,
        from_ms: START,
        to_ms: START + DAYS * DAY,
        offsets: Arc::new([(i64::MIN, 0)]),
        splits,
        filters: Vec::new(),
        any_of: Vec::new(),
        aggregates,
        nth_newest: None,
    }
}

/// What a loop found for each group.
type Found = BTreeMap<String, Vec<f64>>;

/// Runs a loop over all months on all cores, and adds up.
fn by_hand(months: &[Flat], groups: usize, each: impl Fn(&Flat, &mut [[u64; 2]]) + Sync) -> Vec<[u64; 2]> {
    let one = |month: &Flat| {
        let mut own = vec![[0; 2]; groups];
        each(month, &mut own);
        own
    };
    months.par_iter().map(one).reduce(
        || vec![[0; 2]; groups],
        |mut a, b| {
            a.iter_mut().zip(&b).for_each(|(a, b)| *a = [a[0] + b[0], a[1] + b[1]]);
            a
        },
    )
}

fn compare(criterion: &mut Criterion) {
    let rows = std::env::var("PARCLOSE_BENCH_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000_000);
    let World { snapshot, months, dictionaries } = world(rows);
    let policy = Policy::loaded(WorkspaceId::new("bench"), Ok::<_, ()>(Some(StoredPolicy { version: 1, yaml: RULES.into() })));
    let (settings, go) = (WorkspaceSettings::default(), AtomicBool::new(false));
    let named = |column: &str, found: Vec<[u64; 2]>| -> Found {
        let values = dictionaries.column(at(column)).read();
        let name = |code: usize| values.get(code as u32).unwrap_or("-").to_owned();
        found.iter().enumerate().filter(|(_, n)| n[0] > 0).map(|(code, n)| (name(code), vec![n[0] as f64, n[1] as f64])).collect()
    };
    for (who, attribute, value, market) in [("everything", "everything", "yes", None), ("one market", "market", "M04", Some(5_u8))] {
        let caller = person(attribute, &[value]);
        let ctx = OpCtx::new(&caller, "r", START);
        let grant = ctx.authorize(ReadRows, &Workspace::of(&caller)).expect("may read");
        let scope = policy.scope(&grant);
        let run = |asked: &Question| -> Found {
            let plan = Plan::new(&snapshot, &scope, &settings, &Nobody, std::slice::from_ref(asked));
            let groups = plan.run(&go).remove(0).expect("it is answered");
            let name = |key: &Key| match key {
                Key::Text(text) => text.clone().unwrap_or("-".into()),
                Key::Part(part) => format!("{:05}", part.unwrap_or(-1)),
            };
            let numbers = |values: &[Option<f64>]| values.iter().map(|n| n.unwrap_or(0.0)).collect();
            groups.rows.iter().map(|(keys, values)| (name(&keys[0]), numbers(values))).collect()
        };
        // Rows of the market lie together: a person by hand would cut them out by two searches.
        let part = |month: &Flat| match market {
            None => 0..month.kind.len(),
            Some(one) => month.market.partition_point(|m| *m < one)..month.market.partition_point(|m| *m <= one),
        };
        let talk = || Aggregate::Sum("talk_time", Condition::Any);
        let conversations = |column: &'static str| question(vec![Split::Attribute(column.into())], vec![Aggregate::Count(Condition::Any), talk()]);
        let by_team = conversations("handling_team_name");
        let team = || {
            named("handling_team_name", by_hand(&months, 512, |m, own| {
                for row in part(m) {
                    // Agents' states (kind 3) are no conversations.
                    if m.kind[row] != 3 {
                        let group = &mut own[m.team[row] as usize];
                        group[0] += 1;
                        group[1] += u64::from(m.talk[row].saturating_sub(1));
                    }
                }
            }))
        };
        let days = Split::Buckets((0..DAYS).map(|n| START + n * DAY).collect::<Vec<_>>().into());
        let by_day = question(vec![days], vec![Aggregate::Distinct("conversation_id", Condition::Any), talk()]);
        let day = || -> Found {
            let found = by_hand(&months, DAYS as usize, |m, own| {
                let mut last = vec![0_u32; DAYS as usize];
                for row in part(m) {
                    let (day, conversation) = (m.hour[row] as usize / 24, m.conversation[row]);
                    if m.kind[row] != 3 {
                        own[day][1] += u64::from(m.talk[row].saturating_sub(1));
                        if conversation != 0 && last[day] != conversation {
                            own[day][0] += 1;
                            last[day] = conversation;
                        }
                    }
                }
            });
            found.iter().enumerate().filter(|(_, n)| n[0] > 0).map(|(day, n)| (format!("{day:05}"), vec![n[0] as f64, n[1] as f64])).collect()
        };
        assert_eq!(run(&by_team), team(), "by team, {who}");
        assert_eq!(run(&by_day), day(), "by day, {who}");
        let mut group = criterion.benchmark_group(format!("{who}, {rows} segments, 24 months"));
        group.sample_size(20);
        group.bench_function("segments and talk by team", |b| b.iter(|| black_box(run(&by_team))));
        group.bench_function("segments and talk by team, by hand", |b| b.iter(|| black_box(team())));
        group.bench_function("conversations and talk by day", |b| b.iter(|| black_box(run(&by_day))));
        group.bench_function("conversations and talk by day, by hand", |b| b.iter(|| black_box(day())));
        group.finish();
    }
}

criterion_group!(benches, compare);
criterion_main!(benches);
