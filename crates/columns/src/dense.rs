//! The columns of one chunk, decoded: all of its rows, or those that were picked. Decoded once however many ask.

use crate::part::Part;
use crate::snapshot::{Member, SHARED};
use crate::stored::Stored;

/// Where in which part.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub member: &'a Member,
    pub chunk: usize,
    pub rows: usize,
}

impl<'a> At<'a> {
    pub fn part(&self) -> &'a Part {
        &self.member.part
    }
    /// A column as it is stored. One that is not kept has no values: plans over it are refused before.
    pub fn stored(&self, column: usize) -> Stored<'a> {
        self.part().columns[column].as_ref().map_or(Stored::NOTHING, |own| own.values.stored(self.chunk, self.rows))
    }
}

#[derive(Debug)]
struct Slot<T> {
    epoch: u64,
    values: Vec<T>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { epoch: 0, values: Vec::new() }
    }
}

/// Decoded columns; the memory is used again for the next chunk.
#[derive(Debug)]
pub(crate) struct Dense {
    epoch: u64,
    codes: Vec<Slot<u32>>,
    ints: Vec<Slot<i64>>,
    conversations: Slot<u32>,
}

impl Dense {
    pub fn new(columns: usize) -> Self {
        Self {
            epoch: 1,
            codes: (0..columns).map(|_| Slot::default()).collect(),
            ints: (0..columns).map(|_| Slot::default()).collect(),
            conversations: Slot::default(),
        }
    }
    /// Forgets what was decoded: another chunk, or other rows.
    pub fn next(&mut self) {
        self.epoch += 1;
    }
    /// Makes [`codes`](Self::codes) ready. A column that is not kept reads as "no value": plans over it are refused before.
    pub fn want_codes(&mut self, column: usize, at: At<'_>, sel: Option<&[u32]>) {
        let slot = &mut self.codes[column];
        if slot.epoch != self.epoch {
            slot.epoch = self.epoch;
            match &at.part().columns[column] {
                Some(c) => c.values.codes(at.chunk, at.rows, sel, &mut slot.values),
                None => fill(&mut slot.values, 0, at, sel),
            }
        }
    }
    /// Makes [`ints`](Self::ints) ready.
    pub fn want_ints(&mut self, column: usize, at: At<'_>, sel: Option<&[u32]>) {
        let slot = &mut self.ints[column];
        if slot.epoch != self.epoch {
            slot.epoch = self.epoch;
            match &at.part().columns[column] {
                Some(c) => c.values.ints(at.chunk, at.rows, sel, &mut slot.values),
                None => fill(&mut slot.values, crate::packed::NULL_INT, at, sel),
            }
        }
    }
    /// Makes [`conversations`](Self::conversations) ready.
    pub fn want_conversations(&mut self, at: At<'_>, sel: Option<&[u32]>) {
        if self.conversations.epoch == self.epoch {
            return;
        }
        self.conversations.epoch = self.epoch;
        let packed = &at.part().conversation;
        let base = at.member.base + 1;
        let own = &mut self.conversations.values;
        packed.codes_after(base, at.chunk, at.rows, sel, own);
        let Some((first, last)) = packed.bounds(at.chunk) else { return };
        let shared = &at.member.shared;
        let from = shared.partition_point(|(number, _)| i64::from(*number) < first);
        let to = shared.partition_point(|(number, _)| i64::from(*number) <= last);
        let here = &shared[from..to];
        if here.is_empty() {
            return;
        }
        for value in own.iter_mut().filter(|v| **v != 0) {
            let number = *value - base;
            if let Ok(found) = here.binary_search_by_key(&number, |(own, _)| *own) {
                *value = SHARED | here[found].1;
            }
        }
    }
    pub fn codes(&self, column: usize) -> &[u32] {
        &self.codes[column].values
    }
    pub fn ints(&self, column: usize) -> &[i64] {
        &self.ints[column].values
    }
    /// Numbers of conversations: 0 for none, with [`SHARED`] for those that have rows in other parts.
    pub fn conversations(&self) -> &[u32] {
        &self.conversations.values
    }
}

fn fill<T: Copy>(values: &mut Vec<T>, with: T, at: At<'_>, sel: Option<&[u32]>) {
    values.clear();
    values.resize(sel.map_or(at.rows, <[u32]>::len), with);
}
