//! The server from outside, without a socket.

mod contract;
mod doors;
mod headers;
mod operations;
mod people;
mod people_pages;
mod separation;
mod sign_in;
mod sources;
mod strict;
mod support;
