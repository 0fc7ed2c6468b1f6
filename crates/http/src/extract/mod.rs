//! What handlers may take: who asks, and a body that was read strictly.

mod anonymous;
mod body;
mod params;
mod peer;
mod signed;

pub use anonymous::Anonymous;
pub use body::Body;
pub use params::Params;
pub use peer::Peer;
pub(crate) use peer::RequestId;
pub use signed::Signed;
