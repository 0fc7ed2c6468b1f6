//! A provider made of strings and keys, and what an attacker makes of its answers.

mod attacks;
mod captured;
mod good;
mod logout;
mod provider;
