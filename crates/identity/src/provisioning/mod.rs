//! From what an identity provider proves to what a person gets.
//!
//! [`provision`] is a pure function: real logins and the administrator's dry run ask the same one, so that the dry run
//! can't promise what a login does not give.

mod proof;
mod provision;
mod values;

pub use proof::{OneTime, Proof, ProviderSession};
pub use provision::{Mapping, Provision, provision};
