// A scope ends with the operation it was given in.
use parclose_access::actions::ReadRows;
use parclose_access::{Caller, OpCtx, Policy, RowScope, Workspace};

fn keep(caller: &'static Caller, policy: &'static Policy) -> RowScope<'static> {
    let ctx = OpCtx::new(caller, "request", 0);
    let grant = ctx.authorize(ReadRows, &Workspace::of(caller)).unwrap();
    policy.scope(&grant)
}

fn main() {}
