//! Buckets and parts of the day around the change of the clock in Prague.

use crate::support::{Rows, World, ask, rows_of, run, segment};
use serde_json::{Value as Json, json};

fn at(instants: &[&str]) -> Rows {
    let segments = instants
        .iter()
        .enumerate()
        .map(|(n, at)| segment(json!({"kind": "Queue", "segment_id": format!("s{n}"), "segment_start": at, "queue_time": 1})));
    Rows { segments: segments.collect(), ..Rows::default() }
}

async fn counted(world: &World, range: Json, by: &str) -> (Json, Json, Json) {
    let query = json!({"data_set": "conversations", "metrics": [{"metric": "queued"}], "attributes": [by]});
    let answer = ask(world, json!({"range": range, "reports": [{"id": "r", "query": query}]})).await;
    (rows_of(&answer), json!(answer.reports[0].buckets), json!(answer.reports[0].unfinished_bucket))
}

#[test]
fn the_long_day_in_october() {
    run(async {
        // 02:30 summer time, 02:30 winter time, last second of the day, first of the next.
        let world =
            World::new(&at(&["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"])).await;
        let day = json!({"from": "2026-10-25", "to": "2026-10-25"});
        let (rows, buckets, unfinished) = counted(&world, day.clone(), "time.hour").await;
        assert_eq!(rows, json!([["2026-10-25T02:00:00+02:00", 1], ["2026-10-25T02:00:00+01:00", 1], ["2026-10-25T23:00:00+01:00", 1]]));
        assert_eq!(buckets.as_array().unwrap().len(), 25);
        assert_eq!(unfinished, json!(null));
        assert_eq!(counted(&world, day.clone(), "time.hour_of_day").await.0, json!([[2, 2], [23, 1]]));
        assert_eq!(counted(&world, day.clone(), "time.weekday").await.0, json!([[7, 3]]));
        let days = json!({"from": "2026-10-25", "to": "2026-10-26"});
        assert_eq!(counted(&world, days, "time.day").await.0, json!([["2026-10-25T00:00:00+02:00", 3], ["2026-10-26T00:00:00+01:00", 1]]));
    });
}

#[test]
fn the_short_day_in_march() {
    run(async {
        let world =
            World::new(&at(&["2026-03-28T23:00:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T21:59:59Z"])).await;
        let day = json!({"from": "2026-03-29", "to": "2026-03-29"});
        let (rows, buckets, _) = counted(&world, day.clone(), "time.hour").await;
        assert_eq!(
            rows.as_array().unwrap().iter().map(|r| r[0].clone()).collect::<Vec<_>>(),
            [
                json!("2026-03-29T00:00:00+01:00"),
                json!("2026-03-29T01:00:00+01:00"),
                json!("2026-03-29T03:00:00+02:00"),
                json!("2026-03-29T23:00:00+02:00")
            ]
        );
        assert_eq!(buckets.as_array().unwrap().len(), 23);
        assert_eq!(counted(&world, day, "time.hour_of_day").await.0, json!([[0, 1], [1, 1], [3, 1], [23, 1]]));
    });
}

#[test]
fn weeks_months_quarters_and_years() {
    run(async {
        let world =
            World::new(&at(&["2025-12-31T23:30:00Z", "2026-02-15T12:00:00Z", "2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z"])).await;
        let range = json!({"from": "2026-01-01", "to": "2026-11-04"});
        let first = |rows: Json| rows[0].clone();
        // The first of January in Prague belongs to the ISO week that begins on Monday 29 December.
        assert_eq!(first(counted(&world, range.clone(), "time.week").await.0), json!(["2025-12-29T00:00:00+01:00", 1]));
        assert_eq!(
            counted(&world, range.clone(), "time.month").await.0,
            json!([["2026-01-01T00:00:00+01:00", 1], ["2026-02-01T00:00:00+01:00", 1], ["2026-11-01T00:00:00+01:00", 2]])
        );
        assert_eq!(
            counted(&world, range.clone(), "time.quarter").await.0,
            json!([["2026-01-01T00:00:00+01:00", 2], ["2026-10-01T00:00:00+02:00", 2]])
        );
        assert_eq!(counted(&world, range.clone(), "time.year").await.0, json!([["2026-01-01T00:00:00+01:00", 4]]));
        let (rows, buckets, _) = counted(&world, range, "time.auto").await;
        assert_eq!((rows.as_array().unwrap().len(), buckets.as_array().unwrap().len()), (4, 45));
    });
}

#[test]
fn auto_and_all_and_the_unfinished_bucket() {
    run(async {
        let world = World::new(&at(&["2026-11-03T10:00:00Z", "2026-11-05T09:00:00Z"])).await;
        // Now is 13:00 in Prague on 5 November.
        let (_, buckets, unfinished) = counted(&world, json!({"preset": "today"}), "time.auto").await;
        assert_eq!(buckets.as_array().unwrap().len(), 24);
        assert_eq!(unfinished, json!("2026-11-05T13:00:00+01:00"));
        let (_, buckets, unfinished) = counted(&world, json!({"preset": "all"}), "time.auto").await;
        assert_eq!(buckets, json!(["2026-11-03T00:00:00+01:00", "2026-11-04T00:00:00+01:00", "2026-11-05T00:00:00+01:00"]));
        assert_eq!(unfinished, json!("2026-11-05T00:00:00+01:00"));
        assert_eq!(counted(&world, json!({"preset": "yesterday"}), "time.day").await.2, json!(null));
        // Too fine for a long range: an error of the report and not a hundred thousand buckets.
        let query = json!({"data_set": "conversations", "metrics": [{"metric": "queued"}], "attributes": ["time.hour"]});
        let answer =
            ask(&world, json!({"range": {"from": "2001-01-01", "to": "2026-12-31"}, "reports": [{"id": "r", "query": query}]})).await;
        assert_eq!(answer.reports[0].error.as_ref().map(|e| e.code), Some("invalid_query"));
    });
}
