//! Aggregates as DataFusion expressions, and formulas evaluated over their results.

use crate::expression::{column, condition};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::functions_aggregate::expr_fn::{count, max, min, sum};
use datafusion::functions_aggregate::percentile_cont::percentile_cont;
use datafusion::logical_expr::{Expr, ExprFunctionExt, cast, lit};
use parclose_metrics::{Aggregate, Condition, Formula};
use parclose_model::WorkspaceSettings;

/// A number or nothing.
pub(crate) type Value = Option<f64>;

/// The expression of one aggregate.
///
/// Everything that the builder knows has to be said in one chain: it starts from nothing, and would forget that an
/// expression given to it was distinct or ordered.
pub(crate) fn expression(aggregate: &Aggregate, settings: &WorkspaceSettings) -> Result<Expr> {
    let filter_of = |c: &Condition| if *c == Condition::Any { lit(true) } else { condition(c, settings) };
    let with = |e: Expr, c: &Condition| -> Result<Expr> { if *c == Condition::Any { Ok(e) } else { e.filter(filter_of(c)).build() } };
    match aggregate {
        Aggregate::Count(c) => with(count(lit(1_i64)), c),
        Aggregate::Distinct(name, c) => count(column(name)).distinct().filter(filter_of(c)).build(),
        Aggregate::Sum(name, c) => with(sum(column(name)), c),
        Aggregate::Min(name, c) => with(min(column(name)), c),
        Aggregate::Max(name, c) => with(max(column(name)), c),
        Aggregate::Percentile(name, at, c) => {
            // Whole to floating point can't fail.
            let order = cast(column(name), DataType::Float64).sort(true, false);
            // The engine cuts the place between two neighbours to millionths: a hair more, so that 0.9 stays 0.9.
            percentile_cont(order.clone(), lit((*at + 1e-12).min(1.0))).order_by(vec![order]).filter(filter_of(c)).build()
        }
    }
}

/// True when the value over all rows follows from the values over groups.
pub(crate) fn is_additive(aggregate: &Aggregate) -> bool {
    matches!(aggregate, Aggregate::Count(_) | Aggregate::Sum(..) | Aggregate::Min(..) | Aggregate::Max(..))
}

/// Value over two groups together.
pub(crate) fn merge(aggregate: &Aggregate, a: Value, b: Value) -> Value {
    match (a, b) {
        (None, other) | (other, None) => other,
        (Some(a), Some(b)) => Some(match aggregate {
            Aggregate::Min(..) => a.min(b),
            Aggregate::Max(..) => a.max(b),
            _ => a + b,
        }),
    }
}

/// The value of an aggregate over no rows.
pub(crate) fn of_nothing(aggregate: &Aggregate) -> Value {
    matches!(aggregate, Aggregate::Count(_) | Aggregate::Distinct(..)).then_some(0.0)
}

/// Evaluates a formula; `value` gives the result of an aggregate.
pub(crate) fn evaluate(formula: &Formula, value: &dyn Fn(&Aggregate) -> Value) -> Value {
    match formula {
        // A percentile is given in thousandths, without the dust of floating point.
        Formula::Of(aggregate @ Aggregate::Percentile(..)) => value(aggregate).map(|n| (n * 1000.0).round() / 1000.0),
        Formula::Of(aggregate) => value(aggregate),
        Formula::Plus(parts) => parts.iter().filter_map(|p| evaluate(p, value)).reduce(|a, b| a + b),
        Formula::Ratio(first, second) => {
            let below = evaluate(second, value).filter(|n| *n != 0.0)?;
            Some(evaluate(first, value).unwrap_or(0.0) / below)
        }
    }
}
