//! Arrow and Delta schemas, made from the model's columns.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use deltalake_core::kernel::{DataType as DeltaType, StructField};
use parclose_model::{ColumnType, TableId};
use std::sync::Arc;

/// Name of the partition column: a month (`2026-11`) for closed units, [`OPEN`] for rows that the next commit replaces.
pub const PART: &str = "part";
/// Value of [`PART`] for the rows of units that are not finished.
pub const OPEN: &str = "open";

fn arrow_type(ty: ColumnType, text: DataType) -> DataType {
    match ty {
        ColumnType::Text => text,
        ColumnType::Whole => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

fn schema(table: TableId, text: DataType) -> SchemaRef {
    let fields: Vec<Field> = table.columns().iter().map(|c| Field::new(c.name, arrow_type(c.ty, text.clone()), true)).collect();
    Arc::new(Schema::new(fields))
}

/// The schema of the Parquet files (without the partition column, as Delta wants it).
pub fn stored_schema(table: TableId) -> SchemaRef {
    schema(table, DataType::Utf8)
}

/// The schema in which queries see the rows: text as views, which group and filter faster.
pub fn view_schema(table: TableId) -> SchemaRef {
    schema(table, DataType::Utf8View)
}

/// The table's columns for Delta's metadata, partition column last.
pub(crate) fn delta_fields(table: TableId) -> Vec<StructField> {
    let mut fields: Vec<StructField> = table
        .columns()
        .iter()
        .map(|c| {
            let ty = match c.ty {
                ColumnType::Text => DeltaType::STRING,
                ColumnType::Whole => DeltaType::LONG,
                ColumnType::Number => DeltaType::DOUBLE,
                ColumnType::Instant => DeltaType::TIMESTAMP,
            };
            StructField::new(c.name, ty, true)
        })
        .collect();
    fields.push(StructField::new(PART, DeltaType::STRING, true));
    fields
}
