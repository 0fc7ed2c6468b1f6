//! What a number is: the typed query, and the built-in metrics with their exact formulas.
//!
//! Formulas are data. This crate knows neither DataFusion nor HTTP; the query crate turns formulas into plans.
//! All functions are total: a division by zero or a missing fact is null.

mod builtin;
mod formula;
mod typed;

pub use builtin::{METRICS, MetricDef, metric};
pub use formula::{Aggregate, Condition, Formula};
pub use typed::{
    DataSet, Direction, Filter, FilterOp, Format, Good, Limits, MetricRef, QueryError, ResolvedMetric, Sort, TimeAttribute, TypedQuery,
    attribute, attributes_of,
};
