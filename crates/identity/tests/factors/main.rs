//! Second factors, password links and the set-up link: the ways in, and the ways that must stay closed.

mod links;
mod passkeys;
mod rig;
mod totp;
