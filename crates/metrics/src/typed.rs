//! The typed query: what a report asks, before anybody's scope is applied. Comes from outside, so it is checked here.

use crate::builtin::{MetricDef, metric};
use crate::formula::Formula;
use parclose_model::columns::{AGENT_NOW_ATTRIBUTES, Column};
use parclose_model::{Role, TableId};
use serde::{Deserialize, Serialize};

/// The data sets that can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataSet {
    /// Segments of conversations.
    Conversations,
    /// Agent status.
    Activities,
    /// 15-minute slices of both.
    Workload,
}

impl DataSet {
    /// The lake's table behind it.
    pub fn table(self) -> TableId {
        match self {
            DataSet::Conversations | DataSet::Activities => TableId::Segments,
            DataSet::Workload => TableId::Workload,
        }
    }
    /// As written in queries.
    pub fn name(self) -> &'static str {
        match self {
            DataSet::Conversations => "conversations",
            DataSet::Activities => "activities",
            DataSet::Workload => "workload",
        }
    }
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Whole number.
    Count,
    /// Whole seconds.
    Duration,
    /// Ratio 0..1.
    Percent,
    /// Any number.
    Number,
}

/// In which direction a number is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Good {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neither,
}

/// A metric, with its argument if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricRef {
    /// Name of a built-in metric.
    pub metric: String,
    /// Seconds, only for `answered_within`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

/// Comparison of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterOp {
    /// One of the values; `null` means "no value".
    In,
    /// None of the values; `null` means "no value".
    NotIn,
    /// The text holds the value, whatever the case.
    Contains,
    /// A fact is known and at least the value.
    AtLeast,
    /// A fact is known and at most the value.
    AtMost,
}

/// A filter. It narrows inside the scope and can never widen it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Attribute or fact.
    pub attribute: String,
    /// Comparison.
    pub op: FilterOp,
    /// Values: text or null for attributes, one number for facts, whole numbers for hour of day and weekday.
    pub values: Vec<serde_json::Value>,
}

/// Direction of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// Order of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// A column of the report.
    pub by: String,
    /// Direction.
    pub direction: Direction,
}

/// Buckets and parts of time that a report can be split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeAttribute {
    /// Chosen by the length of the range.
    Auto,
    /// Hour buckets.
    Hour,
    /// Day buckets of the workspace's time zone: 23 to 25 hours long.
    Day,
    /// Week buckets, from Monday.
    Week,
    /// Month buckets.
    Month,
    /// Quarter buckets.
    Quarter,
    /// Year buckets.
    Year,
    /// Hour of the local day, 0 to 23.
    HourOfDay,
    /// Local weekday, 1 Monday to 7 Sunday.
    Weekday,
}

impl TimeAttribute {
    const NAMES: [(&'static str, TimeAttribute, &'static str, &'static str); 9] = [
        ("time.auto", TimeAttribute::Auto, "Time", "auto"),
        ("time.hour", TimeAttribute::Hour, "Hour", "hour"),
        ("time.day", TimeAttribute::Day, "Day", "day"),
        ("time.week", TimeAttribute::Week, "Week", "week"),
        ("time.month", TimeAttribute::Month, "Month", "month"),
        ("time.quarter", TimeAttribute::Quarter, "Quarter", "quarter"),
        ("time.year", TimeAttribute::Year, "Year", "year"),
        ("time.hour_of_day", TimeAttribute::HourOfDay, "Hour of day", "hour_of_day"),
        ("time.weekday", TimeAttribute::Weekday, "Weekday", "weekday"),
    ];
    /// Reads `time.day` and the like.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|n| n.0 == name).map(|n| n.1)
    }
    /// `Day`.
    pub fn title(self) -> &'static str {
        Self::NAMES.iter().find(|n| n.1 == self).map_or("", |n| n.2)
    }
    /// `day`: the format of its column.
    pub fn format(self) -> &'static str {
        Self::NAMES.iter().find(|n| n.1 == self).map_or("", |n| n.3)
    }
    /// `time.day`.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|n| n.1 == self).map_or("", |n| n.0)
    }
    /// True for buckets, false for parts (hour of day, weekday).
    pub fn is_bucket(self) -> bool {
        !matches!(self, TimeAttribute::HourOfDay | TimeAttribute::Weekday)
    }
}

/// What a report asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedQuery {
    /// The data set.
    pub data_set: DataSet,
    /// The numbers.
    pub metrics: Vec<MetricRef>,
    /// What they are split by.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Narrowing.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Order.
    #[serde(default)]
    pub sort: Vec<Sort>,
    /// Rows at most.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Whether the totals over all rows are wanted.
    #[serde(default)]
    pub totals: bool,
}

/// Sizes that a query may have.
#[derive(Debug, Clone, Copy)]
pub struct Limits;

impl Limits {
    /// Reports in one request.
    pub const REPORTS: usize = 40;
    /// Metrics in one report.
    pub const METRICS: usize = 20;
    /// Attributes in one report.
    pub const ATTRIBUTES: usize = 6;
    /// Filters in one report or request.
    pub const FILTERS: usize = 20;
    /// Values in one filter.
    pub const VALUES: usize = 500;
    /// Rows of one report.
    pub const ROWS: u32 = 5_000;
    /// Rows of one report when it does not say.
    pub const ROWS_DEFAULT: u32 = 1_000;
    /// Characters of one value or name.
    pub const CHARACTERS: usize = 256;
}

/// Why a query can't be answered. The text names what the asker wrote, shortened, and never data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// No such metric in this data set.
    #[error("there is no metric \"{0}\" in this data set")]
    UnknownMetric(String),
    /// No such attribute in this data set.
    #[error("there is no attribute \"{0}\" in this data set")]
    UnknownAttribute(String),
    /// The metric needs, or does not take, an argument.
    #[error("the metric \"{0}\" needs \"seconds\" from 1 to 86400, and no other metric takes it")]
    Argument(String),
    /// A filter's values don't fit its comparison.
    #[error("the values of the filter on \"{0}\" do not fit its comparison")]
    FilterValues(String),
    /// A sort names something that is not in the report.
    #[error("the report has no column \"{0}\" to sort by")]
    UnknownSort(String),
    /// Too many of something.
    #[error("too many {what}: at most {most}")]
    TooMany {
        /// What.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// A report without a metric.
    #[error("a report needs at least one metric")]
    NoMetric,
    /// Two bucket attributes, or the same attribute twice.
    #[error("a report takes each attribute once and at most one kind of time bucket")]
    Attributes,
    /// The date range can't be read.
    #[error("the date range can't be used: {0}")]
    Range(&'static str),
}

fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

/// A metric of a query, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedMetric {
    /// Column name in the answer (`answered_within:20`).
    pub name: String,
    /// Title.
    pub title: String,
    /// Definition.
    pub def: &'static MetricDef,
    /// Formula with the argument put in.
    pub formula: Formula,
}

impl MetricRef {
    /// Finds the metric and puts its argument in.
    pub fn resolve(&self, data_set: DataSet) -> Result<ResolvedMetric, QueryError> {
        let def =
            metric(&self.metric).filter(|def| def.data_set == data_set).ok_or_else(|| QueryError::UnknownMetric(short(&self.metric)))?;
        if def.name == "answered_within" {
            let seconds = self.seconds.filter(|s| (1..=86_400).contains(s)).ok_or_else(|| QueryError::Argument(def.name.into()))?;
            return Ok(ResolvedMetric {
                name: format!("answered_within:{seconds}"),
                title: format!("Answered within {seconds} s"),
                def,
                formula: crate::builtin::answered_within(i64::from(seconds)),
            });
        }
        if self.seconds.is_some() {
            return Err(QueryError::Argument(def.name.into()));
        }
        Ok(ResolvedMetric { name: def.name.into(), title: def.title.into(), def, formula: (def.formula)() })
    }
}

/// The attributes of a data set: stored ones and the agent's attributes as they are now.
pub fn attributes_of(data_set: DataSet) -> impl Iterator<Item = &'static Column> {
    let table = data_set.table();
    table.columns().iter().filter(|c| c.role == Role::Attribute).chain(AGENT_NOW_ATTRIBUTES.iter())
}

/// An attribute of a data set by name.
pub fn attribute(data_set: DataSet, name: &str) -> Option<&'static Column> {
    attributes_of(data_set).find(|c| c.name == name)
}

impl Filter {
    /// Hour of day or weekday, if the filter is about one. Buckets are chosen by the range, not by filters.
    pub fn time_part(&self) -> Option<TimeAttribute> {
        TimeAttribute::parse(&self.attribute).filter(|time| !time.is_bucket())
    }
    /// Checks names, values and sizes.
    pub fn check(&self, data_set: DataSet) -> Result<(), QueryError> {
        let wrong = || QueryError::FilterValues(short(&self.attribute));
        if self.values.len() > Limits::VALUES {
            return Err(QueryError::TooMany { what: "values in a filter", most: Limits::VALUES });
        }
        if let Some(part) = self.time_part() {
            let (first, last) = if part == TimeAttribute::HourOfDay { (0, 23) } else { (1, 7) };
            let fits = |v: &serde_json::Value| v.as_i64().is_some_and(|n| (first..=last).contains(&n));
            let in_list = matches!(self.op, FilterOp::In | FilterOp::NotIn);
            return if in_list && self.values.iter().all(fits) { Ok(()) } else { Err(wrong()) };
        }
        match self.op {
            FilterOp::In | FilterOp::NotIn | FilterOp::Contains => {
                attribute(data_set, &self.attribute).ok_or_else(|| QueryError::UnknownAttribute(short(&self.attribute)))?;
                let text = |v: &serde_json::Value| v.as_str().is_some_and(|t| t.chars().count() <= Limits::CHARACTERS);
                let fits = match self.op {
                    FilterOp::Contains => self.values.len() == 1 && self.values.iter().all(text),
                    _ => self.values.iter().all(|v| v.is_null() || text(v)),
                };
                if fits { Ok(()) } else { Err(wrong()) }
            }
            FilterOp::AtLeast | FilterOp::AtMost => {
                let column = data_set.table().column(&self.attribute).filter(|c| c.role == Role::Fact);
                column.ok_or_else(|| QueryError::UnknownAttribute(short(&self.attribute)))?;
                let number = self.values.len() == 1 && self.values[0].as_f64().is_some_and(f64::is_finite);
                if number { Ok(()) } else { Err(wrong()) }
            }
        }
    }
}

impl TypedQuery {
    /// Checks everything that can be checked without data, and resolves the metrics.
    pub fn check(&self) -> Result<Vec<ResolvedMetric>, QueryError> {
        let most = |what, count: usize, most: usize| if count > most { Err(QueryError::TooMany { what, most }) } else { Ok(()) };
        if self.metrics.is_empty() {
            return Err(QueryError::NoMetric);
        }
        most("metrics", self.metrics.len(), Limits::METRICS)?;
        most("attributes", self.attributes.len(), Limits::ATTRIBUTES)?;
        most("filters", self.filters.len(), Limits::FILTERS)?;
        most("sorts", self.sort.len(), Limits::ATTRIBUTES)?;
        most("rows", self.limit.unwrap_or(0) as usize, Limits::ROWS as usize)?;
        let metrics = self.metrics.iter().map(|m| m.resolve(self.data_set)).collect::<Result<Vec<_>, _>>()?;
        let mut seen = std::collections::HashSet::new();
        let mut buckets = 0;
        for name in &self.attributes {
            match TimeAttribute::parse(name) {
                Some(time) => buckets += usize::from(time.is_bucket()),
                None => {
                    attribute(self.data_set, name).ok_or_else(|| QueryError::UnknownAttribute(short(name)))?;
                }
            }
            if !seen.insert(name.as_str()) || buckets > 1 {
                return Err(QueryError::Attributes);
            }
        }
        for metric in &metrics {
            if !seen.insert(metric.name.as_str()) {
                return Err(QueryError::Attributes);
            }
        }
        for filter in &self.filters {
            filter.check(self.data_set)?;
        }
        for sort in &self.sort {
            if !seen.contains(sort.by.as_str()) {
                return Err(QueryError::UnknownSort(short(&sort.by)));
            }
        }
        Ok(metrics)
    }
}

// Kept together with the checks above: every built-in metric must resolve and name only columns that exist.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::METRICS;
    use crate::formula::{Aggregate, Condition};

    fn columns(condition: &Condition, into: &mut Vec<&'static str>) {
        match condition {
            Condition::All(parts) => parts.iter().for_each(|p| columns(p, into)),
            Condition::Is(c, _) | Condition::IsNot(c, _) | Condition::Has(c) => into.push(c),
            Condition::AtMost(c, _) | Condition::AtLeast(c, _) | Condition::WithinServiceLevel(c) | Condition::NotShortAbandon(c) => {
                into.push(c)
            }
            Condition::Any | Condition::Available | Condition::Offline | Condition::LoggedIn => {}
        }
    }

    #[test]
    fn every_built_in_metric_names_columns_of_its_table() {
        for def in METRICS {
            let seconds = (def.name == "answered_within").then_some(20);
            let resolved = MetricRef { metric: def.name.into(), seconds }.resolve(def.data_set).unwrap();
            for aggregate in resolved.formula.aggregates() {
                let mut names = Vec::new();
                columns(&aggregate.condition(), &mut names);
                if let Aggregate::Sum(c, _) | Aggregate::Percentile(c, _, _) | Aggregate::Max(c, _) | Aggregate::Min(c, _) = aggregate {
                    names.push(c);
                }
                for name in names {
                    assert!(def.data_set.table().index_of(name).is_some(), "{}: no column {name}", def.name);
                }
            }
        }
    }

    #[test]
    fn a_misspelt_name_is_refused_and_not_ignored() {
        let query = |json: serde_json::Value| serde_json::from_value::<TypedQuery>(json);
        let ok = serde_json::json!({"data_set":"conversations","metrics":[{"metric":"handled"}],"attributes":["queue"]});
        assert!(query(ok).unwrap().check().is_ok());
        assert!(query(serde_json::json!({"data_set":"conversations","metrics":[],"filter":[]})).is_err());
        let bad = serde_json::json!({"data_set":"conversations","metrics":[{"metric":"handled"}],"attributes":["queues"]});
        assert_eq!(query(bad).unwrap().check(), Err(QueryError::UnknownAttribute("queues".into())));
        let internal = serde_json::json!({"data_set":"conversations","metrics":[{"metric":"handled"}],"attributes":["unit_key"]});
        assert!(query(internal).unwrap().check().is_err());
    }
}
