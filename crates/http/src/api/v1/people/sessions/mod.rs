//! `/api/v1/people/{id}/sessions`.

pub mod end;
pub mod end_all;
pub mod list;
