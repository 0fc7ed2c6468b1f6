//! The barrier: one sealed node that evaluates the row policy itself. Nothing goes down, nothing but batches goes up.
//!
//! Why each part is here was measured on this engine (decision 0003): a filter node can be pushed away or reordered, empty
//! batches tell that hidden rows exist, and shared string buffers carry hidden values. After an upgrade of
//! DataFusion all of it is run again.

use crate::secured::agent_now_array;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::BatchCoalescer;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DataFusionError, Result, Statistics};
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::filter_pushdown::{ChildPushdownResult, FilterDescription, FilterPushdownPhase, FilterPushdownPropagation};
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PhysicalExpr, PlanProperties,
};
use futures::Stream;
use parclose_lake::AgentsNow;
use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// What the barrier does with each batch from below.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    /// Schema after the agents' current attributes were added: what the predicate sees.
    pub seen: SchemaRef,
    /// Number of columns that come from below; the rest of `seen` are agents' current attributes.
    pub stored: usize,
    pub agents: Arc<AgentsNow>,
    /// The scope, and the leak-proof filters that were accepted.
    pub predicate: Arc<dyn PhysicalExpr>,
    /// Positions in `seen` that go up.
    pub out: Vec<usize>,
    pub fingerprint: Arc<str>,
}

/// The node.
#[derive(Debug)]
pub(crate) struct BarrierExec {
    input: Arc<dyn ExecutionPlan>,
    work: Work,
    properties: Arc<PlanProperties>,
}

impl BarrierExec {
    pub fn try_new(input: Arc<dyn ExecutionPlan>, work: Work) -> Result<Self> {
        let schema = Arc::new(work.seen.project(&work.out)?);
        // Own properties: no ordering, constant or equality that the scan learned from files or statistics.
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Ok(Self { input, work, properties: Arc::new(properties) })
    }
    /// The scope that this barrier enforces.
    pub fn fingerprint(&self) -> &str {
        &self.work.fingerprint
    }
}

impl DisplayAs for BarrierExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BarrierExec")
    }
}

impl ExecutionPlan for BarrierExec {
    fn name(&self) -> &str {
        "BarrierExec"
    }
    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }
    /// None: no rule of the optimizer can go in.
    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }
    fn apply_expressions(&self, _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }
    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        if children.is_empty() { Ok(self) } else { Err(DataFusionError::Internal("the barrier is sealed".into())) }
    }
    fn reset_state(self: Arc<Self>) -> Result<Arc<dyn ExecutionPlan>> {
        // A sealed node has to reset its hidden part itself.
        let input = Arc::clone(&self.input).transform_up(|node| Ok(Transformed::yes(node.reset_state()?)))?.data;
        Ok(Arc::new(Self::try_new(input, self.work.clone())?))
    }
    // Every push-down is closed, said aloud so that a changed default can't open it.
    fn gather_filters_for_pushdown(
        &self,
        _: FilterPushdownPhase,
        parent_filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterDescription> {
        Ok(FilterDescription::all_unsupported(&parent_filters, &self.children()))
    }
    fn handle_child_pushdown_result(
        &self,
        _: FilterPushdownPhase,
        result: ChildPushdownResult,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        Ok(FilterPushdownPropagation::all_unsupported(result))
    }
    fn supports_limit_pushdown(&self) -> bool {
        false
    }
    fn with_fetch(&self, _: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        None
    }
    fn fetch(&self) -> Option<usize> {
        None
    }
    fn try_swapping_with_projection(&self, _: &ProjectionExec) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        Ok(None)
    }
    fn maintains_input_order(&self) -> Vec<bool> {
        Vec::new()
    }
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        Vec::new()
    }
    fn repartitioned(&self, _: usize, _: &ConfigOptions) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        Ok(None)
    }
    fn with_new_state(&self, _: Arc<dyn Any + Send + Sync>) -> Option<Arc<dyn ExecutionPlan>> {
        None
    }
    fn downcast_delegate(&self) -> Option<&dyn ExecutionPlan> {
        None
    }
    fn dynamic_expressions_produced(&self) -> Vec<Arc<dyn PhysicalExpr>> {
        Vec::new()
    }
    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        _: &datafusion::physical_plan::statistics::StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(Arc::new(Statistics::new_unknown(&self.schema())))
    }
    fn metrics(&self) -> Option<MetricsSet> {
        None
    }
    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let size = context.session_config().batch_size();
        let inner = self.input.execute(partition, context).map_err(opaque)?;
        Ok(Box::pin(BarrierStream {
            inner,
            coalescer: BatchCoalescer::new(self.schema(), size),
            counted: 0,
            schema: self.schema(),
            work: self.work.clone(),
            done: false,
        }))
    }
}

/// An error from below (a file, a path) is not for the person who asked.
fn opaque(error: DataFusionError) -> DataFusionError {
    tracing::error!(name: "query.storage_failed", %error, "rows could not be read");
    DataFusionError::Execution("storage".into())
}

struct BarrierStream {
    inner: SendableRecordBatchStream,
    work: Work,
    /// Cuts new batches: an empty batch, or a batch's size, would tell where hidden rows are.
    coalescer: BatchCoalescer,
    /// Rows let through when no column goes up (a count): there is nothing to coalesce.
    counted: usize,
    schema: SchemaRef,
    done: bool,
}

impl BarrierStream {
    fn push(&mut self, batch: RecordBatch) -> Result<()> {
        let batch = self.with_agents(batch)?;
        let mask = self.work.predicate.evaluate(&batch).map_err(opaque)?.into_array(batch.num_rows())?;
        let mask = mask.as_boolean();
        if self.work.out.is_empty() {
            self.counted += mask.true_count();
            return Ok(());
        }
        let out = batch.project(&self.work.out)?;
        if mask.null_count() == 0 && mask.true_count() == out.num_rows() {
            self.coalescer.push_batch(out)?;
        } else {
            self.coalescer.push_batch_with_filter(out, mask)?;
        }
        Ok(())
    }
    /// Adds the agents' current attributes that the predicate or the query needs.
    fn with_agents(&self, batch: RecordBatch) -> Result<RecordBatch> {
        let work = &self.work;
        if work.seen.fields().len() == work.stored {
            return Ok(batch);
        }
        let ids = batch.column_by_name("agent_id").cloned();
        let mut columns = batch.columns().to_vec();
        for field in &work.seen.fields()[work.stored..] {
            columns.push(agent_now_array(ids.as_ref(), field.name(), &work.agents, batch.num_rows()));
        }
        Ok(RecordBatch::try_new(work.seen.clone(), columns)?)
    }
}

impl Stream for BarrierStream {
    type Item = Result<RecordBatch>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(batch) = self.coalescer.next_completed_batch() {
                if batch.num_rows() > 0 {
                    return Poll::Ready(Some(scrub(batch)));
                }
                continue;
            }
            if self.done {
                return Poll::Ready(None);
            }
            match self.inner.as_mut().poll_next(context) {
                Poll::Ready(Some(Ok(batch))) => {
                    if batch.num_rows() > 0
                        && let Err(error) = self.push(batch)
                    {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(opaque(error)))),
                Poll::Ready(None) => {
                    self.done = true;
                    if self.counted > 0 {
                        let rows = RecordBatchOptions::new().with_row_count(Some(self.counted));
                        return Poll::Ready(Some(Ok(RecordBatch::try_new_with_options(self.schema.clone(), Vec::new(), &rows)?)));
                    }
                    self.coalescer.finish_buffered_batch()?;
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl RecordBatchStream for BarrierStream {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// Drops bytes of hidden rows that ride along in shared buffers: string views and dictionaries.
fn scrub(batch: RecordBatch) -> Result<RecordBatch> {
    let columns = batch
        .columns()
        .iter()
        .map(|array| -> Result<ArrayRef> {
            Ok(match array.data_type() {
                DataType::Utf8View => Arc::new(array.as_string_view().gc()),
                DataType::BinaryView => Arc::new(array.as_binary_view().gc()),
                DataType::Dictionary(_, values) => {
                    let plain = datafusion::arrow::compute::cast(array, values)?;
                    datafusion::arrow::compute::cast(&plain, array.data_type())?
                }
                _ => Arc::clone(array),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}
