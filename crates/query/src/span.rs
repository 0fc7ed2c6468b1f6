//! The instants that a person's rows cover, for the range "all time".

use crate::engine::{Engine, EngineError};
use crate::expression::column;
use crate::secured::{SecuredPlan, SecuredTable};
use crate::store::View;
use crate::time::{Preset, PresetRange, Range, ResolvedRange, zone};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use datafusion::functions_aggregate::expr_fn::{max, min};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use parclose_access::RowScope;
use parclose_lake::Live;
use parclose_metrics::{Aggregate, Condition, DataSet};
use parclose_model::WorkspaceSettings;
use std::sync::Arc;

impl Engine {
    /// The range as instants. "All time" is the time of the rows in scope: the names of files would tell when
    /// other people's rows begin and end.
    pub(crate) async fn resolve_range(
        &self,
        scope: &RowScope<'_>,
        (live, view): (&Live, Option<&View>),
        range: &Range,
        settings: &WorkspaceSettings,
        now_ms: i64,
    ) -> Result<ResolvedRange, EngineError> {
        let span = match range {
            Range::Preset(PresetRange { preset: Preset::All }) => self.span(scope, live, view, settings).await?,
            _ => None,
        };
        Ok(range.resolve(now_ms, &zone(&settings.time_zone), span)?)
    }

    async fn span(
        &self,
        scope: &RowScope<'_>,
        live: &Live,
        view: Option<&View>,
        settings: &WorkspaceSettings,
    ) -> Result<Option<(i64, i64)>, EngineError> {
        let mut span: Option<(i64, i64)> = None;
        for data_set in [DataSet::Conversations, DataSet::Activities] {
            let time = data_set.table().time_column();
            if let Some(view) = view {
                let question = parclose_columns::Question {
                    data_set,
                    from_ms: i64::MIN,
                    to_ms: i64::MAX,
                    offsets: Arc::new([]),
                    splits: Vec::new(),
                    filters: Vec::new(),
                    any_of: Vec::new(),
                    nth_newest: None,
                    aggregates: vec![Aggregate::Min(time, Condition::Any), Aggregate::Max(time, Condition::Any)],
                };
                if let Some(Some(groups)) = self.ask_packed(view, scope, settings, &[Some(question)]).await.pop() {
                    if let Some((_, values)) = groups?.rows.first()
                        && let [Some(first), Some(last)] = values[..]
                    {
                        span = Some(span.map_or((first as i64, last as i64), |(a, b)| (a.min(first as i64), b.max(last as i64))));
                    }
                    continue;
                }
            }
            let table = Arc::new(SecuredTable::new(data_set, scope, live));
            let plan = LogicalPlanBuilder::scan("rows", datafusion::datasource::provider_as_source(table), None)?
                .aggregate(Vec::<Expr>::new(), [min(column(time)).alias("first"), max(column(time)).alias("last")])?
                .build()?;
            for batch in self.run(SecuredPlan::new(plan, scope)).await? {
                if let (Some(first), Some(last)) = (instant(&batch, 0), instant(&batch, 1)) {
                    span = Some(span.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
                }
            }
        }
        Ok(span)
    }
}

fn instant(batch: &RecordBatch, column: usize) -> Option<i64> {
    let array = batch.column(column).as_primitive_opt::<TimestampMicrosecondType>()?;
    (array.len() > 0 && array.is_valid(0)).then(|| array.value(0).div_euclid(1000))
}
