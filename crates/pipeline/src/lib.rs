//! From a durable event to rows that queries see: the event log, the processor, the check of the lake.
//!
//! **Invariants**
//! * An event is in the log before its sender gets an answer.
//! * The rows of a unit are a pure function of the log; the lake holds exactly that function of the events up to its position.

pub mod check;
pub mod log;
mod dimensions;
pub mod processor;
mod units;

pub use check::{CheckReport, check_lake};
pub use log::{Accepted, Aside, EventLog, LogError, Retried, Unreadable, WorkerMatch};
pub use parclose_ingest::rows::WorkerSeen;
pub use processor::{Pipeline, PipelineError, Settings};
