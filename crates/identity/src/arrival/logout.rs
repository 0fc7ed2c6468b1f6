//! Single logout: whoever signs out here is sent to sign out at the provider, and a provider may end the sessions that
//! began with it. Only with the connection's switch.

use super::begin::Step;
use super::finish::Arrival;
use crate::connections::{ConnectionSettings, Protocol, SamlSettings, settings_of};
use crate::provisioning::ProviderSession;
use crate::{Error, Identity, Result, tokens};
use parclose_access::{AuditEntry, Outcome};
use parclose_catalog::AtProvider;
use parclose_model::WorkspaceId;
use parclose_saml::{LogoutAsked, LogoutInput, Request, SessionName};
use std::sync::Arc;

/// How long a provider may take to answer.
const LEAVING_MS: i64 = 15 * 60_000;

/// What came by way of a browser.
#[derive(Debug, Clone)]
pub enum LogoutMessage {
    /// The provider asks to end sessions.
    Asks(LogoutInput),
    /// The provider answers that it ended its own.
    Answers {
        /// The answer.
        input: LogoutInput,
        /// The state that travelled with our request.
        state: String,
    },
}

impl From<SessionName> for ProviderSession {
    fn from(name: SessionName) -> Self {
        let SessionName { subject, format, name_qualifier, sp_name_qualifier, index } = name;
        Self::Saml { subject, format, name_qualifier, sp_name_qualifier, index }
    }
}

impl Identity {
    /// Where a browser goes on to after a sign-out here. None: nowhere; a provider that can't be told does not keep
    /// anybody signed in here.
    pub(crate) async fn leave(&self, workspace: &WorkspaceId, at: &AtProvider, now_ms: i64) -> Option<String> {
        match self.leave_to(workspace, at, now_ms).await {
            Ok(address) => address,
            Err(error) => {
                tracing::warn!(name: "logout.not_begun", connection = %at.connection, %error, "a provider can't be told of a sign-out");
                None
            }
        }
    }

    async fn leave_to(&self, workspace: &WorkspaceId, at: &AtProvider, now_ms: i64) -> Result<Option<String>> {
        let Some(connection) = self.catalog.connection(workspace, &at.connection).await?.filter(|connection| connection.enabled) else {
            return Ok(None);
        };
        let settings = settings_of(&connection)?;
        if !settings.single_logout {
            return Ok(None);
        }
        let providers = self.providers()?;
        let session = at.logout_hint.clone().and_then(|hint| serde_json::from_value(hint).ok());
        match (&settings.protocol, session) {
            (Protocol::Saml(saml), Some(ProviderSession::Saml { subject, format, name_qualifier, sp_name_qualifier, index })) => {
                let name = SessionName { subject, format, name_qualifier, sp_name_qualifier, index };
                let state = tokens::random_text(self.randomness.as_ref())?;
                let id = format!("_{}", tokens::random_hex(self.randomness.as_ref(), 20)?);
                let request = Request { id: &id, relay_state: &state, now_ms };
                let own = settings.own(&providers.base_url, &connection.id);
                let url = providers
                    .saml
                    .begin_logout(&own, &saml.peer(), &name, &request)
                    .map_err(|refused| Error::ProofRefused(refused.reason))?;
                self.remember(&connection.id, &state, None, &Step::Leaving { request: id.clone() }, now_ms + LEAVING_MS, now_ms).await?;
                Ok(Some(url))
            }
            (Protocol::Oidc(oidc), session) => {
                let token = match &session {
                    Some(ProviderSession::Oidc { id_token }) => Some(id_token.as_str()),
                    _ => None,
                };
                let (client, afterwards) = (oidc.client(&providers.base_url, &connection.id), format!("{}/sign-in", providers.base_url));
                providers.oidc.end_session(&client, token, &afterwards, now_ms).await.map_err(|error| match error {
                    parclose_oidc::Error::Refused(refused) => Error::ProofRefused(refused.reason),
                    parclose_oidc::Error::Unreachable(why) => Error::ProviderUnreachable(why.0),
                })
            }
            (Protocol::Saml(_), _) => Ok(None),
        }
    }

    /// A logout message of a SAML provider; gives where the browser goes on to: back to the provider with an answer, or
    /// to our sign-in page. All refusals are one [`Error::SignInFailed`]; why stands in the audit trail.
    pub async fn logout_arrives(&self, arrival: Arrival<'_>, message: LogoutMessage) -> Result<String> {
        let (connection, settings) = self.at_the_door(&arrival).await?;
        let done = async {
            let Protocol::Saml(saml) = &settings.protocol else { return Err(Error::ProofRefused("wrong_protocol")) };
            if !settings.single_logout {
                return Err(Error::ProofRefused("single_logout_off"));
            }
            match message {
                LogoutMessage::Asks(input) => self.end_as_asked(&arrival, &settings, saml, input).await,
                LogoutMessage::Answers { input, state } => self.left(&arrival, &settings, saml, input, &state).await,
            }
        };
        self.told(&arrival, &connection, "sign_out", done.await).await
    }

    async fn end_as_asked(
        &self,
        arrival: &Arrival<'_>,
        settings: &ConnectionSettings,
        saml: &SamlSettings,
        input: LogoutInput,
    ) -> Result<String> {
        let providers = self.providers()?;
        let (own, peer) = (settings.own(&providers.base_url, arrival.connection), saml.peer());
        let (sp, now_ms) = (Arc::clone(&providers.saml), arrival.now_ms);
        let id = format!("_{}", tokens::random_hex(self.randomness.as_ref(), 20)?);
        let permit = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| Error::Hashing)?;
        // The answer is written before anything is done: a request that can't be answered changes nothing.
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let asked = sp.read_logout(&own, &peer, &input, now_ms)?;
            let address = sp.answer_logout(&own, &peer, &asked, &id, now_ms)?;
            Ok((asked, address))
        });
        let read: std::result::Result<(LogoutAsked, String), parclose_saml::Refused> =
            read.await.map_err(|_| Error::ProofRefused("saml_other"))?;
        let (asked, address) = read.map_err(|refused| Error::ProofRefused(refused.reason))?;
        if asked.ids.is_empty() || !self.catalog.use_proofs(arrival.connection, &asked.ids, asked.expires_ms, now_ms).await? {
            return Err(Error::ProofRefused("saml_replay"));
        }
        let entry = AuditEntry::bare(now_ms, arrival.workspace.clone(), "sign_out", "connection", arrival.connection);
        let entry = AuditEntry { means: "provider".into(), request_id: arrival.request_id.into(), ..entry };
        let entry = entry.outcome(Outcome::Done).detail("ended_by_provider");
        let ended = self.catalog.end_sessions_at_provider(arrival.connection, &asked.subject, &asked.indexes, &entry).await?;
        tracing::info!(name: "logout.by_provider", connection = arrival.connection, ended, "a provider ended sessions");
        Ok(address)
    }

    async fn left(
        &self,
        arrival: &Arrival<'_>,
        settings: &ConnectionSettings,
        saml: &SamlSettings,
        input: LogoutInput,
        state: &str,
    ) -> Result<String> {
        let (Step::Leaving { request }, _) = self.take(arrival, state).await? else { return Err(Error::ProofRefused("unknown_state")) };
        let providers = self.providers()?;
        let (own, peer) = (settings.own(&providers.base_url, arrival.connection), saml.peer());
        let (sp, now_ms, state) = (Arc::clone(&providers.saml), arrival.now_ms, state.to_owned());
        let permit = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| Error::Hashing)?;
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            sp.read_logout_answer(&own, &peer, &input, &Request { id: &request, relay_state: &state, now_ms })
        });
        read.await.map_err(|_| Error::ProofRefused("saml_other"))?.map_err(|refused| Error::ProofRefused(refused.reason))?;
        let entry = AuditEntry::bare(now_ms, arrival.workspace.clone(), "sign_out", "connection", arrival.connection);
        let entry = AuditEntry { means: "provider".into(), request_id: arrival.request_id.into(), ..entry };
        self.catalog.append_audit(&[entry.outcome(Outcome::Done).detail("ended_there")]).await?;
        Ok("/sign-in".into())
    }
}
