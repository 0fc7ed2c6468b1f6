// Rules alone make no scope; the constructors behind the grant are private.
use parclose_access::{Policy, Predicate, RowScope, SystemCtx};

fn forge<'ctx>(ctx: &'ctx SystemCtx) -> RowScope<'ctx> {
    RowScope::of_task(ctx, Predicate::Everything, Predicate::Everything)
}

fn from_policy(policy: &Policy) -> RowScope<'_> {
    policy.scope()
}

fn main() {}
