//! Events to rows: what happened becomes segments, workload slices, agents and customers.
//!
//! Everything here is a pure function of its events. Neither their order of arrival nor duplicates change the
//! answer: the events are put in one order first (`timeline`), then the rules of the domain reference, sections
//! 2.2 to 2.8, are applied to that order. Input is never trusted: an event that makes no sense is left out, and
//! a row whose facts can't be trusted says so in its kind.
//!
//! The way of a task's events:
//!
//! ```text
//! timeline -> waits (queue entries and their exits) -+-> drafts -> compose -> segments -> workload
//!          -> offers (one per reservation) ----------+       (attributes, team, customer, labels, media)
//! ```

mod agents;
mod attributes;
mod compose;
mod customers;
mod draft;
mod fields;
mod labels;
mod media;
mod offers;
mod status;
mod task;
mod team;
mod timeline;
mod transfers;
mod units;
mod waits;
mod worker;
mod workload;

pub use agents::agent_row;
pub use customers::customer_row;
pub use offers::{Reservation, reservations};
pub use status::{Busy, WorkerInput, worker_day_rows, worker_now_rows};
pub use task::task_rows;
pub use units::task_units;
pub use worker::{WorkerSeen, worker_seen};
