//! Second factors of local accounts: codes by time (RFC 6238), codes on paper, passkeys (WebAuthn).
//!
//! Only who signs in with a password of ours has them: whom a provider proves, the provider asks for more. A change needs
//! the current password, ends all other sessions and gives this one a new token. What a stranger is told is one answer;
//! the reason stands in the audit trail.

mod own;
mod passkeys;
mod recovery;
mod step;
mod totp;

pub use own::{FactorsChanged, OwnFactors, OwnPasskey, TotpOffer};
pub(crate) use passkeys::RelyingParty;
pub use passkeys::PasskeyOptions;
pub use step::{FactorStep, PasskeyBegun, StepAttempt};

use crate::{Error, Identity, Result};
use parclose_access::actions::ManagePeople;
use parclose_access::{AuditEntry, Grant, Means, OpCtx, Refusal, Workspace};
use parclose_catalog::Person;
use parclose_model::PersonId;

impl Identity {
    /// Takes all second factors of a person of the workspace, for somebody who lost theirs. All sessions of the person end.
    pub async fn remove_factors_of(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId) -> Result<()> {
        crate::people::needs_a_session(grant)?;
        self.find_person(grant, id).await?;
        let audit = AuditEntry { resource: "person".into(), resource_id: id.as_str().to_owned(), ..AuditEntry::of_grant(grant) };
        match self.catalog.remove_factors(grant.resource().workspace_id(), id, audit.detail("factors_removed")).await? {
            true => Ok(()),
            false => Err(Error::Refused(Refusal::NotFound)),
        }
    }

    /// Whether the workspace asks the caller of this session for a second factor that they do not have.
    pub async fn is_factor_due(&self, ctx: &OpCtx<'_>) -> Result<bool> {
        let caller = ctx.caller();
        let Means::Session { id } = caller.means() else { return Ok(false) };
        if let Some(session) = self.catalog.session(id, ctx.now_ms()).await? {
            return Ok(session.is_local && session.factor_required && !session.person.has_factor);
        }
        // Renewed within this very request, which only those do who have a password.
        let required = self.catalog.settings(caller.workspace()).await?.is_some_and(|stored| stored.settings.second_factor_required);
        let person = self.catalog.person(caller.workspace(), caller.person()).await?;
        Ok(required && person.is_some_and(|person| !person.has_factor))
    }

    /// Whether a person has what second factors are for: a password of ours that lets them in.
    pub(crate) async fn may_have_factors(&self, person: &Person) -> Result<bool> {
        Ok(person.active && person.has_password && !self.forbids_local(person).await?)
    }
}
