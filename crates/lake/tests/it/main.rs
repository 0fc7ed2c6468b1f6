//! The lake's tables: commits, units, months, positions, compaction, clean-up. One binary: each links the whole of Delta.

mod commits;
mod housekeeping;
mod values;

use parclose_lake::{Lake, LakeTable};
use parclose_model::{Cell, Row, TableId};
use std::collections::BTreeSet;
use std::sync::Arc;

pub const DAY: i64 = 86_400_000;
/// 2026-10-31T12:00:00Z
pub const OCTOBER: i64 = 1_793_448_000_000;
/// 2026-11-02T12:00:00Z
pub const NOVEMBER: i64 = OCTOBER + 2 * DAY;

pub fn row(unit: &str, id: &str, at: i64) -> Arc<Row> {
    let mut row = Row::empty(TableId::Segments);
    row.set("unit_key", unit);
    row.set("segment_id", id);
    row.set("kind", "Conversation");
    row.set("talk_time", 7);
    row.set("segment_start", Cell::Instant(at));
    Arc::new(row)
}

pub async fn open(folder: &std::path::Path) -> (Lake, Arc<LakeTable>) {
    let lake = Lake::open(folder).await.unwrap();
    let table = lake.table(TableId::Segments).clone();
    (lake, table)
}

pub async fn ids(table: &LakeTable, with_open: bool) -> BTreeSet<String> {
    let rows = table.committed_rows(with_open).await.unwrap();
    let all: Vec<String> = rows.iter().map(|r| r.get("segment_id").as_text().unwrap().to_owned()).collect();
    let set: BTreeSet<String> = all.iter().cloned().collect();
    assert_eq!(set.len(), all.len(), "a segment twice: {all:?}");
    set
}

pub fn set(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}
