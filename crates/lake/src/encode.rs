//! Rows to Arrow batches and back.

use crate::LakeError;
use arrow::array::{
    Array, ArrayRef, AsArray, Float64Builder, Int64Builder, RecordBatch, StringBuilder, StringViewBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef, TimestampMicrosecondType};
use parclose_model::{Cell, ColumnType, Row, TableId};
use std::borrow::Borrow;
use std::sync::Arc;

/// Rows that are taken together, column by column: so many fit into a processor's nearest memory. Taking a whole
/// column of all rows first means to fetch each row from afar once for every column.
const ROWS_TOGETHER: usize = 128;

/// A column that grows.
enum Growing {
    View(StringViewBuilder),
    Text(StringBuilder),
    Whole(Int64Builder),
    Number(Float64Builder),
    Instant(TimestampMicrosecondBuilder),
}

impl Growing {
    fn new(ty: ColumnType, stored: &DataType, rows: usize) -> Self {
        match ty {
            ColumnType::Text if stored == &DataType::Utf8View => {
                Growing::View(StringViewBuilder::with_capacity(rows).with_deduplicate_strings())
            }
            ColumnType::Text => Growing::Text(StringBuilder::with_capacity(rows, 0)),
            ColumnType::Whole => Growing::Whole(Int64Builder::with_capacity(rows)),
            ColumnType::Number => Growing::Number(Float64Builder::with_capacity(rows)),
            ColumnType::Instant => Growing::Instant(TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC")),
        }
    }
    fn take<'c>(&mut self, cells: impl Iterator<Item = &'c Cell>) {
        match self {
            Growing::View(b) => cells.for_each(|cell| b.append_option(cell.as_text())),
            Growing::Text(b) => cells.for_each(|cell| b.append_option(cell.as_text())),
            Growing::Whole(b) => cells.for_each(|cell| b.append_option(cell.as_whole())),
            Growing::Number(b) => cells.for_each(|cell| {
                b.append_option(match cell {
                    // Not a number compares differently in files' statistics and in filters.
                    Cell::Number(n) => Some(*n).filter(|n| n.is_finite()),
                    Cell::Whole(n) => Some(*n as f64),
                    _ => None,
                });
            }),
            Growing::Instant(b) => cells.for_each(|cell| b.append_option(cell.as_instant().and_then(|ms| ms.checked_mul(1000)))),
        }
    }
    fn finish(&mut self) -> ArrayRef {
        match self {
            Growing::View(b) => Arc::new(b.finish()),
            Growing::Text(b) => Arc::new(b.finish()),
            Growing::Whole(b) => Arc::new(b.finish()),
            Growing::Number(b) => Arc::new(b.finish()),
            Growing::Instant(b) => Arc::new(b.finish()),
        }
    }
}

/// Makes one batch of rows. The schema is [`stored_schema`](crate::stored_schema) or [`view_schema`](crate::view_schema);
/// a cell that does not fit its column's type becomes null.
pub fn rows_to_batch<R: Borrow<Row>>(table: TableId, rows: &[R], schema: SchemaRef) -> Result<RecordBatch, LakeError> {
    let columns = table.columns().iter().zip(schema.fields());
    let mut columns: Vec<Growing> = columns.map(|(column, field)| Growing::new(column.ty, field.data_type(), rows.len())).collect();
    for some in rows.chunks(ROWS_TOGETHER) {
        for (index, column) in columns.iter_mut().enumerate() {
            column.take(some.iter().map(|row| &row.borrow().cells()[index]));
        }
    }
    let columns = columns.iter_mut().map(Growing::finish).collect();
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// Reads the rows of a batch that has the table's columns by name (any text representation).
pub fn rows_from_batch(table: TableId, batch: &RecordBatch) -> Result<Vec<Row>, LakeError> {
    let mut rows = vec![Row::empty(table); batch.num_rows()];
    for (index, column) in table.columns().iter().enumerate() {
        let Some(array) = batch.column_by_name(column.name) else { continue };
        let array = if column.ty == ColumnType::Text { arrow::compute::cast(array, &DataType::Utf8)? } else { array.clone() };
        for (at, row) in rows.iter_mut().enumerate() {
            if array.is_null(at) {
                continue;
            }
            row.set_at(
                index,
                match column.ty {
                    ColumnType::Text => Cell::Text(array.as_string::<i32>().value(at).into()),
                    ColumnType::Whole => Cell::Whole(array.as_primitive::<Int64Type>().value(at)),
                    ColumnType::Number => Cell::Number(array.as_primitive::<Float64Type>().value(at)),
                    ColumnType::Instant => Cell::Instant(array.as_primitive::<TimestampMicrosecondType>().value(at).div_euclid(1000)),
                },
            );
        }
    }
    Ok(rows)
}
