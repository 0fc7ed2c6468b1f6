//! `/api/v1/connections`.

pub mod change;
pub mod create;
pub mod dry_run;
pub mod link;
pub mod list;
pub mod remove;
