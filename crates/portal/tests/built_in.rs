//! The built-in dashboards can be drawn and asked, and are opened by those who may.

use parclose_access::{Caller, Door, Means, OpCtx, Refusal, VerifiedPerson};
use parclose_metrics::attribute;
use parclose_model::{PersonId, WorkspaceId};
use parclose_portal::dashboards::built_in;
use parclose_portal::{Kind, Tile, list_dashboards, metadata, open_dashboard};
use std::collections::{BTreeMap, BTreeSet};

fn caller(roles: &[&str]) -> Caller {
    let person = VerifiedPerson {
        workspace: WorkspaceId::new("acme"),
        person: PersonId::new("p"),
        login: "p@acme.example".into(),
        display_name: "P".into(),
        roles: roles.iter().map(|role| (*role).into()).collect(),
        attributes: BTreeMap::new(),
        means: Means::Session { id: "s".into() },
    };
    Door::for_tests().caller(person).expect("comes in")
}

#[test]
fn every_question_can_be_asked() {
    for dashboard in built_in() {
        for tab in &dashboard.tabs {
            for tile in &tab.tiles {
                let checked = tile.query.check();
                assert!(checked.is_ok(), "{}/{}/{}: {:?}", dashboard.id, tab.id, tile.id, checked);
            }
            // A tab is one request: a headline counts twice, for its trend.
            let reports: usize = tab.tiles.iter().map(|tile| if tile.kind == Kind::Headline { 2 } else { 1 }).sum();
            assert!(reports <= parclose_metrics::Limits::REPORTS, "{}/{}", dashboard.id, tab.id);
            for filter in &tab.filters {
                assert!(
                    tab.tiles.iter().any(|tile| attribute(tile.query.data_set, filter).is_some()),
                    "{}/{}: {filter}",
                    dashboard.id,
                    tab.id
                );
            }
        }
    }
}

#[test]
fn tiles_lie_on_the_grid_and_not_on_each_other() {
    let cells = |tile: &Tile| -> Vec<(u32, u32)> {
        (tile.x..tile.x + tile.w).flat_map(|x| (tile.y..tile.y + tile.h).map(move |y| (x, y))).collect()
    };
    for tab in built_in().iter().flat_map(|dashboard| &dashboard.tabs) {
        let (mut taken, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for tile in &tab.tiles {
            assert!(tile.x + tile.w <= 12 && tile.w > 0 && tile.h > 0, "{}", tile.id);
            assert!(ids.insert(&tile.id), "{} twice", tile.id);
            assert!(!tile.title.is_empty() && !tile.subtitle.is_empty(), "{}", tile.id);
            for cell in cells(tile) {
                assert!(taken.insert(cell), "{} lies on another tile", tile.id);
            }
        }
        let filled: BTreeSet<u32> = taken.iter().map(|cell| cell.1).collect();
        assert_eq!(filled.len() as u32, filled.last().map_or(0, |last| last + 1), "{}: no empty row", tab.id);
    }
}

#[test]
fn viewers_open_dashboards_and_others_do_not_learn_of_them() {
    let viewer = caller(&["supervisor", "wfo.dashboard_viewer"]);
    let ctx = OpCtx::new(&viewer, "r", 0);
    let list = list_dashboards(&ctx).expect("may list");
    assert_eq!(list.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["control-center", "pilot"]);
    assert_eq!(list[1].tabs.iter().map(|tab| tab.title.as_str()).collect::<Vec<_>>(), ["Conversations", "Agents", "Queues", "Activities"]);
    assert!(open_dashboard(&ctx, "pilot").is_ok());
    assert_eq!(open_dashboard(&ctx, "nothing"), Err(Refusal::NotFound));
    assert!(metadata(&ctx).is_ok());

    let process_manager = caller(&["supervisor", "wfo.quality_process_manager"]);
    let ctx = OpCtx::new(&process_manager, "r", 0);
    for refused in
        [open_dashboard(&ctx, "pilot").err(), open_dashboard(&ctx, "nothing").err(), list_dashboards(&ctx).err(), metadata(&ctx).err()]
    {
        assert_eq!(refused, Some(Refusal::NotAllowed));
    }
}
