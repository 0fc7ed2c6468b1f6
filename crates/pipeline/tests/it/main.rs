//! The pipeline against real files: whatever the order, the batches and the crashes, the lake is the function of the log.

mod aside;
mod clocks;
mod kit;
mod log;
mod recovery;
mod view;
