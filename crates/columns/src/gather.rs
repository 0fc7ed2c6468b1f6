//! What one question collects while rows go by, and how two collections become one.
//!
//! Everything collected is whole: sums of whole numbers, counts, sets. So the order in which chunks are taken, and the number
//! of threads, can't be seen in an answer.

use crate::packed::NULL_INT;
use crate::plan::Measure;
use crate::snapshot::SHARED;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Bits of one bit set at most, for counting different values in arrays.
const MOST_BITS: usize = 1 << 28;
/// Counters of one histogram at most.
const MOST_COUNTERS: usize = 1 << 22;

/// What a row takes in a set of pairs, about.
const BYTES_IN_SET: usize = 16;
/// Bit sets of so many bytes are always worth it.
const SMALL_BITS: usize = 64 << 10;

/// A group and a code as one number.
fn pair(group: u32, code: u32) -> u64 {
    u64::from(group) << 32 | u64::from(code)
}
fn parts(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

#[derive(Debug)]
pub(crate) enum Gather {
    Count(Vec<u32>),
    /// Sum, and how many values there were.
    Sum(Vec<(i64, u32)>),
    Min(Vec<i64>),
    Max(Vec<i64>),
    /// Conversations: the last one counted, and how many. Those with rows in several parts are kept by number.
    Conversations {
        counted: Vec<(u32, u32)>,
        shared: FxHashSet<(u32, u32)>,
    },
    /// Different codes as bits, `words` of 64 for each group.
    Bits {
        words: usize,
        bits: Vec<u64>,
    },
    /// Different codes, each with its group (see [`pair`]).
    Codes(FxHashSet<u64>),
    /// How often each value came: `width` counters for each group, the first for the value `base`.
    Histogram {
        base: i64,
        width: usize,
        counters: Vec<u32>,
    },
    /// Values by group.
    Values(Vec<(u32, i64)>),
    /// The largest values of all groups, at most so many; the smallest of them on top.
    Newest {
        count: usize,
        heap: BinaryHeap<Reverse<i64>>,
    },
}

/// Bytes that a question collects at most, on one thread: `groups` as its keys could give, `rows` as the snapshot has.
pub(crate) fn bytes(measures: &[(Measure, usize)], groups: u64, rows: usize) -> usize {
    let grows = groups > (crate::run::MOST_GROUPS as u64) * 4;
    let groups = if grows { crate::run::MOST_GROUPS } else { groups as usize };
    let one = |measure: &Measure| match measure {
        Measure::Count => groups * 4,
        Measure::Sum(_) => groups * 16,
        Measure::Min(_) | Measure::Max(_) | Measure::Conversations => groups * 8,
        Measure::Newest { count, .. } => count * 8,
        Measure::Distinct { codes, .. } => (codes.div_ceil(64) * 8).saturating_mul(groups).min(rows.saturating_mul(16)),
        Measure::Values { bounds, .. } => {
            let width = usize::try_from(i128::from(bounds.1) - i128::from(bounds.0) + 1).unwrap_or(usize::MAX);
            width.saturating_mul(groups).saturating_mul(4).min(rows.saturating_mul(16))
        }
    };
    measures.iter().map(|(measure, _)| one(measure)).fold(groups, usize::saturating_add)
}

impl Gather {
    /// For a fixed number of groups, or for one that grows (`groups` is 0 then), and about so many rows.
    pub fn new(measure: Measure, groups: usize, grows: bool, rows: usize) -> Self {
        match measure {
            Measure::Count => Gather::Count(vec![0; groups]),
            Measure::Sum(_) => Gather::Sum(vec![(0, 0); groups]),
            Measure::Min(_) => Gather::Min(vec![NULL_INT; groups]),
            Measure::Max(_) => Gather::Max(vec![NULL_INT; groups]),
            Measure::Conversations => Gather::Conversations { counted: vec![(0, 0); groups], shared: FxHashSet::default() },
            Measure::Newest { count, .. } => Gather::Newest { count, heap: BinaryHeap::new() },
            Measure::Distinct { codes, .. } => {
                let words = codes.div_ceil(64);
                // Bits of all values for a few rows are mostly zeros that have to be made and added up.
                let few = words.saturating_mul(groups).saturating_mul(8) > rows.saturating_mul(BYTES_IN_SET).max(SMALL_BITS);
                if grows || few || words.saturating_mul(64).saturating_mul(groups) > MOST_BITS {
                    Gather::Codes(FxHashSet::default())
                } else {
                    Gather::Bits { words, bits: vec![0; words * groups] }
                }
            }
            Measure::Values { bounds, .. } => {
                let width = usize::try_from(i128::from(bounds.1) - i128::from(bounds.0) + 1).unwrap_or(usize::MAX);
                if grows || width.saturating_mul(groups) > MOST_COUNTERS {
                    Gather::Values(Vec::new())
                } else {
                    Gather::Histogram { base: bounds.0, width, counters: vec![0; width * groups] }
                }
            }
        }
    }

    /// Makes place for more groups.
    pub fn grow(&mut self, groups: usize) {
        match self {
            Gather::Count(own) => own.resize(groups, 0),
            Gather::Sum(own) => own.resize(groups, (0, 0)),
            Gather::Min(own) | Gather::Max(own) => own.resize(groups, NULL_INT),
            Gather::Conversations { counted, .. } => counted.resize(groups, (0, 0)),
            Gather::Bits { .. } | Gather::Codes(_) | Gather::Histogram { .. } | Gather::Values(_) | Gather::Newest { .. } => {}
        }
    }

    /// Counts rows: `rows` are positions in `groups`.
    pub fn count(&mut self, groups: &[u32], rows: &[u32]) {
        let Gather::Count(own) = self else { return };
        if let [all] = own.as_mut_slice() {
            *all += rows.len() as u32;
            return;
        }
        for at in rows {
            own[groups[*at as usize] as usize] += 1;
        }
    }

    /// Whether some row of a group was counted here.
    pub fn has_counted(&self, group: usize) -> bool {
        matches!(self, Gather::Count(own) if own.get(group).is_some_and(|count| *count > 0))
    }

    /// Counts all rows, one for each of these groups.
    pub fn count_each(&mut self, groups: &[u32]) {
        let Gather::Count(own) = self else { return };
        match own.as_mut_slice() {
            [all] => *all += groups.len() as u32,
            own => groups.iter().for_each(|group| own[*group as usize] += 1),
        }
    }

    /// Counts so many rows of the only group.
    pub fn count_all(&mut self, rows: usize) {
        if let Gather::Count(own) = self
            && let [all] = own.as_mut_slice()
        {
            *all += rows as u32;
        }
    }

    /// Whether values up to this one would change nothing: as many as are wanted are larger.
    pub fn is_above(&self, most: i64) -> bool {
        match self {
            Gather::Newest { count, heap } => heap.len() >= *count && heap.peek().is_some_and(|Reverse(least)| *least >= most),
            _ => false,
        }
    }

    /// Takes values of a fact.
    pub fn values(&mut self, groups: &[u32], rows: &[u32], values: &[i64]) {
        match self {
            Gather::Sum(own) => {
                if let [all] = own.as_mut_slice() {
                    for at in rows {
                        let value = values[*at as usize];
                        let known = value != NULL_INT;
                        all.0 = all.0.wrapping_add(if known { value } else { 0 });
                        all.1 += u32::from(known);
                    }
                    return;
                }
                for at in rows {
                    let value = values[*at as usize];
                    let known = value != NULL_INT;
                    let sum = &mut own[groups[*at as usize] as usize];
                    sum.0 = sum.0.wrapping_add(if known { value } else { 0 });
                    sum.1 += u32::from(known);
                }
            }
            Gather::Min(own) => {
                for at in rows {
                    let (value, best) = (values[*at as usize], &mut own[groups[*at as usize] as usize]);
                    if value != NULL_INT && (*best == NULL_INT || value < *best) {
                        *best = value;
                    }
                }
            }
            Gather::Max(own) => {
                for at in rows {
                    // The largest of all numbers is never smaller than "no value".
                    let (value, best) = (values[*at as usize], &mut own[groups[*at as usize] as usize]);
                    *best = (*best).max(value);
                }
            }
            Gather::Histogram { base, width, counters } => {
                for at in rows {
                    let value = values[*at as usize];
                    if value != NULL_INT {
                        counters[groups[*at as usize] as usize * *width + value.wrapping_sub(*base) as usize] += 1;
                    }
                }
            }
            Gather::Newest { count, heap } => rows.iter().for_each(|at| newest(heap, *count, values[*at as usize])),
            Gather::Values(own) => {
                let pairs = rows.iter().map(|at| (groups[*at as usize], values[*at as usize]));
                own.extend(pairs.filter(|(_, value)| *value != NULL_INT));
            }
            _ => {}
        }
    }

    /// Takes numbers of conversations. Rows of one conversation come together.
    pub fn conversations(&mut self, groups: &[u32], rows: &[u32], numbers: &[u32]) {
        let Gather::Conversations { counted, shared } = self else { return };
        for at in rows {
            let (group, number) = (groups[*at as usize], numbers[*at as usize]);
            let own = &mut counted[group as usize];
            // A new one, known, and not shared; a shared one has its highest bit set and is negative here.
            let new = (own.0 != number) & (number as i32 > 0);
            own.1 += u32::from(new);
            own.0 = if new { number } else { own.0 };
            if number & SHARED != 0 {
                shared.insert((group, number));
            }
        }
    }

    /// Takes codes of a text column.
    pub fn codes(&mut self, groups: &[u32], rows: &[u32], codes: &[u32]) {
        match self {
            Gather::Bits { words, bits } => {
                for at in rows {
                    let (group, code) = (groups[*at as usize] as usize, codes[*at as usize] as usize);
                    bits[group * *words + code / 64] |= 1 << (code % 64);
                }
            }
            Gather::Codes(own) => own.extend(rows.iter().map(|at| pair(groups[*at as usize], codes[*at as usize]))),
            _ => {}
        }
    }

    /// Adds another collection; `to` gives for a group of the other the group here. Sets may be kept in other ways there: a
    /// dictionary has grown meanwhile, or there are more groups.
    pub fn merge(&mut self, other: &Gather, to: &dyn Fn(usize) -> usize) {
        match (self, other) {
            (Gather::Count(own), Gather::Count(other)) => other.iter().enumerate().for_each(|(g, n)| own[to(g)] += n),
            (Gather::Sum(own), Gather::Sum(other)) => {
                for (g, (sum, known)) in other.iter().enumerate() {
                    let own = &mut own[to(g)];
                    *own = (own.0.wrapping_add(*sum), own.1 + known);
                }
            }
            (Gather::Min(own), Gather::Min(other)) => {
                for (g, value) in other.iter().enumerate().filter(|(_, v)| **v != NULL_INT) {
                    let own = &mut own[to(g)];
                    *own = if *own == NULL_INT { *value } else { (*own).min(*value) };
                }
            }
            (Gather::Max(own), Gather::Max(other)) => {
                other.iter().enumerate().for_each(|(g, value)| own[to(g)] = own[to(g)].max(*value));
            }
            (Gather::Conversations { counted, shared }, Gather::Conversations { counted: other, shared: more }) => {
                // Those that are not shared are in one part, so in one chunk, so in one of the two collections.
                other.iter().enumerate().for_each(|(g, (_, n))| counted[to(g)].1 += n);
                shared.extend(more.iter().map(|(g, number)| (to(*g as usize) as u32, *number)));
            }
            (Gather::Bits { words, bits }, Gather::Bits { words: theirs, bits: other }) => {
                for (g, theirs) in other.chunks((*theirs).max(1)).enumerate() {
                    let start = to(g) * *words;
                    bits[start..start + *words].iter_mut().zip(theirs).for_each(|(a, b)| *a |= b);
                }
            }
            (Gather::Bits { words, bits }, Gather::Codes(other)) => {
                for (g, code) in other.iter().map(|pair| parts(*pair)) {
                    bits[to(g as usize) * *words + code as usize / 64] |= 1 << (code % 64);
                }
            }
            (Gather::Codes(own), Gather::Bits { words, bits }) => {
                for (g, theirs) in bits.chunks((*words).max(1)).enumerate() {
                    let group = to(g) as u32;
                    for (at, word) in theirs.iter().enumerate() {
                        let mut rest = *word;
                        while rest != 0 {
                            own.insert(pair(group, (at * 64) as u32 + rest.trailing_zeros()));
                            rest &= rest - 1;
                        }
                    }
                }
            }
            (Gather::Codes(own), Gather::Codes(other)) => {
                own.extend(other.iter().map(|one| parts(*one)).map(|(g, code)| pair(to(g as usize) as u32, code)));
            }
            (Gather::Histogram { base, counters, width }, Gather::Histogram { base: first, counters: other, width: theirs }) => {
                // Bounds only grow: a value of a part is a value of the whole.
                let shift = first.wrapping_sub(*base) as usize;
                for (g, theirs) in other.chunks((*theirs).max(1)).enumerate() {
                    let start = to(g) * *width + shift;
                    counters[start..start + theirs.len()].iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
                }
            }
            (Gather::Histogram { base, counters, width }, Gather::Values(other)) => {
                for (g, value) in other {
                    counters[to(*g as usize) * *width + value.wrapping_sub(*base) as usize] += 1;
                }
            }
            (Gather::Values(own), Gather::Histogram { base, counters, width }) => {
                for (g, theirs) in counters.chunks((*width).max(1)).enumerate() {
                    let group = to(g) as u32;
                    for (at, count) in theirs.iter().enumerate().filter(|(_, n)| **n > 0) {
                        own.extend(std::iter::repeat_n((group, base.wrapping_add(at as i64)), *count as usize));
                    }
                }
            }
            (Gather::Newest { count, heap }, Gather::Newest { heap: other, .. }) => {
                other.iter().for_each(|Reverse(value)| newest(heap, *count, *value));
            }
            (Gather::Values(own), Gather::Values(other)) => own.extend(other.iter().map(|(g, value)| (to(*g as usize) as u32, *value))),
            _ => {}
        }
    }

    /// These groups alone, in this order, as little as can be.
    pub fn pick(&self, groups: &[usize]) -> Gather {
        // Of a set of pairs, those of these groups.
        let place: FxHashMap<u32, u32> = match self {
            Gather::Conversations { .. } | Gather::Codes(_) | Gather::Values(_) => {
                groups.iter().enumerate().map(|(at, group)| (*group as u32, at as u32)).collect()
            }
            _ => FxHashMap::default(),
        };
        match self {
            Gather::Count(own) => Gather::Count(groups.iter().map(|g| own[*g]).collect()),
            Gather::Sum(own) => Gather::Sum(groups.iter().map(|g| own[*g]).collect()),
            Gather::Min(own) => Gather::Min(groups.iter().map(|g| own[*g]).collect()),
            Gather::Max(own) => Gather::Max(groups.iter().map(|g| own[*g]).collect()),
            Gather::Conversations { counted, shared } => Gather::Conversations {
                counted: groups.iter().map(|g| (0, counted[*g].1)).collect(),
                shared: shared.iter().filter_map(|(g, number)| Some((*place.get(g)?, *number))).collect(),
            },
            Gather::Bits { words, bits } => {
                let set = groups.iter().map(|g| bits[g * words..(g + 1) * words].iter().map(|w| w.count_ones() as usize).sum::<usize>());
                let all = || groups.iter().flat_map(|g| &bits[g * words..(g + 1) * words]).copied().collect();
                // A few codes take less than many empty words.
                if set.sum::<usize>() * 12 < groups.len() * words * 8 {
                    let mut own = Gather::Codes(FxHashSet::default());
                    own.merge(&Gather::Bits { words: *words, bits: all() }, &|g| g);
                    return own;
                }
                Gather::Bits { words: *words, bits: all() }
            }
            Gather::Codes(own) => {
                let placed = |(g, code): (u32, u32)| Some(pair(*place.get(&g)?, code));
                Gather::Codes(own.iter().filter_map(|one| placed(parts(*one))).collect())
            }
            Gather::Histogram { base, width, counters } => {
                let used = |at: usize| groups.iter().any(|g| counters[g * width + at] != 0);
                let (from, to) = ((0..*width).find(|at| used(*at)), (0..*width).rfind(|at| used(*at)));
                let (from, to) = (from.unwrap_or(0), to.map_or(0, |at| at + 1));
                Gather::Histogram {
                    base: base.wrapping_add(from as i64),
                    width: to - from,
                    counters: groups.iter().flat_map(|g| &counters[g * width + from..g * width + to]).copied().collect(),
                }
            }
            Gather::Values(own) => Gather::Values(own.iter().filter_map(|(g, value)| Some((*place.get(g)?, *value))).collect()),
            Gather::Newest { count, heap } => Gather::Newest { count: *count, heap: heap.clone() },
        }
    }

    /// Bytes in memory, about.
    pub fn size(&self) -> usize {
        match self {
            Gather::Count(own) => own.len() * 4,
            Gather::Sum(own) => own.len() * 16,
            Gather::Min(own) | Gather::Max(own) => own.len() * 8,
            Gather::Conversations { counted, shared } => counted.len() * 8 + shared.capacity() * 10,
            Gather::Bits { bits, .. } => bits.len() * 8,
            Gather::Codes(own) => own.capacity() * 10,
            Gather::Histogram { counters, .. } => counters.len() * 4,
            Gather::Values(own) => own.len() * 16,
            Gather::Newest { heap, .. } => heap.len() * 8,
        }
    }

    /// Gets ready to be read: [`answer`](Self::answer) of each group is then cheap.
    pub fn close(self, groups: usize) -> Closed {
        match self {
            Gather::Conversations { counted, shared } => {
                let mut counts: Vec<u32> = counted.into_iter().map(|(_, n)| n).collect();
                shared.into_iter().for_each(|(g, _)| counts[g as usize] += 1);
                Closed::Counts(counts)
            }
            Gather::Bits { words, bits } => {
                // The first bit is "no value".
                let count = |own: &[u64]| own.iter().map(|w| w.count_ones()).sum::<u32>() - own.first().map_or(0, |w| (w & 1) as u32);
                Closed::Counts(bits.chunks(words.max(1)).map(count).collect())
            }
            Gather::Codes(own) => {
                let mut counts = vec![0; groups];
                own.into_iter().map(parts).filter(|(_, code)| *code != 0).for_each(|(g, _)| counts[g as usize] += 1);
                Closed::Counts(counts)
            }
            Gather::Values(mut own) => {
                own.sort_unstable();
                let mut ranges = vec![(0, 0); groups];
                for (at, (g, _)) in own.iter().enumerate() {
                    let range = &mut ranges[*g as usize];
                    *range = (if range.1 == 0 { at } else { range.0 }, at + 1);
                }
                Closed::Sorted { values: own.into_iter().map(|(_, value)| value).collect(), ranges }
            }
            Gather::Newest { heap, .. } => Closed::One(heap.peek().map(|Reverse(value)| *value)),
            Gather::Count(own) => Closed::Counts(own),
            Gather::Sum(own) => Closed::Sums(own),
            Gather::Min(own) | Gather::Max(own) => Closed::Numbers(own),
            Gather::Histogram { base, width, counters } => Closed::Histogram { base, width, counters },
        }
    }
}

fn newest(heap: &mut BinaryHeap<Reverse<i64>>, count: usize, value: i64) {
    if heap.len() < count {
        heap.push(Reverse(value));
    } else if let Some(mut least) = heap.peek_mut()
        && value > least.0
    {
        *least = Reverse(value);
    }
}

/// A collection that nothing is added to any more.
#[derive(Debug)]
pub(crate) enum Closed {
    Counts(Vec<u32>),
    Sums(Vec<(i64, u32)>),
    Numbers(Vec<i64>),
    One(Option<i64>),
    Histogram {
        base: i64,
        width: usize,
        counters: Vec<u32>,
    },
    /// Values of all groups one after another, each group's in order; and where each group's are.
    Sorted { values: Vec<i64>, ranges: Vec<(usize, usize)> },
}

impl Closed {
    /// The number of a group; `place` is that of a percentile, 0 to 1.
    pub fn answer(&self, group: usize, place: Option<f64>) -> Option<f64> {
        match self {
            Closed::One(own) => own.map(|value| value as f64),
            Closed::Counts(own) => Some(f64::from(own[group])),
            Closed::Sums(own) => (own[group].1 > 0).then_some(own[group].0 as f64),
            Closed::Numbers(own) => (own[group] != NULL_INT).then_some(own[group] as f64),
            Closed::Histogram { base, width, counters } => {
                let own = &counters[group * width..(group + 1) * width];
                let count = own.iter().map(|n| *n as usize).sum();
                percentile(count, place.unwrap_or(0.0), |nth| {
                    let mut before = 0;
                    own.iter()
                        .position(|n| {
                            before += *n as usize;
                            before > nth
                        })
                        .map_or(0.0, |at| base.wrapping_add(at as i64) as f64)
                })
            }
            Closed::Sorted { values, ranges } => {
                let (start, end) = ranges[group];
                percentile(end - start, place.unwrap_or(0.0), |nth| values[start + nth] as f64)
            }
        }
    }
}

/// The continuous percentile exactly as the other engine computes it: between two neighbours the weight is cut to millionths,
/// after a hair was added to the place so that 0.9 stays 0.9.
fn percentile(count: usize, place: f64, value: impl Fn(usize) -> f64) -> Option<f64> {
    const STEPS: f64 = 1_000_000.0;
    let place = (place + 1e-12).min(1.0);
    if count == 0 {
        return None;
    }
    if count == 1 {
        return Some(value(0));
    }
    if place == 1.0 {
        return Some(value(count - 1));
    }
    let index = place * (count - 1) as f64;
    let (lower, upper) = (index.floor() as usize, index.ceil() as usize);
    if lower == upper {
        return Some(value(lower));
    }
    let weight = ((index - lower as f64) * STEPS) as usize as f64 / STEPS;
    let low = value(lower);
    Some(low + (value(upper) - low) * weight)
}
