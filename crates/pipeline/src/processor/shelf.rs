//! Fresh rows in blocks of columns: rows that did not change stay in the columns that were made of them, so that a view costs as
//! much as changed since the last one, and not as much as there is.

use parclose_lake::{Fresh, LakeError, rows_to_batch, view_schema};
use parclose_model::{Row, TableId};
use std::collections::HashSet;
use std::sync::Arc;

/// More blocks than this are melted together: each costs every question a little.
const MOST_BLOCKS: usize = 8;

/// Rows that were made into columns together.
struct Block {
    rows: Vec<Arc<Row>>,
    fresh: Fresh,
}

/// The blocks of one table.
#[derive(Default)]
pub(super) struct Shelf {
    blocks: Vec<Block>,
}

/// A row by its place. Blocks hold their rows, so that no other row gets the place of one that is gone.
fn place(row: &Arc<Row>) -> usize {
    Arc::as_ptr(row) as usize
}

impl Shelf {
    /// Shows exactly these rows. A row is the same as before when it is the same thing (`Arc::ptr_eq`).
    pub fn show(&mut self, table: TableId, mut rows: Vec<Arc<Row>>) -> Result<Vec<Fresh>, LakeError> {
        let mut wanted: HashSet<usize> = rows.iter().map(place).collect();
        let mut kept = Vec::new();
        let mut loose: Vec<Arc<Row>> = Vec::new();
        for block in std::mem::take(&mut self.blocks) {
            let alive: Vec<bool> = block.rows.iter().map(|row| wanted.remove(&place(row))).collect();
            let fresh = Fresh::some(block.fresh.columns().clone(), alive)?;
            // A block of which more is gone than is left only takes room.
            if fresh.count() * 2 < block.rows.len() {
                loose.extend(alive_of(&block.rows, &fresh));
            } else {
                kept.push(Block { rows: block.rows, fresh });
            }
        }
        // What no block has is new.
        rows.retain(|row| wanted.remove(&place(row)));
        loose.extend(rows);
        // Blocks grow by halves and doubles: a row is made into columns anew a few times in its life, not with every view.
        kept.sort_by_key(|block| std::cmp::Reverse(block.fresh.count()));
        while let Some(last) = kept.pop() {
            let is_small = !loose.is_empty() && last.fresh.count() < loose.len() * 2;
            if is_small || kept.len() + 1 + usize::from(!loose.is_empty()) > MOST_BLOCKS {
                loose.extend(alive_of(&last.rows, &last.fresh));
            } else {
                kept.push(last);
                break;
            }
        }
        if !loose.is_empty() {
            let fresh = Fresh::all(rows_to_batch(table, &loose, view_schema(table))?);
            kept.push(Block { rows: loose, fresh });
        }
        self.blocks = kept;
        Ok(self.blocks.iter().map(|block| block.fresh.clone()).collect())
    }
}

fn alive_of<'a>(rows: &'a [Arc<Row>], fresh: &'a Fresh) -> impl Iterator<Item = Arc<Row>> + 'a {
    let is_alive = |at: usize| fresh.alive().is_none_or(|alive| alive.value(at));
    rows.iter().enumerate().filter(move |(at, _)| is_alive(*at)).map(|(_, row)| row.clone())
}

/// So many rows of before are looked at for one that is as it was.
const NEAR: usize = 16;

/// Rows of a unit that was computed anew, those that are as before as the same things as before. A unit keeps the order of its rows.
pub(super) fn reuse(rows: Vec<Row>, before: &[Arc<Row>]) -> Vec<Arc<Row>> {
    let mut at = 0;
    let of = |row: Row| {
        let near = before[at..].iter().take(NEAR).position(|own| **own == row);
        near.map_or_else(
            || Arc::new(row),
            |steps| {
                at += steps + 1;
                before[at - 1].clone()
            },
        )
    };
    rows.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parclose_lake::rows_from_batch;
    use proptest::prelude::*;

    const TABLE: TableId = TableId::Workload;

    fn row(n: u32) -> Row {
        let mut row = Row::empty(TABLE);
        row.set("agent_id", format!("agent {n}"));
        row
    }

    fn shown(fresh: &[Fresh]) -> Vec<String> {
        let mut all = Vec::new();
        for block in fresh {
            let rows = rows_from_batch(TABLE, &block.rows().expect("rows")).expect("rows");
            assert_eq!(rows.len(), block.count());
            all.extend(rows.iter().map(|row| row.get("agent_id").as_text().expect("a name").to_owned()));
        }
        all.sort();
        all
    }

    proptest! {
        /// Rows come and go in any order: what is shown is what there is, each once, in few blocks.
        #[test]
        fn what_is_shown_is_what_there_is(
            steps in prop::collection::vec((prop::collection::vec(any::<prop::sample::Index>(), 0..40), 0_u32..60), 1..25),
        ) {
            let mut shelf = Shelf::default();
            let (mut rows, mut next) = (Vec::<Arc<Row>>::new(), 0);
            for (gone, new) in steps {
                for at in gone.iter().filter(|_| !rows.is_empty()).map(|at| at.index(rows.len())).collect::<Vec<_>>() {
                    if at < rows.len() {
                        rows.swap_remove(at);
                    }
                }
                rows.extend((next..next + new).map(|n| Arc::new(row(n))));
                next += new;
                let fresh = shelf.show(TABLE, rows.clone()).expect("blocks");
                let mut expected: Vec<String> = rows.iter().map(|row| row.get("agent_id").as_text().expect("a name").to_owned()).collect();
                expected.sort();
                prop_assert_eq!(shown(&fresh), expected);
                prop_assert!(fresh.len() <= MOST_BLOCKS && fresh.iter().all(|block| block.count() > 0));
            }
        }

        #[test]
        fn rows_that_are_as_before_stay_the_same_things(
            before in prop::collection::vec(0_u32..9, 0..60),
            changed in prop::collection::vec((any::<prop::sample::Index>(), 0_u32..99), 0..9),
        ) {
            let old: Vec<Arc<Row>> = before.iter().map(|n| Arc::new(row(*n))).collect();
            let mut now = before.clone();
            changed.iter().filter(|_| !before.is_empty()).for_each(|(at, n)| now[at.index(before.len())] = *n);
            let new = reuse(now.iter().map(|n| row(*n)).collect(), &old);
            prop_assert_eq!(new.iter().map(|row| (**row).clone()).collect::<Vec<_>>(), now.iter().map(|n| row(*n)).collect::<Vec<_>>());
            if before == now {
                prop_assert!(new.iter().zip(&old).all(|(new, old)| Arc::ptr_eq(new, old)));
            }
        }
    }

    /// The logarithm of the number of views is 8 here; half of the views is 100.
    #[test]
    fn a_row_is_made_into_columns_a_few_times() {
        let (mut shelf, mut rows, mut made) = (Shelf::default(), Vec::<Arc<Row>>::new(), 0);
        for view in 0..200 {
            rows.extend((0..30).map(|n| Arc::new(row(view * 30 + n))));
            let before: Vec<_> = shelf.blocks.iter().map(|block| block.fresh.columns().clone()).collect();
            let fresh = shelf.show(TABLE, rows.clone()).expect("blocks");
            let new = fresh.iter().filter(|own| !before.iter().any(|known| Arc::ptr_eq(known, own.columns())));
            made += new.map(|own| own.columns().num_rows()).sum::<usize>();
        }
        assert!(made <= rows.len() * 10, "{made} for {}", rows.len());
    }

    #[test]
    fn what_does_not_change_is_not_made_anew() {
        let mut shelf = Shelf::default();
        let mut rows: Vec<Arc<Row>> = (0..1000).map(|n| Arc::new(row(n))).collect();
        let first = shelf.show(TABLE, rows.clone()).expect("blocks");
        rows[7] = Arc::new(row(5000));
        let second = shelf.show(TABLE, rows.clone()).expect("blocks");
        assert!(Arc::ptr_eq(first[0].columns(), second[0].columns()));
        assert_eq!(second.iter().map(Fresh::count).collect::<Vec<_>>(), [999, 1]);
        let third = shelf.show(TABLE, rows.split_off(600)).expect("blocks");
        assert_eq!(third.iter().map(Fresh::count).collect::<Vec<_>>(), [400], "more was gone than left");
        assert!(shelf.show(TABLE, Vec::new()).expect("blocks").is_empty());
    }
}
