//! Single rows: value lists, the drill's list of segments, one conversation.

use crate::answer::{ColumnInfo, Freshness, ScopeInfo};
use crate::batch::{freshness, scope_info};
use crate::engine::{Engine, EngineError};
use crate::expression::{column, condition, in_range, text};
use crate::groups::{Question, filter_expression};
use crate::secured::{SecuredPlan, SecuredTable};
use crate::store::{Paged, View};
use crate::time::{Range, ResolvedRange, rfc3339, zone};
use datafusion::arrow::array::RecordBatch;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit};
use parclose_access::RowScope;
use parclose_columns::Key;
use parclose_lake::{Live, rows_from_batch};
use parclose_metrics::{Aggregate, Condition, DataSet, Direction, Filter, FilterOp, Limits, MetricRef, QueryError, Sort, attribute};
use parclose_model::columns::AGENT_NOW_ATTRIBUTES;
use parclose_model::{Cell, ColumnType, Role, Row, TableId, WorkspaceSettings};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Rows that paging may reach.
const DEEPEST: usize = 20_000;
/// Segments of one conversation that are shown, the first ones. What has more is a robot or a broken clock.
pub const MOST_SEGMENTS: usize = 5_000;

/// Which values an attribute has, among rows in scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValuesQuestion {
    /// The attribute.
    pub attribute: String,
    /// The data set; conversations when left out.
    #[serde(default)]
    pub data_set: Option<DataSet>,
    /// Part of the value, whatever the case.
    #[serde(default)]
    pub search: Option<String>,
    /// The range.
    pub range: Range,
    /// Other filters.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Values at most.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// A value and how many segments have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueCount {
    /// The value; null for rows without one.
    pub value: Option<String>,
    /// Segments.
    pub count: u64,
}

/// The answer to a [`ValuesQuestion`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValuesAnswer {
    /// Most frequent first.
    pub values: Vec<ValueCount>,
    /// True when there are more.
    pub truncated: bool,
}

/// The drill: the rows behind a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentsQuestion {
    /// Conversations or activities.
    pub data_set: DataSet,
    /// The range.
    pub range: Range,
    /// Filters.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Keeps exactly the rows that this number is made of.
    #[serde(default)]
    pub metric: Option<MetricRef>,
    /// Order; newest first when left out.
    #[serde(default)]
    pub sort: Option<Sort>,
    /// Rows at most.
    #[serde(default)]
    pub limit: Option<u32>,
    /// From the former answer.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// The answer to a [`SegmentsQuestion`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentsAnswer {
    /// Columns.
    pub columns: Vec<ColumnInfo>,
    /// Rows.
    pub rows: Vec<Vec<Json>>,
    /// Rows in all.
    pub total: u64,
    /// For the next page.
    pub next: Option<String>,
    /// Freshness.
    pub freshness: Freshness,
    /// Scope.
    pub scope: ScopeInfo,
}

/// The rows of one conversation that a person may see.
#[derive(Debug)]
pub struct ConversationRows {
    /// Segments in order of start, at most [`MOST_SEGMENTS`].
    pub segments: Vec<Row>,
    /// True when there are more.
    pub truncated: bool,
}

/// What the list of segments shows.
const LISTED: &[&str] = &[
    "segment_start",
    "conversation_id",
    "kind",
    "agent_name",
    "queue",
    "channel",
    "direction",
    "handling_team_name",
    "handling_department_name",
    "conversation_attribute_1",
    "customer_id",
    "abandoned",
    "outcome",
    "activity",
    "queue_time",
    "ring_time",
    "talk_time",
    "hold_time",
    "wrap_up_time",
    "abandon_time",
    "activity_time",
    "segment_id",
];

fn metric_rows(metric: &MetricRef, data_set: DataSet, settings: &WorkspaceSettings) -> Result<Expr, EngineError> {
    let conditions = metric.resolve(data_set)?.formula.rows();
    Ok(conditions.iter().map(|c| condition(c, settings).is_true()).reduce(Expr::or).unwrap_or_else(|| lit(true)))
}

fn filters(data_set: DataSet, filters: &[Filter], range: &ResolvedRange) -> Result<Vec<Expr>, EngineError> {
    if filters.len() > Limits::FILTERS {
        return Err(QueryError::TooMany { what: "filters", most: Limits::FILTERS }.into());
    }
    filters
        .iter()
        .map(|f| {
            f.check(data_set)?;
            Ok(filter_expression(f, data_set, range))
        })
        .collect()
}

impl Engine {
    /// The values of an attribute among rows in scope.
    pub async fn values(
        &self,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        now_ms: i64,
        question: &ValuesQuestion,
    ) -> Result<ValuesAnswer, EngineError> {
        self.admit(scope)?;
        let data_set = question.data_set.unwrap_or(DataSet::Conversations);
        attribute(data_set, &question.attribute)
            .ok_or_else(|| QueryError::UnknownAttribute(question.attribute.chars().take(64).collect()))?;
        let (live, view) = self.view().await;
        let range = self.resolve_range(scope, (&live, view.as_deref()), &question.range, settings, now_ms).await?;
        let mut all = question.filters.clone();
        if let Some(search) = question.search.as_ref().filter(|s| !s.is_empty()) {
            all.push(Filter { attribute: question.attribute.clone(), op: FilterOp::Contains, values: vec![search.clone().into()] });
        }
        filters(data_set, &all, &range)?;
        let limit = question.limit.unwrap_or(50).clamp(1, Limits::VALUES as u32) as usize;
        let table = Arc::new(SecuredTable::new(data_set, scope, &live));
        let asked = Question {
            data_set,
            attributes: vec![question.attribute.clone()],
            filters: all,
            previous: false,
            aggregates: vec![Aggregate::Count(Condition::Any)],
        };
        let packed = match &view {
            Some(view) => self.ask_store(view, scope, settings, &[(&asked, &range)]).await.pop().flatten(),
            None => None,
        };
        let groups = match packed {
            Some(groups) => groups?,
            None => asked.answer(self, table, &range, settings, scope).await?,
        };
        let mut values: Vec<ValueCount> = groups
            .rows
            .into_iter()
            .filter_map(|(mut keys, counts)| match keys.pop()? {
                Key::Text(value) => Some(ValueCount { value, count: counts.first().copied().flatten().unwrap_or(0.0) as u64 }),
                Key::Part(_) => None,
            })
            .collect();
        values.sort_by(|a, b| {
            b.count.cmp(&a.count).then_with(|| a.value.is_none().cmp(&b.value.is_none())).then_with(|| a.value.cmp(&b.value))
        });
        let truncated = values.len() > limit;
        values.truncate(limit);
        Ok(ValuesAnswer { values, truncated })
    }

    /// The segments behind a number.
    pub async fn segments(
        &self,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        now_ms: i64,
        question: &SegmentsQuestion,
    ) -> Result<SegmentsAnswer, EngineError> {
        self.admit(scope)?;
        let (live, view) = self.view().await;
        let range = self.resolve_range(scope, (&live, view.as_deref()), &question.range, settings, now_ms).await?;
        self.segments_of(scope, settings, now_ms, question, (&live, view.as_deref()), &range).await
    }

    /// The same over a view of the data and a range that others share.
    pub(crate) async fn segments_of(
        &self,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        now_ms: i64,
        question: &SegmentsQuestion,
        (live, view): (&Live, Option<&View>),
        range: &ResolvedRange,
    ) -> Result<SegmentsAnswer, EngineError> {
        self.admit(scope)?;
        let data_set = question.data_set;
        if data_set == DataSet::Workload {
            return Err(QueryError::UnknownAttribute("workload".into()).into());
        }
        let mut rows = in_range("segment_start", range.from_ms, range.to_ms);
        for f in filters(data_set, &question.filters, range)? {
            rows = rows.and(f);
        }
        if let Some(metric) = &question.metric {
            rows = rows.and(metric_rows(metric, data_set, settings)?);
        }
        let sort = question.sort.clone().unwrap_or(Sort { by: "segment_start".into(), direction: Direction::Descending });
        if !LISTED.contains(&sort.by.as_str()) {
            return Err(QueryError::UnknownSort(sort.by.chars().take(64).collect()).into());
        }
        let limit = question.limit.unwrap_or(100).clamp(1, 500) as usize;
        let bound = self.bind(scope, question)?;
        let offset = match &question.cursor {
            None => 0,
            Some(cursor) => cursor
                .strip_prefix(&bound)
                .and_then(|rest| rest.strip_prefix('.'))
                .and_then(|at| at.parse::<usize>().ok())
                .filter(|at| *at <= DEEPEST)
                .ok_or(QueryError::Range("the cursor does not belong to this question"))?,
        };
        let by_time = sort.by == "segment_start" && sort.direction == Direction::Descending;
        let packed = self.count_packed(view, scope, settings, question, range, by_time.then_some((offset, limit))).await?;
        let zone = zone(&settings.time_zone);
        let in_words = |cells: Vec<Cell>| cells.iter().map(|cell| json(cell, &zone)).collect::<Vec<_>>();
        let answer = |out: Vec<Vec<Json>>, total: u64| {
            let more = (offset + out.len()) < total as usize && offset + limit <= DEEPEST && !out.is_empty();
            SegmentsAnswer {
                columns: LISTED.iter().map(|name| listed_column(name)).collect(),
                next: more.then(|| format!("{bound}.{}", offset + out.len())),
                rows: out,
                total,
                freshness: freshness(live, now_ms, range),
                scope: scope_info(scope),
            }
        };
        if let Some(Paged { total, rows: Some(rows), .. }) = packed {
            return Ok(answer(rows.into_iter().map(in_words).collect(), total));
        }
        if let Some(Paged { oldest_ms: Some(oldest), .. }) = packed
            && by_time
        {
            // The rows of this page are not older: the lake has to look at no others.
            rows = rows.and(in_range("segment_start", oldest, range.to_ms));
        }
        let table = Arc::new(SecuredTable::new(data_set, scope, live));
        let scan = || -> Result<LogicalPlanBuilder, EngineError> {
            let source = datafusion::datasource::provider_as_source(table.clone());
            Ok(LogicalPlanBuilder::scan("rows", source, None)?.filter(rows.clone())?)
        };
        let order = |name: &str, ascending: bool| column(name).sort(ascending, false);
        let page = scan()?
            .project(LISTED.iter().map(|name| column(name)))?
            .sort_with_limit(
                [order(&sort.by, sort.direction == Direction::Ascending), order("segment_start", false), order("segment_id", true)],
                Some(offset + limit),
            )?
            .build()?;
        let count =
            scan()?.aggregate(Vec::<Expr>::new(), [datafusion::functions_aggregate::expr_fn::count(lit(1_i64)).alias("n")])?.build()?;
        let page = match packed {
            Some(Paged { total: 0, .. }) => Vec::new(),
            _ => self.run(SecuredPlan::new(page, scope)).await?,
        };
        let total = match packed {
            Some(Paged { total, .. }) => total,
            None => first_count(&self.run(SecuredPlan::new(count, scope)).await?),
        };
        let mut out = Vec::new();
        for batch in &page {
            let rows = rows_from_batch(TableId::Segments, batch)?;
            out.extend(rows.iter().map(|row| in_words(LISTED.iter().map(|name| row.get(name).clone()).collect())));
        }
        Ok(answer(out.into_iter().skip(offset).collect(), total))
    }

    /// From the packed columns, if they can say: how many rows there are, and the newest of them, these (rows before, rows).
    async fn count_packed(
        &self,
        view: Option<&View>,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        asked: &SegmentsQuestion,
        range: &ResolvedRange,
        newest: Option<(usize, usize)>,
    ) -> Result<Option<Paged>, EngineError> {
        let Some(view) = view else { return Ok(None) };
        let any_of = match &asked.metric {
            Some(metric) => metric.resolve(asked.data_set)?.formula.rows(),
            None => Vec::new(),
        };
        let question = parclose_columns::Question {
            data_set: asked.data_set,
            from_ms: range.from_ms,
            to_ms: range.to_ms,
            offsets: range.offsets_ms().into(),
            splits: Vec::new(),
            filters: asked.filters.clone(),
            any_of,
            aggregates: vec![Aggregate::Count(Condition::Any)],
            nth_newest: newest.map(|(skip, take)| skip + take),
        };
        self.page_packed(view, scope, settings, question, LISTED, newest.map_or(0, |(skip, _)| skip)).await.transpose()
    }

    /// Binds a cursor to the scope and the question, so that it means nothing anywhere else.
    fn bind(&self, scope: &RowScope<'_>, question: &SegmentsQuestion) -> Result<String, EngineError> {
        let asked = SegmentsQuestion { cursor: None, ..question.clone() };
        let asked = serde_json::to_vec(&asked).map_err(|_| EngineError::Failed)?;
        let mut hash = Sha256::new();
        hash.update(scope.fingerprint().as_bytes());
        hash.update(&asked);
        Ok(hex::encode(&hash.finalize()[..12]))
    }

    /// All segments of a conversation that are in scope. Empty when there is none, or none for this person.
    pub async fn conversation(&self, scope: &RowScope<'_>, id: &str) -> Result<ConversationRows, EngineError> {
        self.admit(scope)?;
        let table = Arc::new(SecuredTable::new(DataSet::Conversations, scope, &self.live()));
        let stored: Vec<Expr> = TableId::Segments.columns().iter().filter(|c| c.role != Role::Internal).map(|c| column(c.name)).collect();
        let plan = LogicalPlanBuilder::scan("rows", datafusion::datasource::provider_as_source(table), None)?
            .filter(column("conversation_id").eq(text(id)))?
            .project(stored)?
            .sort_with_limit([column("segment_start").sort(true, false), column("segment_id").sort(true, false)], Some(MOST_SEGMENTS + 1))?
            .build()?;
        let mut segments = Vec::new();
        for batch in self.run(SecuredPlan::new(plan, scope)).await? {
            segments.extend(rows_from_batch(TableId::Segments, &batch)?);
        }
        let truncated = segments.len() > MOST_SEGMENTS;
        segments.truncate(MOST_SEGMENTS);
        Ok(ConversationRows { segments, truncated })
    }
}

impl From<parclose_lake::LakeError> for EngineError {
    fn from(error: parclose_lake::LakeError) -> Self {
        tracing::error!(name: "query.rows_failed", %error, "rows could not be read from a batch");
        EngineError::Failed
    }
}

fn first_count(batches: &[RecordBatch]) -> u64 {
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::datatypes::Int64Type;
    batches
        .iter()
        .find(|b| b.num_rows() > 0)
        .and_then(|b| b.column(0).as_primitive_opt::<Int64Type>().map(|a| a.value(0)))
        .unwrap_or(0)
        .max(0) as u64
}

fn json(cell: &Cell, zone: &jiff::tz::TimeZone) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Text(text) => Json::from(text.as_ref()),
        Cell::Whole(n) => Json::from(*n),
        Cell::Number(n) => Json::from(*n),
        Cell::Instant(ms) => Json::from(rfc3339(*ms, zone)),
    }
}

fn listed_column(name: &str) -> ColumnInfo {
    let stored = TableId::Segments.column(name).or_else(|| AGENT_NOW_ATTRIBUTES.iter().find(|c| c.name == name));
    let (role, format) = match stored.map(|c| (c.role, c.ty)) {
        Some((Role::Time, _)) => ("time", "instant"),
        Some((Role::Fact, ColumnType::Whole)) => ("metric", "duration"),
        Some((Role::Fact, _)) => ("metric", "number"),
        _ => ("attribute", "text"),
    };
    ColumnInfo { name: name.into(), title: stored.map_or("", |c| c.title).into(), role, format: format.into(), good: None }
}
