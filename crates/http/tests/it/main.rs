//! The server from outside, without a socket.

#[path = "../../../oidc/tests/it/provider.rs"]
mod openid;
#[allow(dead_code)]
#[path = "../../../saml/tests/it/provider.rs"]
mod saml_provider;

mod contract;
mod doors;
mod factors;
mod headers;
mod operations;
mod people;
mod people_pages;
mod separation;
mod sign_in;
mod sources;
mod strict;
mod sso;
mod support;
mod walls;
