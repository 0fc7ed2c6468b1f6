//! The shapes of requests and answers for the OpenAPI document.
//!
//! Types of the query and portal crates know nothing of OpenAPI. They are mirrored here, strictly: a test reads real
//! answers into these types, so that the document can't drift from what is sent.

mod account;
mod admin;
mod connections;
mod dashboards;
mod error;
mod origin;
mod factors;
mod query;
mod rows;

pub use account::{AuditChain, CapabilityWhy, DataSetWhy, OpenSession, OpenSessions, PersonRights, RoleGives, RowsWhy, RuleReads, RuleWhy};
pub use admin::{
    ApiKey, ApiKeys, AuditEntry, AuditPage, AuditPerson, IssuedApiKey, NewApiKey, NewPerson, Overrides, People, Person, PersonChange,
    SavedSettings, Separation, Settings,
};
pub use connections::{
    Connection, ConnectionChange, ConnectionDraft, Connections, DryRunAnswer, DryRunRequest, Gives, Group, GroupChange, Groups, IdentityLink, NameMapping,
    NewGroup, Oidc, Saml,
};
pub use dashboards::{
    AttributeInfo, Dashboard, DashboardEntry, Dashboards, Metadata, MetricInfo, NamedRange, Tab, TabEntry, Tile, TileOptions,
};
pub use error::{ErrorAnswer, ErrorBody};
pub use origin::{Given, Origin, OriginConnection, OriginDifference, OriginGroup, OriginWorker};
pub use factors::{
    CurrentPassword, FactorsChanged, LinkSecret, LinkShown, NewPasskey, OneCode, OwnPasskey, PasskeyChallenge, PasswordAndCode, PasswordLink, SecondFactors,
    SecondStep, TotpOffer,
};
pub use query::{
    Column, Filter, Freshness, MetricUse, Previous, QueryAnswer, QueryRequest, Range, Report, ReportAnswer, ReportError, ResolvedRange,
    ScopeInfo, SortUse, TypedQuery,
};
pub use rows::{Conversation, Customer, NamedValue, Segment, SegmentsAnswer, SegmentsRequest, ValueCount, ValuesAnswer, ValuesRequest};
