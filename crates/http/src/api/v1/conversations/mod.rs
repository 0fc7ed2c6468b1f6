//! `/api/v1/conversations`.

pub mod open;
