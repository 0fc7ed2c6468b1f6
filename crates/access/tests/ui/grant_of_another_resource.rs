// An action that the table does not allow on a kind of resource can't be asked for.
use parclose_access::actions::OpenDashboard;
use parclose_access::{OpCtx, Workspace};

fn ask(ctx: &OpCtx<'_>, workspace: &Workspace) {
    let _ = ctx.authorize(OpenDashboard, workspace);
}

fn main() {}
