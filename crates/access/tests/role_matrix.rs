//! The role matrix and the action table as golden files that anybody can check by eye.
//! Rewrite with `UPDATE_GOLDEN=1 cargo test -p parclose-access`, then read the difference.

mod common;

use common::{caller, caller_by};
use parclose_access::actions::{self, TABLE};
use parclose_access::matrix::{self, MATRIX};
use parclose_access::{Assess, Capabilities, Dashboards, EntryRefused, KeyScope, Means, OpCtx, Refusal, Workspace};
use std::fmt::Write as _;

fn golden(name: &str, actual: &str) {
    let path = format!("{}/tests/golden/{name}", std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("the golden file is checked in");
    assert!(expected == actual, "{path} differs from the code; it should be:\n{actual}");
}

fn line(capabilities: Capabilities) -> String {
    let yes = |flag: bool| if flag { "yes" } else { "-" };
    let assess = match capabilities.assess {
        Assess::No => "-",
        Assess::View => "view only",
        Assess::Yes => "yes",
    };
    let Capabilities { play_calls, export_calls, questionnaires, administer, .. } = capabilities;
    let dashboards = format!("{:?}", capabilities.dashboards);
    format!("{:<5} {:<7} {assess:<10} {:<14} {dashboards:<10} {}", yes(play_calls), yes(export_calls), yes(questionnaires), yes(administer))
}

#[test]
fn every_role_and_every_pair_of_roles() {
    let mut sets: Vec<Vec<&str>> = vec![vec![]];
    sets.extend(MATRIX.iter().map(|row| vec![row.role]));
    for (i, one) in MATRIX.iter().enumerate() {
        sets.extend(MATRIX[i + 1..].iter().map(|other| vec![one.role, other.role]));
    }
    let mut out = format!("{:<26} {:<57} play  export  assess     questionnaires dashboards administer\n", "flex role", "wfo roles");
    let flex_sets: [&[&str]; 8] =
        [&[], &["agent"], &["supervisor"], &["admin"], &["agent", "supervisor"], &["agent", "admin"], &["supervisor", "admin"], &["agent", "supervisor", "admin"]];
    for flex in flex_sets {
        for wfo in &sets {
            let roles: Vec<&str> = wfo.iter().chain(flex).copied().collect();
            let answer = match matrix::entry(&roles) {
                Ok(capabilities) => line(capabilities),
                Err(EntryRefused::NoFlexRole) => "refused: neither supervisor nor admin".into(),
                Err(EntryRefused::NoWfoRole) => "refused: no wfo role".into(),
            };
            let wfo = if wfo.is_empty() { "none".into() } else { wfo.join(" + ") };
            let flex = if flex.is_empty() { "none".into() } else { flex.join(" + ") };
            writeln!(out, "{flex:<26} {wfo:<57} {}", answer.trim_end()).expect("a string takes text");
        }
    }
    golden("role_matrix.txt", &out);
}

#[test]
fn every_action_for_every_role() {
    let mut out = format!("{:<24} {:<13} {:<16}", "action", "on", "key scope");
    let short = |role: &str| role.trim_start_matches("wfo.").replace("quality_process_manager", "quality_process_m.");
    for row in &MATRIX {
        write!(out, " {:<18}", short(row.role)).expect("a string takes text");
    }
    out.push_str(" + admin\n");
    for row in TABLE {
        write!(out, "{:<24} {:<13} {:<16}", row.action, row.resource, row.key.map_or("never", KeyScope::as_str)).expect("a string takes text");
        for role in &MATRIX {
            let capabilities = matrix::entry(&["supervisor", role.role]).expect("these roles enter");
            write!(out, " {:<18}", if row.need.is_met_by(&capabilities) { "yes" } else { "-" }).expect("a string takes text");
        }
        let lowest = matrix::entry(&["admin", "wfo.quality_process_manager"]).expect("these roles enter");
        writeln!(out, " {}", if row.need.is_met_by(&lowest) { "yes" } else { "-" }).expect("a string takes text");
    }
    golden("actions.txt", &out);
}

#[test]
fn each_pair_of_action_and_resource_has_one_row() {
    for (index, row) in TABLE.iter().enumerate() {
        assert!(TABLE[index + 1..].iter().all(|other| (other.action, other.resource) != (row.action, row.resource)), "{row:?}");
    }
}

#[test]
fn unknown_roles_give_nothing_and_are_reported() {
    let roles = ["supervisor", "wfo.godmode", "WFO.FULL_ACCESS", "wfo.full_access "];
    assert_eq!(matrix::entry(&roles), Err(EntryRefused::NoWfoRole));
    assert_eq!(matrix::unknown_roles(&roles), ["WFO.FULL_ACCESS", "wfo.full_access ", "wfo.godmode"]);
}

#[test]
fn an_administrator_without_dashboards_manages_and_does_not_read() {
    let caller = caller(&["admin", "wfo.quality_process_manager"], &[]);
    let ctx = OpCtx::new(&caller, "r", 0);
    assert_eq!(caller.capabilities().dashboards, Dashboards::None);
    assert!(ctx.authorize(actions::ManageSeparation, &Workspace::of(&caller)).is_ok());
    assert_eq!(ctx.authorize(actions::ReadRows, &Workspace::of(&caller)).err(), Some(Refusal::NotAllowed));
}

#[test]
fn another_workspace_is_not_found() {
    let caller = caller(&["admin", "wfo.full_access"], &[]);
    let ctx = OpCtx::new(&caller, "r", 0);
    for other in ["other", "", "ACME"] {
        let other = Workspace::new(parclose_model::WorkspaceId::new(other));
        assert_eq!(ctx.authorize(actions::ReadRows, &other).err(), Some(Refusal::NotFound));
    }
}

#[test]
fn a_key_can_do_less_than_its_owner_and_never_more() {
    let by = |roles: &[&str], scopes: &[KeyScope]| {
        caller_by(roles, &[], Means::ApiKey { id: "k".into(), scopes: scopes.iter().copied().collect() })
    };
    let full = ["admin", "wfo.full_access"];
    let reader = by(&full, &[KeyScope::ReadRows]);
    let ctx = OpCtx::new(&reader, "r", 0);
    assert!(ctx.authorize(actions::ReadRows, &Workspace::of(&reader)).is_ok());
    assert_eq!(ctx.authorize(actions::ManagePeople, &Workspace::of(&reader)).err(), Some(Refusal::NotAllowed));

    let all = by(&full, &KeyScope::ALL);
    let ctx = OpCtx::new(&all, "r", 0);
    assert!(ctx.authorize(actions::ManagePeople, &Workspace::of(&all)).is_ok());
    assert_eq!(ctx.authorize(actions::ManageKeys, &Workspace::of(&all)).err(), Some(Refusal::NotAllowed));

    let small = by(&["supervisor", "wfo.dashboard_viewer"], &KeyScope::ALL);
    let ctx = OpCtx::new(&small, "r", 0);
    assert_eq!(ctx.authorize(actions::ReadAudit, &Workspace::of(&small)).err(), Some(Refusal::NotAllowed));
}

#[test]
fn a_dashboard_of_others_is_not_found() {
    use parclose_access::Dashboard;
    let caller = caller(&["supervisor", "wfo.dashboard_viewer"], &[]);
    let ctx = OpCtx::new(&caller, "r", 0);
    let own = Dashboard::for_people(caller.workspace().clone(), "anvils", [caller.person().clone()].into());
    let others = Dashboard::for_people(caller.workspace().clone(), "tennis", [parclose_model::PersonId::new("p2")].into());
    assert!(ctx.authorize(actions::OpenDashboard, &own).is_ok());
    assert_eq!(ctx.authorize(actions::EditDashboard, &own).err(), Some(Refusal::NotAllowed));
    assert_eq!(ctx.authorize(actions::OpenDashboard, &others).err(), Some(Refusal::NotFound));
    assert_eq!(ctx.authorize(actions::EditDashboard, &others).err(), Some(Refusal::NotFound));
}
