//! `/api/v1/account/passkeys`.

pub mod add;
pub mod options;
pub mod remove;
