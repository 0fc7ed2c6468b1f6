// A grant to see names is not a grant to read rows.
use parclose_access::actions::ReadMetadata;
use parclose_access::{Grant, Policy, RowScope, Workspace};

fn widen<'ctx>(policy: &Policy, grant: &Grant<'ctx, ReadMetadata, Workspace>) -> RowScope<'ctx> {
    policy.scope(grant)
}

fn main() {}
