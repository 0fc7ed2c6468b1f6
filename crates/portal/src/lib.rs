//! Dashboards as people open them: the built-in ones, as data, and the use cases around them.
//!
//! Every use case takes an [`OpCtx`](parclose_access::OpCtx) and gives only what its caller may open.
//! This crate reads no rows: a dashboard is a list of questions, and the query crate answers them in the caller's scope.

pub mod dashboards;
mod definition;
mod metadata;
mod use_cases;

pub use definition::{Dashboard, DashboardEntry, DefaultRange, Kind, Options, Tab, TabEntry, Tile};
pub use metadata::{AttributeInfo, Metadata, MetricInfo, metadata};
pub use use_cases::{list_dashboards, open_dashboard};
