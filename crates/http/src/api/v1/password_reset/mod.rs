//! `/api/v1/password-reset`: a new password with a link. Nobody is signed in by it.

pub mod check;
pub mod reset;
