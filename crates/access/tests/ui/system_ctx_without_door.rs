// Work without a person starts at the door too.
use parclose_access::{SystemCtx, SystemTask};

fn main() {
    let _ctx = SystemCtx::new(SystemTask::SeparationVerify, parclose_model::WorkspaceId::new("acme"), 0);
}
