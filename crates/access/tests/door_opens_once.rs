//! The door of a process opens once. Alone in its file, because each file of tests is a process.

use parclose_access::{Door, DoorAlreadyOpen};

#[test]
fn the_door_opens_once() {
    assert!(Door::open().is_ok());
    assert_eq!(Door::open().err(), Some(DoorAlreadyOpen));
}
