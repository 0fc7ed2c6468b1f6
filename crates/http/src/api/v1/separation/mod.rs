//! `/api/v1/separation`.

pub mod read;
pub mod save;
