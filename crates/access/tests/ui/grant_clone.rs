// A grant can't be copied, made from nothing or read from a text.
use parclose_access::actions::ReadRows;
use parclose_access::{Grant, Workspace};

fn needs_clone<T: Clone>() {}
fn needs_default<T: Default>() {}
fn needs_deserialize<T: serde::de::DeserializeOwned>() {}

fn main() {
    needs_clone::<Grant<'static, ReadRows, Workspace>>();
    needs_default::<Grant<'static, ReadRows, Workspace>>();
    needs_deserialize::<Grant<'static, ReadRows, Workspace>>();
}
