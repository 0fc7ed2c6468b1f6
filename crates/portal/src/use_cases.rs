//! Which dashboards a person may open, and one of them.

use crate::dashboards::built_in;
use crate::definition::{Dashboard, DashboardEntry};
use parclose_access::actions::{ListDashboards, OpenDashboard};
use parclose_access::{OpCtx, Refusal, Workspace};

fn resource(ctx: &OpCtx<'_>, dashboard: &Dashboard) -> parclose_access::Dashboard {
    parclose_access::Dashboard::for_everyone(ctx.caller().workspace().clone(), dashboard.id.as_str())
}

fn may_open(ctx: &OpCtx<'_>, dashboard: &Dashboard) -> Result<(), Refusal> {
    ctx.authorize(OpenDashboard, &resource(ctx, dashboard)).map(drop)
}

/// The dashboards that the caller may open.
pub fn list_dashboards(ctx: &OpCtx<'_>) -> Result<Vec<DashboardEntry>, Refusal> {
    let _grant = ctx.authorize(ListDashboards, &Workspace::of(ctx.caller()))?;
    Ok(built_in().iter().filter(|dashboard| may_open(ctx, dashboard).is_ok()).map(DashboardEntry::from).collect())
}

/// One dashboard. Absent and not the caller's are the same answer; who may not open any dashboard is refused
/// before the id is looked at.
pub fn open_dashboard(ctx: &OpCtx<'_>, id: &str) -> Result<Dashboard, Refusal> {
    let _grant = ctx.authorize(ListDashboards, &Workspace::of(ctx.caller()))?;
    let dashboard = built_in().iter().find(|dashboard| dashboard.id == id).ok_or(Refusal::NotFound)?;
    may_open(ctx, dashboard)?;
    Ok(dashboard.clone())
}
