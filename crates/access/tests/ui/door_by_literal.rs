// A door can't be written down.
use parclose_access::Door;

fn main() {
    let _door = Door { _private: () };
}
