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

/// A formula over the results of aggregates by their place: looked up once, and not for each row.
#[derive(Debug)]
pub(crate) enum Placed {
    /// No such result.
    Nothing,
    Of(usize),
    /// A percentile is given in thousandths, without the dust of floating point.
    Percentile(usize),
    Plus(Vec<Placed>),
    Ratio(Box<(Placed, Placed)>),
}

impl Placed {
    /// `place` says where the result of an aggregate is.
    pub fn new(formula: &Formula, place: &dyn Fn(&Aggregate) -> Option<usize>) -> Self {
        match formula {
            Formula::Of(aggregate) => match (place(aggregate), aggregate) {
                (None, _) => Placed::Nothing,
                (Some(at), Aggregate::Percentile(..)) => Placed::Percentile(at),
                (Some(at), _) => Placed::Of(at),
            },
            Formula::Plus(parts) => Placed::Plus(parts.iter().map(|part| Self::new(part, place)).collect()),
            Formula::Ratio(first, second) => Placed::Ratio(Box::new((Self::new(first, place), Self::new(second, place)))),
        }
    }
    /// The value over one row's results.
    pub fn value(&self, results: &[Value]) -> Value {
        match self {
            Placed::Nothing => None,
            Placed::Of(at) => results.get(*at).copied().flatten(),
            Placed::Percentile(at) => results.get(*at).copied().flatten().map(|n| (n * 1000.0).round() / 1000.0),
            Placed::Plus(parts) => parts.iter().filter_map(|part| part.value(results)).reduce(|a, b| a + b),
            Placed::Ratio(both) => {
                let below = both.1.value(results).filter(|n| *n != 0.0)?;
                Some(both.0.value(results).unwrap_or(0.0) / below)
            }
        }
    }
}
