//! What people do with their own account.

use crate::open_sessions::own_session;
use crate::passwords::{self, MAX_PASSWORD_BYTES};
use crate::sign_in::{login_subject, network};
use crate::tokens::{CsrfToken, SessionToken};
use crate::{Error, Identity, PasswordRefused, Result};
use parclose_access::{AuditEntry, OpCtx, Outcome, Refusal};
use std::net::IpAddr;

/// What the session goes on with after its person chose a new password.
#[derive(Debug)]
pub struct Renewed {
    /// For the cookie.
    pub token: SessionToken,
    /// For the page.
    pub csrf: CsrfToken,
    /// How long the cookie may live, milliseconds.
    pub lasts_ms: i64,
}

impl Identity {
    /// Changes the caller's own password, for who knows the one they have. All other sessions of theirs end and this
    /// one goes on under a new token: whoever copied the old one is out.
    ///
    /// Wrong guesses count like those of sign-in: an open session on a desk is no place to guess at a password.
    pub async fn change_own_password(&self, ctx: &OpCtx<'_>, current: &str, new: &str, peer: IpAddr) -> Result<Renewed> {
        let session = own_session(ctx)?.to_owned();
        let caller = ctx.caller();
        self.check_own_password(ctx, current, peer).await?;
        if new == current {
            return Err(Error::PasswordRefused(PasswordRefused::Same));
        }
        let password_hash = self.hash_checked(caller.login(), new).await?;
        let (renewed, renewal) = self.renewal(session)?;
        let audit = AuditEntry::of_ctx(ctx, "own_account", "person", caller.person().as_str()).detail("password_changed");
        if !self.catalog.change_own_password(caller.person(), &password_hash, &renewal, audit).await? {
            return Err(Error::Refused(Refusal::NotFound));
        }
        Ok(Renewed { lasts_ms: self.limits_of(caller.workspace()).await?.1, ..renewed })
    }

    /// Whether this is the caller's password. Wrong guesses count like those of sign-in.
    pub(crate) async fn check_own_password(&self, ctx: &OpCtx<'_>, current: &str, peer: IpAddr) -> Result<()> {
        own_session(ctx)?;
        let caller = ctx.caller();
        self.count_own_attempt(ctx, peer).await?;
        let found = self.catalog.credentials(caller.workspace(), caller.login()).await?.filter(|found| found.person.id == *caller.person());
        let hash = found.and_then(|found| found.password_hash).ok_or(Error::Refused(Refusal::NotAllowed))?;
        if current.len() > MAX_PASSWORD_BYTES || !passwords::verify(&self.hashing, &hash, current).await? {
            let audit = AuditEntry::of_ctx(ctx, "own_account", "person", caller.person().as_str());
            self.catalog.append_audit(&[audit.outcome(Outcome::Refused).detail("wrong_password")]).await?;
            return Err(Error::WrongPassword);
        }
        self.own_attempt_succeeded(ctx, peer).await
    }

    /// Counts a guess at what proves the caller, before anything is compared.
    pub(crate) async fn count_own_attempt(&self, ctx: &OpCtx<'_>, peer: IpAddr) -> Result<()> {
        let (of_login, of_address) = subjects(ctx, peer);
        let counted = [(of_login.as_str(), self.limits.failures_of_login), (of_address.as_str(), self.limits.failures_of_address)];
        match self.catalog.begin_sign_in(&counted, ctx.now_ms(), ctx.now_ms() - self.limits.window_ms).await? {
            true => Ok(()),
            false => Err(Error::TooManyAttempts { retry_after_seconds: self.limits.window_ms / 1000 }),
        }
    }

    /// The guess was right.
    pub(crate) async fn own_attempt_succeeded(&self, ctx: &OpCtx<'_>, peer: IpAddr) -> Result<()> {
        let (of_login, of_address) = subjects(ctx, peer);
        Ok(self.catalog.sign_in_succeeded(&of_login, &of_address, ctx.now_ms()).await?)
    }
}

fn subjects(ctx: &OpCtx<'_>, peer: IpAddr) -> (String, String) {
    (login_subject(ctx.caller().workspace(), ctx.caller().login()), format!("address:{}", network(peer)))
}
