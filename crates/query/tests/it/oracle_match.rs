//! The engine's numbers are the oracle's numbers, for random questions over random rows.

use crate::oracle::{Oracle, key_of, same};
use crate::random;
use crate::support::{World, ms, now, person, policy, scope};
use parclose_access::OpCtx;
use parclose_metrics::TypedQuery;
use parclose_model::WorkspaceSettings;
use parclose_model::settings::ServiceLevelOverride;
use parclose_query::{Batch, ReportAnswer};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value as Json;
use std::collections::BTreeMap;

fn check(report: &ReportAnswer, query: &TypedQuery, oracle: &Oracle<'_>, shared: &[parclose_metrics::Filter]) -> Result<(), TestCaseError> {
    let refused = query.check().is_err() || shared.iter().any(|f| f.check(query.data_set).is_err());
    prop_assert_eq!(report.error.is_some(), refused, "{:?}", report.error);
    if refused {
        return Ok(());
    }
    let (groups, totals) = oracle.answer(query, shared);
    let keys = query.attributes.len();
    let limit = query.limit.unwrap_or(1000) as usize;
    prop_assert_eq!(report.rows.len(), groups.len().min(limit));
    prop_assert_eq!(report.truncated, groups.len() > limit);
    let mut seen = BTreeMap::new();
    for row in &report.rows {
        let key: Vec<Option<String>> = row[..keys].iter().map(key_of).collect();
        let Some(expected) = groups.get(&key) else { return Err(TestCaseError::fail(format!("group {key:?} is not there"))) };
        for (got, expected) in row[keys..].iter().zip(expected) {
            prop_assert!(same(got, *expected), "{:?}: {} and not {:?}", key, got, expected);
        }
        prop_assert!(seen.insert(key, ()).is_none(), "a group twice");
    }
    sorted(report, query)?;
    if let Some(got) = &report.totals {
        prop_assert!(query.totals);
        for (got, expected) in got[keys..].iter().zip(totals) {
            prop_assert!(same(got, expected), "total {} and not {:?}", got, expected);
        }
    }
    Ok(())
}

/// Each row stands before the next in the order that was asked for; nulls last.
fn sorted(report: &ReportAnswer, query: &TypedQuery) -> Result<(), TestCaseError> {
    let Some(sort) = query.sort.first() else { return Ok(()) };
    let at = report.columns.iter().position(|c| c.name == sort.by).unwrap();
    let values: Vec<&Json> = report.rows.iter().map(|row| &row[at]).collect();
    for pair in values.windows(2) {
        let in_order = match (pair[0], pair[1]) {
            (_, Json::Null) => true,
            (Json::Null, _) => false,
            (Json::String(a), Json::String(b)) => (a <= b) == (sort.direction == parclose_metrics::Direction::Ascending) || a == b,
            (a, b) => {
                let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
                (a <= b) == (sort.direction == parclose_metrics::Direction::Ascending) || a == b
            }
        };
        prop_assert!(in_order, "{} before {}", pair[0], pair[1]);
    }
    Ok(())
}

#[test]
fn engine_and_oracle_agree() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let settings = WorkspaceSettings {
        time_zone: "Europe/Prague".into(),
        service_level_overrides: vec![
            ServiceLevelOverride { queue: Some("Calls".into()), channel: Some("Chat".into()), seconds: 300 },
            ServiceLevelOverride { queue: Some("Calls".into()), channel: None, seconds: 4 },
            ServiceLevelOverride { queue: None, channel: Some("Chat".into()), seconds: 20 },
        ],
        ..WorkspaceSettings::default()
    };
    let caller = person(&[]);
    let open = policy(None);
    let wholes = std::cell::Cell::new(0_u8);
    for lake in 0..12 {
        let mut runner = TestRunner::new_with_rng(
            Config { cases: 25, failure_persistence: None, max_shrink_iters: 60, ..Config::default() },
            proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[lake + 1; 32]),
        );
        let rows = random::rows(120, false).new_tree(&mut runner).unwrap().current();
        let world = runtime.block_on(World::new(&rows));
        let engine = match lake % 3 {
            0 => world.engine().with_rows_held(0),
            1 => world.engine(),
            _ => world.packed(&["queue"]),
        };
        let all: Vec<_> = rows.segments.iter().chain(&rows.workload).cloned().collect();
        let result = runner.run(&random::batch(), |json| {
            let batch: Batch = serde_json::from_value(json).unwrap();
            let ctx = OpCtx::new(&caller, "r1", now());
            let answer = runtime.block_on(engine.batch(&scope(&ctx, &open), &settings, now(), &batch));
            let Ok(answer) = answer else {
                // Only a filter that is wrong for every data set fails the whole request.
                prop_assert!(batch.filters.iter().any(|f| f.check(parclose_metrics::DataSet::Conversations).is_err()));
                return Ok(());
            };
            let range_ms = (ms(&answer.range.from_instant), ms(&answer.range.to_instant));
            let auto_ms = range_ms.1 - range_ms.0;
            let oracle = Oracle { rows: &all, agents: &rows.agents, settings: &settings, range_ms, auto_ms };
            for (report, asked) in answer.reports.iter().zip(&batch.reports) {
                check(report, &asked.query, &oracle, &batch.filters)?;
                if let (Some(previous), None) = (&report.previous, &report.error) {
                    let bounds = (answer.range.previous_from_instant.as_deref(), answer.range.previous_to_instant.as_deref());
                    let (Some(from), Some(to)) = bounds else { return Err(TestCaseError::fail("no bounds of the previous period")) };
                    let before = Oracle { range_ms: (ms(from), ms(to)), ..oracle_of(&oracle) };
                    prop_assert_eq!(previous.whole, before.covers_beginning(asked.query.data_set));
                    wholes.set(wholes.get() | 1 << u8::from(previous.whole));
                    let mut as_report = report.clone();
                    as_report.truncated = before.answer(&asked.query, &batch.filters).0.len() > previous.rows.len();
                    (as_report.rows, as_report.totals) = (previous.rows.clone(), previous.totals.clone());
                    check(&as_report, &asked.query, &before, &batch.filters)?;
                }
            }
            Ok(())
        });
        if let Err(error) = result {
            panic!("lake {lake}: {error}");
        }
    }
    assert_eq!(wholes.get(), 0b11, "some previous periods were whole, and some were not");
}

fn oracle_of<'a>(oracle: &Oracle<'a>) -> Oracle<'a> {
    Oracle { rows: oracle.rows, agents: oracle.agents, settings: oracle.settings, range_ms: oracle.range_ms, auto_ms: oracle.auto_ms }
}
