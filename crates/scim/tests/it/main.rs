//! Directories at the door: what Okta and Entra ID send, what the RFC says, and what attackers try.

mod attacks;
mod door;
mod entra;
mod linking;
mod okta;
mod protocol;
mod rig;
mod switched_off;
