//! People who arrive from identity providers, and those who only say so.

#[path = "../../../oidc/tests/it/provider.rs"]
mod openid;
#[allow(dead_code)]
#[path = "../../../saml/tests/it/provider.rs"]
mod saml_provider;

mod connections;
mod logout;
mod oidc;
mod people;
mod provision;
mod rig;
mod scim;
mod saml;
