//! From the lake's files and fresh rows to packed parts.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema, TimestampMicrosecondType};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use datafusion::parquet::file::metadata::ParquetMetaData;
use parclose_columns::{Dictionaries, NULL_CODE, NULL_INT, Part, PartBuilder};
use parclose_lake::LakeFile;
use parclose_model::{ColumnType, TableId};
use std::path::Path;

/// Columns with a value of their own in almost every row: a dictionary of them is larger than they are, and nobody counts by
/// them. Questions about them go to the lake.
const NOT_KEPT: &[&str] = &["unit_key", "segment_id", "task_id"];
/// Those of them that lists of segments show.
const SHOWN: &[&str] = &["segment_id", CONVERSATION];
const CONVERSATION: &str = "conversation_id";
/// Rows that are decoded at once: a row group of ours.
const ROWS: usize = 64 * 1024;

/// Why a part could not be made. For the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    #[error("a file of the lake could not be opened: {0}")]
    Open(#[from] std::io::Error),
    #[error("a file of the lake could not be read: {0}")]
    Parquet(#[from] datafusion::parquet::errors::ParquetError),
    #[error("rows could not be decoded: {0}")]
    Arrow(#[from] datafusion::arrow::error::ArrowError),
}

/// The part of a committed file.
pub(super) fn file(folder: &Path, file: &LakeFile, dictionaries: &Dictionaries, units: &[usize]) -> Result<Part, LoadError> {
    let table = dictionaries.table();
    let opened = std::fs::File::open(folder.join(&file.path))?;
    let options = ArrowReaderOptions::new().with_schema(std::sync::Arc::new(with_dictionaries(table)));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(opened, options)?;
    let wanted: Vec<usize> = (0..table.columns().len())
        .filter(|at| is_kept(table, *at) || is_shown(table, *at) || table.columns()[*at].name == CONVERSATION)
        .filter(|at| has_values(builder.metadata(), table.columns()[*at].name))
        .collect();
    let names: Vec<&str> = wanted.iter().map(|at| table.columns()[*at].name).collect();
    let mask = ProjectionMask::columns(builder.parquet_schema(), names);
    let mut part = PartBuilder::new(table);
    for batch in builder.with_projection(mask).with_batch_size(ROWS).build()? {
        add(&mut part, &batch?, dictionaries)?;
    }
    mark_not_kept(&mut part, table);
    Ok(part.build(units))
}

/// The part of rows that are not in files yet, and which row of the batch each of its rows is.
pub(super) fn fresh(batch: &RecordBatch, dictionaries: &Dictionaries, units: &[usize]) -> Result<(Part, Vec<u32>), LoadError> {
    let mut part = PartBuilder::new(dictionaries.table());
    add(&mut part, batch, dictionaries)?;
    mark_not_kept(&mut part, dictionaries.table());
    Ok(part.build_in_order(units))
}

fn is_kept(table: TableId, at: usize) -> bool {
    let column = &table.columns()[at];
    column.ty != ColumnType::Number && column.name != CONVERSATION && !NOT_KEPT.contains(&column.name)
}

/// Ids that are kept to be shown.
fn is_shown(table: TableId, at: usize) -> bool {
    table == TableId::Segments && SHOWN.contains(&table.columns()[at].name)
}

fn mark_not_kept(part: &mut PartBuilder, table: TableId) {
    (0..table.columns().len()).filter(|at| !is_kept(table, *at) && !is_shown(table, *at)).for_each(|at| part.not_kept(at));
}

/// The stored schema, texts as dictionaries: the files hold them so, and each value is then looked at once.
fn with_dictionaries(table: TableId) -> Schema {
    let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields = parclose_lake::stored_schema(table);
    let field = |f: &std::sync::Arc<Field>| {
        // Ids are as many as rows: a dictionary of them is work for nothing.
        let is_id = NOT_KEPT.contains(&f.name().as_str()) || f.name() == CONVERSATION;
        if f.data_type() == &DataType::Utf8 && !is_id { Field::new(f.name(), text.clone(), true) } else { f.as_ref().clone() }
    };
    Schema::new(fields.fields().iter().map(field).collect::<Vec<_>>())
}

/// False when the file's statistics say that the column has no value at all.
fn has_values(metadata: &ParquetMetaData, name: &str) -> bool {
    metadata.row_groups().iter().any(|group| {
        let column = group.columns().iter().find(|c| c.column_path().string() == name);
        let nulls = column.and_then(|c| c.statistics()).and_then(|s| s.null_count_opt());
        nulls != Some(group.num_rows() as u64)
    })
}

fn add(part: &mut PartBuilder, batch: &RecordBatch, dictionaries: &Dictionaries) -> Result<(), LoadError> {
    let table = dictionaries.table();
    let conversations = match batch.column_by_name(CONVERSATION) {
        Some(ids) => keys(ids, dictionaries)?,
        None => vec![0; batch.num_rows()],
    };
    part.batch(&conversations);
    for (at, column) in table.columns().iter().enumerate() {
        let Some(array) = batch.column_by_name(column.name).filter(|a| a.null_count() < a.len()) else { continue };
        if is_shown(table, at) {
            let texts = cast(array, &DataType::Utf8View)?;
            part.ids(at, texts.as_string_view().iter());
        }
        if !is_kept(table, at) {
            continue;
        }
        match column.ty {
            ColumnType::Text => match codes(array, at, dictionaries)? {
                Some(codes) => part.codes(at, &codes),
                None => part.not_kept(at),
            },
            ColumnType::Whole => {
                let values = array.as_primitive::<Int64Type>();
                let known = (0..values.len())
                    .map(|row| if values.is_null(row) { Some(NULL_INT) } else { Some(values.value(row)).filter(|v| *v != NULL_INT) });
                match known.collect::<Option<Vec<_>>>() {
                    Some(values) => part.ints(at, &values),
                    // A number that means "no value" here: the lake knows the difference.
                    None => part.not_kept(at),
                }
            }
            ColumnType::Instant => {
                let values = array.as_primitive::<TimestampMicrosecondType>();
                let ms = (0..values.len()).map(|row| if values.is_null(row) { NULL_INT } else { values.value(row).div_euclid(1000) });
                part.ints(at, &ms.collect::<Vec<_>>());
            }
            ColumnType::Number => {}
        }
    }
    Ok(())
}

/// For each row of a text array what `of` gives for its text; a text of a dictionary is looked at once.
fn each<T: Copy>(
    array: &ArrayRef,
    none: T,
    of: impl FnOnce(&mut dyn Iterator<Item = Option<&str>>) -> Option<Vec<T>>,
) -> Result<Option<Vec<T>>, LoadError> {
    if let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() {
        let values = cast(dictionary.values(), &DataType::Utf8)?;
        let values = values.as_string::<i32>();
        let Some(known) = of(&mut values.iter()) else { return Ok(None) };
        let keys = dictionary.keys();
        let of_row = |row: usize| if keys.is_null(row) { none } else { known.get(keys.value(row) as usize).copied().unwrap_or(none) };
        return Ok(Some((0..keys.len()).map(of_row).collect()));
    }
    let texts = cast(array, &DataType::Utf8View)?;
    Ok(of(&mut texts.as_string_view().iter()))
}

fn codes(array: &ArrayRef, at: usize, dictionaries: &Dictionaries) -> Result<Option<Vec<u32>>, LoadError> {
    each(array, NULL_CODE, |texts| dictionaries.column(at).intern(texts))
}

fn keys(array: &ArrayRef, dictionaries: &Dictionaries) -> Result<Vec<u128>, LoadError> {
    let keys = each(array, 0, |texts| Some(texts.map(|id| id.map_or(0, |id| dictionaries.conversation_key(id))).collect()))?;
    Ok(keys.unwrap_or_default())
}
