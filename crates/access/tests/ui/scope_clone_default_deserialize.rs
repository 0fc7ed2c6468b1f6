// A scope can't be copied, made from nothing or read from a text.
use parclose_access::RowScope;

fn needs_clone<T: Clone>() {}
fn needs_default<T: Default>() {}
fn needs_deserialize<T: serde::de::DeserializeOwned>() {}

fn main() {
    needs_clone::<RowScope<'static>>();
    needs_default::<RowScope<'static>>();
    needs_deserialize::<RowScope<'static>>();
}
