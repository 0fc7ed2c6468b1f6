//! Rollups: what a question collects in one part, kept for the next time. A part never changes, so what was collected stays
//! exact; a question over years then adds up a few dozen small collections instead of going through the rows.
//!
//! **Invariants**
//! * What identifies a rollup holds the whole mask, the scope's part of it included, as codes: who may see other rows has
//!   another one. Nothing is found by a person or a name.
//! * A rollup is about all rows of its part. A question of which the range cuts through a part reads that part's rows.
//! * Answers with and without rollups are the same to the bit; only whole numbers are added up.

use crate::gather::Gather;
use crate::mask::{Mask, Offsets};
use crate::part::Part;
use crate::plan::{KeyPlan, Measure, Plan, QuestionPlan};
use crate::run::{Gathered, Grouping, Worker, number};
use crate::snapshot::Member;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

/// A filter over more values than this is not part of a rollup's name: to tell it apart would take longer than to read rows.
const MOST_TAKES: usize = 1 << 16;
/// Questions that are remembered to have been asked once.
const MOST_ASKED: usize = 1 << 16;
/// What one rollup may take.
const MOST_BYTES_OF_ONE: usize = 16 << 20;

/// Which rollup: the part, what is known about conversations that it shares with other parts, and what is collected.
type Name = (usize, usize, u128);

/// Times that something was asked which is never kept.
const NEVER: u32 = u32::MAX;

/// What a question collected in one part.
#[derive(Debug)]
pub(crate) struct Rollup {
    /// For each group the numbers of its keys, one after another. Buckets are numbered from the one that the part begins in.
    keys: Vec<u32>,
    groups: usize,
    gathers: Vec<Gather>,
    bytes: usize,
}

struct Kept {
    rollup: Arc<Rollup>,
    /// Their addresses are in the name: nobody else may get them while it is kept.
    part: Weak<Part>,
    _shared: Weak<Vec<(u32, u32)>>,
    used: u64,
}

#[derive(Default)]
struct Inner {
    kept: FxHashMap<Name, Kept>,
    asked: FxHashMap<Name, u32>,
    bytes: usize,
    clock: u64,
}

/// The rollups of a table. Bounded; those that were not used for longest go first.
pub struct Rollups {
    most_bytes: usize,
    /// Rows that a question has to go through in a part for a rollup to pay.
    least_rows: usize,
    inner: Mutex<Inner>,
    making: Mutex<()>,
}

impl Rollups {
    /// Takes `most_bytes` at most; 0 keeps none. Parts in which a question goes through fewer than `least_rows` rows are read.
    pub fn new(most_bytes: usize, least_rows: usize) -> Self {
        Self { most_bytes, least_rows, inner: Mutex::default(), making: Mutex::default() }
    }
    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }
    /// How many there are.
    pub fn count(&self) -> usize {
        self.lock().kept.len()
    }
    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
    fn find(&self, name: Name) -> Option<Arc<Rollup>> {
        if self.most_bytes == 0 {
            return None;
        }
        let mut inner = self.lock();
        inner.clock += 1;
        let now = inner.clock;
        if let Some(kept) = inner.kept.get_mut(&name) {
            kept.used = now;
            return Some(kept.rollup.clone());
        }
        if inner.asked.len() >= MOST_ASKED {
            inner.asked.clear();
        }
        let times = inner.asked.entry(name).or_insert(0);
        *times = times.saturating_add(1);
        None
    }
    /// True for what was asked before and is not kept.
    fn is_wanted(&self, name: Name) -> bool {
        let inner = self.lock();
        inner.asked.get(&name).is_some_and(|times| *times > 1 && *times != NEVER) && !inner.kept.contains_key(&name)
    }
    /// What turned out too large is not made again and again.
    fn give_up(&self, name: Name) {
        self.lock().asked.insert(name, NEVER);
    }
    fn keep(&self, name: Name, member: &Member, rollup: Rollup) {
        let mut inner = self.lock();
        inner.clock += 1;
        let used = inner.clock;
        let most = self.most_bytes;
        if rollup.bytes > MOST_BYTES_OF_ONE.min(most) {
            inner.asked.insert(name, NEVER);
            return;
        }
        // Parts that are gone first, then what was not used for longest.
        if inner.bytes + rollup.bytes > most {
            let mut all: Vec<(bool, u64, usize, Name)> =
                inner.kept.iter().map(|(name, kept)| (kept.part.strong_count() > 0, kept.used, kept.rollup.bytes, *name)).collect();
            all.sort_unstable();
            for (_, _, bytes, name) in all {
                // A quarter at once, so that this is not done each time.
                if inner.bytes + rollup.bytes <= most - most / 4 {
                    break;
                }
                inner.kept.remove(&name);
                inner.bytes -= bytes;
            }
        }
        inner.asked.remove(&name);
        inner.bytes += rollup.bytes;
        let kept = Kept { rollup: Arc::new(rollup), part: Arc::downgrade(&member.part), _shared: Arc::downgrade(&member.shared), used };
        if let Some(before) = inner.kept.insert(name, kept) {
            inner.bytes -= before.rollup.bytes;
        }
    }
}

/// The rollups that a run found: by member, then by question.
pub(crate) type Found = Vec<Vec<Option<Arc<Rollup>>>>;

impl Plan {
    /// Looks for rollups of each question in each part where it goes through `rows` rows, by member and row set.
    pub(crate) fn find_rollups(&self, rollups: &Rollups, rows: &[Vec<usize>]) -> Found {
        let of_member = |(member, rows): (&Member, &Vec<usize>)| -> Vec<Option<Arc<Rollup>>> {
            let find = |question: &Result<QuestionPlan, _>| {
                let question = question.as_ref().ok()?;
                (rows[question.row_set] >= rollups.least_rows).then_some(())?;
                rollups.find(self.name(member, question)?)
            };
            self.questions.iter().map(find).collect()
        };
        self.snapshot.members.iter().zip(rows).map(of_member).collect()
    }

    /// Collects for next time what was asked before and is not kept. For a thread that nobody waits for; how many were made.
    pub fn keep_rollups(&self, rollups: &Rollups, cancelled: &AtomicBool) -> usize {
        let Ok(_alone) = rollups.making.try_lock() else { return 0 };
        let mut made = 0;
        for (number, member) in self.snapshot.members.iter().enumerate() {
            for (at, question) in self.questions.iter().enumerate() {
                let Ok(question) = question else { continue };
                let Some(name) = self.name(member, question).filter(|name| rollups.is_wanted(*name)) else { continue };
                if cancelled.load(Ordering::Relaxed) {
                    return made;
                }
                let gathered = Worker::of_one(self, at, member.part.rows()).all_of(number, question.row_set);
                made += 1;
                match gathered.and_then(|g| self.roll_up(member, question, g)) {
                    Some(rollup) => rollups.keep(name, member, rollup),
                    None => rollups.give_up(name),
                }
            }
        }
        made
    }

    /// What identifies the rollup of a question in a part; nothing where there can be none.
    fn name(&self, member: &Member, question: &QuestionPlan) -> Option<Name> {
        // Rows of such a part go from one moment to the next, and what was collected would stay.
        if member.alive.is_some() {
            return None;
        }
        let part = &member.part;
        let (first, last) = part.range?;
        let set = &self.row_sets[question.row_set];
        if !set.spans(first, last) {
            return None;
        }
        let mut out = Spelled { part, first, last, bytes: Vec::with_capacity(256) };
        out.mask(&set.within)?;
        for key in &question.keys {
            out.key(&self.keys[*key])?;
        }
        for (measure, condition) in &question.measures {
            out.measure(measure)?;
            out.mask(&self.conditions[*condition].1)?;
        }
        let what = self.snapshot.dictionaries.hash(&out.bytes);
        Some((Arc::as_ptr(part) as usize, Arc::as_ptr(&member.shared) as usize, what))
    }

    /// Makes a collection small: only groups that have rows, numbered in a way that other plans understand.
    fn roll_up(&self, member: &Member, question: &QuestionPlan, gathered: Gathered) -> Option<Rollup> {
        if gathered.too_many {
            return None;
        }
        let groups = gathered.with_rows();
        let mut keys = vec![0; groups.len() * question.keys.len()];
        let first = member.part.range?.0;
        for ((_, wide), own) in groups.iter().zip(keys.chunks_mut(question.keys.len().max(1))) {
            let mut rest = *wide;
            for (nth, key) in question.keys.iter().enumerate().rev() {
                let plan = &self.keys[*key];
                own[nth] = (rest % plan.size() as u64) as u32 - begin(plan, first);
                rest /= plan.size() as u64;
            }
        }
        let places: Vec<usize> = groups.iter().map(|(place, _)| *place).collect();
        let gathers: Vec<Gather> = gathered.gathers.iter().map(|gather| gather.pick(&places)).collect();
        let bytes = keys.len() * 4 + gathers.iter().map(Gather::size).sum::<usize>() + 256;
        Some(Rollup { keys, groups: groups.len(), gathers, bytes })
    }
}

/// The bucket that a part begins in; 0 for other keys.
fn begin(plan: &KeyPlan, first: i64) -> u32 {
    match plan {
        KeyPlan::Buckets { starts, .. } => starts.partition_point(|start| *start <= first).saturating_sub(1) as u32,
        _ => 0,
    }
}

impl Gathered {
    /// Adds a rollup of this question in this part.
    pub(crate) fn absorb(&mut self, rollup: &Rollup, plan: &Plan, question: &QuestionPlan, member: &Member) {
        let Some((first, _)) = member.part.range else { return };
        let sizes: Vec<(u64, u32)> =
            question.keys.iter().map(|key| (plan.keys[*key].size() as u64, begin(&plan.keys[*key], first))).collect();
        let mut to = Vec::with_capacity(rollup.groups);
        for group in 0..rollup.groups {
            let own = &rollup.keys[group * sizes.len()..(group + 1) * sizes.len()];
            let wide = own.iter().zip(&sizes).fold(0_u64, |wide, (key, (size, begin))| wide * size + u64::from(key + begin));
            to.push(match &mut self.grouping {
                Grouping::Array { .. } => {
                    self.seen[wide as usize] = 1;
                    wide as usize
                }
                Grouping::Map { known, keys } => number(known, keys, wide) as usize,
            });
        }
        if let Grouping::Map { keys, .. } = &self.grouping {
            let groups = keys.len();
            self.gathers.iter_mut().for_each(|gather| gather.grow(groups));
        }
        for (own, other) in self.gathers.iter_mut().zip(&rollup.gathers) {
            own.merge(other, &|group| to[group]);
        }
    }
}

/// Spells out what is collected, so that equal things are spelled equally and others are not.
struct Spelled<'a> {
    part: &'a Part,
    first: i64,
    last: i64,
    bytes: Vec<u8>,
}

impl Spelled<'_> {
    fn tag(&mut self, tag: u8, column: usize) {
        self.bytes.push(tag);
        self.bytes.extend((column as u32).to_le_bytes());
    }
    fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = i64>) {
        self.bytes.extend((numbers.len() as u64).to_le_bytes());
        numbers.for_each(|n| self.bytes.extend(n.to_le_bytes()));
    }
    fn takes(&mut self, takes: &[u8]) {
        self.bytes.extend((takes.len() as u64).to_le_bytes());
        self.bytes.extend(takes);
    }
    /// The offsets that matter for the part's rows.
    fn offsets(&mut self, offsets: &Offsets) {
        let from = offsets.partition_point(|(start, _)| *start <= self.first).saturating_sub(1);
        let to = offsets.partition_point(|(start, _)| *start <= self.last).max(from);
        let own = &offsets[from..to];
        let first = self.first;
        let spelled: Vec<i64> = own.iter().flat_map(|(start, offset)| [(*start).max(first), *offset]).collect();
        self.numbers(spelled.into_iter());
    }
    fn mask(&mut self, mask: &Mask) -> Option<()> {
        match mask {
            Mask::All => self.tag(1, 0),
            Mask::None => self.tag(2, 0),
            // Is in no name: see `Plan::name`.
            Mask::Alive => return None,
            Mask::Codes { column, takes } => {
                self.tag(3, *column);
                // Values that came later are in no row of the part.
                let codes = self.part.columns[*column].as_ref().map_or(0, |c| c.codes_below());
                let own = takes.get(..codes).unwrap_or(takes);
                if own.len() > MOST_TAKES {
                    return None;
                }
                let filled = own.iter().rposition(|one| *one != 0).map_or(0, |at| at + 1);
                self.takes(&own[..filled]);
            }
            Mask::Ints { column, from, to } => {
                self.tag(4, *column);
                self.numbers([*from, *to].into_iter());
            }
            Mask::Time { column, part, takes, offsets } => {
                self.tag(5, *column);
                self.bytes.push(*part as u8);
                self.takes(takes);
                self.offsets(offsets);
            }
            Mask::And(parts) | Mask::Or(parts) => {
                self.tag(if matches!(mask, Mask::And(_)) { 6 } else { 7 }, parts.len());
                parts.iter().try_for_each(|part| self.mask(part))?;
            }
            Mask::Not(inner) => {
                self.tag(8, 0);
                self.mask(inner)?;
            }
        }
        Some(())
    }
    fn key(&mut self, key: &KeyPlan) -> Option<()> {
        match key {
            KeyPlan::Text { column, .. } => self.tag(20, *column),
            // Follows from what agents are now, which changes while parts don't.
            KeyPlan::Derived { .. } => return None,
            KeyPlan::Buckets { column, starts } => {
                self.tag(21, *column);
                let cuts = starts.iter().filter(|start| **start > self.first && **start <= self.last);
                let cuts: Vec<i64> = cuts.copied().collect();
                self.numbers(cuts.into_iter());
            }
            KeyPlan::Time { column, part, offsets } => {
                self.tag(22, *column);
                self.bytes.push(*part as u8);
                self.offsets(offsets);
            }
        }
        Some(())
    }
    fn measure(&mut self, measure: &Measure) -> Option<()> {
        match measure {
            Measure::Count => self.tag(40, 0),
            Measure::Sum(column) => self.tag(41, *column),
            Measure::Min(column) => self.tag(42, *column),
            Measure::Max(column) => self.tag(43, *column),
            Measure::Conversations => self.tag(44, 0),
            Measure::Distinct { column, .. } => self.tag(45, *column),
            Measure::Values { column, .. } => self.tag(46, *column),
            Measure::Newest { .. } => return None,
        }
        Some(())
    }
}
