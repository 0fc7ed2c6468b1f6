//! The HTTP face: the API, the event doors, the web app, health and metrics. One file an operation; the folder is
//! the address.
//!
//! **Invariants**
//! * A handler takes [`Signed`](extract::Signed) or [`Anonymous`](extract::Anonymous), never both and never neither;
//!   a test walks the sources and the document for it.
//! * Rows leave only over `authorize -> scope -> engine -> audit line -> answer`.
//! * Errors have a code and an id. What went wrong inside stays in the log.
//! * Absent and forbidden are the same answer.

pub mod api;
mod app;
mod config;
mod csv;
mod error;
pub mod extract;
pub mod hooks;
mod instant;
mod limits;
mod measure;
mod middleware;
mod openapi;
pub mod ops;
mod road;
mod router;
pub mod schema;
mod seats;
mod spaces;
mod timed;
pub mod sso;
mod web;

pub use app::{App, Deps};
pub use config::{DemoHint, DemoHintPerson, HttpConfig, Rates};
pub use error::{ApiError, Code};
pub use spaces::{Space, Spaces};
pub use openapi::{ANONYMOUS, document};
