//! `/api/v1/dashboards`.

pub mod list;
pub mod open;
