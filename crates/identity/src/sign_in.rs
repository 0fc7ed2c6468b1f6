//! Signing in and out with a local account.

use crate::passwords::{self, MAX_PASSWORD_BYTES};
use crate::tokens::{self, CsrfToken, SessionToken};
use crate::{Error, FactorStep, Identity, Result};
use parclose_access::{AuditEntry, Caller, Means, Outcome};
use parclose_catalog::{AtProvider, NewSession, Person, PersonKind, seat_key};
use parclose_model::WorkspaceId;
use std::net::IpAddr;

/// An attempt to sign in.
pub struct SignIn<'a> {
    /// Where. Each workspace has people of its own.
    pub workspace: &'a WorkspaceId,
    /// As typed.
    pub login: &'a str,
    /// As typed.
    pub password: &'a str,
    /// From where.
    pub peer: IpAddr,
    /// The session that the browser already has, if any. It ends; it is never taken over.
    pub previous: Option<&'a str>,
    /// The request's id, for the audit trail.
    pub request_id: &'a str,
}

/// A session that has begun.
#[derive(Debug)]
pub struct SignedIn {
    /// For the cookie.
    pub token: SessionToken,
    /// For the page.
    pub csrf: CsrfToken,
    /// When it ends in any case, epoch milliseconds.
    pub expires_ms: i64,
    /// The person, already let in.
    pub caller: Caller,
}

/// How far an attempt came.
#[derive(Debug)]
pub enum Entrance {
    /// All the way.
    Open(Box<SignedIn>),
    /// The password was right; a second factor is asked for.
    Factor(FactorStep),
}

const MAX_LOGIN_BYTES: usize = 256;

impl Identity {
    /// Signs a person in.
    ///
    /// An unknown login, a wrong password, an account that is not active or has no password give the same error
    /// after the same work. [`Error::RoleMissing`] and the question for a second factor come only after the right password.
    pub async fn sign_in(&self, attempt: SignIn<'_>, now_ms: i64) -> Result<Entrance> {
        if attempt.login.len() > MAX_LOGIN_BYTES || attempt.password.len() > MAX_PASSWORD_BYTES {
            return Err(Error::SignInFailed);
        }
        let of_login = login_subject(attempt.workspace, attempt.login);
        let of_address = format!("address:{}", network(attempt.peer));
        let subjects = [(of_login.as_str(), self.limits.failures_of_login), (of_address.as_str(), self.limits.failures_of_address)];
        if !self.catalog.begin_sign_in(&subjects, now_ms, now_ms - self.limits.window_ms).await? {
            // The failures before are in the audit trail; a flood must not fill it.
            tracing::warn!(request_id = attempt.request_id, "too many attempts to sign in");
            return Err(Error::TooManyAttempts { retry_after_seconds: self.limits.window_ms / 1000 });
        }

        let found = self.catalog.credentials(attempt.workspace, attempt.login).await?;
        let usable = found.as_ref().filter(|found| found.person.active && found.person.kind == PersonKind::Person);
        let hash = usable.and_then(|found| found.password_hash.as_deref());
        let is_right = passwords::verify(&self.hashing, hash.unwrap_or(&self.decoy), attempt.password).await?;
        let known = found.as_ref().map(|found| &found.person);
        let (true, true, Some(person)) = (is_right, hash.is_some(), known) else {
            self.note(known, &attempt, now_ms, Outcome::Refused, "wrong_login_or_password").await?;
            return Err(Error::SignInFailed);
        };
        if person.has_factor {
            // Half a success: what was counted for the login stays until the second step is done, else whoever knows the
            // password could guess at codes without end.
            self.catalog.sign_in_succeeded("", &of_address, now_ms).await?;
        } else {
            self.catalog.sign_in_succeeded(&of_login, &of_address, now_ms).await?;
        }
        if self.forbids_local(person).await? {
            self.note(known, &attempt, now_ms, Outcome::Refused, "local_sign_in_forbidden").await?;
            return Err(Error::SignInFailed);
        }
        if person.has_factor {
            let step = self.ask_for_factor(person, now_ms).await?;
            self.note(known, &attempt, now_ms, Outcome::Done, "second_factor_asked").await?;
            return Ok(Entrance::Factor(step));
        }
        let signed_in = match self.begin_session(person, None, attempt.previous, now_ms).await {
            Err(Error::RoleMissing(refused)) => {
                self.note(known, &attempt, now_ms, Outcome::Refused, "role_missing").await?;
                return Err(Error::RoleMissing(refused));
            }
            done => done?,
        };
        self.note(known, &attempt, now_ms, Outcome::Done, "signed_in").await?;
        Ok(Entrance::Open(Box::new(signed_in)))
    }

    /// How long sessions of the workspace last, milliseconds: without a request, and in any case.
    pub(crate) async fn limits_of(&self, workspace: &WorkspaceId) -> Result<(i64, i64)> {
        let stored = self.catalog.settings(workspace).await?;
        Ok(stored.map_or((self.limits.idle_ms, self.limits.session_ms), |stored| {
            (stored.settings.session_idle_minutes * 60_000, stored.settings.session_hours * 3_600_000)
        }))
    }

    /// A new session of a person whose identity was proven, if their roles open the door. The session that the browser
    /// had ends; it is never taken over.
    pub(crate) async fn begin_session(&self, person: &Person, at_provider: Option<AtProvider>, previous: Option<&str>, now_ms: i64) -> Result<SignedIn> {
        let token = SessionToken::random(self.randomness.as_ref())?;
        let csrf = CsrfToken::random(self.randomness.as_ref())?;
        let token_hash = tokens::hash(token.secret());
        let caller = self.enter(person, Means::Session { id: token_hash.clone() }).map_err(Error::RoleMissing)?;
        if let Some(previous) = previous {
            self.catalog.end_session(&tokens::hash(previous)).await?;
        }
        let (idle_ms, session_ms) = self.limits_of(&person.workspace).await?;
        let expires_ms = now_ms + session_ms;
        let session = NewSession {
            token_hash,
            person: person.id.clone(),
            csrf: csrf.secret().to_owned(),
            at_provider,
            idle_ms,
            expires_ms,
        };
        self.catalog.add_session(&session, now_ms).await?;
        Ok(SignedIn { token, csrf, expires_ms, caller })
    }

    /// Whether a connection of the workspace leaves passwords to administrators who have nothing else. Their role must
    /// have been given here: a provider can't make somebody exempt from itself.
    pub(crate) async fn forbids_local(&self, person: &Person) -> Result<bool> {
        let mut forbids = false;
        for connection in self.catalog.connections(&person.workspace).await? {
            // Settings that can't be read forbid.
            forbids |= connection.enabled && crate::connections::settings_of(&connection).map_or(true, |settings| settings.forbids_local_sign_in);
        }
        let repairs = person.given.roles.iter().any(|role| role == "admin") && !self.catalog.is_linked(&person.id).await?;
        Ok(forbids && !repairs)
    }

    /// Ends a session. An unknown one is as good as ended. When it began at a provider whose session is to end with
    /// it, the address is given to which the browser goes on.
    pub async fn sign_out(&self, token: &str, request_id: &str, now_ms: i64) -> Result<Option<String>> {
        let hash = tokens::hash(token);
        let mut leaves_to = None;
        if let Some(session) = self.catalog.session(&hash, now_ms).await? {
            let at_provider = self.catalog.session_at_provider(&hash).await?;
            self.catalog.end_session(&hash).await?;
            if let Some(at_provider) = at_provider {
                leaves_to = self.leave(&session.person.workspace, &at_provider, now_ms).await;
            }
            let entry = AuditEntry::bare(now_ms, session.person.workspace, "sign_out", "session", "");
            let entry = AuditEntry { person: Some(session.person.id), means: "session".into(), request_id: request_id.into(), ..entry };
            self.catalog.append_audit(&[entry]).await?;
        }
        Ok(leaves_to)
    }

    /// The audit line of an attempt. What was typed as a login is not kept: it may be a password. An attempt at an
    /// unknown login belongs to no workspace.
    async fn note(&self, person: Option<&Person>, attempt: &SignIn<'_>, now_ms: i64, outcome: Outcome, detail: &'static str) -> Result<()> {
        let workspace = person.map_or_else(|| WorkspaceId::new(""), |person| person.workspace.clone());
        let entry = AuditEntry::bare(now_ms, workspace, "sign_in", "session", "").outcome(outcome).detail(detail);
        let entry =
            AuditEntry { person: person.map(|person| person.id.clone()), means: "password".into(), request_id: attempt.request_id.into(), ..entry };
        self.catalog.append_audit(&[entry]).await?;
        Ok(())
    }
}

/// What failures are counted by.
pub(crate) fn login_subject(workspace: &WorkspaceId, login: &str) -> String {
    format!("login:{}", tokens::hash(&seat_key(workspace, login)))
}

/// What counts as one address: of IPv6 the network of 64 bits, which one customer of a provider has for himself.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
