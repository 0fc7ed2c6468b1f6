//! Whether the audit trail was changed behind our back.

use super::note;
use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Signed;
use crate::schema::AuditChain;
use axum::Json;
use axum::extract::State;
use parclose_access::actions::ReadAudit;
use parclose_access::{AuditEntry, Workspace};
use parclose_catalog::Error;

/// Recomputes the whole chain of hashes. One at a time: it reads every line that was ever written.
#[utoipa::path(
    get, path = "/api/v1/audit/chain", tag = "Administration",
    responses((status = 200, description = "Whether it holds, and where it ends", body = AuditChain), (status = 429, description = "`too_many_requests`: it is being checked already"))
)]
pub async fn audit_chain(State(app): State<App>, signed: Signed) -> Result<Json<AuditChain>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ReadAudit, &Workspace::of(&signed.caller)).await?;
    let _turn = app.chain_check.try_acquire().map_err(|_| ApiError::later(Code::TooManyRequests, 5))?;
    let answer = match app.deps.catalog.verify_audit().await {
        Ok(head) => AuditChain { holds: true, broken_at: None, entries: head.number, hash: Some(head.hash) },
        Err(Error::AuditBroken(broken)) => {
            tracing::error!(name: "http.audit_broken", number = broken.number, "the audit chain is broken");
            AuditChain { holds: false, broken_at: Some(broken.number), entries: broken.number.saturating_sub(1), hash: None }
        }
        Err(error) => return Err(error.into()),
    };
    app.must_still_be_in(&ctx).await?;
    note(&app, AuditEntry::of_grant(&grant), if answer.holds { "chain_checked" } else { "chain_broken" }, None).await?;
    Ok(Json(answer))
}
