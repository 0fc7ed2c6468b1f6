//! Scope predicates, filters and metric conditions as DataFusion expressions.
//!
//! Every expression made here is total: comparisons of a plain column with a literal, never a cast that can fail.

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::logical_expr::{Expr, Operator, lit};
use datafusion::prelude::ident;
use datafusion::scalar::ScalarValue;
use parclose_access::Predicate;
use parclose_metrics::{Condition, DataSet, Filter, FilterOp};
use parclose_model::columns::kind;
use parclose_model::{ColumnType, WorkspaceSettings};

/// A column by its exact name.
pub(crate) fn column(name: &str) -> Expr {
    ident(name)
}

/// Text as the engine holds it.
pub(crate) fn text(value: &str) -> Expr {
    Expr::Literal(ScalarValue::Utf8View(Some(value.to_owned())), None)
}

fn in_texts<'a>(name: &str, values: impl IntoIterator<Item = &'a str>) -> Expr {
    column(name).in_list(values.into_iter().map(text).collect(), false)
}

/// A scope's predicate. `keep` says which columns may be used; a part over another column becomes *true*, so
/// that the result is never narrower than the predicate. With `keep = |_| true` it is the predicate.
pub(crate) fn predicate(p: &Predicate, keep: &dyn Fn(&str) -> bool) -> Expr {
    match p {
        Predicate::Nothing => lit(false),
        Predicate::Everything => lit(true),
        Predicate::In { column: name, values } if keep(name) => in_texts(name, values.iter().map(String::as_str)),
        Predicate::IsNull { column: name } if keep(name) => column(name).is_null(),
        Predicate::In { .. } | Predicate::IsNull { .. } => lit(true),
        Predicate::And(parts) => parts.iter().map(|p| predicate(p, keep)).reduce(Expr::and).unwrap_or_else(|| lit(true)),
        Predicate::Or(parts) => parts.iter().map(|p| predicate(p, keep)).reduce(Expr::or).unwrap_or_else(|| lit(false)),
        Predicate::Not(inner) => match inner.as_ref() {
            // Canonical predicates have `not` only here. SQL's three values make NOT (null IN …) null: no row.
            Predicate::In { column: name, values } if keep(name) => column(name).in_list(values.iter().map(|v| text(v)).collect(), true),
            Predicate::IsNull { column: name } if keep(name) => column(name).is_not_null(),
            Predicate::In { .. } | Predicate::IsNull { .. } => lit(true),
            // Not canonical: nothing is the only safe answer.
            _ => lit(false),
        },
    }
}

fn is_activity() -> Expr {
    in_texts("kind", kind::ACTIVITIES)
}

/// The rows of a data set that a person may see: the data set's own kinds and the scope's predicate for these.
pub(crate) fn scope(data_set: DataSet, conversations: &Predicate, activities: &Predicate, keep: &dyn Fn(&str) -> bool) -> Expr {
    let conversation_rows = || is_activity().is_not_true().and(predicate(conversations, keep));
    let activity_rows = || is_activity().and(predicate(activities, keep));
    match data_set {
        DataSet::Conversations => conversation_rows(),
        DataSet::Activities => activity_rows(),
        DataSet::Workload => conversation_rows().or(activity_rows()),
    }
}

/// The pattern of "holds this text".
pub(crate) fn contains_pattern(wanted: &str) -> String {
    let plain: String = wanted.chars().flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
    format!("%{plain}%")
}

/// A filter of a query, checked before. Filters are plain where they can be, so that they prune files.
pub(crate) fn filter(f: &Filter, fact: Option<ColumnType>) -> Expr {
    let texts: Vec<&str> = f.values.iter().filter_map(|v| v.as_str()).collect();
    let with_null = f.values.iter().any(serde_json::Value::is_null);
    let name = f.attribute.as_str();
    match f.op {
        FilterOp::In => match (texts.is_empty(), with_null) {
            (true, true) => column(name).is_null(),
            (true, false) => lit(false),
            (false, true) => in_texts(name, texts).or(column(name).is_null()),
            (false, false) => in_texts(name, texts),
        },
        FilterOp::NotIn => {
            let none_of = if texts.is_empty() {
                lit(true)
            } else {
                column(name).in_list(texts.into_iter().map(text).collect(), true).or(column(name).is_null())
            };
            if with_null { none_of.and(column(name).is_not_null()) } else { none_of }
        }
        FilterOp::Contains => column(name).ilike(text(&contains_pattern(texts.first().unwrap_or(&"")))),
        FilterOp::AtLeast | FilterOp::AtMost => {
            let number = f.values.first().and_then(serde_json::Value::as_f64).unwrap_or(0.0);
            let (at_least, bound) = (f.op == FilterOp::AtLeast, number.clamp(-9.0e15, 9.0e15));
            let literal = match fact {
                Some(ColumnType::Number) => lit(bound),
                _ => lit(if at_least { bound.ceil() } else { bound.floor() } as i64),
            };
            if at_least { column(name).gt_eq(literal) } else { column(name).lt_eq(literal) }
        }
    }
}

/// A metric's condition: true or false, never null where it is used (FILTER takes null as false).
pub(crate) fn condition(c: &Condition, settings: &WorkspaceSettings) -> Expr {
    let activity = |list: &[String]| {
        if list.is_empty() { lit(false) } else { in_texts("activity", list.iter().map(String::as_str)) }
    };
    match c {
        Condition::Any => lit(true),
        Condition::All(parts) => {
            parts.iter().filter(|p| **p != Condition::Any).map(|p| condition(p, settings)).reduce(Expr::and).unwrap_or_else(|| lit(true))
        }
        Condition::Is(name, values) => in_texts(name, values.iter().copied()),
        Condition::IsNot(name, values) => column(name).is_null().or(column(name).in_list(values.iter().map(|v| text(v)).collect(), true)),
        Condition::Has(name) => column(name).is_not_null(),
        Condition::AtMost(name, most) => column(name).lt_eq(lit(*most)),
        Condition::AtLeast(name, least) => column(name).gt_eq(lit(*least)),
        Condition::NotShortAbandon(name) => column(name).gt_eq(lit(settings.short_abandon_seconds)),
        Condition::Available => activity(&settings.available_activities),
        Condition::Offline => activity(&settings.offline_activities),
        Condition::LoggedIn => column("activity").is_not_null().and(activity(&settings.offline_activities).is_not_true()),
        Condition::WithinServiceLevel(name) => within_service_level(name, settings),
    }
}

/// The first override that fits the row's queue and channel decides; none fits: the workspace's threshold.
fn within_service_level(name: &str, settings: &WorkspaceSettings) -> Expr {
    let mut earlier = lit(false);
    let mut within = lit(false);
    for o in &settings.service_level_overrides {
        let parts =
            [o.queue.as_ref().map(|q| in_texts("queue", [q.as_str()])), o.channel.as_ref().map(|c| in_texts("channel", [c.as_str()]))];
        let fits = parts.into_iter().flatten().reduce(Expr::and).unwrap_or_else(|| lit(true)).is_true();
        within = within.or(fits.clone().and(Expr::Not(Box::new(earlier.clone()))).and(column(name).lt_eq(lit(o.seconds))));
        earlier = earlier.or(fits);
    }
    let otherwise = column(name).lt_eq(lit(settings.service_level_seconds));
    if settings.service_level_overrides.is_empty() { otherwise } else { within.or(Expr::Not(Box::new(earlier)).and(otherwise)) }
}

/// An instant as the engine holds it.
pub(crate) fn instant(ms: i64) -> Expr {
    Expr::Literal(ScalarValue::TimestampMicrosecond(Some(ms.saturating_mul(1000)), Some("UTC".into())), None)
}

/// Rows whose time lies in `[from, to)`.
pub(crate) fn in_range(time: &str, from_ms: i64, to_ms: i64) -> Expr {
    column(time).gt_eq(instant(from_ms)).and(column(time).lt(instant(to_ms)))
}

/// Leak-proof: total, deterministic, no cast. A plain column against a literal of exactly its type, and AND, OR,
/// NOT of these. Only such expressions may run below the barrier, and only to skip files.
pub(crate) fn leak_proof(e: &Expr, schema: &Schema) -> bool {
    let same = |a: &Expr, b: &Expr| {
        let (Expr::Column(c), Expr::Literal(value, _)) = (a, b) else { return false };
        schema.field_with_name(&c.name).is_ok_and(|f| {
            let ty = f.data_type();
            *ty == value.data_type() && !ty.is_nested() && !matches!(ty, DataType::Dictionary(..))
        })
    };
    let known = |e: &Expr| matches!(e, Expr::Column(c) if schema.field_with_name(&c.name).is_ok());
    match e {
        Expr::BinaryExpr(b) => match b.op {
            Operator::And | Operator::Or => leak_proof(&b.left, schema) && leak_proof(&b.right, schema),
            Operator::Eq | Operator::NotEq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq => {
                same(&b.left, &b.right) || same(&b.right, &b.left)
            }
            _ => false,
        },
        Expr::Not(inner) | Expr::IsTrue(inner) | Expr::IsNotTrue(inner) => leak_proof(inner, schema),
        Expr::InList(list) => list.list.iter().all(|value| same(&list.expr, value)),
        Expr::Between(b) => same(&b.expr, &b.low) && same(&b.expr, &b.high),
        Expr::IsNull(inner) | Expr::IsNotNull(inner) => known(inner),
        Expr::Literal(value, _) => value.data_type() == DataType::Boolean,
        _ => false,
    }
}
