//! Rows to Arrow batches and back.

use crate::LakeError;
use arrow::array::{
    Array, ArrayRef, AsArray, Float64Builder, Int64Builder, RecordBatch, StringBuilder, StringViewBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef, TimestampMicrosecondType};
use parclose_model::{Cell, ColumnType, Row, TableId};
use std::borrow::Borrow;
use std::sync::Arc;

/// Makes one batch of rows. The schema is [`stored_schema`](crate::stored_schema) or [`view_schema`](crate::view_schema);
/// a cell that does not fit its column's type becomes null.
pub fn rows_to_batch<R: Borrow<Row>>(table: TableId, rows: &[R], schema: SchemaRef) -> Result<RecordBatch, LakeError> {
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for (index, column) in table.columns().iter().enumerate() {
        let cells = rows.iter().map(|row| &row.borrow().cells()[index]);
        columns.push(match column.ty {
            ColumnType::Text if schema.field(index).data_type() == &DataType::Utf8View => {
                let mut b = StringViewBuilder::with_capacity(rows.len()).with_deduplicate_strings();
                cells.for_each(|cell| b.append_option(cell.as_text()));
                Arc::new(b.finish())
            }
            ColumnType::Text => {
                let mut b = StringBuilder::new();
                cells.for_each(|cell| b.append_option(cell.as_text()));
                Arc::new(b.finish())
            }
            ColumnType::Whole => {
                let mut b = Int64Builder::with_capacity(rows.len());
                cells.for_each(|cell| b.append_option(cell.as_whole()));
                Arc::new(b.finish())
            }
            ColumnType::Number => {
                let mut b = Float64Builder::with_capacity(rows.len());
                cells.for_each(|cell| {
                    b.append_option(match cell {
                        // Not a number compares differently in files' statistics and in filters.
                        Cell::Number(n) => Some(*n).filter(|n| n.is_finite()),
                        Cell::Whole(n) => Some(*n as f64),
                        _ => None,
                    })
                });
                Arc::new(b.finish())
            }
            ColumnType::Instant => {
                let mut b = TimestampMicrosecondBuilder::with_capacity(rows.len()).with_timezone("UTC");
                cells.for_each(|cell| b.append_option(cell.as_instant().and_then(|ms| ms.checked_mul(1000))));
                Arc::new(b.finish())
            }
        });
    }
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
