//! Queries.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// All reports of a tab in one question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryRequest {
    /// The date range of all reports.
    pub range: Range,
    /// `previous_period`, or nothing.
    #[serde(default)]
    pub compare: Option<String>,
    /// Filters of all reports.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Reports, at most 40.
    pub reports: Vec<Report>,
    /// Lists of segments, at most 8.
    #[serde(default)]
    pub lists: Vec<List>,
}

/// A date range.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Range {
    /// By name: `today`, `yesterday`, `last_7_days`, `last_30_days`, `last_90_days`, `this_week`, `last_week`,
    /// `this_month`, `last_month`, `this_year`, `last_12_months`, `all`.
    Preset {
        /// Name.
        preset: String,
    },
    /// Local dates, both inclusive.
    Dates {
        /// First day.
        from: String,
        /// Last day.
        to: String,
    },
    /// Instants, half open.
    Instants {
        /// First instant.
        from_instant: String,
        /// First instant after.
        to_instant: String,
    },
}

/// Narrows inside the scope, never widens it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Attribute or fact.
    pub attribute: String,
    /// `in`, `not_in`, `contains`, `at_least`, `at_most`.
    pub op: String,
    /// Text, null for "no value", or one number.
    pub values: Vec<Value>,
}

/// One report of a question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The caller's name for it.
    pub id: String,
    /// What it asks.
    pub query: TypedQuery,
    /// `previous_period`, for this report alone.
    #[serde(default)]
    pub compare: Option<String>,
}

/// The first page of a list of segments, over the range and the filters of the question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The caller's name for it.
    pub id: String,
    /// `conversations`, `activities`.
    pub data_set: String,
    /// Filters of this list alone.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Keeps exactly the rows that this number is made of.
    #[serde(default)]
    pub metric: Option<MetricUse>,
    /// Order; newest first when left out.
    #[serde(default)]
    pub sort: Option<SortUse>,
    /// Rows, 1 to 500; 100 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// What a report asks.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypedQuery {
    /// `conversations`, `activities`, `workload`.
    pub data_set: String,
    /// The numbers, 1 to 20.
    pub metrics: Vec<MetricUse>,
    /// What they are split by, at most 6; `time.day` and the like for time.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Narrowing.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Order.
    #[serde(default)]
    pub sort: Vec<SortUse>,
    /// Rows at most, up to 5,000; 1,000 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Whether totals are wanted.
    #[serde(default)]
    pub totals: bool,
}

/// A metric in a question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricUse {
    /// Name.
    pub metric: String,
    /// Only for `answered_within`.
    #[serde(default)]
    pub seconds: Option<u32>,
}

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SortUse {
    /// A column of the report.
    pub by: String,
    /// `ascending`, `descending`.
    pub direction: String,
}

/// The answer to a question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryAnswer {
    /// Reports in the order asked.
    pub reports: Vec<ReportAnswer>,
    /// Lists in the order asked; left out when none was.
    #[serde(default)]
    pub lists: Option<Vec<ListAnswer>>,
    /// The range.
    pub range: ResolvedRange,
    /// How fresh.
    pub freshness: Freshness,
    /// Whose rows.
    pub scope: ScopeInfo,
}

/// One answered report.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportAnswer {
    /// The caller's name for it.
    pub id: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, a value for each column.
    pub rows: Vec<Vec<Value>>,
    /// Over all rows; null for attributes.
    pub totals: Option<Vec<Value>>,
    /// True when the limit cut rows.
    pub truncated: bool,
    /// Starts of all buckets of the range.
    pub buckets: Option<Vec<String>>,
    /// The bucket that is not over yet.
    pub unfinished_bucket: Option<String>,
    /// The previous period.
    pub previous: Option<Previous>,
    /// Why there are no rows. The other reports still answer.
    pub error: Option<ReportError>,
}

/// One answered list of segments.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAnswer {
    /// The caller's name for it.
    pub id: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// The first rows.
    pub rows: Vec<Vec<Value>>,
    /// Rows in all.
    pub total: u64,
    /// For the next page, asked as segments with the same range and filters.
    pub next: Option<String>,
    /// Why there are no rows.
    pub error: Option<ReportError>,
}

/// A column.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// `attribute`, `time`, `metric`.
    pub role: String,
    /// `text`, `instant`, `count`, `duration`, `percent`, `number`, or a bucket's name.
    pub format: String,
    /// For metrics: `up`, `down`, `neither`.
    #[serde(default)]
    pub good: Option<String>,
}

/// The previous period of a report.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Previous {
    /// Rows in the same shape.
    pub rows: Vec<Vec<Value>>,
    /// Totals.
    pub totals: Option<Vec<Value>>,
    /// Its buckets, by position the same.
    pub buckets: Option<Vec<String>>,
    /// Whether the rows in scope cover that period from its beginning: one lies in the first twentieth of its length (a day at
    /// most) or in the 35 days before it, or as many as the range has. Where none does, rows begin inside the period, and its
    /// numbers can't be compared with. False too where that could not be found out in time.
    pub whole: bool,
}

/// Why a report has no rows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportError {
    /// `invalid_query`, `too_large`, `too_long`, `internal`.
    pub code: String,
    /// What is wrong with the question.
    pub message: String,
}

/// The range as instants.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolvedRange {
    /// First local day.
    pub from: String,
    /// Last local day.
    pub to: String,
    /// First instant.
    pub from_instant: String,
    /// First instant after.
    pub to_instant: String,
    /// IANA name.
    pub time_zone: String,
    /// Title.
    pub title: String,
    /// The previous period.
    pub previous_from_instant: Option<String>,
    /// Its end.
    pub previous_to_instant: Option<String>,
}

/// How fresh rows are.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Freshness {
    /// When the newest event happened.
    pub newest_event_at: Option<String>,
    /// When the question was answered.
    pub as_of: String,
    /// Changes whenever rows change.
    pub data_version: u64,
}

/// Whose rows these are.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeInfo {
    /// `all`, `some`, `none`, `open`.
    pub state: String,
    /// In words.
    pub label: String,
    /// Version of the separation rules.
    pub policy_version: i64,
}
