// A caller can't be copied, made from nothing or read from a text.
use parclose_access::{Caller, Door};

fn needs_clone<T: Clone>() {}
fn needs_default<T: Default>() {}
fn needs_deserialize<T: serde::de::DeserializeOwned>() {}

fn main() {
    needs_clone::<Caller>();
    needs_default::<Caller>();
    needs_deserialize::<Caller>();
    needs_clone::<Door>();
    needs_default::<Door>();
}
