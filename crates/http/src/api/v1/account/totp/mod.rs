//! `/api/v1/account/totp`: codes of an authenticator application.

pub mod begin;
pub mod confirm;
pub mod remove;
