//! What people do with their own account.

use crate::open_sessions::own_session;
use crate::passwords::{self, MAX_PASSWORD_BYTES};
use crate::sign_in::{login_subject, network};
use crate::tokens::{self, CsrfToken, SessionToken};
use crate::{Error, Identity, PasswordRefused, Result};
use parclose_access::{AuditEntry, OpCtx, Outcome, Refusal};
use parclose_catalog::OwnPassword;
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
        let (caller, now_ms) = (ctx.caller(), ctx.now_ms());
        let audit = AuditEntry::of_ctx(ctx, "own_account", "person", caller.person().as_str());
        let of_login = login_subject(caller.workspace(), caller.login());
        let of_address = format!("address:{}", network(peer));
        let subjects = [(of_login.as_str(), self.limits.failures_of_login), (of_address.as_str(), self.limits.failures_of_address)];
        if !self.catalog.begin_sign_in(&subjects, now_ms, now_ms - self.limits.window_ms).await? {
            return Err(Error::TooManyAttempts { retry_after_seconds: self.limits.window_ms / 1000 });
        }
        let found = self.catalog.credentials(caller.workspace(), caller.login()).await?.filter(|found| found.person.id == *caller.person());
        let hash = found.and_then(|found| found.password_hash).ok_or(Error::Refused(Refusal::NotAllowed))?;
        if current.len() > MAX_PASSWORD_BYTES || !passwords::verify(&self.hashing, &hash, current).await? {
            self.catalog.append_audit(&[audit.outcome(Outcome::Refused).detail("wrong_password")]).await?;
            return Err(Error::WrongPassword);
        }
        self.catalog.sign_in_succeeded(&of_login, &of_address, now_ms).await?;
        if new == current {
            return Err(Error::PasswordRefused(PasswordRefused::Same));
        }
        let password_hash = self.hash_checked(caller.login(), new).await?;
        let token = SessionToken::random(self.randomness.as_ref())?;
        let csrf = CsrfToken::random(self.randomness.as_ref())?;
        let own = OwnPassword { password_hash, session, new_session: tokens::hash(token.secret()), new_csrf: csrf.secret().to_owned() };
        if !self.catalog.change_own_password(caller.person(), &own, audit.detail("password_changed")).await? {
            return Err(Error::Refused(Refusal::NotFound));
        }
        Ok(Renewed { token, csrf, lasts_ms: self.limits.session_ms })
    }
}
