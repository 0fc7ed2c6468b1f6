//! Whether there is a row at all.

use crate::dense::{At, Dense};
use crate::plan::Plan;
use crate::question::Refused;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, Ordering};

impl Plan {
    /// Whether a question of this plan has a row, whatever it asks of it. Parts are looked at from the newest on; in each, chunks
    /// that have a row for certain are seen without being read, and the first row ends the search. The scope is in the mask, as in
    /// [`Plan::run`].
    pub fn has_rows(&self, question: usize, cancelled: &AtomicBool) -> Result<bool, Refused> {
        let asked = match self.questions.get(question) {
            Some(Ok(asked)) => asked,
            Some(Err(refused)) => return Err(*refused),
            None => return Err(Refused::NotHere),
        };
        let set = &self.row_sets[asked.row_set];
        let mask = &set.mask;
        let mut members: Vec<_> = self.snapshot.members.iter().filter(|member| set.may_be_in(&member.part)).collect();
        members.sort_by_key(|member| Reverse(member.part.range));
        let (mut dense, mut ones) = (Dense::new(self.snapshot.dictionaries.table().columns().len()), Vec::new());
        let mut perhaps = Vec::new();
        for member in members {
            perhaps.clear();
            for chunk in 0..member.part.chunks() {
                let at = At { member, chunk, rows: member.part.rows_of(chunk) };
                match mask.whole(at) {
                    Some(true) if at.rows > 0 => return Ok(true),
                    None => perhaps.push(at),
                    _ => {}
                }
            }
            for at in &perhaps {
                if cancelled.load(Ordering::Relaxed) {
                    return Err(Refused::Cancelled);
                }
                dense.next();
                mask.evaluate_mixed(*at, None, &mut dense, &mut ones);
                if ones.contains(&1) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
