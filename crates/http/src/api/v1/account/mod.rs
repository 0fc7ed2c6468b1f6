//! `/api/v1/account`: one's own. Asks for no right beyond being signed in, and is closed to keys.

pub mod end_session;
pub mod end_sessions;
pub mod passkeys;
pub mod password;
pub mod recovery_codes;
pub mod second_factors;
pub mod sessions;
pub mod state;
pub mod totp;
pub mod workspace;
