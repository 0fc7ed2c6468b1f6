//! SCIM 2.0 (RFC 7643 and 7644): a provider's directory keeps its people and groups here, before anybody signs in.
//!
//! Every request carries a key with the scope `scim`, which speaks for one connection and finds that connection's people and
//! groups only. What arrives becomes roles and attributes by the same function as at a login, and is kept apart from what
//! logins say. What is read, written and shown follows the schemas in [`schema`]: they are data, and the documents under
//! `/Schemas` are made of them.
//!
//! Names are compared after folding ([`twin`]): a login that looks like another one is refused. This crate reads no clock and
//! draws no random numbers; it must never know rows.

mod body;
mod discovery;
mod door;
mod error;
mod filter;
mod groups;
mod list;
mod normal;
mod patch;
mod router;
pub mod schema;
mod show;
pub mod twin;
mod users;

pub use error::Refused;
pub use filter::{Filter, parse_filter};
pub use patch::apply as apply_patch;
pub use router::{MAX_BODY, RequestId, ScimDeps, router};
