//! Whether a person's rows reach back far enough for a comparison with the period before.

use crate::engine::{Engine, EngineError};
use crate::expression::{column, instant};
use crate::secured::{SecuredPlan, SecuredTable};
use crate::store::View;
use crate::time::ResolvedRange;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use parclose_access::RowScope;
use parclose_lake::Live;
use parclose_metrics::DataSet;
use parclose_model::WorkspaceSettings;
use std::sync::Arc;

/// Of a period of so many days one may be without rows at its beginning: nobody calls at midnight of the first.
const DAYS_FOR_ONE: i64 = 20;

impl Engine {
    /// Whether the rows in scope of a data set cover a period from its beginning: there is one before it, or in its first
    /// twentieth. A sum over a period that began before the rows did is smaller than the period was.
    ///
    /// It is the time of the rows in scope: that of all rows would tell when other people's begin. Filters of a report do not
    /// matter: a queue that is new has grown.
    pub(crate) async fn covers_beginning(
        &self,
        scope: &RowScope<'_>,
        (live, view): (&Live, Option<&View>),
        settings: &WorkspaceSettings,
        data_set: DataSet,
        period: &ResolvedRange,
    ) -> Result<bool, EngineError> {
        let until_ms = period.from_ms.saturating_add((period.to_ms - period.from_ms) / DAYS_FOR_ONE);
        if let Some(view) = view
            && let Some(found) = self.has_rows_packed(view, scope, settings, data_set, until_ms).await
        {
            return found;
        }
        let table = Arc::new(SecuredTable::new(data_set, scope, live));
        let before: Expr = column(data_set.table().time_column()).lt(instant(until_ms));
        let plan = LogicalPlanBuilder::scan("rows", datafusion::datasource::provider_as_source(table), None)?
            .filter(before)?
            .limit(0, Some(1))?
            .build()?;
        let batches = self.run(SecuredPlan::new(plan, scope)).await?;
        Ok(batches.iter().any(|batch| batch.num_rows() > 0))
    }
}
