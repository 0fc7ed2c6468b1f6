//! The API. Folders are addresses.

pub mod v1;
