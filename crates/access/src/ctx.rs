//! The context of one operation, and the proof that it may act.

use crate::actions::{Action, On};
use crate::door::{Caller, Means};
use crate::resource::Resource;
use std::marker::PhantomData;
use thiserror::Error;

/// One operation of one caller: the first argument of every use case. Lives as long as the request.
#[derive(Debug)]
pub struct OpCtx<'caller> {
    caller: &'caller Caller,
    request_id: String,
    now_ms: i64,
}

/// Why an operation is refused. Says nothing about what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Absent, or not for this caller to know of: the same answer.
    #[error("not found")]
    NotFound,
    /// May be seen, may not be done.
    #[error("not allowed")]
    NotAllowed,
}

impl<'caller> OpCtx<'caller> {
    /// Starts an operation. The clock value is fixed here, so that all of the operation happens at one instant.
    pub fn new(caller: &'caller Caller, request_id: impl Into<String>, now_ms: i64) -> Self {
        Self { caller, request_id: request_id.into(), now_ms }
    }
    /// Who acts.
    pub fn caller(&self) -> &Caller {
        self.caller
    }
    /// The request's id, for log and audit.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }
    /// The operation's instant, epoch milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// Asks whether the caller may do this to that. The grant is the proof, and an argument of the act.
    pub fn authorize<'ctx, A, R>(&'ctx self, _action: A, resource: &R) -> Result<Grant<'ctx, A, R>, Refusal>
    where
        A: On<R>,
        R: Resource,
    {
        if !resource.is_visible_to(self.caller) {
            return Err(Refusal::NotFound);
        }
        let row = <A as On<R>>::ROW;
        if !row.need.is_met_by(self.caller.capabilities()) {
            return Err(Refusal::NotAllowed);
        }
        if let Means::ApiKey { scopes, .. } = self.caller.means()
            && !row.key.is_some_and(|scope| scopes.contains(&scope))
        {
            return Err(Refusal::NotAllowed);
        }
        Ok(Grant { ctx: self, resource: resource.clone(), action: PhantomData })
    }
}

/// Proof that the caller of a context may do action `A` to one resource. Made by [`OpCtx::authorize`] only and
/// bound to that context.
#[must_use = "a grant is an argument of the act that it allows"]
#[derive(Debug)]
pub struct Grant<'ctx, A, R> {
    ctx: &'ctx OpCtx<'ctx>,
    resource: R,
    action: PhantomData<A>,
}

impl<'ctx, A: Action, R: Resource> Grant<'ctx, A, R> {
    /// The operation that it was given in.
    pub fn ctx(&self) -> &'ctx OpCtx<'ctx> {
        self.ctx
    }
    /// Who acts.
    pub fn caller(&self) -> &'ctx Caller {
        self.ctx.caller
    }
    /// What it is for.
    pub fn resource(&self) -> &R {
        &self.resource
    }
    /// The action's name.
    pub fn action(&self) -> &'static str {
        A::NAME
    }
}
