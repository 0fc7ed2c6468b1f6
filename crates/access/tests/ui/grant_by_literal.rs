// A grant can't be written down.
use parclose_access::actions::ReadRows;
use parclose_access::{Grant, OpCtx, Workspace};
use std::marker::PhantomData;

fn forge<'ctx>(ctx: &'ctx OpCtx<'ctx>, resource: Workspace) -> Grant<'ctx, ReadRows, Workspace> {
    Grant { ctx, resource, action: PhantomData }
}

fn main() {}
