//! Parts that belong together, and the conversations that have rows in more than one of them.

use crate::dictionaries::Dictionaries;
use crate::part::{Keys, Part};
use parclose_model::WorkspaceId;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Up to this many keys are looked for one by one.
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
    /// Where some rows are not there any more.
    pub alive: Option<Arc<Alive>>,
}

/// Which rows of a part there still are.
#[derive(Debug)]
pub(crate) struct Alive {
    /// 1 or 0 for each row, in the order of the part.
    rows: Box<[u8]>,
    /// The answer for all rows of a chunk, where it is the same.
    chunks: Box<[Option<bool>]>,
}

impl Alive {
    fn new(part: &Part, rows: Box<[u8]>) -> Self {
        let of = |chunk: &[u32]| {
            let own = &rows[chunk[0] as usize..chunk[1] as usize];
            let first = own.first().is_none_or(|one| *one != 0);
            own.iter().all(|one| (*one != 0) == first).then_some(first)
        };
        let chunks = part.starts.windows(2).map(of).collect();
        Self { rows, chunks }
    }
    pub fn whole(&self, chunk: usize) -> Option<bool> {
        self.chunks[chunk]
    }
    pub fn rows(&self, part: &Part, chunk: usize) -> &[u8] {
        &self.rows[part.starts[chunk] as usize..part.starts[chunk + 1] as usize]
    }
}

/// A part of which some rows may be gone: 1 for each row that is there, in the order of the part.
pub type WithMarks = (Arc<Part>, Option<Box<[u8]>>);

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
        self.with_marked(parts.into_iter().map(|part| (part, None)))
    }
    /// The same with parts of which rows are gone: no question finds these. Gives nothing also when marks do not fit their part.
    #[must_use]
    pub fn with_marked(&self, parts: impl IntoIterator<Item = WithMarks>) -> Option<Self> {
        let mut marks: FxHashMap<usize, Option<Box<[u8]>>> = FxHashMap::default();
        let mut numbers = self.numbers.as_ref().clone();
        let mut members: Vec<Member> = Vec::new();
        let mut fresh: Vec<Arc<Part>> = Vec::new();
        for (part, own) in parts {
            if own.as_ref().is_some_and(|own| own.len() != part.rows()) {
                return None;
            }
            marks.insert(Arc::as_ptr(&part) as usize, own);
            match self.members.iter().find(|m| Arc::ptr_eq(&m.part, &part)) {
                Some(known) => members.push(known.clone()),
                None => fresh.push(part),
            }
        }
        if fresh.iter().map(|part| part.keys.len()).sum::<usize>() < KEYS_ALONE {
            fresh.into_iter().for_each(|part| add(&mut members, &mut numbers, part));
        } else {
            add_many(&mut members, &mut numbers, fresh);
        }
        let mut base = 0_u64;
        for member in &mut members {
            member.base = u32::try_from(base).ok()?;
            base += member.part.conversations() as u64 + 1;
            let own = marks.remove(&(Arc::as_ptr(&member.part) as usize)).flatten();
            member.alive = own.map(|own| Arc::new(Alive::new(&member.part, own)));
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

/// Adds a part of few conversations: looks for each of them in all others.
fn add(members: &mut Vec<Member>, numbers: &mut FxHashMap<u128, u32>, part: Arc<Part>) {
    let mut own: Vec<(u32, u32)> = Vec::new();
    for other in members.iter_mut() {
        let mut theirs = Vec::new();
        for (key, here, there) in common(&part.keys, &other.part.keys) {
            let number = numbered(numbers, key);
            own.push((here, number));
            theirs.push((there, number));
        }
        add_shared(other, theirs);
    }
    let mut member = Member { part, base: 0, shared: Arc::default(), alive: None };
    add_shared(&mut member, own);
    members.push(member);
}

/// Adds parts of many conversations: compares everything with everything, by stretches of keys, on all threads.
fn add_many(members: &mut Vec<Member>, numbers: &mut FxHashMap<u128, u32>, parts: Vec<Arc<Part>>) {
    members.extend(parts.into_iter().map(|part| Member { part, base: 0, shared: Arc::default(), alive: None }));
    let found: Vec<Vec<(u128, u32, u32)>> = {
        let all: Vec<&Keys> = members.iter().map(|member| &member.part.keys).collect();
        (0..STRETCHES).into_par_iter().map(|stretch| in_several(&all, stretch)).collect()
    };
    let mut shared: Vec<Vec<(u32, u32)>> = vec![Vec::new(); members.len()];
    for (key, member, own) in found.into_iter().flatten() {
        shared[member as usize].push((own, numbered(numbers, key)));
    }
    for (member, mut own) in members.iter_mut().zip(shared) {
        own.sort_unstable();
        // What stays as it was stays the same thing: rollups know it by its place.
        if *member.shared != own {
            member.shared = Arc::new(own);
        }
    }
}

fn numbered(numbers: &mut FxHashMap<u128, u32>, key: u128) -> u32 {
    let next = numbers.len() as u32;
    *numbers.entry(key).or_insert(next)
}

/// Stretches of keys, by their highest byte. Keys are hashes: each stretch has about as many.
const STRETCHES: u128 = 256;

/// The keys of a stretch that several parts have: (key, part, number in that part), by key.
fn in_several(parts: &[&Keys], stretch: u128) -> Vec<(u128, u32, u32)> {
    let number = |bytes: &[u8; 16]| u128::from_le_bytes(*bytes);
    let runs: Vec<(usize, &Keys, std::ops::Range<usize>)> = parts
        .iter()
        .enumerate()
        .map(|(part, keys)| {
            let before = |end: u128| keys.keys().partition_point(|bytes| number(bytes) >> 120 < end);
            (part, *keys, before(stretch)..before(stretch + 1))
        })
        .collect();
    // Nearly all keys are in one part only. Those that may be in several are told apart by bits first, which takes a tenth of
    // the time that putting all of them in order would.
    let mut seen = Seen::new(runs.iter().map(|(_, _, run)| run.len()).sum());
    for (_, keys, run) in &runs {
        keys.keys()[run.clone()].iter().for_each(|bytes| seen.add(number(bytes)));
    }
    let mut all: Vec<(u128, u32, u32)> = Vec::new();
    for (part, keys, run) in runs {
        let again = run.filter(|at| seen.again(number(&keys.keys()[*at])));
        all.extend(again.map(|at| (number(&keys.keys()[at]), part as u32, keys.number(at))));
    }
    all.sort_unstable();
    all.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1).flatten().copied().collect()
}

/// Places for keys, by their low bits: whether a key, or another of the same place, came once and whether it came again.
struct Seen {
    once: Vec<u64>,
    again: Vec<u64>,
}

impl Seen {
    /// Sixteen places a key: of sixteen keys that came once, one is taken for a second.
    fn new(keys: usize) -> Self {
        let words = (keys * 16).next_power_of_two().max(64) / 64;
        Self { once: vec![0; words], again: vec![0; words] }
    }
    fn place(&self, key: u128) -> (usize, u64) {
        let place = key as usize & (self.once.len() * 64 - 1);
        (place / 64, 1 << (place % 64))
    }
    fn add(&mut self, key: u128) {
        let (word, bit) = self.place(key);
        self.again[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }
    fn again(&self, key: u128) -> bool {
        let (word, bit) = self.place(key);
        self.again[word] & bit != 0
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionaries::Dictionaries;
    use crate::part::PartBuilder;
    use parclose_model::TableId;

    /// Parts of conversations by number; in each, rows of a conversation are its number of the part many.
    fn part(dictionaries: &Dictionaries, conversations: &[u32]) -> Arc<Part> {
        let mut part = PartBuilder::new(TableId::Segments);
        part.batch(&conversations.iter().map(|n| dictionaries.conversation_key(&n.to_string())).collect::<Vec<_>>());
        Arc::new(part.build(&[]))
    }

    /// Which conversations of which part are shared, by key, whatever their number is.
    fn shared(snapshot: &Snapshot) -> Vec<Vec<u128>> {
        let key_of = |member: &Member, own: u32| {
            let keys = &member.part.keys;
            (0..keys.len()).find(|at| keys.number(*at) == own).map(|at| u128::from_le_bytes(keys.keys()[at])).unwrap_or_default()
        };
        let of = |member: &Member| {
            for (own, number) in member.shared.iter() {
                assert_eq!(snapshot.numbers.get(&key_of(member, *own)), Some(number));
            }
            let mut keys: Vec<u128> = member.shared.iter().map(|(own, _)| key_of(member, *own)).collect();
            keys.sort_unstable();
            keys
        };
        snapshot.members.iter().map(of).collect()
    }

    #[test]
    fn keys_that_fall_on_one_place_stay_apart() {
        let keys = |all: &[(u128, u32)]| Keys {
            keys: all.iter().flat_map(|(key, _)| key.to_le_bytes()).collect::<Vec<u8>>().into(),
            numbers: crate::disk::of_u32(&all.iter().map(|(_, number)| *number).collect::<Vec<_>>()),
        };
        let (one, two) = (keys(&[(7, 1), (1 << 64 | 5, 0)]), keys(&[(7, 3), (9, 1), (2 << 64 | 5, 0), (1 << 120 | 7, 2)]));
        assert_eq!(in_several(&[&one, &two], 0), [(7, 0, 1), (7, 1, 3)]);
        assert_eq!(in_several(&[&one, &two], 1), []);
    }

    #[test]
    fn many_parts_at_once_share_what_they_share_one_by_one() {
        let dictionaries = Arc::new(Dictionaries::new(TableId::Segments, (1, 2)));
        let parts: Vec<Arc<Part>> =
            (0..5_u32).map(|nth| part(&dictionaries, &(0..60).map(|n| (n * (nth + 3)) % 97).collect::<Vec<_>>())).collect();
        let empty = Snapshot::empty(WorkspaceId::new("acme"), dictionaries);
        let one_by_one = empty.with_parts(parts.clone()).unwrap();
        let mut members = Vec::new();
        let mut numbers = FxHashMap::default();
        add_many(&mut members, &mut numbers, parts[..2].to_vec());
        let before = members[0].shared.clone();
        add_many(&mut members, &mut numbers, Vec::new());
        assert!(Arc::ptr_eq(&before, &members[0].shared), "what stays as it was stays");
        add_many(&mut members, &mut numbers, parts[2..].to_vec());
        let at_once = Snapshot { members, numbers: Arc::new(numbers), ..empty };
        assert_eq!(shared(&at_once), shared(&one_by_one));
        assert!(shared(&at_once).iter().all(|keys| keys.len() > 10));
    }
}
