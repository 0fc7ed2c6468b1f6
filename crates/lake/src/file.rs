//! One Parquet file of a table: its name carries what pruning needs, so that no file has to be opened to skip it.

use crate::LakeError;
use crate::schema::{OPEN, PART};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use bytes::Bytes;
use deltalake_core::kernel::{Add, Remove};
use parclose_model::TableId;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::collections::HashMap;
use std::sync::Arc;

/// A file of the table, as committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LakeFile {
    /// Path inside the table's folder: `part=2026-11/<min>-<max>-<rows>-<uuid>.parquet`, instants in epoch ms.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// Smallest and largest value of the table's time column, epoch milliseconds. Rows without one count as 0.
    pub range_ms: (i64, i64),
    /// Partition: a month, or `open`.
    pub part: String,
}

impl LakeFile {
    /// Reads a committed path back.
    pub(crate) fn parse(path: &str, size: u64) -> Result<Self, LakeError> {
        let foreign = || LakeError::ForeignFile(path.to_owned());
        let (part, name) = path.strip_prefix("part=").and_then(|p| p.split_once('/')).ok_or_else(foreign)?;
        let mut pieces = name.splitn(4, '_');
        let mut number = || pieces.next().and_then(|p| p.parse::<i64>().ok()).ok_or_else(foreign);
        let (min, max, rows) = (number()?, number()?, number()?);
        Ok(Self { path: path.into(), size, rows: rows as u64, range_ms: (min, max), part: part.into() })
    }
    /// True for the file of units that are not finished: the live view serves these from memory.
    pub fn is_open(&self) -> bool {
        self.part == OPEN
    }
    pub(crate) fn overlaps(&self, from_ms: i64, to_ms: i64) -> bool {
        self.range_ms.0 <= to_ms && from_ms <= self.range_ms.1
    }
    fn partition_values(&self) -> HashMap<String, Option<String>> {
        HashMap::from([(PART.to_owned(), Some(self.part.clone()))])
    }
    pub(crate) fn add(&self, table: TableId, now_ms: i64, data_change: bool) -> Add {
        let instant = |ms: i64| {
            jiff::Timestamp::from_millisecond(ms).map(|t| format!("{t:.3}")).unwrap_or_else(|_| "1970-01-01T00:00:00.000Z".into())
        };
        let column = table.time_column();
        let stats = serde_json::json!({
            "numRecords": self.rows,
            "minValues": {column: instant(self.range_ms.0)},
            "maxValues": {column: instant(self.range_ms.1)},
            "nullCount": {},
        });
        Add {
            path: self.path.clone(),
            partition_values: self.partition_values(),
            size: self.size as i64,
            modification_time: now_ms,
            data_change,
            stats: Some(stats.to_string()),
            ..Default::default()
        }
    }
    pub(crate) fn remove(&self, now_ms: i64, data_change: bool) -> Remove {
        Remove {
            path: self.path.clone(),
            data_change,
            deletion_timestamp: Some(now_ms),
            extended_file_metadata: Some(true),
            partition_values: Some(self.partition_values()),
            size: Some(self.size as i64),
            ..Default::default()
        }
    }
}

/// Encodes batches (stored schema, already in order) as Parquet and names the file.
pub(crate) fn encode(table: TableId, part: &str, batches: &[RecordBatch]) -> Result<(LakeFile, Bytes), LakeError> {
    let time = table.index_time();
    let (mut min, mut max, mut rows) = (i64::MAX, i64::MIN, 0u64);
    for batch in batches {
        rows += batch.num_rows() as u64;
        let instants = batch.column(time).as_primitive::<TimestampMicrosecondType>();
        for at in 0..instants.len() {
            let ms = if instants.is_null(at) { 0 } else { instants.value(at).div_euclid(1000) };
            (min, max) = (min.min(ms), max.max(ms));
        }
    }
    // Bloom filters and page indexes cost more than they give at these sizes; row-group statistics prune.
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(64 * 1024))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    let schema = crate::stored_schema(table);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties))?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.close()?;
    let name = format!("part={part}/{min}_{max}_{rows}_{}.parquet", uuid::Uuid::now_v7());
    Ok((LakeFile { path: name, size: bytes.len() as u64, rows, range_ms: (min, max), part: part.into() }, bytes.into()))
}

/// Decodes a file: all columns, or only those named.
pub(crate) fn decode(bytes: Bytes, columns: Option<&[&str]>) -> Result<Vec<RecordBatch>, LakeError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes)?;
    let builder = match columns {
        Some(names) => {
            let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
            builder.with_projection(mask)
        }
        None => builder,
    };
    Ok(builder.with_batch_size(8192).build()?.collect::<Result<_, _>>()?)
}

trait TimeIndex {
    fn index_time(self) -> usize;
}
impl TimeIndex for TableId {
    fn index_time(self) -> usize {
        self.index_of(self.time_column()).unwrap_or_default()
    }
}

/// Rows whose unit is not in `units`.
pub(crate) fn without_units(batches: Vec<RecordBatch>, keep: impl Fn(&str) -> bool) -> Result<Vec<RecordBatch>, LakeError> {
    let mut kept = Vec::new();
    for batch in batches {
        let Some(units) = batch.column_by_name("unit_key") else { continue };
        let units = arrow::compute::cast(units, &arrow::datatypes::DataType::Utf8)?;
        let units = units.as_string::<i32>();
        let mask: arrow::array::BooleanArray = (0..units.len()).map(|at| Some(units.is_null(at) || keep(units.value(at)))).collect();
        let batch = arrow::compute::filter_record_batch(&batch, &mask)?;
        if batch.num_rows() > 0 {
            kept.push(batch);
        }
    }
    Ok(kept)
}

/// All rows of the batches in order of the table's time column, then unit, as one batch.
pub(crate) fn in_order(table: TableId, batches: &[RecordBatch]) -> Result<RecordBatch, LakeError> {
    let schema = crate::stored_schema(table);
    let all = arrow::compute::concat_batches(&schema, batches)?;
    let by =
        |name: &str| arrow::compute::SortColumn { values: Arc::clone(all.column(table.index_of(name).unwrap_or_default())), options: None };
    let order = arrow::compute::lexsort_to_indices(&[by(table.time_column()), by("unit_key")], None)?;
    Ok(arrow::compute::take_record_batch(&all, &order)?)
}

/// Writes some columns of rows as a plain Parquet file beside the lake, for other programs.
pub fn write_parquet(table: TableId, rows: &[Arc<parclose_model::Row>], columns: &[&str], path: &std::path::Path) -> Result<(), LakeError> {
    let batch = crate::rows_to_batch(table, rows, crate::stored_schema(table))?;
    let positions: Vec<usize> = columns.iter().filter_map(|name| table.index_of(name)).collect();
    let batch = batch.project(&positions)?;
    let file = std::fs::File::create(path).map_err(|source| LakeError::Folder { path: path.into(), source })?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?)).build();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}
