//! A row of a table as plain values, before it becomes Arrow.

use crate::columns::TableId;
use std::sync::Arc;

/// One value. The variant must fit the column's [`ColumnType`](crate::ColumnType).
#[derive(Debug, Clone, PartialEq, PartialOrd, Default)]
pub enum Cell {
    /// No value: unknown, or not applicable for this kind of row.
    #[default]
    Null,
    /// Text, at most 128 characters for attributes from outside.
    Text(Arc<str>),
    /// Whole number: seconds for times, counts for counts.
    Whole(i64),
    /// A number with a fraction (`conversation_measure_*`).
    Number(f64),
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Instant(i64),
}

impl Cell {
    // Called for every cell of every row by other crates: without `inline` each is a call across crates.

    /// The text, if it is one.
    #[inline]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The whole number, if it is one.
    #[inline]
    pub fn as_whole(&self) -> Option<i64> {
        match self {
            Cell::Whole(number) => Some(*number),
            _ => None,
        }
    }
    /// The instant in epoch milliseconds, if it is one.
    #[inline]
    pub fn as_instant(&self) -> Option<i64> {
        match self {
            Cell::Instant(ms) => Some(*ms),
            _ => None,
        }
    }
    /// True for [`Cell::Null`].
    #[inline]
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Null)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.into())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text.into())
    }
}
impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Cell::Whole(number)
    }
}
impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

/// A row of one table: a cell for each of its columns, in the table's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    table: TableId,
    cells: Vec<Cell>,
}

impl Row {
    /// A row of nulls.
    pub fn empty(table: TableId) -> Self {
        Self { table, cells: vec![Cell::Null; table.columns().len()] }
    }
    /// The table that it belongs to.
    #[inline]
    pub fn table(&self) -> TableId {
        self.table
    }
    /// The cells in the order of `table().columns()`.
    #[inline]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
    /// Sets a column by name.
    ///
    /// # Panics
    /// When the table has no such column: names are literals of this code base, never input.
    #[inline]
    pub fn set(&mut self, column: &str, value: impl Into<Cell>) {
        let index = self.index(column);
        self.cells[index] = value.into();
    }
    /// The cell of a column by name. Panics like [`Row::set`].
    #[inline]
    pub fn get(&self, column: &str) -> &Cell {
        &self.cells[self.index(column)]
    }
    /// Sets by position in `table().columns()`.
    #[inline]
    pub fn set_at(&mut self, index: usize, value: Cell) {
        self.cells[index] = value;
    }
    #[inline]
    fn index(&self, column: &str) -> usize {
        self.table
            .index_of(column)
            .unwrap_or_else(|| panic!("table {:?} has no column {column}", self.table))
    }
}
