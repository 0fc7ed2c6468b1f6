// A scope can't be written down.
use parclose_access::{Predicate, RowScope};

fn widen(scope: RowScope<'static>) -> RowScope<'static> {
    RowScope { conversations: Predicate::Everything, ..scope }
}

fn main() {}
