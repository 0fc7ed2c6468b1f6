//! The answer to a batch, as it is sent (docs/API-DESIGN.md, "Queries").

use crate::time::RangeAnswer;
use serde::Serialize;
use serde_json::Value as Json;
use std::sync::Arc;

/// One column of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnInfo {
    /// Name, as in the query.
    pub name: String,
    /// Title.
    pub title: String,
    /// `attribute`, `time` or `metric`.
    pub role: &'static str,
    /// `text`, `instant`, `count`, `duration`, `percent`, `number`, or a bucket's name (`day`).
    pub format: String,
    /// For metrics: in which direction it is better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good: Option<&'static str>,
}

/// A report that could not be answered. The others of the batch still are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportError {
    /// `invalid_query`, `too_large`, `too_long`, `internal`.
    pub code: &'static str,
    /// What is wrong with the question. Never data.
    pub message: String,
}

/// The previous period of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Previous {
    /// Rows in the same shape.
    pub rows: Vec<Vec<Json>>,
    /// Totals, when asked.
    pub totals: Option<Vec<Json>>,
    /// Buckets of the previous range, by position the same as the report's.
    pub buckets: Option<Vec<String>>,
    /// Whether the rows in scope cover that period from its beginning: one lies in the first twentieth of its length (a day at
    /// most) or in the 35 days before it, or as many as the range has. Where none does, rows begin inside the period, and its
    /// numbers can't be compared with. False too where that could not be found out in time.
    pub whole: bool,
}

/// One answered report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportAnswer {
    /// The id of the report in the request.
    pub id: String,
    /// Columns.
    pub columns: Vec<ColumnInfo>,
    /// Rows, a value for each column.
    pub rows: Vec<Vec<Json>>,
    /// Over all rows, also those that the limit cut; null for attributes.
    pub totals: Option<Vec<Json>>,
    /// True when the limit cut rows.
    pub truncated: bool,
    /// Starts of all buckets of the range when the report has a bucket attribute.
    pub buckets: Option<Vec<String>>,
    /// The bucket that is not over yet.
    pub unfinished_bucket: Option<String>,
    /// The previous period, when asked.
    pub previous: Option<Previous>,
    /// Why there are no rows.
    pub error: Option<ReportError>,
}

/// How fresh the rows are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Freshness {
    /// When the newest event happened.
    pub newest_event_at: Option<String>,
    /// When the question was answered.
    pub as_of: String,
    /// Changes whenever rows change.
    pub data_version: u64,
}

/// Whose rows these are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScopeInfo {
    /// `all`, `some`, `none`, `open`.
    pub state: String,
    /// In words.
    pub label: String,
    /// Version of the separation rules.
    pub policy_version: i64,
}

/// The answer to a batch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Reports in the order asked.
    pub reports: Arc<Vec<ReportAnswer>>,
    /// Lists in the order asked.
    #[serde(skip_serializing_if = "lists_are_none")]
    pub lists: Arc<Vec<ListAnswer>>,
    /// The range.
    pub range: RangeAnswer,
    /// Freshness.
    pub freshness: Freshness,
    /// Scope.
    pub scope: ScopeInfo,
}

/// What was asked, answered; the rest of an [`Answer`] is about the moment.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub reports: Arc<Vec<ReportAnswer>>,
    pub lists: Arc<Vec<ListAnswer>>,
}

/// One answered list of segments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListAnswer {
    /// The id of the list in the request.
    pub id: String,
    /// Columns.
    pub columns: Vec<ColumnInfo>,
    /// The first rows.
    pub rows: Vec<Vec<Json>>,
    /// Rows in all.
    pub total: u64,
    /// For the next page, asked as segments with the same filters.
    pub next: Option<String>,
    /// Why there are no rows.
    pub error: Option<ReportError>,
}

// The signature is the one that serde asks for.
fn lists_are_none(lists: &Arc<Vec<ListAnswer>>) -> bool {
    lists.is_empty()
}

impl Answer {
    /// Rows in all reports and behind all lists, for the audit.
    pub fn row_count(&self) -> u64 {
        self.lists.iter().map(|list| list.total.max(list.rows.len() as u64)).sum::<u64>() + self.reports_rows()
    }
    fn reports_rows(&self) -> u64 {
        self.reports.iter().map(|r| r.rows.len() as u64 + r.previous.as_ref().map_or(0, |p| p.rows.len() as u64)).sum()
    }
}
