//! The second step of a sign-in, and the sign-in with a passkey alone.

use super::passkeys::{self, Answer};
use crate::sign_in::network;
use crate::{Error, Identity, PasskeyOptions, Result, SignedIn, tokens};
use parclose_access::{AuditEntry, Outcome};
use parclose_catalog::{PendingFactor, PendingPurpose, Person, PersonKind};
use parclose_model::WorkspaceId;
use serde_json::Value;
use std::fmt;
use std::net::IpAddr;

/// How long the second step may take.
const STEP_MS: i64 = 5 * 60_000;
/// How many tries it has.
const TRIES: i64 = 5;

/// The password was right, and a second factor is asked for. `Debug` does not print the secret.
#[derive(Clone)]
pub struct FactorStep {
    /// For the short-lived cookie that binds the step to this browser.
    pub browser: String,
    /// How long it is good for, seconds.
    pub seconds: i64,
    /// A code by time is accepted.
    pub totp: bool,
    /// A passkey is accepted.
    pub passkey: bool,
}

impl fmt::Debug for FactorStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FactorStep").field("totp", &self.totp).field("passkey", &self.passkey).finish_non_exhaustive()
    }
}

/// A challenge for a passkey.
pub struct PasskeyBegun {
    /// For the browser.
    pub options: PasskeyOptions,
    /// For the short-lived cookie; none when the browser has it already.
    pub browser: Option<String>,
    /// How long that is good for, seconds.
    pub seconds: i64,
}

/// A browser at its second step.
#[derive(Debug, Clone, Copy)]
pub struct StepAttempt<'a> {
    /// The workspace that it comes to.
    pub workspace: &'a WorkspaceId,
    /// The secret in the short-lived cookie.
    pub browser: Option<&'a str>,
    /// From where.
    pub peer: IpAddr,
    /// The session that the browser already has, if any. It ends; it is never taken over.
    pub previous: Option<&'a str>,
    /// The request's id, for the audit trail.
    pub request_id: &'a str,
    /// Now, epoch milliseconds.
    pub now_ms: i64,
}

impl Identity {
    /// The password was right: waits for the second factor.
    pub(crate) async fn ask_for_factor(&self, person: &Person, now_ms: i64) -> Result<FactorStep> {
        let browser = tokens::random_text(self.randomness.as_ref())?;
        let pending = PendingFactor {
            token_hash: tokens::hash(&browser),
            purpose: PendingPurpose::SignIn,
            person: Some(person.id.clone()),
            challenge: None,
            expires_ms: now_ms + STEP_MS,
        };
        self.catalog.add_pending_factor(&pending, now_ms).await?;
        let totp = self.catalog.totp(&person.id).await?.is_some_and(|totp| totp.confirmed_ms.is_some());
        let passkey = self.relying_party.is_some() && !self.catalog.passkeys(&person.id).await?.is_empty();
        Ok(FactorStep { browser, seconds: STEP_MS / 1000, totp, passkey })
    }

    /// Finishes a sign-in with a code, by time or on paper. [`Error::WrongCode`] leaves the step open for another try;
    /// [`Error::SignInFailed`] says that there is none: begin again.
    pub async fn sign_in_with_code(&self, attempt: StepAttempt<'_>, code: &str) -> Result<SignedIn> {
        let token_hash = tokens::hash(attempt.browser.ok_or(Error::SignInFailed)?);
        let (person, _) = self.step(&attempt, &token_hash).await?;
        match self.spend_code(&person, code, attempt.now_ms).await? {
            Some(means) => self.finish_step(&attempt, &token_hash, &person, means).await,
            None => {
                self.note_step(&attempt, Some(&person), "code", Outcome::Refused, "wrong_code").await?;
                Err(Error::WrongCode)
            }
        }
    }

    /// A challenge for a passkey: as the second step if the browser is at one, else for a sign-in with a passkey alone.
    pub async fn begin_passkey_sign_in(&self, attempt: StepAttempt<'_>) -> Result<PasskeyBegun> {
        let relying_party = self.relying_party.as_ref().ok_or(Error::NoPasskeysHere)?;
        let now_ms = attempt.now_ms;
        if let Some(browser) = attempt.browser {
            let token_hash = tokens::hash(browser);
            if let Some(person) = self.catalog.pending_factor(&token_hash, PendingPurpose::SignIn, now_ms).await? {
                let (options, state) = relying_party.begin_use(&self.catalog.passkeys(&person).await?)?;
                if self.catalog.challenge_pending_factor(&token_hash, &state, now_ms).await? {
                    return Ok(PasskeyBegun { options, browser: None, seconds: STEP_MS / 1000 });
                }
            }
        }
        let (options, state) = relying_party.begin_use(&[])?;
        let browser = tokens::random_text(self.randomness.as_ref())?;
        let pending = PendingFactor {
            token_hash: tokens::hash(&browser),
            purpose: PendingPurpose::Passkey,
            person: None,
            challenge: Some(state),
            expires_ms: now_ms + passkeys::TIME_MS,
        };
        self.catalog.add_pending_factor(&pending, now_ms).await?;
        Ok(PasskeyBegun { options, browser: Some(browser), seconds: passkeys::TIME_MS / 1000 })
    }

    /// Finishes a sign-in with a passkey. All refusals are one [`Error::SignInFailed`], but that of a second step that has
    /// tries left, which is [`Error::PasskeyRefused`].
    pub async fn sign_in_with_passkey(&self, attempt: StepAttempt<'_>, credential: Value) -> Result<SignedIn> {
        let token_hash = tokens::hash(attempt.browser.ok_or(Error::SignInFailed)?);
        let now_ms = attempt.now_ms;
        if self.catalog.pending_factor(&token_hash, PendingPurpose::SignIn, now_ms).await?.is_some() {
            let (person, challenge) = self.step(&attempt, &token_hash).await?;
            return match self.check_passkey(&attempt, challenge, credential, Some(&person)).await? {
                Ok(_) => self.finish_step(&attempt, &token_hash, &person, "password_and_passkey").await,
                Err((_, reason)) => {
                    self.note_step(&attempt, Some(&person), "passkey", Outcome::Refused, reason).await?;
                    Err(Error::PasskeyRefused)
                }
            };
        }
        self.count_address(&attempt).await?;
        let waiting = self.catalog.try_pending_factor(&token_hash, PendingPurpose::Passkey, 1, now_ms).await?;
        let (_, challenge) = waiting.ok_or(Error::SignInFailed)?;
        match self.check_passkey(&attempt, challenge, credential, None).await? {
            Ok(person) => self.finish_step(&attempt, &token_hash, &person, "passkey").await,
            Err((person, reason)) => {
                self.note_step(&attempt, person.as_ref(), "passkey", Outcome::Refused, reason).await?;
                Err(Error::SignInFailed)
            }
        }
    }

    /// A try at the second step, counted before anything is compared: against the step, the login and the address.
    async fn step(&self, attempt: &StepAttempt<'_>, token_hash: &str) -> Result<(Person, Option<Value>)> {
        let tried = self.catalog.try_pending_factor(token_hash, PendingPurpose::SignIn, TRIES, attempt.now_ms).await?;
        let (Some(id), challenge) = tried.ok_or(Error::SignInFailed)? else { return Err(Error::SignInFailed) };
        let person = self.catalog.person(attempt.workspace, &id).await?.filter(|person| person.active).ok_or(Error::SignInFailed)?;
        let (of_login, of_address) = subjects(&person, attempt);
        let counted = [(of_login.as_str(), self.limits.failures_of_login), (of_address.as_str(), self.limits.failures_of_address)];
        if !self.catalog.begin_sign_in(&counted, attempt.now_ms, attempt.now_ms - self.limits.window_ms).await? {
            return Err(Error::TooManyAttempts { retry_after_seconds: self.limits.window_ms / 1000 });
        }
        Ok((person, challenge))
    }

    async fn count_address(&self, attempt: &StepAttempt<'_>) -> Result<()> {
        let of_address = format!("address:{}", network(attempt.peer));
        let counted = [(of_address.as_str(), self.limits.failures_of_address)];
        match self.catalog.begin_sign_in(&counted, attempt.now_ms, attempt.now_ms - self.limits.window_ms).await? {
            true => Ok(()),
            false => Err(Error::TooManyAttempts { retry_after_seconds: self.limits.window_ms / 1000 }),
        }
    }

    /// Checks an answer and notes the use of the passkey; `of` when its person is known already. The inner error is a word
    /// for the audit trail, with the person if one was found.
    async fn check_passkey(
        &self,
        attempt: &StepAttempt<'_>,
        challenge: Option<Value>,
        credential: Value,
        of: Option<&Person>,
    ) -> Result<std::result::Result<Person, (Option<Person>, &'static str)>> {
        let relying_party = self.relying_party.as_ref().ok_or(Error::NoPasskeysHere)?;
        let Some(state) = challenge else { return Ok(Err((None, "passkey_challenge"))) };
        let Some(answer) = Answer::read(credential) else { return Ok(Err((None, "passkey_unreadable"))) };
        let Some((stored, person)) = self.catalog.passkey(answer.credential_id()).await? else { return Ok(Err((None, "passkey_unknown"))) };
        if person.workspace != *attempt.workspace
            || of.is_some_and(|known| known.id != person.id)
            || (of.is_none() && !answer.names_a_person())
        {
            return Ok(Err((None, "passkey_unknown")));
        }
        let counter = match relying_party.finish_use(state, &answer, &stored) {
            Ok(counter) => counter,
            Err(reason) => return Ok(Err((Some(person), reason))),
        };
        if !self.catalog.use_passkey(&stored.id, stored.counter, counter, attempt.now_ms).await? {
            return Ok(Err((Some(person), "passkey_counter")));
        }
        if !person.active || person.kind != PersonKind::Person {
            return Ok(Err((Some(person), "passkey_not_active")));
        }
        Ok(Ok(person))
    }

    /// Everything is proven: the step is taken, once, and the session begins.
    async fn finish_step(&self, attempt: &StepAttempt<'_>, token_hash: &str, person: &Person, means: &'static str) -> Result<SignedIn> {
        if !self.catalog.take_pending_factor(token_hash).await? {
            return Err(Error::SignInFailed);
        }
        let (of_login, of_address) = subjects(person, attempt);
        self.catalog.sign_in_succeeded(&of_login, &of_address, attempt.now_ms).await?;
        if !self.may_have_factors(person).await? {
            self.note_step(attempt, Some(person), means, Outcome::Refused, "local_sign_in_forbidden").await?;
            return Err(Error::SignInFailed);
        }
        match self.begin_session(person, None, attempt.previous, attempt.now_ms).await {
            Err(Error::RoleMissing(refused)) => {
                self.note_step(attempt, Some(person), means, Outcome::Refused, "role_missing").await?;
                Err(Error::RoleMissing(refused))
            }
            done => {
                let signed_in = done?;
                self.note_step(attempt, Some(person), means, Outcome::Done, "signed_in").await?;
                Ok(signed_in)
            }
        }
    }

    async fn note_step(
        &self,
        attempt: &StepAttempt<'_>,
        person: Option<&Person>,
        means: &'static str,
        outcome: Outcome,
        detail: &'static str,
    ) -> Result<()> {
        let entry = AuditEntry::bare(attempt.now_ms, attempt.workspace.clone(), "sign_in", "session", "").outcome(outcome).detail(detail);
        let person = person.map(|person| person.id.clone());
        let entry = AuditEntry { person, means: means.into(), request_id: attempt.request_id.into(), ..entry };
        self.catalog.append_audit(&[entry]).await?;
        Ok(())
    }
}

fn subjects(person: &Person, attempt: &StepAttempt<'_>) -> (String, String) {
    (crate::sign_in::login_subject(&person.workspace, &person.login), format!("address:{}", network(attempt.peer)))
}
