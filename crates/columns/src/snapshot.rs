//! Parts that belong together, and the conversations that have rows in more than one of them.

use crate::dictionary::Dictionary;
use crate::part::Part;
use parclose_model::{TableId, WorkspaceId};
use rustc_hash::FxHashMap;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;
use std::sync::Arc;

/// Marks a conversation's number as one that is known across parts.
pub(crate) const SHARED: u32 = 0x8000_0000;

/// The dictionaries of a table's columns, shared by all parts that were ever made.
#[derive(Debug)]
pub struct Dictionaries {
    table: TableId,
    columns: Vec<Dictionary>,
    keys: (u64, u64),
}

impl Dictionaries {
    /// Empty ones. `keys` are random: nobody outside can choose ids whose hashes are the same.
    pub fn new(table: TableId, keys: (u64, u64)) -> Self {
        Self { table, columns: table.columns().iter().map(|_| Dictionary::new(keys)).collect(), keys }
    }
    /// The table.
    pub fn table(&self) -> TableId {
        self.table
    }
    /// The dictionary of a column, by its position in the table.
    pub fn column(&self, at: usize) -> &Dictionary {
        &self.columns[at]
    }
    /// The key of a conversation: 128 bits of a keyed hash of its id, never 0.
    pub fn conversation_key(&self, id: &str) -> u128 {
        let mut hasher = SipHasher13::new_with_keys(self.keys.0, self.keys.1);
        hasher.write(id.as_bytes());
        hasher.finish128().as_u128().max(1)
    }
    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|d| d.read().bytes()).sum()
    }
}

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
            for other in &mut members {
                let mut theirs = Vec::new();
                common(&part, &other.part, &mut |key, here, there| {
                    let next = numbers.len() as u32;
                    let number = *numbers.entry(key).or_insert(next);
                    own.push((here, number));
                    theirs.push((there, number));
                });
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
    /// Bytes in memory, dictionaries included.
    pub fn bytes(&self) -> usize {
        self.members.iter().map(|m| m.part.bytes() + m.shared.len() * 8).sum::<usize>()
            + self.dictionaries.bytes()
            + self.numbers.capacity() * 32
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
fn common(a: &Part, b: &Part, found: &mut dyn FnMut(u128, u32, u32)) {
    let (mut i, mut j) = (0, 0);
    while i < a.keys.len() && j < b.keys.len() {
        match a.keys[i].cmp(&b.keys[j]) {
            std::cmp::Ordering::Less => i += gallop(&a.keys[i..], b.keys[j]),
            std::cmp::Ordering::Greater => j += gallop(&b.keys[j..], a.keys[i]),
            std::cmp::Ordering::Equal => {
                found(a.keys[i], a.numbers[i], b.numbers[j]);
                (i, j) = (i + 1, j + 1);
            }
        }
    }
}

/// How many keys in front are smaller: looks near first, so that a small part is cheap beside a large one.
fn gallop(keys: &[u128], than: u128) -> usize {
    let mut step = 1;
    while step < keys.len() && keys[step] < than {
        step *= 2;
    }
    let from = step / 2;
    from + keys[from..keys.len().min(step + 1)].partition_point(|key| *key < than)
}
