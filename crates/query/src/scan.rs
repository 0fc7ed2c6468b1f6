//! Reading below the barrier: Parquet files of the lake and fresh rows in memory, pruned by what is leak-proof.

use crate::expression::leak_proof;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, Operator};
use datafusion::object_store::path::Path as StorePath;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::union::UnionExec;
use parclose_lake::LiveTable;
use std::sync::Arc;

/// The instants (epoch ms, inclusive) that the filters leave open for the table's time column.
pub(crate) fn time_bounds(filters: &[Expr], time: &str) -> (i64, i64) {
    let mut bounds = (i64::MIN, i64::MAX);
    for filter in filters {
        narrow(filter, time, &mut bounds);
    }
    bounds
}

fn narrow(e: &Expr, time: &str, bounds: &mut (i64, i64)) {
    let Expr::BinaryExpr(b) = e else { return };
    if b.op == Operator::And {
        narrow(&b.left, time, bounds);
        narrow(&b.right, time, bounds);
        return;
    }
    let (Expr::Column(c), Expr::Literal(ScalarValue::TimestampMicrosecond(Some(us), _), _)) = (b.left.as_ref(), b.right.as_ref()) else {
        return;
    };
    if c.name != time {
        return;
    }
    let ms = us.div_euclid(1000);
    match b.op {
        Operator::Gt | Operator::GtEq => bounds.0 = bounds.0.max(ms),
        Operator::Lt | Operator::LtEq => bounds.1 = bounds.1.min(ms),
        Operator::Eq => *bounds = (bounds.0.max(ms), bounds.1.min(ms)),
        _ => {}
    }
}

/// Rows that the scan would read at most, from the names of files alone.
pub(crate) fn rows_at_most(table: &LiveTable, bounds: (i64, i64)) -> u64 {
    let files: u64 = table.files.iter().filter(|f| f.range_ms.1 >= bounds.0 && f.range_ms.0 <= bounds.1).map(|f| f.rows).sum();
    files + table.fresh.iter().map(|fresh| fresh.count() as u64).sum::<u64>()
}

/// The plan that reads `columns` (positions in `schema`). `pruning` may skip rows, files and row groups and is
/// allowed to do nothing: the barrier evaluates everything again.
pub(crate) fn scan(
    session: &dyn Session,
    table: &LiveTable,
    schema: &SchemaRef,
    columns: &[usize],
    pruning: &[Expr],
    bounds: (i64, i64),
) -> Result<Arc<dyn ExecutionPlan>> {
    let mut parts: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
    let files: Vec<_> = table.files.iter().filter(|f| f.range_ms.1 >= bounds.0 && f.range_ms.0 <= bounds.1).collect();
    let partitions = session.config().options().execution.target_partitions.max(1);
    if !files.is_empty() {
        let folder = std::path::absolute(&table.folder)?;
        let mut groups = vec![Vec::new(); partitions.min(files.len())];
        let count = groups.len();
        for (at, file) in files.iter().enumerate() {
            let location = StorePath::from_absolute_path(folder.join(&file.path))?;
            groups[at % count].push(PartitionedFile::new_from_meta(datafusion::object_store::ObjectMeta {
                location,
                last_modified: Default::default(),
                size: file.size,
                e_tag: None,
                version: None,
            }));
        }
        let url = ObjectStoreUrl::local_filesystem();
        let store = session.runtime_env().object_store(&url)?;
        let cache = session.runtime_env().cache_manager.get_file_metadata_cache();
        let mut source = ParquetSource::new(schema.clone())
            .with_parquet_file_reader_factory(Arc::new(CachedParquetFileReaderFactory::new(store, cache)))
            .with_pushdown_filters(true);
        if let Some(predicate) = conjunction(pruning, schema) {
            let df_schema = DFSchema::try_from(schema.as_ref().clone())?;
            source = source.with_predicate(session.create_physical_expr(predicate, &df_schema)?);
        }
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups.into_iter().map(FileGroup::new).collect())
            .with_projection_indices(Some(columns.to_vec()))?
            .build();
        let exec: Arc<dyn ExecutionPlan> = DataSourceExec::from_data_source(config);
        let spread = exec.repartitioned(partitions, session.config().options().as_ref())?;
        parts.push(spread.unwrap_or(exec));
    }
    if !table.fresh.is_empty() {
        let fresh = table.fresh_rows().map_err(|error| DataFusionError::External(Box::new(error)))?;
        parts.push(MemorySourceConfig::try_new_exec(&[fresh], schema.clone(), Some(columns.to_vec()))?);
    }
    Ok(match parts.len() {
        0 => Arc::new(EmptyExec::new(Arc::new(schema.project(columns)?))),
        1 => parts.remove(0),
        _ => UnionExec::try_new(parts)?,
    })
}

fn conjunction(filters: &[Expr], schema: &Schema) -> Option<Expr> {
    filters.iter().filter(|f| leak_proof(f, schema)).cloned().reduce(Expr::and)
}
