use crate::{DAY, NOVEMBER, OCTOBER, ids, open, row, set};
use parclose_lake::{Change, LakeError};

fn parts(table: &parclose_lake::LakeTable) -> Vec<(String, u64)> {
    table.closed_files().into_iter().map(|f| (f.part, f.rows)).collect()
}

#[tokio::test]
async fn a_new_lake_is_empty_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let (lake, table) = open(folder.path()).await;
        assert_eq!((table.position(), table.closed_files().len()), (0, 0));
        assert!(table.open_units().await.unwrap().is_empty());
        assert_eq!(lake.live().tables.len(), 4);
    }
}

#[tokio::test]
async fn months_units_and_positions_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = open(folder.path()).await;
    let change = Change {
        closed: vec![row("u1", "a", OCTOBER), row("u1", "b", NOVEMBER), row("u2", "c", NOVEMBER)],
        open: vec![row("u3", "d", NOVEMBER)],
        position: 10,
        ..Change::default()
    };
    table.commit(change, NOVEMBER).await.unwrap();
    let (_, again) = open(folder.path()).await;
    for table in [table, again] {
        assert_eq!(table.position(), 10);
        assert_eq!(parts(&table), [("2026-10".into(), 1), ("2026-11".into(), 2)]);
        assert_eq!(ids(&table, false).await, set(&["a", "b", "c"]));
        assert_eq!(ids(&table, true).await, set(&["a", "b", "c", "d"]));
        assert_eq!(table.open_units().await.unwrap(), ["u3".to_owned()].into());
        let file = &table.closed_files()[1];
        assert_eq!(file.range_ms, (NOVEMBER, NOVEMBER));
    }
}

#[tokio::test]
async fn replaced_units_lose_their_old_rows_and_nobody_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = open(folder.path()).await;
    let closed = vec![row("u1", "a", OCTOBER), row("u1", "b", NOVEMBER), row("u2", "c", OCTOBER), row("u2", "d", NOVEMBER)];
    table.commit(Change { closed, position: 1, ..Change::default() }, NOVEMBER).await.unwrap();
    // u1 is recomputed: one row moved to another month, one is gone.
    let replaced = [("u1".to_owned(), (OCTOBER, NOVEMBER))].into();
    table
        .commit(Change { replaced, closed: vec![row("u1", "e", NOVEMBER + DAY)], position: 2, ..Change::default() }, NOVEMBER)
        .await
        .unwrap();
    assert_eq!(ids(&table, true).await, set(&["c", "d", "e"]));
    assert_eq!(parts(&table), [("2026-10".into(), 1), ("2026-11".into(), 2)]);
    // A range that no file touches keeps files as they are.
    let before = table.closed_files();
    let replaced = [("u9".to_owned(), (0, 1))].into();
    table.commit(Change { replaced, position: 3, ..Change::default() }, NOVEMBER).await.unwrap();
    assert_eq!(table.closed_files(), before);
    // The last unit of a month takes the month's file with it.
    let replaced = [("u2".to_owned(), (OCTOBER, NOVEMBER))].into();
    table.commit(Change { replaced, position: 4, ..Change::default() }, NOVEMBER).await.unwrap();
    assert_eq!(ids(&table, true).await, set(&["e"]));
    assert_eq!(parts(&table), [("2026-11".into(), 1)]);
}

#[tokio::test]
async fn open_rows_are_always_the_last_commits() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = open(folder.path()).await;
    table
        .commit(Change { open: vec![row("u1", "a", OCTOBER), row("u2", "b", OCTOBER)], position: 1, ..Change::default() }, OCTOBER)
        .await
        .unwrap();
    assert!(table.closed_files().is_empty());
    table
        .commit(
            Change { closed: vec![row("u1", "a", OCTOBER)], open: vec![row("u2", "b", OCTOBER)], position: 2, ..Change::default() },
            OCTOBER,
        )
        .await
        .unwrap();
    assert_eq!(ids(&table, true).await, set(&["a", "b"]));
    table.commit(Change { position: 3, ..Change::default() }, OCTOBER).await.unwrap();
    let (_, again) = open(folder.path()).await;
    assert_eq!(ids(&again, true).await, set(&["a"]));
    assert_eq!((again.position(), again.open_units().await.unwrap().len()), (3, 0));
}

#[tokio::test]
async fn positions_never_go_back_and_a_repeated_commit_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = open(folder.path()).await;
    table.commit(Change { closed: vec![row("u1", "a", OCTOBER)], position: 5, ..Change::default() }, OCTOBER).await.unwrap();
    let back = table.commit(Change { closed: vec![row("u2", "b", OCTOBER)], position: 4, ..Change::default() }, OCTOBER).await;
    assert!(matches!(back, Err(LakeError::Position { at: 5, asked: 4, .. })));
    table.commit(Change { position: 5, ..Change::default() }, OCTOBER).await.unwrap();
    assert_eq!(ids(&table, true).await, set(&["a"]));
    let (_, again) = open(folder.path()).await;
    assert_eq!(again.position(), 5);
}
