//! Whether there is a row at all.

use crate::dense::{At, Dense};
use crate::plan::Plan;
use crate::question::Refused;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, Ordering};

impl Plan {
    /// Whether a question of this plan has a row, whatever it asks of it. Chunks that have one for certain are seen without being
    /// read; of the others the newest come first, and the first row ends the search. The scope is in the mask, as in
    /// [`Plan::run`].
    pub fn has_rows(&self, question: usize, cancelled: &AtomicBool) -> Result<bool, Refused> {
        let asked = match self.questions.get(question) {
            Some(Ok(asked)) => asked,
            Some(Err(refused)) => return Err(*refused),
            None => return Err(Refused::NotHere),
        };
        let mask = &self.row_sets[asked.row_set].mask;
        let table = self.snapshot.dictionaries.table();
        let time = table.index_of(table.time_column()).ok_or(Refused::NotHere)?;
        let mut perhaps = Vec::new();
        for member in &self.snapshot.members {
            for chunk in 0..member.part.chunks() {
                let at = At { member, chunk, rows: member.part.rows_of(chunk) };
                match mask.whole(at) {
                    Some(true) if at.rows > 0 => return Ok(true),
                    None => {
                        let newest = at.part().columns[time].as_ref().and_then(|own| own.values.bounds(chunk)).map(|(_, most)| most);
                        perhaps.push((Reverse(newest), at));
                    }
                    _ => {}
                }
            }
        }
        perhaps.sort_by_key(|(newest, _)| *newest);
        let (mut dense, mut ones) = (Dense::new(table.columns().len()), Vec::new());
        for (_, at) in perhaps {
            if cancelled.load(Ordering::Relaxed) {
                return Err(Refused::Cancelled);
            }
            dense.next();
            mask.evaluate_mixed(at, None, &mut dense, &mut ones);
            if ones.contains(&1) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
