//! The way back.

use super::begin::Step;
use super::path::{in_ascii, own_path};
use super::whose::{Found, key_of};
use crate::connections::{ConnectionSettings, Protocol, settings_of};
use crate::provisioning::{Proof, ProviderSession, provision};
use crate::sign_in::network;
use crate::{Error, Identity, Result, SignedIn, tokens};
use parclose_access::{AuditEntry, Outcome};
use parclose_catalog::{AtProvider, Connection, Named, NewPerson, Person, PersonKind, Provided};
use parclose_model::{PersonId, WorkspaceId};
use parclose_oidc::CodeAnswer;
use std::net::IpAddr;

/// How long the browser may take from the post to the page.
const TICKET_MS: i64 = 60_000;

/// A browser that comes back.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The workspace that it comes to.
    pub workspace: &'a WorkspaceId,
    /// The connection in the address.
    pub connection: &'a str,
    /// The secret in the short-lived cookie.
    pub browser: Option<&'a str>,
    /// The session that the browser already has. It ends; it is never taken over.
    pub previous: Option<&'a str>,
    /// From where.
    pub peer: IpAddr,
    /// The request's id, for the audit trail.
    pub request_id: &'a str,
    /// Now, epoch milliseconds.
    pub now_ms: i64,
}

/// What an OpenID provider sent along.
#[derive(Debug, Clone, Copy, Default)]
pub struct CodeReturn<'a> {
    /// The state.
    pub state: &'a str,
    /// The code; none when it refused.
    pub code: Option<&'a str>,
    /// Who answers, if it says so.
    pub issuer: Option<&'a str>,
}

/// Somebody is in.
pub struct Arrived {
    /// Their session.
    pub signed_in: SignedIn,
    /// The page that they asked for.
    pub next: String,
}

impl Identity {
    /// The code of an OpenID provider. All refusals are one [`Error::SignInFailed`]; why stands in the audit trail.
    pub async fn arrive_with_code(&self, arrival: Arrival<'_>, returned: CodeReturn<'_>) -> Result<Arrived> {
        let (connection, settings) = self.at_the_door(&arrival).await?;
        let done = async {
            let Protocol::Oidc(oidc) = &settings.protocol else { return Err(Error::ProofRefused("wrong_protocol")) };
            let (step, browser_hash) = self.take(&arrival, returned.state).await?;
            let Step::Code { nonce, verifier, next } = step else { return Err(Error::ProofRefused("unknown_state")) };
            same_browser(&arrival, browser_hash.as_deref())?;
            let code = returned.code.ok_or(Error::ProofRefused("oidc_refused_there"))?;
            let answer = CodeAnswer { code, nonce: &nonce, verifier: &verifier, issuer: returned.issuer, now_ms: arrival.now_ms };
            let proof = self.read_code(oidc, arrival.connection, &answer, settings.single_logout).await?;
            self.let_in(&arrival, &connection, &settings, &proof, next).await
        };
        self.told(&arrival, &connection, "sign_in", done.await).await
    }

    /// A SAML response, posted by a page of the provider. The browser does not send our cookies with that, so what is
    /// proven waits for a moment; the answer is a ticket, with which the browser comes again.
    pub async fn arrive_with_response(&self, arrival: Arrival<'_>, encoded: &str, relay_state: &str) -> Result<String> {
        let (connection, settings) = self.at_the_door(&arrival).await?;
        let done = async {
            let Protocol::Saml(saml) = &settings.protocol else { return Err(Error::ProofRefused("wrong_protocol")) };
            let (asked, browser_hash, next) = match self.take(&arrival, relay_state).await {
                Ok((Step::Asked { request, next }, browser_hash)) => (Some(request), browser_hash, next),
                Ok(_) => return Err(Error::ProofRefused("unknown_state")),
                Err(Error::ProofRefused(_)) if saml.idp_initiated => (None, None, in_ascii(own_path(relay_state).unwrap_or("/"))),
                Err(error) => return Err(error),
            };
            let proof = self.read_response(&settings, saml, arrival.connection, encoded, asked.as_deref(), arrival.now_ms).await?;
            let once = proof.once.as_ref().ok_or(Error::ProofRefused("saml_replay"))?;
            if !self.catalog.use_proofs(arrival.connection, &once.ids, once.expires_ms, arrival.now_ms).await? {
                return Err(Error::ProofRefused("saml_replay"));
            }
            let ticket = tokens::random_text(self.randomness.as_ref())?;
            self.remember(
                arrival.connection,
                &ticket,
                browser_hash,
                &Step::Proven { proof, next },
                arrival.now_ms + TICKET_MS,
                arrival.now_ms,
            )
            .await?;
            Ok(ticket)
        };
        self.told(&arrival, &connection, "sign_in", done.await).await
    }

    /// The browser with the ticket.
    pub async fn arrive_with_ticket(&self, arrival: Arrival<'_>, ticket: &str) -> Result<Arrived> {
        let (connection, settings) = self.at_the_door(&arrival).await?;
        let done = async {
            let (step, browser_hash) = self.take(&arrival, ticket).await?;
            let Step::Proven { proof, next } = step else { return Err(Error::ProofRefused("unknown_state")) };
            // None: it began at the provider, which the connection's switch allowed.
            if browser_hash.is_some() {
                same_browser(&arrival, browser_hash.as_deref())?;
            }
            self.let_in(&arrival, &connection, &settings, &proof, next).await
        };
        self.told(&arrival, &connection, "sign_in", done.await).await
    }

    /// Counts the attempt, and finds the connection. Who tries too often is turned away before anything is read.
    pub(super) async fn at_the_door(&self, arrival: &Arrival<'_>) -> Result<(Connection, ConnectionSettings)> {
        let of_address = format!("arrival:{}", network(arrival.peer));
        let since = arrival.now_ms - self.limits.window_ms;
        if !self.catalog.begin_sign_in(&[(of_address.as_str(), self.limits.failures_of_address)], arrival.now_ms, since).await? {
            tracing::warn!(name: "arrival.too_often", request_id = arrival.request_id, "too many attempts to arrive");
            return Err(Error::TooManyAttempts { retry_after_seconds: self.limits.window_ms / 1000 });
        }
        let connection = self.enabled_connection(arrival.workspace, arrival.connection).await?;
        let settings = settings_of(&connection)?;
        Ok((connection, settings))
    }

    pub(super) async fn take(&self, arrival: &Arrival<'_>, state: &str) -> Result<(Step, Option<String>)> {
        let pending = self.catalog.take_pending_sign_in(arrival.connection, &tokens::hash(state), arrival.now_ms).await?;
        let pending = pending.ok_or(Error::ProofRefused("unknown_state"))?;
        let step = serde_json::from_value(pending.data).map_err(|_| Error::ProofRefused("unknown_state"))?;
        Ok((step, pending.browser_hash))
    }

    /// Opens the account of a proof, or makes it, and begins a session.
    async fn let_in(
        &self,
        arrival: &Arrival<'_>,
        connection: &Connection,
        settings: &ConnectionSettings,
        proof: &Proof,
        next: String,
    ) -> Result<Arrived> {
        let groups = self.catalog.groups(&connection.workspace).await?;
        let gets = provision(&settings.mapping, &groups, proof);
        if gets.login.is_empty() {
            return Err(Error::ProofRefused("no_login"));
        }
        let key = key_of(connection, proof);
        let person = match self.whose(connection, settings, proof, &gets).await? {
            Found::Known(person) => person.id,
            Found::Adopted(person) => self.adopt(&key, person, arrival).await?,
            Found::Provisioned(person) => {
                self.catalog.link_identity(&key, &person.id, "scim", arrival.now_ms).await?;
                self.note_person(arrival, &person.id, Outcome::Done, "linked_to_directory").await?;
                person.id
            }
            Found::Removed => return Err(Error::ProofRefused("inactive")),
            Found::Taken => return Err(Error::ProofRefused("account_exists")),
            Found::New => {
                let new = NewPerson {
                    id: PersonId::new(tokens::random_hex(self.randomness.as_ref(), 16)?),
                    workspace: connection.workspace.clone(),
                    kind: PersonKind::Person,
                    login: gets.login.clone(),
                    email: gets.email.clone().unwrap_or_default(),
                    name: gets.name.clone(),
                    // Nothing of its own: all that they have is what the provider says.
                    roles: Vec::new(),
                    attributes: Default::default(),
                    password_hash: None,
                };
                match self.catalog.add_person_of_identity(&new, &key, arrival.now_ms).await {
                    Ok(()) => self.note_person(arrival, &new.id, Outcome::Done, "made_at_login").await?,
                    Err(parclose_catalog::Error::LoginTaken) => return Err(Error::ProofRefused("account_exists")),
                    Err(error) => return Err(error.into()),
                }
                new.id
            }
        };
        // Before anything of the proof is kept: who is switched off there brings nothing.
        if !self.catalog.scim_lets_in(&connection.id, &person).await? {
            return Err(Error::ProofRefused("inactive"));
        }
        let provided = Provided { roles: gets.roles.clone(), attributes: gets.attributes.clone() };
        let named = Named { email: gets.email.as_deref(), name: Some(&gets.name) };
        let person = self.catalog.provide(&person, &key, &provided, named, arrival.now_ms).await?;
        let person = person.ok_or(Error::ProofRefused("inactive"))?;
        if !person.active {
            return Err(Error::ProofRefused("inactive"));
        }
        if !gets.cut.is_empty() || !gets.unknown_groups.is_empty() {
            tracing::info!(name: "arrival.gives_nothing", person = %person.id, cut = gets.cut.len(), unknown_groups = gets.unknown_groups.len(), "a login brought things that give nothing");
        }
        let signed_in = match self.begin_session(&person, Some(at_provider(connection, proof)), arrival.previous, arrival.now_ms).await {
            Ok(signed_in) => signed_in,
            Err(Error::RoleMissing(refused)) => {
                self.note_person(arrival, &person.id, Outcome::Refused, "role_missing").await?;
                return Err(Error::RoleMissing(refused));
            }
            Err(error) => return Err(error),
        };
        self.note_person(arrival, &person.id, Outcome::Done, "signed_in").await?;
        Ok(Arrived { signed_in, next })
    }

    async fn adopt(&self, key: &parclose_catalog::IdentityKey, person: Person, arrival: &Arrival<'_>) -> Result<PersonId> {
        self.catalog.link_identity(key, &person.id, "adopted", arrival.now_ms).await?;
        self.note_person(arrival, &person.id, Outcome::Done, "adopted").await?;
        Ok(person.id)
    }

    /// Turns every refusal into one, and writes down which it was.
    pub(super) async fn told<T>(&self, arrival: &Arrival<'_>, connection: &Connection, action: &'static str, done: Result<T>) -> Result<T> {
        let of_address = format!("arrival:{}", network(arrival.peer));
        match done {
            Ok(done) => {
                self.catalog.sign_in_succeeded("", &of_address, arrival.now_ms).await?;
                Ok(done)
            }
            Err(Error::ProofRefused(reason)) => {
                tracing::info!(name: "arrival.refused", connection = %connection.id, reason, request_id = arrival.request_id, "an arrival is refused");
                let entry = AuditEntry::bare(arrival.now_ms, connection.workspace.clone(), action, "connection", &connection.id);
                let entry = AuditEntry { means: connection.kind.as_str().into(), request_id: arrival.request_id.into(), ..entry };
                self.catalog.append_audit(&[entry.outcome(Outcome::Refused).detail(reason)]).await?;
                Err(Error::SignInFailed)
            }
            Err(Error::ProviderUnreachable(reason)) => {
                tracing::warn!(name: "arrival.unreachable", connection = %connection.id, reason, "an identity provider can't be reached");
                self.catalog.sign_in_succeeded("", &of_address, arrival.now_ms).await?;
                Err(Error::ProviderUnreachable(reason))
            }
            Err(error) => Err(error),
        }
    }

    async fn note_person(&self, arrival: &Arrival<'_>, person: &PersonId, outcome: Outcome, detail: &'static str) -> Result<()> {
        let entry = AuditEntry::bare(arrival.now_ms, arrival.workspace.clone(), "sign_in", "connection", arrival.connection);
        let entry = AuditEntry { person: Some(person.clone()), means: "provider".into(), request_id: arrival.request_id.into(), ..entry };
        self.catalog.append_audit(&[entry.outcome(outcome).detail(detail)]).await?;
        Ok(())
    }
}

/// How the provider calls the session, as it is kept with ours.
fn at_provider(connection: &Connection, proof: &Proof) -> AtProvider {
    let session_index = match &proof.session {
        Some(ProviderSession::Saml { index, .. }) => index.clone(),
        _ => None,
    };
    let logout_hint = proof.session.as_ref().and_then(|session| serde_json::to_value(session).ok());
    AtProvider { connection: connection.id.clone(), subject: Some(proof.subject.clone()), session_index, logout_hint }
}

/// The browser that began it comes back, and no other: nobody is signed in as somebody else by a link.
fn same_browser(arrival: &Arrival<'_>, browser_hash: Option<&str>) -> Result<()> {
    let sent = arrival.browser.map(tokens::hash);
    match (sent, browser_hash) {
        (Some(sent), Some(known)) if tokens::same(&sent, known) => Ok(()),
        _ => Err(Error::ProofRefused("another_browser")),
    }
}
