//! The rows themselves: the newest of a question's rows, some columns of them, a page at a time.

use crate::buckets::positions;
use crate::dense::{At, Dense};
use crate::mask::Mask;
use crate::packed::NULL_INT;
use crate::part::Part;
use crate::plan::Plan;
use crate::question::Refused;
use parclose_model::{Cell, ColumnType};
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows of one instant and of pages before it that are put in order here at most.
const MOST_CANDIDATES: usize = 50_000;

/// Which rows of a question, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The columns, by name.
    pub columns: Vec<&'static str>,
    /// Rows before the page.
    pub skip: usize,
    /// Rows of the page at most.
    pub take: usize,
    /// No row of the page is older (epoch ms): what [`Question::nth_newest`](crate::Question::nth_newest) said.
    pub oldest_ms: i64,
}

struct Found {
    time: i64,
    /// Decides among rows of one instant.
    id: Option<String>,
    member: usize,
    chunk: usize,
    row: u32,
}

impl Plan {
    /// Rows of a question of this plan in the order of time, newest first, then by `segment_id`. Rows outside of the scope are
    /// masked out before any other column is looked at, as in [`Plan::run`].
    pub fn rows(&self, question: usize, page: &Page, cancelled: &AtomicBool) -> Result<Vec<Vec<Cell>>, Refused> {
        let asked = match self.questions.get(question) {
            Some(Ok(asked)) => asked,
            Some(Err(refused)) => return Err(*refused),
            None => return Err(Refused::NotHere),
        };
        let table = self.snapshot.dictionaries.table();
        let time = table.index_of(table.time_column()).ok_or(Refused::NotHere)?;
        let order = table.index_of("segment_id").ok_or(Refused::NotHere)?;
        let columns: Vec<usize> = page.columns.iter().map(|name| table.index_of(name).ok_or(Refused::NotHere)).collect::<Result<_, _>>()?;
        self.all_kept(columns.iter().chain([&order]))?;
        let newer = Mask::Ints { column: time, from: page.oldest_ms, to: i64::MAX };
        let set = &self.row_sets[asked.row_set];
        let mask = Mask::and([set.mask.clone(), newer]);
        let may_be_newer = |part: &Part| part.range.is_none_or(|(_, last)| last >= page.oldest_ms);
        let mut found = Vec::new();
        let (mut dense, mut ones, mut rows) = (Dense::new(table.columns().len()), Vec::new(), Vec::new());
        let members = self.snapshot.members.iter().enumerate();
        for (number, member) in members.filter(|(_, member)| set.may_be_in(&member.part) && may_be_newer(&member.part)) {
            for chunk in 0..member.part.chunks() {
                if cancelled.load(Ordering::Relaxed) {
                    return Err(Refused::Cancelled);
                }
                let at = At { member, chunk, rows: member.part.rows_of(chunk) };
                if mask.whole(at) == Some(false) {
                    continue;
                }
                dense.next();
                mask.evaluate(at, None, &mut dense, &mut ones);
                positions(&ones, &mut rows);
                if found.len() + rows.len() > MOST_CANDIDATES {
                    return Err(Refused::NotHere);
                }
                found.extend(rows.iter().map(|row| Found {
                    time: number_of(at, time, *row),
                    id: text_of(self, at, order, *row),
                    member: number,
                    chunk,
                    row: *row,
                }));
            }
        }
        // Rows without an id come last.
        found.sort_unstable_by(|a, b| b.time.cmp(&a.time).then_with(|| a.id.is_none().cmp(&b.id.is_none())).then_with(|| a.id.cmp(&b.id)));
        let wanted = found.iter().skip(page.skip).take(page.take);
        Ok(wanted
            .map(|place| {
                let member = &self.snapshot.members[place.member];
                let at = At { member, chunk: place.chunk, rows: member.part.rows_of(place.chunk) };
                columns.iter().map(|column| self.cell(at, *column, place.row)).collect()
            })
            .collect())
    }

    /// Refuses when some part has a column neither packed nor as ids.
    fn all_kept<'c>(&self, mut columns: impl Iterator<Item = &'c usize>) -> Result<(), Refused> {
        let here = |column: usize| {
            self.snapshot.parts().all(|part| part.columns[column].is_some() || part.ids.iter().any(|ids| ids.column == column))
        };
        if columns.all(|column| here(*column)) { Ok(()) } else { Err(Refused::NotHere) }
    }

    fn cell(&self, at: At<'_>, column: usize, row: u32) -> Cell {
        let ty = self.snapshot.dictionaries.table().columns()[column].ty;
        match ty {
            ColumnType::Text => text_of(self, at, column, row).map_or(Cell::Null, |text| Cell::from(text.as_str())),
            _ => match (number_of(at, column, row), ty) {
                (NULL_INT, _) => Cell::Null,
                (ms, ColumnType::Instant) => Cell::Instant(ms),
                (number, _) => Cell::Whole(number),
            },
        }
    }
}

fn number_of(at: At<'_>, column: usize, row: u32) -> i64 {
    let mut out = Vec::with_capacity(1);
    if let Some(column) = &at.part().columns[column] {
        column.values.ints(at.chunk, at.rows, Some(&[row]), &mut out);
    }
    out.first().copied().unwrap_or(NULL_INT)
}

fn text_of(plan: &Plan, at: At<'_>, column: usize, row: u32) -> Option<String> {
    if at.part().columns[column].is_some() {
        let code = number_of(at, column, row);
        return if code == NULL_INT { None } else { plan.snapshot.dictionaries.column(column).read().get(code as u32).map(str::to_owned) };
    }
    let ids = at.part().ids.iter().find(|ids| ids.column == column)?;
    if !ids.by_conversation {
        return ids.texts.get(at.part().starts[at.chunk] as usize + row as usize);
    }
    let mut number = Vec::with_capacity(1);
    at.part().conversation.ints(at.chunk, at.rows, Some(&[row]), &mut number);
    number.first().filter(|number| **number >= 0).and_then(|number| ids.texts.get(*number as usize))
}
