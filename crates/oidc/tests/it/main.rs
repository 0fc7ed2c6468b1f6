//! A provider in this process, which signs good tokens and bad ones.

mod flow;
mod outwards;
mod provider;
mod tokens;
