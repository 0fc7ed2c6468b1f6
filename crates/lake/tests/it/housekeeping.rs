use crate::{DAY, NOVEMBER, OCTOBER, ids, open, row};
use parclose_lake::Change;
use std::path::Path;

fn files_on_disk(folder: &Path) -> usize {
    let parts = std::fs::read_dir(folder).unwrap().flatten().filter(|e| e.file_name().to_string_lossy().starts_with("part="));
    parts.map(|part| std::fs::read_dir(part.path()).unwrap().count()).sum()
}

#[tokio::test]
async fn compaction_keeps_rows_and_position() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = open(folder.path()).await;
    for n in 0..7 {
        let closed = vec![
            row(&format!("u{n}"), &format!("s{n}"), NOVEMBER - n * 1000),
            row(&format!("v{n}"), &format!("t{n}"), NOVEMBER + n * 1000),
        ];
        table
            .commit(Change { closed, open: vec![row("w", "w", OCTOBER)], position: n as u64 + 1, ..Change::default() }, NOVEMBER)
            .await
            .unwrap();
    }
    let before = ids(&table, true).await;
    let files = table.closed_files();
    assert_eq!((before.len(), files.len()), (15, 7));
    assert!(table.compact(NOVEMBER).await.unwrap());
    assert!(!table.compact(NOVEMBER).await.unwrap(), "nothing is left to do");
    assert_eq!(table.closed_files().len(), 1);
    let merged = &table.closed_files()[0];
    assert_eq!(merged.range_ms, (NOVEMBER - 6000, NOVEMBER + 6000));
    let known = table.merged();
    let mut of = known.instead_of(&merged.path, |_| true).expect("what it was merged from");
    of.sort_unstable();
    let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(of, paths);
    let (_, again) = open(folder.path()).await;
    for table in [&table, &again] {
        assert_eq!((table.position(), ids(table, true).await), (7, before.clone()));
    }
    // Rows of a compacted file can still be replaced.
    let replaced = [("u3".to_owned(), (NOVEMBER - 3000, NOVEMBER - 3000))].into();
    table.commit(Change { replaced, position: 8, ..Change::default() }, NOVEMBER).await.unwrap();
    assert_eq!(ids(&table, true).await.len(), 13, "u3 and the open rows are gone");
}

#[tokio::test]
async fn removed_files_go_after_a_while_and_lost_ones_with_a_sweep() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = open(folder.path()).await;
    for n in 0..4 {
        table.commit(Change { open: vec![row("u", "a", OCTOBER)], position: n + 1, ..Change::default() }, OCTOBER).await.unwrap();
    }
    assert_eq!(files_on_disk(table.folder()), 4, "queries may still read them");
    table.commit(Change { position: 9, ..Change::default() }, OCTOBER + DAY).await.unwrap();
    assert!(files_on_disk(table.folder()) <= 1, "the last is kept for those who began just now");
    // What a crash left between a file and its commit.
    std::fs::create_dir_all(table.folder().join("part=2026-10")).unwrap();
    std::fs::write(table.folder().join("part=2026-10/1_2_3_lost.parquet"), b"lost").unwrap();
    table.commit(Change { closed: vec![row("u", "a", OCTOBER)], position: 10, ..Change::default() }, OCTOBER + DAY).await.unwrap();
    table.sweep().await.unwrap();
    assert_eq!(files_on_disk(table.folder()), 1);
    let (_, again) = open(folder.path()).await;
    assert_eq!(ids(&again, true).await.len(), 1);
}

#[tokio::test]
async fn the_delta_log_is_what_other_tools_expect() {
    let folder = tempfile::tempdir().unwrap();
    let (_, table) = open(folder.path()).await;
    table.commit(Change { closed: vec![row("u", "a", OCTOBER)], position: 3, ..Change::default() }, OCTOBER).await.unwrap();
    let log = std::fs::read_to_string(table.folder().join("_delta_log/00000000000000000001.json")).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let add = lines.iter().find_map(|l| l.get("add")).unwrap();
    let stats: serde_json::Value = serde_json::from_str(add["stats"].as_str().unwrap()).unwrap();
    assert_eq!(stats["numRecords"], 1);
    assert_eq!(stats["minValues"]["segment_start"], "2026-10-31T12:00:00.000Z");
    assert_eq!(stats["maxValues"]["segment_start"], "2026-10-31T12:00:00.000Z");
    assert_eq!(add["partitionValues"]["part"], "2026-10");
    let size = std::fs::metadata(table.folder().join(add["path"].as_str().unwrap())).unwrap().len();
    assert_eq!(add["size"].as_u64(), Some(size));
    let txn = lines.iter().find_map(|l| l.get("txn")).unwrap();
    assert_eq!((txn["appId"].as_str(), txn["version"].as_i64()), (Some("parclose-pipeline"), Some(3)));
    let first = std::fs::read_to_string(table.folder().join("_delta_log/00000000000000000000.json")).unwrap();
    assert!(first.contains("\"partitionColumns\":[\"part\"]"));
}
