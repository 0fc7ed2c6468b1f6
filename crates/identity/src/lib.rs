//! Who is it? Local accounts, identity providers, sessions, API keys; and the people that administrators manage.
//!
//! Everything ends in the same place: a verified person goes to the [`Door`] and comes back as a
//! [`Caller`](parclose_access::Caller) or is refused. Roles and attributes are read from the person's record at every
//! request, so that a change holds at once. Tokens and keys are random and stored as hashes; passwords with argon2id.
//!
//! Time is a parameter and random bytes come from a [`Randomness`]. This crate must never know HTTP or cookies.

mod api_keys;
mod arrival;
mod connections;
mod error;
mod factors;
mod limits;
mod open_sessions;
mod own_account;
mod password_links;
mod passwords;
mod people;
mod provisioning;
mod randomness;
mod said;
mod scim;
mod sessions;
mod set_up;
mod sign_in;
mod start;
mod tokens;

pub use api_keys::{IssuedKey, KeyRequest};
pub use arrival::{Arrival, Arrived, Begun, CodeReturn, LogoutMessage, Providers, own_path};
pub use parclose_saml::LogoutInput;
pub use connections::{ConnectionSettings, ConnectionView, DryRun, DryRunInput, OidcSettings, Protocol, SamlSettings, SignedPart};
pub use error::Error;
pub use factors::{FactorStep, FactorsChanged, OwnFactors, OwnPasskey, PasskeyBegun, PasskeyOptions, StepAttempt, TotpOffer};
pub use parclose_saml::{MetadataError, PeerMetadata, read_peer_metadata};
pub use limits::Limits;
pub use open_sessions::OpenSession;
pub use own_account::Renewed;
pub use password_links::{LinkOf, PasswordLink};
pub use passwords::{MIN_PASSWORD_CHARS, PasswordRefused, check_password};
pub use people::NewAccount;
pub use provisioning::{Mapping, OneTime, Proof, ProviderSession, Provision, provision};
pub use randomness::{NoRandomness, OsRandomness, Randomness};
pub use said::{Said, SaidBy};
pub use scim::{ScimCaller, ScimKey};
pub use sessions::{SessionCaller, StillIn};
pub use set_up::FirstPerson;
pub use sign_in::{Entrance, SignIn, SignedIn};
pub use start::DemoPerson;
pub use tokens::{CsrfToken, SessionToken};

use parclose_access::{Caller, Door, EntryRefused, Means, VerifiedPerson};
use parclose_catalog::{Catalog, Person};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// How many passwords are hashed at once. Each takes 19 MiB: a flood of sign-ins must wait, not fill the memory.
const HASHES_AT_ONCE: usize = 4;

/// The use cases of identity.
pub struct Identity {
    catalog: Catalog,
    door: Arc<Door>,
    randomness: Arc<dyn Randomness>,
    limits: Limits,
    hashing: Arc<Semaphore>,
    /// Compared with when there is no such login, so that this takes as long as a wrong password.
    decoy: Arc<str>,
    /// None: nobody arrives from a provider.
    providers: Option<Providers>,
    /// None: passkeys can't be made at this address, or none is known.
    relying_party: Option<factors::RelyingParty>,
}

impl Identity {
    /// Puts identity together. Hashes one password, for the decoy.
    pub async fn new(catalog: Catalog, door: Arc<Door>, randomness: Arc<dyn Randomness>, limits: Limits) -> Result<Identity> {
        let hashing = Arc::new(Semaphore::new(HASHES_AT_ONCE));
        let secret = tokens::random_hex(randomness.as_ref(), 32)?;
        let decoy = passwords::hash(&hashing, randomness.as_ref(), &secret).await?.into();
        Ok(Identity { catalog, door, randomness, limits, hashing, decoy, providers: None, relying_party: None })
    }

    /// With what is needed to talk to identity providers.
    pub fn with_providers(self, providers: Providers) -> Identity {
        Identity { providers: Some(providers), ..self }
    }

    /// With the address at which people open the application: passkeys are made for it.
    pub fn with_base_url(self, base_url: &str) -> Identity {
        Identity { relying_party: factors::RelyingParty::at(base_url), ..self }
    }

    /// Whether passkeys can be made and used at that address.
    pub fn takes_passkeys(&self) -> bool {
        self.relying_party.is_some()
    }

    pub(crate) fn providers(&self) -> Result<&Providers> {
        self.providers.as_ref().ok_or(Error::Refused(parclose_access::Refusal::NotFound))
    }

    /// The catalog that it works on.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// A person whose identity was proven, at the door.
    fn enter(&self, person: &Person, means: Means) -> std::result::Result<Caller, EntryRefused> {
        let unknown = parclose_access::matrix::unknown_roles(&person.roles);
        if !unknown.is_empty() {
            tracing::info!(person = %person.id, roles = ?unknown, "unknown roles give nothing");
        }
        self.door.caller(VerifiedPerson {
            workspace: person.workspace.clone(),
            person: person.id.clone(),
            login: person.login.clone(),
            display_name: person.name.clone(),
            roles: person.roles.clone(),
            attributes: person.attributes.clone(),
            means,
        })
    }
}
