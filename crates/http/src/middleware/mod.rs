//! Layers around all operations.

pub(crate) mod envelope;
pub(crate) mod gate;
pub(crate) mod headers;
