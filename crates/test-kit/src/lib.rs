//! A whole server in one process, for tests: catalog, event log, lake, engine, people, and requests without a socket.
//!
//! Time stands still at [`NOW_MS`], so that two servers with the same rows give the same bytes.

mod client;
mod events;
mod people;
mod server;

pub use client::{Answer, Who};
pub use events::{A, B, acme, unit};
pub use people::{PASSWORD, PEOPLE, Persona, RULES};
pub use server::{NOW_MS, OTHER_SECRET, OTHER_WORKSPACE, SECRETS, TestApp, TestOptions, WORKSPACE};
