//! The program as a whole, run as people run it.

mod bank;
mod kill;
mod server;
