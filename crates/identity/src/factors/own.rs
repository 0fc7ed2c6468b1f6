//! One's own second factors.

use super::{passkeys, recovery, totp};
use crate::open_sessions::own_session;
use crate::own_account::Renewed;
use crate::tokens::{self, CsrfToken, SessionToken};
use crate::{Error, Identity, PasskeyOptions, Result};
use parclose_access::{AuditEntry, OpCtx, Outcome, Refusal};
use parclose_catalog::{FactorChange, PendingFactor, PendingPurpose, Person, Renewal};
use serde_json::Value;
use std::net::IpAddr;

/// What somebody has.
#[derive(Debug, Clone)]
pub struct OwnFactors {
    /// False: there is no password of ours that a second factor could stand behind.
    pub available: bool,
    /// Passkeys can be made at this server's address.
    pub passkeys_available: bool,
    /// When codes by time were confirmed, epoch milliseconds.
    pub totp_since_ms: Option<i64>,
    /// How many codes on paper are left.
    pub recovery_codes_left: i64,
    /// Passkeys, the oldest first.
    pub passkeys: Vec<OwnPasskey>,
}

/// A passkey in a list.
#[derive(Debug, Clone)]
pub struct OwnPasskey {
    /// Names it; opens nothing.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// When made, epoch milliseconds.
    pub created_ms: i64,
    /// Last use, epoch milliseconds.
    pub last_used_ms: Option<i64>,
}

/// A secret for an authenticator application. It holds nothing back until a code confirms it.
pub struct TotpOffer {
    /// For typing, base32.
    pub secret: String,
    /// The address that the picture shows.
    pub uri: String,
    /// The picture, SVG.
    pub svg: String,
}

/// A change was made; the session goes on under a new token.
pub struct FactorsChanged {
    /// Of the session.
    pub renewed: Renewed,
    /// New codes on paper, to be shown once; none when the old ones stay.
    pub recovery_codes: Option<Vec<String>>,
}

const MAX_NAME: usize = 60;

impl Identity {
    /// The caller's own second factors.
    pub async fn own_factors(&self, ctx: &OpCtx<'_>) -> Result<OwnFactors> {
        own_session(ctx)?;
        let person = self.own_record(ctx).await?;
        let totp = self.catalog.totp(&person.id).await?;
        let passkeys = self.catalog.passkeys(&person.id).await?;
        Ok(OwnFactors {
            available: self.may_have_factors(&person).await?,
            passkeys_available: self.relying_party.is_some(),
            totp_since_ms: totp.and_then(|totp| totp.confirmed_ms),
            recovery_codes_left: self.catalog.recovery_codes_left(&person.id).await?,
            passkeys: passkeys
                .into_iter()
                .map(|key| OwnPasskey { id: key.id, name: key.name, created_ms: key.created_ms, last_used_ms: key.last_used_ms })
                .collect(),
        })
    }

    /// Begins codes by time, for who knows their password. [`Error::FactorThere`] when they are on already.
    pub async fn begin_totp(&self, ctx: &OpCtx<'_>, password: &str, peer: IpAddr) -> Result<TotpOffer> {
        let person = self.proven(ctx, password, peer).await?;
        let settings = self.catalog.settings(&person.workspace).await?;
        let issuer = settings.map_or_else(|| "Parclose".to_owned(), |stored| format!("Parclose {}", stored.settings.name));
        let made = totp::enrol(self.randomness.as_ref(), &issuer, &person.login)?;
        if !self.catalog.begin_totp(&person.id, &made.secret, ctx.now_ms()).await? {
            return Err(Error::FactorThere);
        }
        Ok(TotpOffer { secret: made.text, uri: made.uri, svg: made.svg })
    }

    /// Turns codes by time on, with the first of them. Wrong ones count like failed passwords.
    pub async fn confirm_totp(&self, ctx: &OpCtx<'_>, code: &str, peer: IpAddr) -> Result<FactorsChanged> {
        own_session(ctx)?;
        let person = self.own_record(ctx).await?;
        self.count_own_attempt(ctx, peer).await?;
        let begun = self.catalog.totp(&person.id).await?.filter(|totp| totp.confirmed_ms.is_none());
        let begun = begun.ok_or(Error::Refused(Refusal::NotFound))?;
        let Some(step) = totp::step_of(&begun.secret, &typed(code), ctx.now_ms()) else {
            self.note_own(ctx, "wrong_code").await?;
            return Err(Error::WrongCode);
        };
        self.own_attempt_succeeded(ctx, peer).await?;
        self.change_factors(ctx, &person, FactorChange::ConfirmTotp { step }, "totp_added", !person.has_factor).await
    }

    /// Turns codes by time off, with the password and a code, by time or on paper.
    pub async fn remove_totp(&self, ctx: &OpCtx<'_>, password: &str, code: &str, peer: IpAddr) -> Result<FactorsChanged> {
        let person = self.proven(ctx, password, peer).await?;
        // On a count of its own: the right password just now cleared that of the login, and must not clear this one.
        let of_codes = format!("codes:{}", person.id.as_str());
        let counted = [(of_codes.as_str(), self.limits.failures_of_login)];
        if !self.catalog.begin_sign_in(&counted, ctx.now_ms(), ctx.now_ms() - self.limits.window_ms).await? {
            return Err(Error::TooManyAttempts { retry_after_seconds: self.limits.window_ms / 1000 });
        }
        if self.spend_code(&person, code, ctx.now_ms()).await?.is_none() {
            self.note_own(ctx, "wrong_code").await?;
            return Err(Error::WrongCode);
        }
        self.catalog.sign_in_succeeded(&of_codes, "", ctx.now_ms()).await?;
        self.change_factors(ctx, &person, FactorChange::RemoveTotp, "totp_removed", false).await
    }

    /// New codes on paper in place of the old ones, for who knows their password and has a factor.
    pub async fn renew_recovery_codes(&self, ctx: &OpCtx<'_>, password: &str, peer: IpAddr) -> Result<FactorsChanged> {
        let person = self.proven(ctx, password, peer).await?;
        if !person.has_factor {
            return Err(Error::Refused(Refusal::NotFound));
        }
        self.change_factors(ctx, &person, FactorChange::NewRecoveryCodes, "recovery_codes_renewed", true).await
    }

    /// Begins a passkey, for who knows their password.
    pub async fn begin_passkey(&self, ctx: &OpCtx<'_>, password: &str, peer: IpAddr) -> Result<PasskeyOptions> {
        let relying_party = self.relying_party.as_ref().ok_or(Error::NoPasskeysHere)?;
        let session = own_session(ctx)?.to_owned();
        let person = self.proven(ctx, password, peer).await?;
        let known = self.catalog.passkeys(&person.id).await?;
        if known.len() >= usize::try_from(parclose_catalog::MAX_PASSKEYS).unwrap_or(usize::MAX) {
            return Err(Error::InvalidField("passkeys"));
        }
        let (options, state) = relying_party.begin_registration(&person, &known)?;
        // Bound to the session: its token's hash stands for the secret in the browser.
        self.catalog.take_pending_factor(&session).await?;
        let pending = PendingFactor {
            token_hash: session,
            purpose: PendingPurpose::NewPasskey,
            person: Some(person.id),
            challenge: Some(state),
            expires_ms: ctx.now_ms() + passkeys::TIME_MS,
        };
        self.catalog.add_pending_factor(&pending, ctx.now_ms()).await?;
        Ok(options)
    }

    /// Keeps the passkey that a browser made.
    pub async fn add_passkey(&self, ctx: &OpCtx<'_>, name: &str, credential: Value) -> Result<FactorsChanged> {
        let relying_party = self.relying_party.as_ref().ok_or(Error::NoPasskeysHere)?;
        let session = own_session(ctx)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(Error::InvalidField("name"));
        }
        let person = self.own_record(ctx).await?;
        let waiting = self.catalog.try_pending_factor(session, PendingPurpose::NewPasskey, 1, ctx.now_ms()).await?;
        let state = waiting.filter(|(whose, _)| whose.as_ref() == Some(&person.id)).and_then(|(_, challenge)| challenge);
        let made = match state {
            Some(state) => relying_party.finish_registration(state, credential),
            None => Err("passkey_challenge"),
        };
        let made = match made {
            Ok(made) => made,
            Err(reason) => {
                self.note_own(ctx, reason).await?;
                return Err(Error::PasskeyRefused);
            }
        };
        let id = tokens::random_hex(self.randomness.as_ref(), 16)?;
        let stored = passkeys::stored(&made, id, person.id.clone(), name.to_owned(), ctx.now_ms())?;
        let added = self.change_factors(ctx, &person, FactorChange::AddPasskey(stored), "passkey_added", !person.has_factor).await;
        match added {
            Err(Error::Catalog(parclose_catalog::Error::Conflict { .. })) => Err(Error::PasskeyRefused),
            done => done,
        }
    }

    /// Removes one of the caller's passkeys, for who knows their password.
    pub async fn remove_passkey(&self, ctx: &OpCtx<'_>, id: &str, password: &str, peer: IpAddr) -> Result<FactorsChanged> {
        let person = self.proven(ctx, password, peer).await?;
        self.change_factors(ctx, &person, FactorChange::RemovePasskey { id: id.to_owned() }, "passkey_removed", false).await
    }

    /// The step of a code, by time or on paper, that is good and is spent with that; which of the two it was.
    pub(super) async fn spend_code(&self, person: &Person, code: &str, now_ms: i64) -> Result<Option<&'static str>> {
        let code = typed(code);
        if code.len() == totp::DIGITS {
            let Some(factor) = self.catalog.totp(&person.id).await?.filter(|totp| totp.confirmed_ms.is_some()) else { return Ok(None) };
            let Some(step) = totp::step_of(&factor.secret, &code, now_ms) else { return Ok(None) };
            return Ok(self.catalog.spend_totp_step(&person.id, step).await?.then_some("code"));
        }
        let Some(kept) = recovery::kept(&person.id, &code) else { return Ok(None) };
        Ok(self.catalog.spend_recovery_code(&person.id, &kept).await?.then_some("recovery_code"))
    }

    async fn change_factors(
        &self,
        ctx: &OpCtx<'_>,
        person: &Person,
        change: FactorChange,
        detail: &'static str,
        new_codes: bool,
    ) -> Result<FactorsChanged> {
        let session = own_session(ctx)?.to_owned();
        let codes = if new_codes { Some(recovery::fresh(self.randomness.as_ref(), &person.id)?) } else { None };
        let (renewed, renewal) = self.renewal(session)?;
        let audit = AuditEntry::of_ctx(ctx, "own_account", "person", person.id.as_str()).detail(detail);
        let kept = codes.as_ref().map(|(_, kept)| kept.as_slice());
        if !self.catalog.change_factors(&person.id, &change, kept, &renewal, audit).await? {
            return Err(Error::Refused(Refusal::NotFound));
        }
        let lasts_ms = self.limits_of(&person.workspace).await?.1;
        Ok(FactorsChanged { renewed: Renewed { lasts_ms, ..renewed }, recovery_codes: codes.map(|(shown, _)| shown) })
    }

    /// A new token for a session, and what the catalog needs to know of it.
    pub(crate) fn renewal(&self, session: String) -> Result<(Renewed, Renewal)> {
        let token = SessionToken::random(self.randomness.as_ref())?;
        let csrf = CsrfToken::random(self.randomness.as_ref())?;
        let renewal = Renewal { session, new_session: tokens::hash(token.secret()), new_csrf: csrf.secret().to_owned() };
        Ok((Renewed { token, csrf, lasts_ms: 0 }, renewal))
    }

    async fn own_record(&self, ctx: &OpCtx<'_>) -> Result<Person> {
        let found = self.catalog.person(ctx.caller().workspace(), ctx.caller().person()).await?;
        found.ok_or(Error::Refused(Refusal::NotFound))
    }

    /// The caller with the right password, and with an account that factors are for.
    async fn proven(&self, ctx: &OpCtx<'_>, password: &str, peer: IpAddr) -> Result<Person> {
        self.check_own_password(ctx, password, peer).await?;
        let person = self.own_record(ctx).await?;
        match self.may_have_factors(&person).await? {
            true => Ok(person),
            false => Err(Error::NoLocalSignIn),
        }
    }

    async fn note_own(&self, ctx: &OpCtx<'_>, reason: &'static str) -> Result<()> {
        let audit = AuditEntry::of_ctx(ctx, "own_account", "person", ctx.caller().person().as_str());
        self.catalog.append_audit(&[audit.outcome(Outcome::Refused).detail(reason)]).await?;
        Ok(())
    }
}

/// A code as it is compared: applications show it with a blank in the middle.
fn typed(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect()
}
