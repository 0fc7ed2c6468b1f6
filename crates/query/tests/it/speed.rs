//! How long a dashboard takes. Not part of the usual run: `cargo nextest run -p parclose-query speed --run-ignored all --no-capture`.

use crate::support::{Rows, TEAM_RULE, World, ms, now, person, policy, scope, settings};
use parclose_access::OpCtx;
use parclose_model::{Cell, Row, TableId};
use parclose_query::Batch;
use serde_json::{Value as Json, json};
use std::time::Instant;

fn rows(count: i64) -> Rows {
    let start = ms("2026-10-20T00:00:00Z");
    let of = |n: i64| {
        let mut row = Row::empty(TableId::Segments);
        let text = |row: &mut Row, name: &str, of: i64| row.set(name, format!("{name} {}", n * 7919 % of));
        for (name, of) in [
            ("queue", 20),
            ("handling_team_name", 10),
            ("channel", 3),
            ("agent_id", 200),
            ("customer_id", 50_000),
            ("outcome", 12),
            ("conversation_attribute_1", 40),
            ("language", 5),
        ] {
            text(&mut row, name, of);
        }
        row.set("conversation_id", format!("conversation {}", n / 3));
        row.set("segment_id", format!("segment {n:08}"));
        row.set("unit_key", format!("T:{}", n / 3));
        row.set("kind", if n % 3 == 0 { "Queue" } else { "Conversation" });
        row.set("abandoned", if n % 11 == 0 { "Yes" } else { "No" });
        row.set("direction", "Inbound");
        for (name, of) in [("queue_time", 120), ("ring_time", 20), ("talk_time", 600), ("wrap_up_time", 60), ("hold_time", 30)] {
            row.set(name, n * 31 % of);
        }
        row.set("segment_start", Cell::Instant(start + n * (14 * 86_400_000 / count)));
        row
    };
    Rows { segments: (0..count).map(of).collect(), ..Rows::default() }
}

#[test]
#[ignore = "a measurement"]
fn twelve_reports_over_a_hundred_thousand_rows() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let rows = rows(100_000);
    let world = runtime.block_on(World::new(&rows));
    let metrics = |names: &[&str]| names.iter().map(|n| json!({"metric": n})).collect::<Vec<Json>>();
    let tiles = [
        (metrics(&["conversations", "handled", "abandoned_pct"]), vec![]),
        (metrics(&["service_level", "asa"]), vec![]),
        (metrics(&["aht", "handling_time"]), vec![]),
        (metrics(&["queue_time_p50", "queue_time_p95"]), vec![]),
        (metrics(&["conversations", "handled"]), vec!["time.day"]),
        (metrics(&["service_level"]), vec!["time.day"]),
        (metrics(&["handled", "aht"]), vec!["queue"]),
        (metrics(&["handled", "aht", "talk_time"]), vec!["agent_id"]),
        (metrics(&["handled"]), vec!["channel", "time.day"]),
        (metrics(&["queued"]), vec!["time.weekday", "time.hour_of_day"]),
        (metrics(&["handled"]), vec!["outcome"]),
        (metrics(&["customers", "agents"]), vec!["queue"]),
    ];
    let reports: Vec<Json> = tiles.iter().enumerate().map(|(at, (metrics, attributes))| {
        json!({"id": at.to_string(), "query": {"data_set": "conversations", "metrics": metrics, "attributes": attributes, "totals": true}})
    }).collect();
    let batch: Batch = serde_json::from_value(json!({"range": {"from": "2026-10-20", "to": "2026-11-04"}, "reports": reports})).unwrap();
    for (words, rules, held) in [
        ("open, shared", None, 400_000),
        ("open, direct", None, 0),
        ("a team of ten, shared", Some(TEAM_RULE), 400_000),
        ("a team of ten, direct", Some(TEAM_RULE), 0),
    ] {
        let caller = person(&[("team", &["handling_team_name 3"])]);
        let ctx = OpCtx::new(&caller, "r", now());
        let scope = scope(&ctx, &policy(rules));
        let engine = world.engine().with_rows_held(held);
        let mut times = Vec::new();
        for _ in 0..5 {
            let start = Instant::now();
            let answer = runtime.block_on(engine.batch(&scope, &settings(), now(), &batch)).unwrap();
            assert!(answer.reports.iter().all(|r| r.error.is_none() && !r.rows.is_empty()));
            times.push(start.elapsed().as_millis());
        }
        println!("{words}: {times:?} ms");
    }
}
