//! The query engine over a real lake: every path, an independent oracle, and the proof of separation.
//! One binary, because each one links the whole engine.

mod attacks;
mod batch;
mod forging;
mod formulas;
mod merged;
mod oracle;
mod oracle_match;
mod proof;
mod random;
mod rows;
mod support;
mod time_buckets;
