//! What comes in and what becomes of it: doors (parsing and signatures), events to rows, importers, the simulator.
//!
//! Everything here is a pure function of its arguments: no clock, no files of its own, no network, no database.
//! The pipeline crate stores the events and writes the rows.

pub mod door;
pub mod import;
pub mod rows;
pub mod simulate;
pub mod unit;

pub use unit::{UnitKey, UnitRows};
