//! `/api/v1/people`.

pub mod change;
pub mod create;
pub mod list;
pub mod open;
pub mod origin;
pub mod password_link;
pub mod rights;
pub mod second_factors;
pub mod sessions;
