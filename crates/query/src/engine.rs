//! Runs secured plans on DataFusion, with limits on memory, time and how many run at once.

use crate::results::Results;
use crate::secured::{SecuredPlan, refuse_foreign_leaves};
use crate::store::{PackedSettings, Store, View};
use datafusion::arrow::array::RecordBatch;
use datafusion::common::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionState;
use datafusion::physical_plan::collect;
use datafusion::prelude::SessionConfig;
use parclose_access::RowScope;
use parclose_lake::{Lake, Live};
use parclose_metrics::QueryError;
use parclose_model::WorkspaceId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Why a question has no answer. None of these carries data.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// The question is wrong.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The engine failed; the reason is in the log.
    #[error("the question could not be answered")]
    Failed,
    /// It took too long.
    #[error("the question took longer than allowed")]
    TooLong,
    /// It needed too much memory.
    #[error("the question needs more memory than allowed")]
    TooLarge,
}

impl From<DataFusionError> for EngineError {
    fn from(error: DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => EngineError::TooLarge,
            _ => {
                // Messages of the engine can hold literals of the question and names of columns; they stay here.
                tracing::error!(name: "query.failed", error = %error, "a plan failed");
                EngineError::Failed
            }
        }
    }
}

/// Up to this many rows the reports of a request share one pass through the barrier.
const ROWS_HELD: u64 = 400_000;

/// The query engine of one workspace.
pub struct Engine {
    workspace: WorkspaceId,
    lake: Arc<Lake>,
    state: SessionState,
    turns: Semaphore,
    longest: Duration,
    rows_held: u64,
    results: Results,
    store: Store,
}

impl Engine {
    /// The engine over the lake of this workspace; a scope of another workspace gets nothing from it.
    /// `memory_bytes` bounds what all running queries may hold for sorting and grouping.
    pub fn new(workspace: WorkspaceId, lake: Arc<Lake>, memory_bytes: usize, longest: Duration) -> Result<Self, EngineError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let mut config = SessionConfig::new().with_target_partitions(cores).with_batch_size(8192).with_information_schema(false);
        // Never let an error of a user's predicate depend on rows below the barrier: nothing is pushed through it, and
        // statistics below are not shown to the planner.
        config.options_mut().execution.collect_statistics = false;
        config.options_mut().execution.parquet.pushdown_filters = true;
        config.options_mut().optimizer.repartition_file_min_size = 4 << 20;
        let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(memory_bytes))).build_arc()?;
        let state = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features().build();
        let store = Store::new(&workspace, &PackedSettings::default());
        let turns = Semaphore::new((cores * 2).max(4));
        Ok(Self { results: Results::new(0), store, workspace, lake, state, turns, longest, rows_held: ROWS_HELD })
    }

    /// Changes how many rows the reports of a request may hold together; 0 answers each question by itself.
    pub fn with_rows_held(mut self, rows: u64) -> Self {
        self.rows_held = rows;
        self
    }

    /// Changes what the packed columns may take, and where they are kept.
    pub fn with_packed(mut self, settings: &PackedSettings) -> Self {
        self.store = Store::new(&self.workspace, settings);
        self
    }

    /// Memory that whole answers may take which are kept for who asks the same again; 0 keeps none.
    pub fn with_results(mut self, most_bytes: usize) -> Self {
        self.results = Results::new(most_bytes);
        self
    }

    pub(crate) fn results(&self) -> &Results {
        &self.results
    }

    /// The columns that the separation rules read, the most important first: what is packed from now on lies in their order.
    pub fn set_units(&self, columns: Vec<String>) {
        self.store.set_units(columns);
    }

    /// Bytes that the packed columns take: all, and those of them that are mapped from files, so that the system can take them
    /// out of memory and read them again.
    pub fn packed_bytes(&self) -> (usize, usize) {
        self.store.bytes()
    }

    /// Bytes and number of rollups.
    pub fn rollups(&self) -> (usize, usize) {
        let rollups = &self.store.rollups;
        (rollups.bytes(), rollups.count())
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
    pub(crate) fn lake(&self) -> &Lake {
        &self.lake
    }
    pub(crate) fn turns(&self) -> &Semaphore {
        &self.turns
    }
    pub(crate) fn longest(&self) -> Duration {
        self.longest
    }

    /// The rows that a request sees: one instant, packed as far as they are.
    pub(crate) async fn view(&self) -> (Arc<Live>, Option<Arc<View>>) {
        let mut view = self.view_now();
        if view.is_none() {
            self.store.wait_for_view().await;
            view = self.view_now();
        }
        match view {
            Some(view) => (view.live.clone(), Some(view)),
            None => (self.live(), None),
        }
    }

    fn view_now(&self) -> Option<Arc<View>> {
        // Before the first view of a server there are files only; what was packed then lacks rows that are not in files.
        self.store.view().filter(|view| view.live.version > 0 || self.live().version == 0)
    }

    pub(crate) fn rows_held(&self) -> u64 {
        self.rows_held
    }

    /// The first step of every question: a scope of another workspace is a mistake in the program, and gets no rows.
    pub(crate) fn admit(&self, scope: &RowScope<'_>) -> Result<(), EngineError> {
        if *scope.workspace() == self.workspace {
            return Ok(());
        }
        tracing::error!(name: "query.foreign_scope", "a scope of another workspace was refused");
        Err(EngineError::Failed)
    }

    /// The rows as of now. A request takes it once and answers everything from it.
    pub(crate) fn live(&self) -> Arc<Live> {
        self.lake.live()
    }

    /// What the newest view shows: (version of the data, position in the log, newest event in epoch ms).
    pub fn freshness(&self) -> (u64, u64, Option<i64>) {
        let live = self.live();
        (live.version, live.position, live.newest_event_ms)
    }

    /// Runs a plan to its end. Dropping the future cancels it.
    pub(crate) async fn run(&self, plan: SecuredPlan) -> Result<Vec<RecordBatch>, EngineError> {
        let (plan, fingerprint) = plan.into_parts();
        let _turn = self.turns.acquire().await.map_err(|_| EngineError::Failed)?;
        let work = async {
            let physical = self.state.create_physical_plan(&plan).await?;
            refuse_foreign_leaves(&physical, &fingerprint)?;
            Ok::<_, EngineError>(collect(physical, self.state.task_ctx()).await?)
        };
        tokio::time::timeout(self.longest, work).await.map_err(|_| EngineError::TooLong)?
    }
}
