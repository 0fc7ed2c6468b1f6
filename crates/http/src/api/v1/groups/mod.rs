//! `/api/v1/groups`.

pub mod change;
pub mod create;
pub mod list;
pub mod remove;
