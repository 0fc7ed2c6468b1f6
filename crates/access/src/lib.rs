//! The gate: who asks, what they may do, which rows are theirs.
//!
//! One road leads to rows, and each step can only be built by the one before it:
//!
//! ```text
//! Door -> Caller -> OpCtx -> Grant<Action, Resource> -> RowScope -> (query crate) SecuredPlan -> rows
//! ```
//!
//! Every type on the road has private fields and is neither `Clone`, `Default` nor `Deserialize`; the tests in
//! `tests/ui` prove that it can't be forged, copied or kept. Work without a person goes the same road as a
//! [`SystemTask`] from a closed list. There is no constructor that skips a step.
//!
//! What is allowed is data: [`matrix::MATRIX`] (roles), [`actions::TABLE`] (actions), [`system::TABLE`] (tasks).
//!
//! This crate does no IO, reads no clock and draws no random numbers. It must never know HTTP, SQL or Arrow.

pub mod actions;
pub mod audit;
pub mod ctx;
pub mod data_set;
pub mod door;
pub mod matrix;
pub mod policy;
pub mod predicate;
pub mod resource;
pub mod rules;
pub mod scope;
pub mod system;

pub use audit::{AuditEntry, AuditRecord, ChainBroken, Outcome};
pub use ctx::{Grant, OpCtx, Refusal};
pub use data_set::DataSet;
pub use door::{Caller, Door, DoorAlreadyOpen, KeyScope, Means, VerifiedPerson};
pub use matrix::{Assess, Capabilities, Dashboards, EntryRefused};
pub use policy::{DataSetWhy, Policy, PolicyWhy, StoredPolicy};
pub use predicate::Predicate;
pub use resource::{Conversation, Dashboard, Resource, Workspace};
pub use rules::{RuleSet, RulesError};
pub use scope::{RowScope, ScopeState, ScopeSummary};
pub use system::{SystemCtx, SystemTask};
