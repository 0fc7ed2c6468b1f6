//! Arriving from an identity provider: the way there and back, whose account it is, and the session at its end.

mod begin;
mod finish;
mod logout;
mod path;
mod proofs;
mod whose;

pub use begin::Begun;
pub use finish::{Arrival, Arrived, CodeReturn};
pub use logout::LogoutMessage;
pub use path::own_path;
pub(crate) use proofs::proof_of_claims;
pub(crate) use whose::Found;

use parclose_oidc::{Fetch, HttpFetch, OidcClient};
use parclose_saml::{SamlRs, SamlSp};
use std::sync::Arc;

impl Providers {
    /// Over the network. The only connections that this program opens outwards, and only to issuers that an
    /// administrator has entered.
    pub fn over_http(base_url: &str) -> crate::Result<Providers> {
        let fetch = HttpFetch::new().map_err(|error| crate::Error::ProviderUnreachable(error.0))?;
        Ok(Self::over(base_url, Arc::new(fetch)))
    }

    /// Over another way outwards.
    pub fn over(base_url: &str, fetch: Arc<dyn Fetch>) -> Providers {
        Providers { base_url: base_url.trim_end_matches('/').to_owned(), saml: Arc::new(SamlRs), oidc: Arc::new(OidcClient::new(fetch)) }
    }
}

/// What is needed to talk to providers.
#[derive(Clone)]
pub struct Providers {
    /// Our own address as browsers and providers know it, without a slash at its end.
    pub base_url: String,
    /// SAML.
    pub saml: Arc<dyn SamlSp>,
    /// OpenID Connect.
    pub oidc: Arc<OidcClient>,
}
