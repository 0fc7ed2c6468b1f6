//! The proof of separation: whatever is asked under whatever rules, the answer, errors included, is the answer over
//! a lake from which every row out of scope was removed first.
//!
//! Each question is asked on the packed columns: in memory, mapped from the files of an earlier start, with rollups, and with
//! kept answers twice. Where something is kept, somebody with another scope asks first, so that what they left behind is there.
//! Every [`ALL_ROADS`]th question goes to DataFusion too, with shared rows and without, and there the expected answer comes from
//! both roads as well. `PARCLOSE_PROOF_CASES` sets how many questions are asked (10,000 by default), `PARCLOSE_PROOF_SEED`
//! which. For a night: `PARCLOSE_PROOF_CASES=400000`.

use crate::random;
use crate::support::{Rows, World, engine_of, now, person, policy, scope, settings};
use parclose_access::{Caller, OpCtx, Policy, RowScope};
use parclose_model::{Cell, Role, Row};
use parclose_query::{Answer, Engine, EngineError, ListAnswer, PackedSettings};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use serde_json::{Value as Json, json};

const QUESTIONS_A_LAKE: u32 = 50;
/// DataFusion takes a hundred times as long as the packed columns for so few rows.
const ALL_ROADS: u32 = 16;

fn env(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn runner(seed: u32, at: u32) -> TestRunner {
    let mut bytes = [0_u8; 32];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    bytes[4..8].copy_from_slice(&at.to_le_bytes());
    let config = Config { cases: QUESTIONS_A_LAKE, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Whether the row is in scope, said by the predicate's own plain evaluation over the row's cells.
pub fn is_admitted(scope: &RowScope<'_>, row: &Row, agents: &[Row]) -> bool {
    let agent = row.get("agent_id").as_text().and_then(|id| agents.iter().find(|a| a.get("agent_id").as_text() == Some(id)));
    scope.admits(&|column| match row.table().index_of(column) {
        Some(index) => row.cells()[index].as_text(),
        None => agent.and_then(|agent| agent.get(column).as_text()),
    })
}

/// Marks a hidden row in columns that no rule of the tests reads, so that it is hidden still.
fn marked(mut row: Row) -> Row {
    for name in ["customer_id", "customer_name", "outcome", "agent_name", "conversation_label_1", "segment_id"] {
        let id = row.get("segment_id").as_text().unwrap_or_default().to_owned();
        row.set(name, format!("canary of a hidden row {name} {id}"));
    }
    let facts = row.table().columns().iter().filter(|c| c.role == Role::Fact);
    for column in facts {
        match column.ty {
            parclose_model::ColumnType::Number => row.set(column.name, Cell::Number(f64::MAX)),
            _ if column.name == "talk_time" => row.set(column.name, i64::MIN),
            _ => row.set(column.name, i64::MAX),
        }
    }
    row
}

fn split(rows: &Rows, scope: &RowScope<'_>) -> (Rows, Rows) {
    let pick = |list: &[Row]| {
        let whole: Vec<Row> =
            list.iter().map(|r| if is_admitted(scope, r, &rows.agents) { r.clone() } else { marked(r.clone()) }).collect();
        let visible: Vec<Row> = whole.iter().filter(|r| is_admitted(scope, r, &rows.agents)).cloned().collect();
        (whole, visible)
    };
    let (segments, own_segments) = pick(&rows.segments);
    let (workload, own_workload) = pick(&rows.workload);
    let agents = rows.agents.clone();
    (Rows { segments, workload, agents: agents.clone() }, Rows { segments: own_segments, workload: own_workload, agents })
}

#[derive(Debug, Clone)]
enum Asked {
    Batch(Json),
    Single(&'static str, Json),
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![3 => random::batch().prop_map(Asked::Batch), 2 => random::single().prop_map(|(what, json)| Asked::Single(what, json))]
}

/// The answer as text, without what is about the scope itself and the moment.
async fn answer(engine: &Engine, caller: &Caller, policy: &Policy, asked: &Asked) -> String {
    let ctx = OpCtx::new(caller, "r1", now());
    let scope = scope(&ctx, policy);
    let settings = settings();
    let of = |json: Json| json;
    let result: Result<Json, EngineError> = match asked {
        Asked::Batch(json) => {
            let batch = serde_json::from_value(json.clone()).unwrap();
            engine.batch(&scope, &settings, now(), &batch).await.map(|a| json!({"reports": a.reports, "lists": lists(&a), "range": a.range}))
        }
        Asked::Single("values", json) => {
            engine.values(&scope, &settings, now(), &serde_json::from_value(json.clone()).unwrap()).await.map(|a| of(json!(a)))
        }
        Asked::Single("segments", json) => pages(engine, &scope, json).await,
        Asked::Single(_, json) => engine.conversation(&scope, json.as_str().unwrap()).await.map(|a| json!(format!("{:?}", a.segments))),
    };
    match result {
        Ok(json) => json.to_string(),
        Err(error) => format!("error: {error}"),
    }
}

/// Lists without their cursors, which are bound to the scope.
fn lists(answer: &Answer) -> Vec<Json> {
    let without = |list: &ListAnswer| json!([list.id, list.columns, list.rows, list.total, list.next.is_some(), list.error]);
    answer.lists.iter().map(without).collect()
}

/// A way to ask, and what was kept there before.
struct Road {
    name: &'static str,
    engine: Engine,
    /// Whether somebody else asks first, and how often then the person.
    keeps: bool,
    times: u32,
}

impl Road {
    fn all(world: &World, folder: &std::path::Path) -> [Road; 4] {
        let units = ["handling_team_name", "queue"];
        // Rows of tests are few: everything is worth a rollup.
        let small = PackedSettings { rollup_bytes: 1 << 20, rollup_rows: 1, ..PackedSettings::default() };
        let mapped = PackedSettings { rollup_bytes: 0, folder: Some(folder.to_owned()), ..PackedSettings::default() };
        let road = |name, keeps, times, set: &dyn Fn(Engine) -> Engine| Road { name, engine: world.packed_as(&units, set), keeps, times };
        // An earlier start wrote the files.
        drop(world.packed_as(&units, |own| own.with_packed(&mapped)));
        [
            road("packed", false, 1, &|own| own),
            road("mapped", false, 1, &|own| own.with_packed(&mapped)),
            road("rolled up", true, 1, &|own| own.with_packed(&small)),
            road("kept", true, 2, &|own| own.with_packed(&small).with_results(1 << 20)),
        ]
    }
}

/// The first three pages.
async fn pages(engine: &Engine, scope: &RowScope<'_>, json: &Json) -> Result<Json, EngineError> {
    let mut question: parclose_query::SegmentsQuestion = serde_json::from_value(json.clone()).unwrap();
    let mut all = Vec::new();
    for _ in 0..3 {
        let page = engine.segments(scope, &settings(), now(), &question).await?;
        all.push(json!({"columns": page.columns, "rows": page.rows, "total": page.total, "more": page.next.is_some()}));
        question.cursor = page.next;
        if question.cursor.is_none() {
            break;
        }
    }
    Ok(Json::Array(all))
}

#[test]
fn answers_do_not_depend_on_rows_out_of_scope() {
    prove(0);
}

/// The second half has a thread of its own.
#[test]
fn answers_do_not_depend_on_rows_out_of_scope_either() {
    prove(1);
}

fn prove(half: u32) {
    let (cases, seed) = (env("PARCLOSE_PROOF_CASES", 10_000) / 2, env("PARCLOSE_PROOF_SEED", 1));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (mut hidden, mut shown, mut packed, mut rollups, mut mapped, mut merged) = (0, 0, 0, 0, 0, 0);
    let (filled, everywhere, asked_now) = (std::cell::Cell::new(0), std::cell::Cell::new(0), std::cell::Cell::new(0));
    for at in (0..cases.div_ceil(QUESTIONS_A_LAKE)).map(|n| n * 2 + half) {
        let mut runner = runner(seed, at);
        let rows = random::rows(90, true).new_tree(&mut runner).unwrap().current();
        let rules = random::rules().new_tree(&mut runner).unwrap().current();
        let team = random::TEAMS[at as usize % random::TEAMS.len()];
        let caller = person(&[("team", &[team, "a1", "Calls"]), ("blank", &[" "])]);
        let (ruled, open) = (policy(Some(&rules)), policy(None));
        // Who asks before them: everybody under no rules, or somebody of another team under the same.
        let stranger = person(&[("team", &[random::TEAMS[(at as usize + 1) % random::TEAMS.len()], "a2", "Chats_1"])]);
        let before = if at % 4 < 2 { (&caller, &open) } else { (&stranger, &ruled) };
        let ctx = OpCtx::new(&caller, "r1", now());
        let (whole, visible) = split(&rows, &scope(&ctx, &ruled));
        shown += visible.segments.len() + visible.workload.len();
        hidden += whole.segments.len() + whole.workload.len() - visible.segments.len() - visible.workload.len();
        let (secured, removed) = runtime.block_on(async { (World::new(&whole).await, World::new(&visible).await) });
        let folder = tempfile::tempdir().unwrap();
        let fast = Road::all(&secured, folder.path());
        let slow = [("shared", secured.engine()), ("direct", engine_of(secured.lake.clone()).with_rows_held(0))];
        let (expected_packed, expected_lake) = (removed.packed(&[]), removed.engine());
        let result = runner.run(&asked(), |asked| {
            let expected = runtime.block_on(answer(&expected_packed, &caller, &open, &asked));
            let check = |road: &str, engine: &Engine| {
                let got = runtime.block_on(answer(engine, &caller, &ruled, &asked));
                prop_assert_eq!(&got, &expected, "on the {} road", road);
                prop_assert!(!got.contains("canary of"), "a canary came out");
                Ok(())
            };
            for road in &fast {
                if road.keeps {
                    runtime.block_on(answer(&road.engine, before.0, before.1, &asked));
                }
                for _ in 0..road.times {
                    check(road.name, &road.engine)?;
                }
            }
            asked_now.set(asked_now.get() + 1);
            if asked_now.get() % ALL_ROADS == 0 {
                prop_assert_eq!(&runtime.block_on(answer(&expected_lake, &caller, &open, &asked)), &expected, "without the packed columns");
                for (road, engine) in &slow {
                    check(road, engine)?;
                }
                everywhere.set(everywhere.get() + 1);
            }
            if expected.contains("\"rows\":[[") || expected.contains("\"values\":[{") {
                filled.set(filled.get() + 1);
            }
            Ok(())
        });
        if let Err(TestError::Fail(reason, asked)) = result {
            panic!("lake {at} of seed {seed}, rules {rules}\nasked {asked:?}\n{reason}");
        }
        result.unwrap();
        packed += fast[0].engine.packed_answers().0;
        // Until now parts of smaller files stood in for merged ones.
        merged += u32::from(fast[0].engine.prepare());
        mapped += fast[1].engine.packed_bytes().1;
        rollups += fast[2].engine.rollups().1;
    }
    let (filled, everywhere) = (filled.get(), everywhere.get());
    println!(
        "{cases} questions, {everywhere} of them on every road; {hidden} hidden rows, {shown} in scope; {filled} answers with rows; \
         {packed} answers from packed columns, {mapped} bytes of them mapped, {rollups} rollups, {merged} lakes with merged files"
    );
    // The proof proves something only when there is something to hide and something to show.
    let enough = (cases as usize / 5).min(500);
    assert!(hidden > enough && shown > enough && filled > cases / 5, "{hidden} {shown} {filled}");
    assert!(packed > u64::from(cases) && rollups > 0 && mapped > 0, "the packed columns answered {packed}, {mapped} mapped, {rollups} rollups");
    assert!(merged > 0, "no file was merged");
    assert!(everywhere >= cases / ALL_ROADS, "{everywhere} on every road");
}
