//! The way to the provider.

use super::path::{in_ascii, own_path};
use crate::connections::Protocol;
use crate::{Error, Identity, Result, tokens};
use parclose_access::Refusal;
use parclose_catalog::{Connection, PendingSignIn};
use parclose_model::WorkspaceId;
use parclose_oidc::Start;
use parclose_saml::Request;
use serde::{Deserialize, Serialize};

/// How long somebody may take at the provider.
const PENDING_MS: i64 = 15 * 60_000;

/// A sign-in has begun.
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// For the short-lived cookie that binds what comes back to this browser.
    pub browser: String,
    /// How long that cookie is good for, seconds.
    pub seconds: i64,
}

/// What has to be remembered meanwhile.
#[derive(Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum Step {
    /// A SAML request was sent.
    Asked { request: String, next: String },
    /// A code was asked for.
    Code { nonce: String, verifier: String, next: String },
    /// The proof is here and its browser is not proven yet.
    Proven { proof: crate::Proof, next: String },
    /// Somebody signed out here, and their browser is on its way to sign out there.
    Leaving { request: String },
}

impl Identity {
    /// Connections that one may sign in with: id, name, kind.
    pub async fn sign_in_connections(&self, workspace: &WorkspaceId) -> Result<Vec<(String, String, &'static str)>> {
        let all = self.catalog.connections(workspace).await?;
        Ok(all.into_iter().filter(|one| one.enabled && self.providers.is_some()).map(|one| (one.id, one.name, one.kind.as_str())).collect())
    }

    /// The workspace of a connection, whose id alone stands in the addresses that providers know.
    pub async fn workspace_of_connection(&self, id: &str) -> Result<Option<WorkspaceId>> {
        Ok(self.catalog.workspace_of_connection(id).await?)
    }

    /// A connection that is switched on. Everything else is not found.
    pub(crate) async fn enabled_connection(&self, workspace: &WorkspaceId, id: &str) -> Result<Connection> {
        let found = self.catalog.connection(workspace, id).await?;
        found.filter(|connection| connection.enabled).ok_or(Error::Refused(Refusal::NotFound))
    }

    /// Our metadata for a SAML connection, enabled or not: the provider is set up first.
    pub async fn own_metadata(&self, workspace: &WorkspaceId, id: &str) -> Result<String> {
        let connection = self.catalog.connection(workspace, id).await?.ok_or(Error::Refused(Refusal::NotFound))?;
        let settings = crate::connections::settings_of(&connection)?;
        let Protocol::Saml(saml) = &settings.protocol else { return Err(Error::Refused(Refusal::NotFound)) };
        Ok(parclose_saml::write_own_metadata(&settings.own(&self.providers()?.base_url, id), saml.signs_requests))
    }

    /// Sends a browser to a provider. `browser` is the secret that it has from an earlier tab, if any.
    pub async fn begin_arrival(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        next: Option<&str>,
        browser: Option<&str>,
        now_ms: i64,
    ) -> Result<Begun> {
        let connection = self.enabled_connection(workspace, id).await?;
        let settings = crate::connections::settings_of(&connection)?;
        let providers = self.providers()?;
        let random = || tokens::random_text(self.randomness.as_ref());
        let next = in_ascii(next.and_then(own_path).unwrap_or("/"));
        let state = random()?;
        let browser = match browser.filter(|known| known.len() == state.len()) {
            Some(known) => known.to_owned(),
            None => random()?,
        };
        let (url, step) = match &settings.protocol {
            Protocol::Saml(saml) => {
                let request = format!("_{}", tokens::random_hex(self.randomness.as_ref(), 20)?);
                let own = settings.own(&providers.base_url, id);
                let url = providers.saml.begin(&own, &saml.peer(), &Request { id: &request, relay_state: &state, now_ms });
                (url.map_err(|refused| Error::ProofRefused(refused.reason))?, Step::Asked { request, next })
            }
            Protocol::Oidc(oidc) => {
                let (nonce, verifier) = (random()?, random()?);
                let start = Start { state: &state, nonce: &nonce, verifier: &verifier };
                let url =
                    providers.oidc.begin(&oidc.client(&providers.base_url, id), &start, now_ms).await.map_err(|error| match error {
                        parclose_oidc::Error::Refused(refused) => Error::ProofRefused(refused.reason),
                        parclose_oidc::Error::Unreachable(why) => Error::ProviderUnreachable(why.0),
                    })?;
                (url, Step::Code { nonce, verifier, next })
            }
        };
        self.remember(id, &state, Some(tokens::hash(&browser)), &step, now_ms + PENDING_MS, now_ms).await?;
        Ok(Begun { url, browser, seconds: PENDING_MS / 1000 })
    }

    pub(crate) async fn remember(
        &self,
        id: &str,
        state: &str,
        browser_hash: Option<String>,
        step: &Step,
        expires_ms: i64,
        now_ms: i64,
    ) -> Result<()> {
        let data = serde_json::to_value(step).map_err(|_| Error::InvalidField("state"))?;
        let pending = PendingSignIn { state_hash: tokens::hash(state), connection: id.to_owned(), browser_hash, data, expires_ms };
        Ok(self.catalog.add_pending_sign_in(&pending, now_ms).await?)
    }
}
