//! Value lists, drills, conversations.

use super::query::{Column, Filter, Freshness, MetricUse, Range, ScopeInfo, SortUse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Which values does an attribute have?
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValuesRequest {
    /// The attribute.
    pub attribute: String,
    /// The data set; `conversations` when left out.
    #[serde(default)]
    pub data_set: Option<String>,
    /// Part of the value.
    #[serde(default)]
    pub search: Option<String>,
    /// The range.
    pub range: Range,
    /// Other filters.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Values at most, up to 500; 50 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Values that occur in rows in scope.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValuesAnswer {
    /// Most frequent first.
    pub values: Vec<ValueCount>,
    /// True when there are more.
    pub truncated: bool,
}

/// A value and how many segments have it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueCount {
    /// The value.
    pub value: Option<String>,
    /// Segments.
    pub count: u64,
}

/// The rows behind a number.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentsRequest {
    /// `conversations` or `activities`.
    pub data_set: String,
    /// The range.
    pub range: Range,
    /// Filters.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Keeps exactly the rows that this number is made of.
    #[serde(default)]
    pub metric: Option<MetricUse>,
    /// Order; newest first when left out.
    #[serde(default)]
    pub sort: Option<SortUse>,
    /// Rows at most, up to 500; 100 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
    /// From the former answer. Bound to the person's scope and to the question.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// A page of segments.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentsAnswer {
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Vec<Value>>,
    /// Rows in all.
    pub total: u64,
    /// For the next page.
    pub next: Option<String>,
    /// How fresh.
    pub freshness: Freshness,
    /// Whose rows.
    pub scope: ScopeInfo,
}

/// A conversation: the segments of it that are in scope.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Id.
    pub conversation_id: String,
    /// Start of the first segment in scope.
    pub started_at: String,
    /// End of the last one; null while one is open, and when `truncated`.
    pub ended_at: Option<String>,
    /// True when the conversation has more than 5,000 segments in scope: these are the first ones.
    pub truncated: bool,
    /// Segments in order of start.
    pub segments: Vec<Segment>,
    /// The customer, as the segments in scope name them.
    pub customer: Option<Customer>,
}

/// A segment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Id.
    pub segment_id: String,
    /// What it is.
    pub kind: String,
    /// Start.
    pub started_at: String,
    /// End; null while it goes on.
    pub ended_at: Option<String>,
    /// Queue.
    pub queue: Option<String>,
    /// Agent.
    pub agent_name: Option<String>,
    /// The agent's team at that time.
    pub handling_team_name: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// Direction.
    pub direction: Option<String>,
    /// Outcome.
    pub outcome: Option<String>,
    /// `Yes`, `No`, `Follow-Up`.
    pub abandoned: Option<String>,
    /// Facts that are known, by name; seconds for times.
    pub facts: BTreeMap<String, Value>,
    /// All other attributes that are known.
    pub attributes: Vec<NamedValue>,
}

/// An attribute with its value.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedValue {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Value.
    pub value: Value,
}

/// A customer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Id.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Other attributes that are known.
    pub attributes: Vec<NamedValue>,
}
