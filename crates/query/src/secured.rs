//! From a `RowScope` to something that can run: the only tables, and the only plans, that the engine knows.

use crate::barrier::{BarrierExec, Work};
use crate::expression::{leak_proof, scope as scope_expression};
use crate::scan::{scan, time_bounds};
use async_trait::async_trait;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewBuilder};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, DataFusionError, Result};
use datafusion::datasource::TableType;
use datafusion::logical_expr::{Expr, LogicalPlan, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use parclose_access::{Predicate, RowScope};
use parclose_lake::{AgentsNow, Fresh, Live, LiveTable, view_schema};
use parclose_metrics::DataSet;
use parclose_model::columns::AGENT_NOW_ATTRIBUTES;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A data set as one person sees it. Made from a scope; statistics, constraints, inserts, deletes and the like stay
/// at the defaults of "not there".
#[derive(Debug)]
pub(crate) struct SecuredTable {
    data_set: DataSet,
    schema: SchemaRef,
    stored: SchemaRef,
    conversations: Predicate,
    activities: Predicate,
    fingerprint: Arc<str>,
    rows: Rows,
    agents: Arc<AgentsNow>,
}

#[derive(Debug, Clone)]
enum Rows {
    /// The lake as of one instant.
    Lake(LiveTable),
    /// Rows that came through a barrier of the same scope already, held for the reports of one request.
    Held(Vec<datafusion::arrow::array::RecordBatch>),
}

/// The view of one table as queries see it: stored columns, then the agents' attributes as they are now.
pub(crate) fn secured_schema(data_set: DataSet) -> SchemaRef {
    let mut fields: Vec<Field> = view_schema(data_set.table()).fields().iter().map(|f| f.as_ref().clone()).collect();
    fields.extend(AGENT_NOW_ATTRIBUTES.iter().map(|c| Field::new(c.name, DataType::Utf8View, true)));
    Arc::new(Schema::new(fields))
}

/// An attribute of the rows' agents as it is now.
pub(crate) fn agent_now_array(ids: Option<&ArrayRef>, name: &str, agents: &AgentsNow, rows: usize) -> ArrayRef {
    let mut values = StringViewBuilder::with_capacity(rows).with_deduplicate_strings();
    match ids {
        Some(ids) if ids.data_type() == &DataType::Utf8View => {
            let ids = ids.as_string_view();
            for at in 0..rows {
                let agent = if ids.is_null(at) { None } else { agents.get(ids.value(at)) };
                values.append_option(agent.and_then(|row| row.get(name).as_text()));
            }
        }
        _ => (0..rows).for_each(|_| values.append_null()),
    }
    Arc::new(values.finish())
}

impl SecuredTable {
    /// The only constructor over the lake.
    pub fn new(data_set: DataSet, scope: &RowScope<'_>, live: &Live) -> Self {
        Self {
            data_set,
            schema: secured_schema(data_set),
            stored: view_schema(data_set.table()),
            conversations: scope.conversations().clone(),
            activities: scope.activities().clone(),
            fingerprint: scope.fingerprint().into(),
            rows: Rows::Lake(live.tables.get(&data_set.table()).cloned().unwrap_or_default()),
            agents: live.agents.clone(),
        }
    }
    /// The same data set over rows that this table's own barrier let through, for the same scope and
    /// the same request.
    pub fn held(&self, schema: SchemaRef, batches: Vec<datafusion::arrow::array::RecordBatch>) -> Self {
        Self {
            data_set: self.data_set,
            schema: schema.clone(),
            stored: schema,
            conversations: self.conversations.clone(),
            activities: self.activities.clone(),
            fingerprint: self.fingerprint.clone(),
            rows: Rows::Held(batches),
            agents: self.agents.clone(),
        }
    }
    fn policy(&self, keep: &dyn Fn(&str) -> bool) -> Expr {
        match self.rows {
            // Held rows carry only the columns that the reports need; they were let through by the policy already.
            Rows::Held(_) => datafusion::logical_expr::lit(true),
            Rows::Lake(_) => scope_expression(self.data_set, &self.conversations, &self.activities, keep),
        }
    }
    fn time(&self) -> &'static str {
        self.data_set.table().time_column()
    }
    /// Rows that a range could touch at most.
    pub fn rows_at_most(&self, bounds: (i64, i64)) -> u64 {
        match &self.rows {
            Rows::Lake(table) => crate::scan::rows_at_most(table, bounds),
            Rows::Held(batches) => batches.iter().map(|b| b.num_rows() as u64).sum(),
        }
    }
}

#[async_trait]
impl TableProvider for SecuredTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
    fn table_type(&self) -> TableType {
        TableType::Base
    }
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        // The barrier evaluates accepted filters itself, on every row: exact.
        Ok(filters
            .iter()
            .map(
                |f| if leak_proof(f, &self.schema) { TableProviderFilterPushDown::Exact } else { TableProviderFilterPushDown::Unsupported },
            )
            .collect())
    }
    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>, // never below the policy
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // The planner's word is not enough: check again.
        if filters.iter().any(|f| !leak_proof(f, &self.schema)) {
            return Err(DataFusionError::Internal("a filter came down that was not accepted".into()));
        }
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let wanted: Vec<&str> = projection.unwrap_or(&all).iter().map(|i| self.schema.field(*i).name().as_str()).collect();
        let policy = self.policy(&|_| true);
        let mut needed: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        for e in filters.iter().chain([&policy]) {
            needed.extend(e.column_refs().into_iter().map(|c| c.name.clone()));
        }
        let is_stored = |name: &str| self.stored.field_with_name(name).is_ok();
        let now: Vec<String> = needed.iter().filter(|name| !is_stored(name)).cloned().collect();
        if !now.is_empty() {
            needed.insert("agent_id".into());
        }
        let mut columns: Vec<usize> = needed.iter().filter_map(|name| self.stored.index_of(name).ok()).collect();
        if columns.is_empty() {
            // A count needs no column, but a batch needs rows: the smallest column carries them.
            columns.push(self.stored.index_of(self.time()).unwrap_or(0));
        }
        columns.sort_unstable();
        let bounds = time_bounds(filters, self.time());
        let mut pruning: Vec<Expr> = vec![self.policy(&is_stored)];
        pruning.extend(filters.iter().filter(|f| f.column_refs().iter().all(|c| is_stored(&c.name))).cloned());
        let table = match &self.rows {
            Rows::Lake(table) => table.clone(),
            Rows::Held(batches) => LiveTable { fresh: batches.iter().cloned().map(Fresh::all).collect(), ..LiveTable::default() },
        };
        let input = scan(session, &table, &self.stored, &columns, &pruning, bounds)?;
        let mut seen: Vec<Field> = columns.iter().map(|i| self.stored.field(*i).clone()).collect();
        seen.extend(now.iter().map(|name| Field::new(name, DataType::Utf8View, true)));
        let seen = Arc::new(Schema::new(seen));
        let everything = filters.iter().cloned().fold(policy, Expr::and);
        let predicate = session.create_physical_expr(everything, &DFSchema::try_from(seen.as_ref().clone())?)?;
        let out = wanted.iter().map(|name| seen.index_of(name)).collect::<Result<Vec<_>, _>>()?;
        let work = Work { stored: columns.len(), seen, agents: self.agents.clone(), predicate, out, fingerprint: self.fingerprint.clone() };
        Ok(Arc::new(BarrierExec::try_new(input, work)?))
    }
}

/// A plan over secured tables of one scope. The only thing that the engine runs; it can't be made from outside this
/// crate, copied, or read from anywhere.
///
/// ```
/// fn holds(plan: parclose_query::SecuredPlan) -> parclose_query::SecuredPlan { plan }
/// ```
/// ```compile_fail,E0423
/// fn forged() -> parclose_query::SecuredPlan { parclose_query::SecuredPlan() }
/// ```
/// ```compile_fail,E0624
/// let make = parclose_query::SecuredPlan::new;
/// ```
/// ```compile_fail,E0616
/// fn look(plan: parclose_query::SecuredPlan) { let _ = plan.plan; }
/// ```
/// ```compile_fail,E0599
/// fn twice(plan: parclose_query::SecuredPlan) { let _ = plan.clone(); }
/// ```
/// ```compile_fail,E0603
/// use parclose_query::secured::SecuredTable;
/// ```
#[must_use]
pub struct SecuredPlan {
    plan: LogicalPlan,
    fingerprint: Arc<str>,
}

impl SecuredPlan {
    pub(crate) fn new(plan: LogicalPlan, scope: &RowScope<'_>) -> Self {
        Self { plan, fingerprint: scope.fingerprint().into() }
    }
    pub(crate) fn into_parts(self) -> (LogicalPlan, Arc<str>) {
        (self.plan, self.fingerprint)
    }
}

/// The last walk: every leaf of the plan that is about to run is a barrier of this scope (or holds no rows at all).
pub(crate) fn refuse_foreign_leaves(plan: &Arc<dyn ExecutionPlan>, fingerprint: &str) -> Result<()> {
    let children = plan.children();
    if children.is_empty() {
        let any: &dyn std::any::Any = plan.as_ref();
        let ok = match any.downcast_ref::<BarrierExec>() {
            Some(barrier) => barrier.fingerprint() == fingerprint,
            None => matches!(plan.name(), "EmptyExec" | "PlaceholderRowExec"),
        };
        return if ok { Ok(()) } else { Err(DataFusionError::Internal("a plan had a leaf that is not secured".into())) };
    }
    children.into_iter().try_for_each(|child| refuse_foreign_leaves(child, fingerprint))
}
