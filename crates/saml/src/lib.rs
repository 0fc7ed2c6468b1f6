//! SAML 2.0 as a service provider: what is sent to an identity provider, and whether what comes back may be believed.
//!
//! The rest of the program sees [`SamlSp`] and plain data; the library behind it and everything that it brings along
//! stay in this crate. One strict profile, no switches to loosen it: RSA with SHA-2, certificates pinned by an
//! administrator, an audience, a recipient, a time window of three minutes' tolerance, no document types, small
//! documents. What a deployment may choose is in [`Peer`], and no choice accepts an unsigned statement.
//!
//! Pure: no network, no store, no clock. Whether an assertion was used before is for the caller, who gets its ids.

mod keys;
mod logout;
mod metadata;
mod peer;
mod read;
mod reason;
mod request;

pub use keys::{check_certificates, check_key};
pub use logout::{LogoutAsked, LogoutInput, MAX_LOGOUT_BYTES, SessionName};
pub use metadata::{MetadataError, PeerMetadata, read_peer_metadata, write_own_metadata};
pub use peer::{KeyPair, Own, Peer, Signed};
pub use reason::Refused;

/// Largest response that is looked at, in bytes of base64.
pub const MAX_RESPONSE_BYTES: usize = 400_000;

/// What the rest of the program asks of a SAML implementation.
pub trait SamlSp: Send + Sync {
    /// The address that takes a browser to the provider with a request of this id.
    fn begin(&self, own: &Own, peer: &Peer, request: &Request<'_>) -> Result<String, Refused>;
    /// What a response proves. Everything is checked but whether it was used before.
    fn read(&self, own: &Own, peer: &Peer, response: &Response<'_>) -> Result<Statement, Refused>;
    /// The address that takes a browser to the provider so that the session there ends too.
    fn begin_logout(&self, own: &Own, peer: &Peer, name: &SessionName, request: &Request<'_>) -> Result<String, Refused>;
    /// What a provider asks to end. Everything is checked but whether it was asked before.
    fn read_logout(&self, own: &Own, peer: &Peer, input: &LogoutInput, now_ms: i64) -> Result<LogoutAsked, Refused>;
    /// The address that takes a browser back after such a request was done. `id` is a fresh one.
    fn answer_logout(&self, own: &Own, peer: &Peer, asked: &LogoutAsked, id: &str, now_ms: i64) -> Result<String, Refused>;
    /// Whether the provider says that our request was done.
    fn read_logout_answer(&self, own: &Own, peer: &Peer, input: &LogoutInput, request: &Request<'_>) -> Result<(), Refused>;
}

/// A request to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// A fresh random id that begins with a letter.
    pub id: &'a str,
    /// What the provider sends back untouched, at most 80 bytes.
    pub relay_state: &'a str,
    /// Now, epoch milliseconds.
    pub now_ms: i64,
}

/// A response as it was posted.
#[derive(Debug, Clone, Copy)]
pub struct Response<'a> {
    /// The field `SAMLResponse`, in base64.
    pub encoded: &'a str,
    /// The id of the request that it must answer. `None`: it must answer none.
    pub answers: Option<&'a str>,
    /// Now, epoch milliseconds.
    pub now_ms: i64,
}

/// What a provider proved about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Entity id of the provider.
    pub issuer: String,
    /// The name of the subject.
    pub subject: String,
    /// Attributes in their order, repeated values and repeated attributes together.
    pub attributes: Vec<(String, Vec<String>)>,
    /// How the provider calls them and their session there.
    pub session: SessionName,
    /// Ids that must not be accepted again.
    pub ids: Vec<String>,
    /// Until when, epoch milliseconds.
    pub expires_ms: i64,
}

/// The implementation that ships: `saml-rs`.
#[derive(Debug, Clone, Copy, Default)]
pub struct SamlRs;

impl SamlSp for SamlRs {
    fn begin(&self, own: &Own, peer: &Peer, request: &Request<'_>) -> Result<String, Refused> {
        request::begin(own, peer, request)
    }
    fn read(&self, own: &Own, peer: &Peer, response: &Response<'_>) -> Result<Statement, Refused> {
        read::read(own, peer, response)
    }
    fn begin_logout(&self, own: &Own, peer: &Peer, name: &SessionName, request: &Request<'_>) -> Result<String, Refused> {
        logout::begin(own, peer, name, request.id, request.relay_state, request.now_ms)
    }
    fn read_logout(&self, own: &Own, peer: &Peer, input: &LogoutInput, now_ms: i64) -> Result<LogoutAsked, Refused> {
        logout::read_request(own, peer, input, now_ms)
    }
    fn answer_logout(&self, own: &Own, peer: &Peer, asked: &LogoutAsked, id: &str, now_ms: i64) -> Result<String, Refused> {
        logout::answer(own, peer, asked, id, now_ms)
    }
    fn read_logout_answer(&self, own: &Own, peer: &Peer, input: &LogoutInput, request: &Request<'_>) -> Result<(), Refused> {
        logout::read_answer(own, peer, input, request.id, request.relay_state, request.now_ms)
    }
}
