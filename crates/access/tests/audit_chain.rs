//! The audit chain notices every change.

mod common;

use parclose_access::actions::ReadRows;
use parclose_access::audit::{CHAIN_START, link, verify_chain};
use parclose_access::{AuditEntry, OpCtx, Outcome, Policy, Workspace};
use parclose_model::WorkspaceId;

fn chain() -> Vec<(i64, String, String)> {
    let mut previous = CHAIN_START.to_owned();
    (1..=5)
        .map(|number| {
            let canonical = AuditEntry::bare(number * 1000, WorkspaceId::new("acme"), "read_rows", "workspace", "acme").canonical();
            let hash = link(&previous, &canonical);
            previous.clone_from(&hash);
            (number, canonical, hash)
        })
        .collect()
}

fn broken_at(records: &[(i64, String, String)]) -> Option<i64> {
    let start = (0, CHAIN_START.to_owned());
    verify_chain(start, records.iter().map(|(n, c, h)| (*n, c.as_str(), h.as_str()))).err().map(|broken| broken.number)
}

#[test]
fn a_chain_that_nobody_touched_holds() {
    assert_eq!(broken_at(&chain()), None);
}

#[test]
fn a_changed_removed_moved_or_inserted_record_is_noticed() {
    let mut changed = chain();
    changed[2].1 = changed[2].1.replace("3000", "3001");
    assert_eq!(broken_at(&changed), Some(3));

    let mut rehashed = changed;
    rehashed[2].2 = link(&rehashed[1].2, &rehashed[2].1);
    assert_eq!(broken_at(&rehashed), Some(4), "a new hash for the changed record breaks the next");

    let mut removed = chain();
    removed.remove(2);
    assert_eq!(broken_at(&removed), Some(3));

    let mut swapped = chain();
    swapped.swap(1, 2);
    assert_eq!(broken_at(&swapped), Some(2));

    let mut doubled = chain();
    let copy = doubled[4].clone();
    doubled.push(copy);
    assert_eq!(broken_at(&doubled), Some(6));
}

#[test]
fn an_entry_says_who_and_how_much_and_no_value() {
    let caller = common::caller(&["supervisor", "wfo.dashboard_viewer"], &[("department", &["canary-value"])]);
    let ctx = OpCtx::new(&caller, "req-1", 42);
    let grant = ctx.authorize(ReadRows, &Workspace::of(&caller)).expect("a viewer reads rows");
    let scope = Policy::loaded::<()>(WorkspaceId::new("acme"), Ok(None)).scope(&grant);
    let entry = AuditEntry::of_grant(&grant).with_rows(&scope, 7).outcome(Outcome::Done);
    let text = entry.canonical();
    assert!(!text.contains("canary"), "{text}");
    assert_eq!(serde_json::from_str::<AuditEntry>(&text).expect("it reads back"), entry);
    assert_eq!((entry.rows, entry.at_ms, entry.request_id.as_str(), entry.action.as_str()), (Some(7), 42, "req-1", "read_rows"));
}
