//! Parts that belong together, and the conversations that have rows in more than one of them.

use crate::dictionaries::Dictionaries;
use crate::part::{Keys, Part};
use parclose_model::WorkspaceId;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// From this many keys on, several threads compare them.
const KEYS_ALONE: usize = 20_000;
/// Marks a conversation's number as one that is known across parts.
pub(crate) const SHARED: u32 = 0x8000_0000;

/// A part among others.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub part: Arc<Part>,
    /// Added to the part's numbers of conversations, so that they differ from those of other parts.
    pub base: u32,
    /// Conversations with rows in other parts too: (number in this part, number among shared ones), in order.
    pub shared: Arc<Vec<(u32, u32)>>,
}

/// All rows of a table as of one instant. Immutable.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) workspace: WorkspaceId,
    pub(crate) dictionaries: Arc<Dictionaries>,
    pub(crate) members: Vec<Member>,
    /// Numbers of shared conversations, by key.
    numbers: Arc<FxHashMap<u128, u32>>,
}

impl Snapshot {
    /// No row yet.
    pub fn empty(workspace: WorkspaceId, dictionaries: Arc<Dictionaries>) -> Self {
        Self { workspace, dictionaries, members: Vec::new(), numbers: Arc::default() }
    }
    /// The same workspace with these parts. What was found out about parts that stay is kept. Gives nothing when there are
    /// more conversations than can be numbered.
    #[must_use]
    pub fn with_parts(&self, parts: impl IntoIterator<Item = Arc<Part>>) -> Option<Self> {
        let mut numbers = self.numbers.as_ref().clone();
        let mut members: Vec<Member> = Vec::new();
        let mut fresh = Vec::new();
        for part in parts {
            match self.members.iter().find(|m| Arc::ptr_eq(&m.part, &part)) {
                Some(known) => members.push(known.clone()),
                None => fresh.push(part),
            }
        }
        for part in fresh {
            let mut own: Vec<(u32, u32)> = Vec::new();
            // Long lists are compared on all threads; what is found is numbered in the order of the parts.
            let found = |other: &Member| common(&part.keys, &other.part.keys);
            let all: Vec<Vec<(u128, u32, u32)>> = if part.keys.len() < KEYS_ALONE {
                members.iter().map(found).collect()
            } else {
                members.par_iter().map(found).collect()
            };
            for (other, found) in members.iter_mut().zip(all) {
                let mut theirs = Vec::with_capacity(found.len());
                for (key, here, there) in found {
                    let next = numbers.len() as u32;
                    let number = *numbers.entry(key).or_insert(next);
                    own.push((here, number));
                    theirs.push((there, number));
                }
                add_shared(other, theirs);
            }
            let mut member = Member { part, base: 0, shared: Arc::default() };
            add_shared(&mut member, own);
            members.push(member);
        }
        let mut base = 0_u64;
        for member in &mut members {
            member.base = u32::try_from(base).ok()?;
            base += member.part.conversations() as u64 + 1;
        }
        (base < u64::from(SHARED)).then(|| Self { members, numbers: Arc::new(numbers), ..self.clone() })
    }
    /// The parts.
    pub fn parts(&self) -> impl Iterator<Item = &Arc<Part>> {
        self.members.iter().map(|m| &m.part)
    }
    /// Rows.
    pub fn rows(&self) -> usize {
        self.parts().map(|p| p.rows()).sum()
    }
    /// Bytes, dictionaries included: all, and those of them that are mapped from files, so that the system can drop and read
    /// them again.
    pub fn bytes(&self) -> (usize, usize) {
        let own = self.dictionaries.bytes() + self.numbers.capacity() * 32;
        let parts = self.members.iter().map(|m| (m.part.bytes(), m.shared.len() * 8));
        parts.fold((own, 0), |sum, ((all, mapped), shared)| (sum.0 + all + shared, sum.1 + mapped))
    }
}

fn add_shared(member: &mut Member, more: Vec<(u32, u32)>) {
    if more.is_empty() {
        return;
    }
    let mut all = member.shared.as_ref().clone();
    all.extend(more);
    all.sort_unstable();
    all.dedup();
    member.shared = Arc::new(all);
}

/// Conversations with rows in both parts: (key, number in the first, number in the second).
fn common(a: &Keys, b: &Keys) -> Vec<(u128, u32, u32)> {
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    let (keys, others) = (a.keys(), b.keys());
    let key = |bytes: &[u8; 16]| u128::from_le_bytes(*bytes);
    while i < keys.len() && j < others.len() {
        let (here, there) = (key(&keys[i]), key(&others[j]));
        match here.cmp(&there) {
            std::cmp::Ordering::Less => i += gallop(&keys[i..], there),
            std::cmp::Ordering::Greater => j += gallop(&others[j..], here),
            std::cmp::Ordering::Equal => {
                found.push((here, a.number(i), b.number(j)));
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    found
}

/// How many keys in front are smaller: looks near first, so that a small part is cheap beside a large one.
fn gallop(keys: &[[u8; 16]], than: u128) -> usize {
    let smaller = |key: &[u8; 16]| u128::from_le_bytes(*key) < than;
    let mut step = 1;
    while step < keys.len() && smaller(&keys[step]) {
        step *= 2;
    }
    let from = step / 2;
    from + keys[from..keys.len().min(step + 1)].partition_point(smaller)
}
