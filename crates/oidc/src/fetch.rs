//! Going outwards.

use async_trait::async_trait;
use reqwest_outbound::redirect::Policy;
use std::time::Duration;
use thiserror::Error;
use url::{Host, Url};

/// Largest answer that is read.
const MAX_ANSWER_BYTES: usize = 512 << 10;
const TIMEOUT: Duration = Duration::from_secs(10);

/// The provider does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the identity provider can't be reached: {0}")]
pub struct Unreachable(pub &'static str);

/// What is sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Where to.
    pub url: Url,
    /// A form to post; a plain question without one.
    pub form: Option<Vec<(&'static str, String)>>,
    /// Name and secret.
    pub basic: Option<(String, String)>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Body, within limits.
    pub body: Vec<u8>,
}

/// The way outwards.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Sends it and waits for the whole answer.
    async fn send(&self, request: Outgoing) -> Result<Answer, Unreachable>;
}

/// Over HTTP. Follows no redirect, waits ten seconds, reads half a megabyte. TLS certificates are checked against the
/// machine's own roots.
pub struct HttpFetch {
    client: reqwest_outbound::Client,
}

impl HttpFetch {
    /// Makes it ready; connects nowhere.
    pub fn new() -> Result<Self, Unreachable> {
        let client = reqwest_outbound::Client::builder().redirect(Policy::none()).timeout(TIMEOUT).connect_timeout(TIMEOUT).build();
        Ok(Self { client: client.map_err(|_| Unreachable("setup"))? })
    }
}

#[async_trait]
impl Fetch for HttpFetch {
    async fn send(&self, request: Outgoing) -> Result<Answer, Unreachable> {
        let mut call = match &request.form {
            None => self.client.get(request.url.as_str()),
            Some(form) => {
                let body = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(form.iter().map(|(name, value)| (*name, value)))
                    .finish();
                self.client.post(request.url.as_str()).header("content-type", "application/x-www-form-urlencoded").body(body)
            }
        };
        if let Some((name, secret)) = &request.basic {
            call = call.basic_auth(name, Some(secret));
        }
        let mut response = call.header("accept", "application/json").send().await.map_err(|error| {
            tracing::warn!(name: "oidc.unreachable", timeout = error.is_timeout(), connect = error.is_connect(), "an identity provider does not answer");
            Unreachable(if error.is_timeout() { "timeout" } else { "connection" })
        })?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Unreachable("cut_off"))? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(Unreachable("too_large"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}

/// An address that secrets may travel to: TLS, or this machine when the issuer itself is on it.
pub(crate) fn may_go_to(text: &str, local_too: bool) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|url| url.username().is_empty() && url.password().is_none())?;
    let is_local = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    (url.scheme() == "https" || (local_too && is_local && url.scheme() == "http")).then_some(url)
}
