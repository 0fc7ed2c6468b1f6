// A caller can't be written down: its fields are private.
use parclose_access::{Caller, VerifiedPerson};

fn forge(person: VerifiedPerson, other: &Caller) -> Caller {
    Caller { person, capabilities: *other.capabilities() }
}

fn main() {}
