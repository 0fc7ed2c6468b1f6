//! Whether a person's rows reach back far enough for a comparison with the period before.

use crate::engine::{Engine, EngineError};
use crate::expression::{column, in_range};
use crate::secured::{SecuredPlan, SecuredTable};
use crate::store::View;
use datafusion::logical_expr::LogicalPlanBuilder;
use parclose_access::RowScope;
use parclose_lake::Live;
use parclose_metrics::DataSet;
use parclose_model::WorkspaceSettings;
use std::sync::Arc;

const DAY_MS: i64 = 86_400_000;
/// A twentieth of a period, a day at most, may be without rows at its beginning: nobody calls at midnight of the first day.
const PARTS: i64 = 20;
/// Rows that are looked for lie at most so long before a period, or as long as it is: a department that was closed for longer
/// begins anew. Somebody without rows would otherwise have all of history searched with every dashboard.
const LOOK_BACK_MS: i64 = 35 * DAY_MS;

impl Engine {
    /// Whether the rows in scope of a data set cover a period from its beginning: one lies shortly before it, or in its first
    /// twentieth. `length_ms` is that of the whole range, also where only the part that is over is compared. Numbers of a period
    /// that began before the rows did can't be compared with.
    ///
    /// It is the time of the rows in scope: that of all rows would tell when other people's begin. Filters of a report do not
    /// matter: a queue that is new has grown.
    pub(crate) async fn covers_beginning(
        &self,
        scope: &RowScope<'_>,
        (live, view): (&Live, Option<&View>),
        settings: &WorkspaceSettings,
        data_set: DataSet,
        (from_ms, length_ms): (i64, i64),
    ) -> Result<bool, EngineError> {
        let within = (from_ms.saturating_sub(length_ms.max(LOOK_BACK_MS)), from_ms.saturating_add((length_ms / PARTS).min(DAY_MS)));
        if let Some(view) = view
            && let Some(found) = self.has_rows_packed(view, scope, settings, data_set, within).await
        {
            return found;
        }
        let table = Arc::new(SecuredTable::new(data_set, scope, live));
        let time = data_set.table().time_column();
        let plan = LogicalPlanBuilder::scan("rows", datafusion::datasource::provider_as_source(table), None)?
            .filter(in_range(time, within.0, within.1))?
            .project([column(time)])?
            .limit(0, Some(1))?
            .build()?;
        let batches = self.run(SecuredPlan::new(plan, scope)).await?;
        Ok(batches.iter().any(|batch| batch.num_rows() > 0))
    }
}
