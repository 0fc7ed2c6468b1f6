// A scope can't be changed.
use parclose_access::{Predicate, RowScope};

fn widen(scope: &mut RowScope<'_>) {
    scope.conversations = Predicate::Everything;
}

fn main() {}
