use crate::{NOVEMBER, OCTOBER, open, row};
use parclose_lake::{AgentsNow, Change, rows_from_batch, rows_to_batch, stored_schema, view_schema};
use parclose_model::{Cell, ColumnType, Row, TableId};
use std::sync::Arc;

/// A row with a value in every column.
fn full(table: TableId) -> Row {
    let mut row = Row::empty(table);
    for (n, column) in table.columns().iter().enumerate() {
        row.set(
            column.name,
            match column.ty {
                ColumnType::Text => Cell::from(format!("žluťoučký ▸ \"{}\" \\ {n}", column.name)),
                ColumnType::Whole => Cell::Whole(i64::MAX - n as i64),
                ColumnType::Number => Cell::Number(n as f64 + 0.25),
                ColumnType::Instant => Cell::Instant(OCTOBER + n as i64),
            },
        );
    }
    row
}

#[test]
fn rows_become_batches_and_rows_again() {
    for table in TableId::ALL {
        let rows = vec![full(table), Row::empty(table)];
        for schema in [stored_schema(table), view_schema(table)] {
            let batch = rows_to_batch(table, &rows, schema).unwrap();
            assert_eq!(rows_from_batch(table, &batch).unwrap(), rows);
        }
    }
}

#[test]
fn a_cell_that_does_not_fit_is_null() {
    let mut row = Row::empty(TableId::Segments);
    row.set("talk_time", "text");
    row.set("queue", 5);
    row.set("segment_start", Cell::Instant(i64::MAX));
    row.set("conversation_measure_1", Cell::Number(f64::NAN));
    row.set("conversation_measure_2", Cell::Number(f64::INFINITY));
    let batch = rows_to_batch(TableId::Segments, &[row], view_schema(TableId::Segments)).unwrap();
    assert_eq!(rows_from_batch(TableId::Segments, &batch).unwrap(), [Row::empty(TableId::Segments)]);
}

#[tokio::test]
async fn rows_come_back_from_disk_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = open(folder.path()).await;
    let mut odd = full(TableId::Segments);
    odd.set("segment_start", Cell::Instant(NOVEMBER));
    // Without a time a row lies in the first month of all; nothing is lost.
    let timeless = Row::clone(&row("t", "timeless", 0));
    let mut timeless_row = timeless;
    timeless_row.set("segment_start", Cell::Null);
    let closed = vec![Arc::new(timeless_row.clone()), Arc::new(odd.clone())];
    table.commit(Change { closed, position: 1, ..Change::default() }, NOVEMBER).await.unwrap();
    assert_eq!(table.committed_rows(false).await.unwrap(), [timeless_row, odd]);
    assert_eq!(table.closed_files().iter().map(|f| f.part.as_str()).collect::<Vec<_>>(), ["1970-01", "2026-11"]);
}

#[test]
fn agents_are_found_by_id() {
    let mut agent = Row::empty(TableId::Agents);
    agent.set("agent_id", "a1");
    agent.set("agent_team_name", "Anvils");
    let agents = AgentsNow::new([Arc::new(agent), Arc::new(Row::empty(TableId::Agents))]);
    assert_eq!((agents.len(), agents.is_empty()), (1, false));
    assert_eq!(agents.get("a1").and_then(|r| r.get("agent_team_name").as_text().map(str::to_owned)).as_deref(), Some("Anvils"));
    assert!(agents.get("a2").is_none());
}
