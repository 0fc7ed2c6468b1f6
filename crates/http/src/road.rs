//! The road to rows, as handlers walk it: ask for a grant, take the scope, and write down what left.

use crate::app::Parts;
use crate::error::{ApiError, Code};
use parclose_access::actions::{Action, On, ReadRows};
use parclose_access::resource::Resource;
use parclose_access::{AuditEntry, Grant, OpCtx, Outcome, RowScope, Workspace};

impl Parts {
    /// Asks for a grant. A refusal is written down.
    pub(crate) async fn allow<'ctx, A, R>(&self, ctx: &'ctx OpCtx<'ctx>, action: A, resource: &R) -> Result<Grant<'ctx, A, R>, ApiError>
    where
        A: On<R>,
        R: Resource,
    {
        match ctx.authorize(action, resource) {
            Ok(grant) => Ok(grant),
            Err(refusal) => {
                self.note_refused(ctx, A::NAME, R::KIND, resource.id()).await;
                Err(refusal.into())
            }
        }
    }

    /// Writes a refusal down. When that fails, the refusal stands all the same.
    pub(crate) async fn note_refused(&self, ctx: &OpCtx<'_>, action: &'static str, kind: &'static str, id: &str) {
        tracing::info!(name: "http.refused", action, request_id = ctx.request_id(), person = ctx.caller().person().as_str(), "refused");
        let entry = AuditEntry::of_ctx(ctx, action, kind, &short(id)).outcome(Outcome::Refused);
        if let Err(error) = self.deps.catalog.append_audit(&[entry]).await {
            tracing::error!(name: "http.audit_failed", %error, request_id = ctx.request_id(), "a refusal could not be written down");
        }
    }

    /// Writes down what was looked at. Without that line there is no answer.
    pub(crate) async fn note_about<A: Action, R: Resource>(
        &self,
        grant: &Grant<'_, A, R>,
        kind: &'static str,
        id: &str,
        detail: &'static str,
    ) -> Result<(), ApiError> {
        let entry = AuditEntry { resource: kind.to_owned(), resource_id: short(id), ..AuditEntry::of_grant(grant) };
        self.deps.catalog.append_audit(&[entry.detail(detail)]).await?;
        Ok(())
    }

    /// The rows of the caller, under the rules as they are now.
    pub(crate) async fn scope<'ctx>(&self, grant: &Grant<'ctx, ReadRows, Workspace>) -> Result<RowScope<'ctx>, ApiError> {
        Ok(self.deps.catalog.policy(grant.resource().workspace_id()).await.scope(grant))
    }

    /// Before rows leave: who was let out meanwhile, or has other rights, gets none. A question may have taken its time.
    pub(crate) async fn must_still_be_in(&self, ctx: &OpCtx<'_>) -> Result<(), ApiError> {
        let still = self.deps.identity.still_in(ctx.caller(), self.now_ms()).await?.ok_or(Code::SignInRequired)?;
        if still.with_same_rights { Ok(()) } else { Err(rights_changed()) }
    }

    /// Writes down who saw how many rows of which scope. Without that line there is no answer.
    pub(crate) async fn note_rows<A: Action, R: Resource>(
        &self,
        grant: &Grant<'_, A, R>,
        scope: &RowScope<'_>,
        rows: u64,
    ) -> Result<(), ApiError> {
        let rules = self.deps.catalog.policy_version(scope.workspace());
        let (is_in, rules) = tokio::join!(self.must_still_be_in(grant.ctx()), rules);
        is_in?;
        if rules? != scope.policy_version() {
            return Err(rights_changed());
        }
        let count = usize::try_from(rows).unwrap_or(usize::MAX);
        let entry = AuditEntry::of_grant(grant);
        let entry = AuditEntry { resource_id: short(&entry.resource_id), ..entry }.with_rows(scope, count);
        self.deps.catalog.append_audit(&[entry]).await?;
        self.measures.rows.inc_by(rows);
        Ok(())
    }
}

fn rights_changed() -> ApiError {
    ApiError { retry_after: Some(1), ..ApiError::says(Code::Unavailable, "Your rights changed while this was answered. Ask again.") }
}

/// An id from an address may be anything; the audit trail keeps what an id can be.
fn short(id: &str) -> String {
    id.chars().filter(|c| !c.is_control()).take(128).collect()
}
