//! What can only be seen from inside: raw buffers behind the barrier, plans as they are shown, foreign leaves.

use crate::barrier::{BarrierExec, Work};
use crate::engine::{Engine, EngineError};
use crate::expression::column;
use crate::secured::{SecuredPlan, SecuredTable, refuse_foreign_leaves};
use datafusion::arrow::array::{Array, ArrayData, ArrayRef, DictionaryArray, Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{LogicalPlanBuilder, Operator};
use datafusion::physical_expr::expressions::{binary, col, lit};
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::filter_pushdown::FilterPushdownPhase;
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr, collect, displayable};
use parclose_access::actions::ReadRows;
use parclose_access::{Caller, Door, Means, OpCtx, Policy, RowScope, StoredPolicy, VerifiedPerson, Workspace};
use parclose_lake::{Change, Fresh, Lake, Live, LiveTable, rows_to_batch, view_schema};
use parclose_metrics::DataSet;
use parclose_model::{Cell, PersonId, Row, TableId, WorkspaceId};
use std::sync::Arc;
use std::time::Duration;

const CANARY: &str = "canary of a hidden row, long enough for a shared buffer";

fn in_buffers(data: &ArrayData) -> bool {
    let find = |bytes: &[u8]| bytes.windows(6).any(|w| w == b"canary");
    data.buffers().iter().any(|b| find(b.as_slice())) || data.child_data().iter().any(in_buffers)
}

fn holds_canary(batches: &[RecordBatch]) -> bool {
    batches.iter().flat_map(|b| b.columns()).any(|c| in_buffers(&c.to_data()))
}

fn memory(batches: Vec<Vec<RecordBatch>>) -> Arc<dyn ExecutionPlan> {
    let schema = batches[0][0].schema();
    MemorySourceConfig::try_new_exec(&batches, schema, None).unwrap()
}

fn rows(hidden: &[bool]) -> RecordBatch {
    let text: Vec<&str> = hidden.iter().map(|h| if *h { CANARY } else { "a visible text, also long enough for a buffer" }).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("unit", Arc::new(hidden.iter().map(|h| Some(i64::from(*h))).collect::<Int64Array>())),
        ("text", Arc::new(StringViewArray::from(text.clone()))),
        ("dictionary", Arc::new(text.into_iter().collect::<DictionaryArray<Int32Type>>())),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// A barrier that lets rows of unit 0 through.
fn barrier(input: Arc<dyn ExecutionPlan>, fingerprint: &str) -> Arc<dyn ExecutionPlan> {
    let seen = input.schema();
    let predicate: Arc<dyn PhysicalExpr> = binary(col("unit", &seen).unwrap(), Operator::Eq, lit(0_i64), &seen).unwrap();
    let work = Work { stored: 3, seen, agents: Default::default(), predicate, out: vec![1, 2], fingerprint: fingerprint.into() };
    Arc::new(BarrierExec::try_new(input, work).unwrap())
}

async fn out_of(plan: Arc<dyn ExecutionPlan>) -> Vec<RecordBatch> {
    collect(plan, Arc::new(TaskContext::default())).await.unwrap()
}

#[tokio::test]
async fn hidden_bytes_do_not_ride_along() {
    let input = rows(&[true, false, true, false, false, true]);
    assert!(holds_canary(std::slice::from_ref(&input)), "the test looks where the bytes are");
    let visible_only = rows(&[false; 6]);
    let out = out_of(barrier(memory(vec![vec![input, visible_only]]), "f")).await;
    assert_eq!(out.iter().map(RecordBatch::num_rows).sum::<usize>(), 9);
    assert!(!holds_canary(&out));
    // Slices of one shared buffer, as readers of Parquet give them.
    let slice = rows(&[true, true, false, false]).slice(2, 2);
    assert!(!holds_canary(&out_of(barrier(memory(vec![vec![slice]]), "f")).await));
}

#[tokio::test]
async fn hidden_rows_leave_no_empty_batches() {
    let all_hidden = rows(&[true; 10]);
    assert!(out_of(barrier(memory(vec![vec![all_hidden.clone(), all_hidden.clone()]]), "f")).await.is_empty());
    // Where the hidden rows were can't be told from how the batches are cut.
    let out = out_of(barrier(memory(vec![vec![rows(&[false]), all_hidden.clone(), rows(&[false, false]), all_hidden]]), "f")).await;
    assert_eq!(out.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [3]);
}

#[test]
fn the_barrier_is_sealed_and_shows_nothing() {
    let input = memory(vec![vec![rows(&[true, false])]]);
    let node = barrier(input.clone(), "secret fingerprint");
    assert!(node.children().is_empty());
    #[allow(deprecated)] // required of every node still
    let changed = node.clone().with_new_children(vec![input]);
    assert!(changed.is_err());
    assert!(node.metrics().is_none() && node.fetch().is_none() && node.with_fetch(Some(1)).is_none() && !node.supports_limit_pushdown());
    for text in [displayable(node.as_ref()).indent(true).to_string(), displayable(node.as_ref()).tree_render().to_string()] {
        assert!(!["unit", "fingerprint", "DataSource", "Memory"].iter().any(|word| text.contains(word)), "{text}");
    }
    let parent: Arc<dyn PhysicalExpr> = lit(true);
    let down = node.gather_filters_for_pushdown(FilterPushdownPhase::Pre, vec![parent], &Default::default()).unwrap();
    assert!(down.parent_filters().is_empty(), "nothing goes below");
}

#[test]
fn a_leaf_that_is_not_this_scopes_barrier_is_refused() {
    let foreign = memory(vec![vec![rows(&[true])]]);
    let own = barrier(foreign.clone(), "own");
    let project = Arc::new(Schema::new(vec![Field::new("text", DataType::Utf8View, true)]));
    assert!(refuse_foreign_leaves(&own, "own").is_ok());
    assert!(refuse_foreign_leaves(&(Arc::new(EmptyExec::new(project)) as Arc<dyn ExecutionPlan>), "own").is_ok());
    assert!(refuse_foreign_leaves(&foreign, "own").is_err());
    assert!(refuse_foreign_leaves(&own, "other").is_err());
    let both = UnionExec::try_new(vec![own.clone(), barrier(foreign, "other")]).unwrap();
    assert!(refuse_foreign_leaves(&both, "own").is_err());
    let twice = UnionExec::try_new(vec![own.clone(), own]).unwrap();
    assert!(refuse_foreign_leaves(&twice, "own").is_ok());
}

fn caller() -> Caller {
    let person = VerifiedPerson {
        workspace: WorkspaceId::new("acme"),
        person: PersonId::new("p1"),
        login: "d".into(),
        display_name: "D".into(),
        roles: vec!["supervisor".into(), "wfo.data_analyst".into()],
        attributes: Default::default(),
        means: Means::Session { id: "s".into() },
    };
    Door::for_tests().caller(person).unwrap()
}

fn scope<'c>(ctx: &'c OpCtx<'c>, team: &str) -> RowScope<'c> {
    let yaml = format!(
        "version: 1\nrules: [{{name: r, effect: grant, data_sets: [conversations], where: {{attribute: handling_team_name, in: [{team}]}}}}]"
    );
    let policy = Policy::loaded(WorkspaceId::new("acme"), Ok::<_, ()>(Some(StoredPolicy { version: 1, yaml })));
    policy.scope(&ctx.authorize(ReadRows, &Workspace::of(ctx.caller())).unwrap())
}

/// A lake with a file and fresh rows, half of them hidden from team A.
async fn engine(folder: &std::path::Path) -> Engine {
    let row = |n: i64| {
        let mut row = Row::empty(TableId::Segments);
        row.set("kind", "Conversation");
        row.set("segment_start", Cell::Instant(n * 1000));
        row.set("handling_team_name", if n % 2 == 0 { "A" } else { "B" });
        row.set("customer_name", if n % 2 == 0 { "somebody with quite a long name".to_owned() } else { format!("{CANARY} {n}") });
        Arc::new(row)
    };
    let lake = Lake::open(folder).await.unwrap();
    let table = lake.table(TableId::Segments);
    table.commit(Change { closed: (0..500).map(row).collect(), position: 1, ..Change::default() }, 0).await.unwrap();
    let fresh: Vec<_> = (500..1000).map(row).collect();
    let fresh = vec![Fresh::all(rows_to_batch(TableId::Segments, &fresh, view_schema(TableId::Segments)).unwrap())];
    let segments = LiveTable { folder: table.folder().to_owned(), files: table.closed_files(), merged: table.merged(), fresh };
    lake.publish(Live { tables: [(TableId::Segments, segments)].into(), ..Live::default() });
    Engine::new(WorkspaceId::new("acme"), Arc::new(lake), 64 << 20, Duration::from_secs(60)).unwrap()
}

fn plan_of(table: SecuredTable, scope: &RowScope<'_>) -> SecuredPlan {
    let source = datafusion::datasource::provider_as_source(Arc::new(table));
    let plan = LogicalPlanBuilder::scan("rows", source, None).unwrap().project([column("customer_name"), column("segment_start")]).unwrap();
    SecuredPlan::new(plan.build().unwrap(), scope)
}

#[tokio::test]
async fn batches_from_the_lake_hold_no_hidden_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path()).await;
    let caller = caller();
    let ctx = OpCtx::new(&caller, "r", 0);
    let (a, b) = (scope(&ctx, "A"), scope(&ctx, "B"));
    let out = engine.run(plan_of(SecuredTable::new(DataSet::Conversations, &a, &engine.live()), &a)).await.unwrap();
    assert_eq!(out.iter().map(RecordBatch::num_rows).sum::<usize>(), 500);
    assert!(!holds_canary(&out));
    let out = engine.run(plan_of(SecuredTable::new(DataSet::Conversations, &b, &engine.live()), &b)).await.unwrap();
    assert!(holds_canary(&out), "team B sees its own");
}

#[tokio::test]
async fn a_table_of_one_scope_does_not_run_under_another() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path()).await;
    let caller = caller();
    let ctx = OpCtx::new(&caller, "r", 0);
    let (a, b) = (scope(&ctx, "A"), scope(&ctx, "B"));
    let table = SecuredTable::new(DataSet::Conversations, &b, &engine.live());
    assert!(matches!(engine.run(plan_of(table, &a)).await, Err(EngineError::Failed)));
}

#[tokio::test]
async fn a_count_without_columns_counts_rows_in_scope() {
    let seen = rows(&[true]).schema();
    let input = memory(vec![vec![rows(&[true, false, false]), rows(&[true]), rows(&[false])]]);
    let predicate: Arc<dyn PhysicalExpr> = binary(col("unit", &seen).unwrap(), Operator::Eq, lit(0_i64), &seen).unwrap();
    let work = Work { stored: 3, seen, agents: Default::default(), predicate, out: Vec::new(), fingerprint: "f".into() };
    let out = out_of(Arc::new(BarrierExec::try_new(input, work).unwrap())).await;
    assert_eq!(out.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [3]);
}
