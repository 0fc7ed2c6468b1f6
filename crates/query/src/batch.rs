//! All reports of a dashboard in one request: one scope, one view of the lake, equal questions asked once.

use crate::aggregate::{self, Placed, is_additive, merge, of_nothing};
use crate::answer::{Answer, Answered, Freshness, ListAnswer, Previous, ReportAnswer, ReportError, ScopeInfo};
use crate::engine::{Engine, EngineError};
use crate::expression::in_range;
use crate::groups::Question;
use crate::period::{Period, columns};
use crate::rows::SegmentsQuestion;
use crate::secured::{SecuredPlan, SecuredTable};
use crate::store::{Asked, View};
use crate::time::{Range, ResolvedRange, rfc3339};
use datafusion::logical_expr::{LogicalPlanBuilder, ident};
use futures::future::join_all;
use parclose_access::RowScope;
use parclose_columns::Groups;
use parclose_lake::Live;
use parclose_metrics::{Aggregate, DataSet, Filter, Limits, MetricRef, QueryError, ResolvedMetric, Sort, TypedQuery};
use parclose_model::WorkspaceSettings;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One report of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The caller's name for it.
    pub id: String,
    /// What it asks.
    pub query: TypedQuery,
    /// Comparison of this report alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
}

/// Segments beside the reports: the first page of a [`SegmentsQuestion`] over the same range and shared filters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The caller's name for it.
    pub id: String,
    /// Conversations or activities.
    pub data_set: DataSet,
    /// Filters of this list alone.
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
}

/// With what the numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The period of the same length just before.
    PreviousPeriod,
}

/// All reports of one request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The date range of all of them.
    pub range: Range,
    /// Comparison.
    #[serde(default)]
    pub compare: Option<Compare>,
    /// Filters of all of them.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// The reports.
    pub reports: Vec<Report>,
    /// Lists of segments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<List>,
}

impl Batch {
    fn compares(&self, report: &Report) -> bool {
        self.compare.or(report.compare).is_some()
    }
}

/// Lists of one request.
const MOST_LISTS: usize = 8;

/// A report that was checked.
pub(crate) struct Prepared<'a> {
    pub report: &'a Report,
    pub metrics: Vec<ResolvedMetric>,
    aggregates: Vec<Aggregate>,
    filters: Vec<Filter>,
    compares: bool,
}

impl Prepared<'_> {
    fn question(&self, grouped: bool, previous: bool) -> Question {
        Question {
            data_set: self.report.query.data_set,
            attributes: if grouped { self.report.query.attributes.clone() } else { Vec::new() },
            filters: self.filters.clone(),
            previous,
            aggregates: self.aggregates.clone(),
        }
    }
    fn is_grouped(&self) -> bool {
        !self.report.query.attributes.is_empty()
    }
    /// Totals of sums and counts follow from the groups; others have to be asked.
    fn asks_totals(&self) -> bool {
        self.is_grouped() && self.report.query.totals && !self.aggregates.iter().all(is_additive)
    }
}

/// What all parts of one request share.
struct Request<'a> {
    engine: &'a Engine,
    scope: &'a RowScope<'a>,
    settings: &'a WorkspaceSettings,
    live: Arc<Live>,
    view: Option<Arc<View>>,
    range: ResolvedRange,
    previous: Option<ResolvedRange>,
}

impl Engine {
    /// Answers a batch. A report that is wrong by itself carries its error; the batch fails only as a whole for a
    /// wrong range, wrong shared filters or too many reports.
    pub async fn batch(
        &self,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        now_ms: i64,
        batch: &Batch,
    ) -> Result<Answer, EngineError> {
        self.admit(scope)?;
        if batch.reports.len() > Limits::REPORTS {
            return Err(QueryError::TooMany { what: "reports in a request", most: Limits::REPORTS }.into());
        }
        if batch.filters.len() > Limits::FILTERS {
            return Err(QueryError::TooMany { what: "filters", most: Limits::FILTERS }.into());
        }
        if batch.lists.len() > MOST_LISTS {
            return Err(QueryError::TooMany { what: "lists in a request", most: MOST_LISTS }.into());
        }
        for filter in &batch.filters {
            filter.check(DataSet::Conversations).or_else(|_| filter.check(DataSet::Workload))?;
        }
        let (live, view) = self.view().await;
        let range = self.resolve_range(scope, (&live, view.as_deref()), &batch.range, settings, now_ms).await?;
        let previous = batch.reports.iter().any(|report| batch.compares(report)).then(|| range.previous(now_ms));
        let request = Request { engine: self, scope, settings, live, view, range, previous };
        let name = self.results().name(scope, settings, request.live.version, (&request.range, now_ms), batch);
        if let Some(kept) = name.as_ref().and_then(|name| self.results().find(name)) {
            return Ok(request.answer(kept, now_ms));
        }
        let prepared: Vec<Result<Prepared<'_>, EngineError>> = batch.reports.iter().map(|r| prepare(r, batch)).collect();
        let good = || prepared.iter().filter_map(|p| p.as_ref().ok());
        let (answers, lists, whole) = tokio::join!(request.ask(good()), request.lists(batch, now_ms), request.whole(good()));
        let reports: Vec<ReportAnswer> = batch
            .reports
            .iter()
            .zip(&prepared)
            .map(|(report, prepared)| {
                let done = match prepared {
                    Ok(prepared) => request.assemble(prepared, &answers, whole.as_deref().unwrap_or_default(), now_ms),
                    Err(error) => Err(report_error(error)),
                };
                done.unwrap_or_else(|error| failed(&report.id, error))
            })
            .collect();
        let answered = Answered { reports: Arc::new(reports), lists: Arc::new(lists) };
        // Where that is not known it is asked again.
        if let Some(name) = name.filter(|_| whole.is_ok()) {
            self.results().keep(name, &answered);
        }
        Ok(request.answer(answered, now_ms))
    }
}

pub(crate) fn freshness(live: &Live, now_ms: i64, range: &ResolvedRange) -> Freshness {
    Freshness {
        newest_event_at: live.newest_event_ms.map(|ms| rfc3339(ms, range.zone())),
        as_of: rfc3339(now_ms, range.zone()),
        data_version: live.version,
    }
}

pub(crate) fn scope_info(scope: &RowScope<'_>) -> ScopeInfo {
    let state = serde_json::to_value(scope.state()).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    ScopeInfo { state, label: scope.label().into(), policy_version: scope.policy_version() }
}

fn prepare<'a>(report: &'a Report, batch: &Batch) -> Result<Prepared<'a>, EngineError> {
    let metrics = report.query.check()?;
    let filters: Vec<Filter> = batch.filters.iter().chain(&report.query.filters).cloned().collect();
    for filter in &filters {
        filter.check(report.query.data_set)?;
    }
    let mut aggregates: Vec<Aggregate> = Vec::new();
    for a in metrics.iter().flat_map(|m| m.formula.aggregates()) {
        if !aggregates.contains(a) {
            aggregates.push(a.clone());
        }
    }
    Ok(Prepared { report, metrics, aggregates, filters, compares: batch.compares(report) })
}

fn report_error(error: &EngineError) -> ReportError {
    let code = match error {
        EngineError::Query(_) => "invalid_query",
        EngineError::TooLong => "too_long",
        EngineError::TooLarge => "too_large",
        EngineError::Failed => "internal",
    };
    ReportError { code, message: error.to_string() }
}

fn failed(id: &str, error: ReportError) -> ReportAnswer {
    ReportAnswer {
        id: id.into(),
        columns: Vec::new(),
        rows: Vec::new(),
        totals: None,
        truncated: false,
        buckets: None,
        unfinished_bucket: None,
        previous: None,
        error: Some(error),
    }
}

type Answers = Vec<(Question, Result<Groups, EngineError>)>;

impl Request<'_> {
    fn answer(&self, answered: Answered, now_ms: i64) -> Answer {
        Answer {
            reports: answered.reports,
            lists: answered.lists,
            range: self.range.answer(&self.settings.time_zone, self.previous.as_ref()),
            freshness: freshness(&self.live, now_ms, &self.range),
            scope: scope_info(self.scope),
        }
    }

    /// The first pages of all lists, from the same view of the data.
    async fn lists(&self, batch: &Batch, now_ms: i64) -> Vec<ListAnswer> {
        let answers = batch.lists.iter().map(|list| async move {
            let question = SegmentsQuestion {
                data_set: list.data_set,
                range: batch.range.clone(),
                filters: batch.filters.iter().chain(&list.filters).cloned().collect(),
                metric: list.metric.clone(),
                sort: list.sort.clone(),
                limit: list.limit,
                cursor: None,
            };
            let view = (self.live.as_ref(), self.view.as_deref());
            match self.engine.segments_of(self.scope, self.settings, now_ms, &question, view, &self.range).await {
                Ok(page) => ListAnswer {
                    id: list.id.clone(),
                    columns: page.columns,
                    rows: page.rows,
                    total: page.total,
                    next: page.next,
                    error: None,
                },
                Err(error) => ListAnswer {
                    id: list.id.clone(),
                    columns: Vec::new(),
                    rows: Vec::new(),
                    total: 0,
                    next: None,
                    error: Some(report_error(&error)),
                },
            }
        });
        join_all(answers).await
    }

    /// Collects the questions of all reports, joins equal ones, runs them.
    async fn ask<'p>(&self, reports: impl Iterator<Item = &'p Prepared<'p>>) -> Answers {
        let mut questions: Vec<Question> = Vec::new();
        let mut add = |question: Question| {
            if !questions.iter_mut().any(|known| known.absorb(&question)) {
                questions.push(question);
            }
        };
        for report in reports {
            for previous in [false, true] {
                if previous && !report.compares {
                    continue;
                }
                add(report.question(true, previous));
                if report.asks_totals() {
                    add(report.question(false, previous));
                }
            }
        }
        let asked: Vec<Asked<'_>> = questions.iter().map(|question| (question, self.range_of(question))).collect();
        let packed = match &self.view {
            Some(view) => self.engine.ask_store(view, self.scope, self.settings, &asked).await,
            None => questions.iter().map(|_| None).collect(),
        };
        let left: Vec<Question> = questions.iter().zip(&packed).filter(|(_, done)| done.is_none()).map(|(q, _)| q.clone()).collect();
        let tables = self.tables(&left).await;
        let runs = questions.iter().zip(packed).map(|(question, done)| async {
            if let Some(done) = done {
                return done;
            }
            let table = tables.get(&question.data_set.name()).cloned().ok_or(EngineError::Failed)?;
            question.answer(self.engine, table, self.range_of(question), self.settings, self.scope).await
        });
        let results = join_all(runs).await;
        questions.into_iter().zip(results).collect()
    }

    fn range_of(&self, question: &Question) -> &ResolvedRange {
        if question.previous { self.previous.as_ref().unwrap_or(&self.range) } else { &self.range }
    }

    /// A secured table for each data set; where the rows are few, they pass the barrier once for all questions.
    async fn tables(&self, questions: &[Question]) -> BTreeMap<&'static str, Arc<SecuredTable>> {
        let mut by_set: BTreeMap<&'static str, Vec<&Question>> = BTreeMap::new();
        for question in questions {
            by_set.entry(question.data_set.name()).or_default().push(question);
        }
        let mut tables = BTreeMap::new();
        for (name, questions) in by_set {
            let Some(first) = questions.first() else { continue };
            let table = Arc::new(SecuredTable::new(first.data_set, self.scope, &self.live));
            let held = match self.hold(&table, &questions).await {
                Ok(held) => held,
                Err(error) => {
                    tracing::warn!(name: "query.hold_failed", %error, "reports are answered one by one");
                    None
                }
            };
            tables.insert(name, held.unwrap_or(table));
        }
        tables
    }

    async fn hold(&self, table: &Arc<SecuredTable>, questions: &[&Question]) -> Result<Option<Arc<SecuredTable>>, EngineError> {
        let from_ms = self.previous.as_ref().map_or(self.range.from_ms, |p| p.from_ms);
        let to_ms = self.range.to_ms;
        if questions.len() < 2 || table.rows_at_most((from_ms, to_ms)) > self.engine.rows_held() {
            return Ok(None);
        }
        let mut columns = BTreeSet::new();
        for question in questions {
            columns.extend(question.columns(self.settings)?);
        }
        let time = questions[0].data_set.table().time_column();
        let plan = LogicalPlanBuilder::scan("rows", datafusion::datasource::provider_as_source(table.clone()), None)?
            .filter(in_range(time, from_ms, to_ms))?
            .project(columns.iter().map(ident))?
            .build()?;
        let schema = Arc::new(plan.schema().as_arrow().clone());
        let batches = self.engine.run(SecuredPlan::new(plan, self.scope)).await?;
        Ok(Some(Arc::new(table.held(schema, batches))))
    }

    fn groups<'g>(&self, answers: &'g Answers, question: &Question) -> Result<(&'g Question, &'g Groups), ReportError> {
        let found = answers.iter().find(|(asked, _)| asked.clone().absorb(question));
        match found {
            Some((asked, Ok(groups))) => Ok((asked, groups)),
            Some((_, Err(error))) => Err(report_error(error)),
            None => Err(report_error(&EngineError::Failed)),
        }
    }

    /// Rows and totals of one period.
    fn period<'g>(&self, prepared: &Prepared<'_>, answers: &'g Answers, previous: bool) -> Result<Period<'g>, ReportError> {
        let (asked, groups) = self.groups(answers, &prepared.question(true, previous))?;
        let formulas = |asked: &Question| -> Vec<Placed> {
            let place = |wanted: &Aggregate| asked.aggregates.iter().position(|own| own == wanted);
            prepared.metrics.iter().map(|metric| Placed::new(&metric.formula, &place)).collect()
        };
        let evaluate = |formulas: &[Placed], results: &[aggregate::Value]| -> Vec<aggregate::Value> {
            formulas.iter().map(|formula| formula.value(results)).collect()
        };
        let own = formulas(asked);
        let rows = groups.rows.iter().map(|(keys, results)| (keys.as_slice(), evaluate(&own, results))).collect();
        let totals = if !prepared.report.query.totals {
            None
        } else if prepared.asks_totals() {
            let (asked_total, total) = self.groups(answers, &prepared.question(false, previous))?;
            Some(evaluate(&formulas(asked_total), total.rows.first().map_or(&[], |(_, results)| results.as_slice())))
        } else {
            let nothing: Vec<aggregate::Value> = asked.aggregates.iter().map(of_nothing).collect();
            let sum = groups.rows.iter().fold(nothing, |mut all, (_, results)| {
                // Only those that this report asked for: they are sums and counts, or there is but one row.
                for (at, aggregate) in asked.aggregates.iter().enumerate().filter(|(_, a)| prepared.aggregates.contains(a)) {
                    all[at] = merge(aggregate, all[at], results.get(at).copied().flatten());
                }
                all
            });
            Some(evaluate(&own, &sum))
        };
        Ok(Period { rows, totals })
    }

    /// The data sets of which the rows in scope cover the previous period from its beginning, among those that are compared. An
    /// error where that can't be said of all of them: then none counts as whole.
    async fn whole<'p>(&self, reports: impl Iterator<Item = &'p Prepared<'p>>) -> Result<Vec<DataSet>, EngineError> {
        let Some(previous) = &self.previous else { return Ok(Vec::new()) };
        let period = (previous.from_ms, self.range.to_ms - self.range.from_ms);
        let mut compared: Vec<DataSet> = Vec::new();
        for report in reports.filter(|report| report.compares) {
            if !compared.contains(&report.report.query.data_set) {
                compared.push(report.report.query.data_set);
            }
        }
        let asked = compared.into_iter().map(|data_set| async move {
            let view = (self.live.as_ref(), self.view.as_deref());
            let covers = self.engine.covers_beginning(self.scope, view, self.settings, data_set, period).await;
            covers.map(|covers| covers.then_some(data_set)).inspect_err(|error| {
                tracing::warn!(name: "query.earlier_failed", %error, "whether the previous period is whole is not known: it counts as not");
            })
        });
        let found: Result<Vec<_>, EngineError> = join_all(asked).await.into_iter().collect();
        Ok(found?.into_iter().flatten().collect())
    }

    fn assemble(&self, prepared: &Prepared<'_>, answers: &Answers, whole: &[DataSet], now_ms: i64) -> Result<ReportAnswer, ReportError> {
        let query = &prepared.report.query;
        let columns = columns(prepared, &self.range);
        let bucket = query.attributes.iter().filter_map(|n| Question::time_of(n, &self.range)).find(|t| t.is_bucket());
        let limit = query.limit.unwrap_or(Limits::ROWS_DEFAULT) as usize;
        let starts = |range: &ResolvedRange| bucket.map(|b| range.buckets(b)).transpose().map_err(|e| report_error(&e.into()));
        let own_starts = starts(&self.range)?;
        let mut period = self.period(prepared, answers, false)?;
        let truncated = period.sort(prepared, &self.range, limit);
        let previous = match self.previous.as_ref().filter(|_| prepared.compares) {
            None => None,
            Some(range) => {
                let starts = starts(range)?;
                let mut period = self.period(prepared, answers, true)?;
                period.sort(prepared, range, limit);
                Some(Previous {
                    rows: period.json_rows(prepared, starts.as_deref(), range),
                    totals: period.json_totals(prepared),
                    buckets: starts.map(|s| s.iter().map(|ms| rfc3339(*ms, range.zone())).collect()),
                    whole: whole.contains(&query.data_set),
                })
            }
        };
        let unfinished = own_starts.as_ref().and_then(|starts| {
            let at = starts.partition_point(|start| *start <= now_ms).checked_sub(1)?;
            let end = starts.get(at + 1).copied().unwrap_or(self.range.to_ms);
            (now_ms < end).then(|| rfc3339(starts[at], self.range.zone()))
        });
        Ok(ReportAnswer {
            id: prepared.report.id.clone(),
            columns,
            rows: period.json_rows(prepared, own_starts.as_deref(), &self.range),
            totals: period.json_totals(prepared),
            truncated,
            buckets: own_starts.map(|s| s.iter().map(|ms| rfc3339(*ms, self.range.zone())).collect()),
            unfinished_bucket: unfinished,
            previous,
            error: None,
        })
    }
}
