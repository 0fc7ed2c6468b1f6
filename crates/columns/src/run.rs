//! Runs a plan: chunk by chunk, all questions of a row set over the same decoded columns, on several threads.

use crate::buckets::{buckets, positions};
use crate::dense::{At, Dense};
use crate::gather::{Closed, Gather};
use crate::mask::TimePart;
use crate::plan::{KeyPlan, Measure, Plan, QuestionPlan};
use crate::question::{Groups, Key, Refused};
use crate::rollup::{Found, Rollups};
use crate::runs::{Run, runs};
use crate::snapshot::Snapshot;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Groups that one question may have.
pub const MOST_GROUPS: usize = 200_000;
/// Groups that are counted in plain arrays, whatever the number of rows.
const ARRAY_GROUPS: usize = 1 << 18;
/// Rows for which a further thread is worth its start.
const ROWS_A_THREAD: usize = 48 * 1024;

struct Chunk {
    member: u32,
    chunk: u32,
    /// Which row sets may have rows in it, a bit each.
    row_sets: u64,
    /// Which of them have all of its rows.
    whole: u64,
}

/// How a question's groups are numbered.
#[derive(Debug)]
pub(crate) enum Grouping {
    /// By the keys themselves.
    Array { groups: usize },
    /// In order of arrival.
    Map { known: FxHashMap<u64, u32>, keys: Vec<u64> },
}

#[derive(Debug)]
pub(crate) struct Gathered {
    pub grouping: Grouping,
    /// Groups of an array that have rows, but for those of which some row was counted: see [`with_rows`](Self::with_rows).
    pub seen: Vec<u8>,
    pub gathers: Vec<Gather>,
    pub too_many: bool,
}

impl Plan {
    /// Answers all questions. `cancelled` is looked at between chunks.
    pub fn run(&self, cancelled: &AtomicBool) -> Vec<Result<Groups, Refused>> {
        self.run_with(None, cancelled)
    }

    /// The same, with rollups where there are some.
    pub fn run_with(&self, rollups: Option<&Rollups>, cancelled: &AtomicBool) -> Vec<Result<Groups, Refused>> {
        let (chunks, found, all_rows) = self.chunks(rollups);
        let found = &found;
        let rows: usize = chunks.iter().map(|c| self.at(c).rows).sum();
        let threads = rows.div_ceil(ROWS_A_THREAD).clamp(1, rayon::current_num_threads().max(1));
        let next = AtomicUsize::new(0);
        let work = |_: usize| {
            let mut worker = Worker::new(self, all_rows, |_| true);
            while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                if cancelled.load(Ordering::Relaxed) {
                    break;
                }
                worker.take(chunk, found.get(chunk.member as usize).map_or(&[], Vec::as_slice));
            }
            worker.gathered
        };
        let mut all: Vec<Vec<Option<Gathered>>> =
            if threads == 1 { vec![work(0)] } else { (0..threads).into_par_iter().map(work).collect() };
        let mut sum = all.pop().unwrap_or_default();
        for other in all {
            for (own, other) in sum.iter_mut().zip(other) {
                if let (Some(own), Some(other)) = (own, other) {
                    own.merge(other);
                }
            }
        }
        for (member, found) in self.snapshot.members.iter().zip(found) {
            for ((question, gathered), rollup) in self.questions.iter().zip(&mut sum).zip(found) {
                if let (Ok(question), Some(gathered), Some(rollup)) = (question, gathered, rollup) {
                    gathered.absorb(rollup, self, question, member);
                }
            }
        }
        if cancelled.load(Ordering::Relaxed) {
            return self.questions.iter().map(|_| Err(Refused::Cancelled)).collect();
        }
        self.questions
            .iter()
            .zip(sum)
            .map(|(question, gathered)| match (question, gathered) {
                (Ok(question), Some(gathered)) => self.finish(question, gathered),
                (Err(refused), _) => Err(*refused),
                (Ok(_), None) => Err(Refused::NotHere),
            })
            .collect()
    }

    fn at(&self, chunk: &Chunk) -> At<'_> {
        let member = &self.snapshot.members[chunk.member as usize];
        At { member, chunk: chunk.chunk as usize, rows: member.part.rows_of(chunk.chunk as usize) }
    }

    /// The chunks that some row set may have rows in, seen without reading them, but for what rollups know; and how many rows
    /// these are together with those that rollups know.
    fn chunks(&self, rollups: Option<&Rollups>) -> (Vec<Chunk>, Found, usize) {
        let mut chunks = Vec::new();
        let mut rows = vec![vec![0; self.row_sets.len()]; self.snapshot.members.len()];
        for (number, member) in self.snapshot.members.iter().enumerate() {
            let asked =
                self.row_sets.iter().enumerate().filter(|(_, set)| set.may_be_in(&member.part)).fold(0, |all, (nth, _)| all | 1 << nth);
            // Of years most parts are of other months.
            for chunk in 0..if asked == 0 { 0 } else { member.part.chunks() } {
                let at = At { member, chunk, rows: member.part.rows_of(chunk) };
                let chunk = self.look_at(number as u32, at, asked);
                (0..self.row_sets.len()).filter(|nth| chunk.row_sets & (1 << nth) != 0).for_each(|nth| rows[number][nth] += at.rows);
                if chunk.row_sets != 0 {
                    chunks.push(chunk);
                }
            }
        }
        if let Some(column) = self.newest_of() {
            // The newest first: the others then have nothing to add.
            let newest = |chunk: &Chunk| self.at(chunk).part().columns[column].as_ref().and_then(|c| c.values.bounds(chunk.chunk as usize));
            chunks.sort_by_cached_key(|chunk| std::cmp::Reverse(newest(chunk).map(|(_, most)| most)));
        }
        let all_rows = chunks.iter().map(|chunk| self.at(chunk).rows).sum();
        let Some(rollups) = rollups else { return (chunks, Found::new(), all_rows) };
        let found = self.find_rollups(rollups, &rows);
        // The row sets that some question of still has to read.
        let reads = |found: &Vec<Option<_>>| {
            let left = self.questions.iter().zip(found).filter(|(_, rollup)| rollup.is_none());
            left.filter_map(|(question, _)| question.as_ref().ok()).fold(0_u64, |all, question| all | 1 << question.row_set)
        };
        let reads: Vec<u64> = found.iter().map(reads).collect();
        chunks.retain_mut(|chunk| {
            chunk.row_sets &= reads[chunk.member as usize];
            chunk.row_sets != 0
        });
        (chunks, found, all_rows)
    }

    /// What can be seen of a chunk without reading it, for some of the row sets.
    fn look_at(&self, member: u32, at: At<'_>, asked: u64) -> Chunk {
        let mut chunk = Chunk { member, chunk: at.chunk as u32, row_sets: 0, whole: 0 };
        for (nth, set) in self.row_sets.iter().enumerate().filter(|(nth, _)| asked & (1 << nth) != 0) {
            let whole = set.mask.whole(at);
            chunk.row_sets |= u64::from(whole != Some(false)) << nth;
            chunk.whole |= u64::from(whole == Some(true)) << nth;
        }
        chunk
    }

    /// The column of which some question wants the largest values.
    fn newest_of(&self) -> Option<usize> {
        let measures = self.questions.iter().flatten().flat_map(|question| &question.measures);
        measures.filter_map(|(measure, _)| if let Measure::Newest { column, .. } = measure { Some(*column) } else { None }).next()
    }

    fn finish(&self, question: &QuestionPlan, gathered: Gathered) -> Result<Groups, Refused> {
        // Without keys there is one group, whether it has rows or not.
        let groups = if question.keys.is_empty() { vec![(0, 0)] } else { gathered.with_rows() };
        let Gathered { grouping, gathers, too_many, .. } = gathered;
        if too_many || groups.len() > MOST_GROUPS {
            return Err(Refused::TooManyGroups);
        }
        let count = match &grouping {
            Grouping::Array { groups } => *groups,
            Grouping::Map { keys, .. } => keys.len(),
        };
        let closed: Vec<Closed> = gathers.into_iter().map(|g| g.close(count)).collect();
        // One key after another: a dictionary's lock is never held while another is waited for.
        let mut rows: Vec<(Vec<Key>, Vec<Option<f64>>)> = groups
            .iter()
            .map(|(group, _)| {
                let numbers = question.answers.iter().map(|(measure, place)| closed[*measure].answer(*group, *place)).collect();
                (Vec::with_capacity(question.keys.len()), numbers)
            })
            .collect();
        let mut below = vec![1_u64; question.keys.len()];
        for nth in (1..question.keys.len()).rev() {
            below[nth - 1] = below[nth] * self.keys[question.keys[nth]].size() as u64;
        }
        for (key, below) in question.keys.iter().zip(below) {
            let reader = KeyReader::new(&self.keys[*key], &self.snapshot);
            for ((keys, _), (_, number)) in rows.iter_mut().zip(&groups) {
                keys.push(reader.key(number / below % reader.size()));
            }
        }
        Ok(Groups { rows })
    }
}

/// Turns numbers of one key back into keys.
struct KeyReader<'a> {
    plan: &'a KeyPlan,
    values: Option<std::sync::RwLockReadGuard<'a, crate::dictionary::Values>>,
}

impl<'a> KeyReader<'a> {
    fn new(plan: &'a KeyPlan, snapshot: &'a Snapshot) -> Self {
        let values = match plan {
            KeyPlan::Text { column, .. } => Some(snapshot.dictionaries.column(*column).read()),
            _ => None,
        };
        Self { plan, values }
    }
    fn size(&self) -> u64 {
        self.plan.size() as u64
    }
    fn key(&self, number: u64) -> Key {
        match self.plan {
            KeyPlan::Text { .. } => Key::Text(self.values.as_ref().and_then(|v| v.get(number as u32)).map(str::to_owned)),
            KeyPlan::Derived { values, .. } => Key::Text((number as usize).checked_sub(1).and_then(|at| values.get(at)).cloned()),
            KeyPlan::Buckets { .. } | KeyPlan::Time { .. } => Key::Part(Some(number as i32)),
        }
    }
}

impl Gathered {
    fn new(plan: &Plan, question: &QuestionPlan, rows: usize) -> Self {
        let groups = question.keys.iter().try_fold(1_usize, |all, key| all.checked_mul(plan.keys[*key].size()));
        // Plain arrays where they are small, or small beside the rows that will go by.
        let array = groups.filter(|g| *g <= ARRAY_GROUPS || (*g <= 4 * MOST_GROUPS && *g <= rows));
        let grouping = match array {
            Some(groups) => Grouping::Array { groups },
            None => Grouping::Map { known: FxHashMap::default(), keys: Vec::new() },
        };
        let groups = array.unwrap_or(0);
        let gathers = question.measures.iter().map(|(measure, _)| Gather::new(*measure, groups, array.is_none(), rows)).collect();
        Self { grouping, seen: vec![0; groups], gathers, too_many: false }
    }

    /// The groups that have rows: their place, and their keys as one number.
    pub fn with_rows(&self) -> Vec<(usize, u64)> {
        let counted = |group: usize| self.gathers.iter().any(|gather| gather.has_counted(group));
        match &self.grouping {
            Grouping::Array { groups } => (0..*groups).filter(|g| self.seen[*g] != 0 || counted(*g)).map(|g| (g, g as u64)).collect(),
            Grouping::Map { keys, .. } => keys.iter().copied().enumerate().collect(),
        }
    }

    fn merge(&mut self, other: Gathered) {
        self.too_many |= other.too_many;
        match (&mut self.grouping, &other.grouping) {
            (Grouping::Map { known, keys }, Grouping::Map { keys: theirs, .. }) => {
                let to: Vec<usize> = theirs.iter().map(|key| number(known, keys, *key) as usize).collect();
                self.gathers.iter_mut().for_each(|g| g.grow(keys.len()));
                self.gathers.iter_mut().zip(other.gathers).for_each(|(own, other)| own.merge(&other, &|g| to[g]));
            }
            _ => {
                self.seen.iter_mut().zip(&other.seen).for_each(|(a, b)| *a |= b);
                self.gathers.iter_mut().zip(other.gathers).for_each(|(own, other)| own.merge(&other, &|g| g));
            }
        }
    }
}

pub(crate) fn number(known: &mut FxHashMap<u64, u32>, keys: &mut Vec<u64>, key: u64) -> u32 {
    *known.entry(key).or_insert_with(|| {
        keys.push(key);
        keys.len() as u32 - 1
    })
}

/// Something computed for the rows of a chunk, once.
#[derive(Debug, Default)]
struct Once {
    epoch: u64,
    /// A condition that all picked rows meet has no positions here.
    all: bool,
    values: Vec<u32>,
}

pub(crate) struct Worker<'p> {
    plan: &'p Plan,
    epoch: u64,
    /// Columns of all rows of the chunk, for row sets' masks.
    whole: Dense,
    /// Columns of the rows that a row set takes.
    picked: Dense,
    mask: Vec<u8>,
    rows: Vec<u32>,
    conditions: Vec<Once>,
    keys: Vec<Once>,
    groups: Vec<u32>,
    runs: Vec<Run>,
    /// Positions of rows from 0, as many as a chunk had at most.
    every: Vec<u32>,
    gathered: Vec<Option<Gathered>>,
}

impl<'p> Worker<'p> {
    /// A worker for those questions of the plan, which go through about so many rows.
    fn new(plan: &'p Plan, rows: usize, asked: impl Fn(usize) -> bool) -> Self {
        let gathered = |(at, question): (usize, &Result<QuestionPlan, Refused>)| {
            let question = question.as_ref().ok().filter(|_| asked(at))?;
            Some(Gathered::new(plan, question, rows))
        };
        let columns = plan.snapshot.dictionaries.table().columns().len();
        Self {
            plan,
            epoch: 0,
            whole: Dense::new(columns),
            picked: Dense::new(columns),
            mask: Vec::new(),
            rows: Vec::new(),
            conditions: plan.conditions.iter().map(|_| Once::default()).collect(),
            keys: plan.keys.iter().map(|_| Once::default()).collect(),
            groups: Vec::new(),
            runs: Vec::new(),
            every: Vec::new(),
            gathered: plan.questions.iter().enumerate().map(gathered).collect(),
        }
    }

    /// A worker for one question.
    pub fn of_one(plan: &'p Plan, question: usize, rows: usize) -> Self {
        Self::new(plan, rows, |at| at == question)
    }

    /// What the questions collect in a whole part.
    pub fn all_of(mut self, member: usize, row_set: usize) -> Option<Gathered> {
        let own = &self.plan.snapshot.members[member];
        for chunk in 0..own.part.chunks() {
            let at = At { member: own, chunk, rows: own.part.rows_of(chunk) };
            let chunk = self.plan.look_at(member as u32, at, 1 << row_set);
            self.take(&chunk, &[]);
        }
        self.gathered.into_iter().flatten().next()
    }

    /// Takes a chunk for all questions but those that `found` has a rollup for.
    fn take(&mut self, chunk: &Chunk, found: &[Option<std::sync::Arc<crate::rollup::Rollup>>]) {
        let plan = self.plan;
        let at = plan.at(chunk);
        self.whole.next();
        for (nth, set) in plan.row_sets.iter().enumerate().filter(|(nth, _)| chunk.row_sets & (1 << nth) != 0) {
            self.picked.next();
            self.epoch += 1;
            // The scope is in this mask: rows outside are gone before anything else of the plan is looked at.
            let mut rows = std::mem::take(&mut self.rows);
            rows.clear();
            let all = chunk.whole & (1 << nth) != 0;
            if !all {
                set.mask.evaluate_mixed(at, None, &mut self.whole, &mut self.mask);
                positions(&self.mask, &mut rows);
            }
            let count = if all { at.rows } else { rows.len() };
            if count > 0 {
                let sel = (!all).then_some(rows.as_slice());
                for (question, asked) in plan.questions.iter().enumerate() {
                    if let Ok(asked) = asked
                        && asked.row_set == nth
                        && self.gathered[question].is_some()
                        && !matches!(found.get(question), Some(Some(_)))
                    {
                        self.question(question, asked, at, sel, count);
                    }
                }
            }
            self.rows = rows;
        }
    }

    /// Answers what can be said of a chunk's picked rows without looking at them: how many they are, and that none is among the
    /// newest. False when that is not all that is asked.
    fn without_looking(&mut self, question: usize, asked: &QuestionPlan, at: At<'_>, count: usize) -> bool {
        let Some(gathered) = self.gathered[question].as_mut().filter(|_| asked.keys.is_empty()) else { return false };
        let known = gathered.gathers.iter().zip(&asked.measures).all(|(gather, (measure, condition))| match measure {
            Measure::Count => self.plan.conditions[*condition].1.whole(at) == Some(true),
            Measure::Newest { column, .. } => {
                let bounds = at.part().columns[*column].as_ref().and_then(|column| column.values.bounds(at.chunk));
                bounds.is_some_and(|(_, most)| gather.is_above(most))
            }
            _ => false,
        });
        if known {
            gathered.seen.iter_mut().for_each(|seen| *seen = 1);
            gathered.gathers.iter_mut().for_each(|gather| gather.count_all(count));
        }
        known
    }

    fn question(&mut self, question: usize, asked: &QuestionPlan, at: At<'_>, sel: Option<&[u32]>, count: usize) {
        if self.without_looking(question, asked, at, count) {
            return;
        }
        for key in &asked.keys {
            self.key(*key, at, sel);
        }
        for (measure, condition) in &asked.measures {
            self.condition(*condition, at, sel);
            match measure {
                Measure::Count => {}
                // Read as they are stored.
                Measure::Sum(_) if self.conditions[*condition].all => {}
                Measure::Sum(column)
                | Measure::Min(column)
                | Measure::Max(column)
                | Measure::Newest { column, .. }
                | Measure::Values { column, .. } => {
                    self.picked.want_ints(*column, at, sel);
                }
                Measure::Conversations => self.picked.want_conversations(at, sel),
                Measure::Distinct { column, .. } => self.picked.want_codes(*column, at, sel),
            }
        }
        let Some(gathered) = &mut self.gathered[question] else { return };
        let groups = match (&mut gathered.grouping, asked.keys.as_slice()) {
            // The only key is the group.
            (Grouping::Array { .. }, [key]) => values_of(self.plan, *key, &self.keys, &self.picked),
            (grouping, _) => {
                group(grouping, asked, self.plan, &self.keys, &self.picked, count, &mut self.groups);
                &self.groups
            }
        };
        if self.every.len() < count {
            self.every = (0..count as u32).collect();
        }
        let all_rows = |(measure, condition): &(Measure, usize)| {
            self.conditions[*condition].all && matches!(measure, Measure::Count | Measure::Sum(_) | Measure::Conversations)
        };
        let in_runs = asked.measures.iter().any(all_rows) && runs(groups, &mut self.runs);
        // Who counts all rows has seen their groups.
        let counts_all = |(measure, condition): &(Measure, usize)| matches!(measure, Measure::Count) && self.conditions[*condition].all;
        let counted = asked.measures.iter().any(counts_all);
        match &gathered.grouping {
            Grouping::Array { .. } if counted => {}
            Grouping::Array { .. } if in_runs => self.runs.iter().for_each(|(g, _)| gathered.seen[*g as usize] = 1),
            Grouping::Array { .. } => groups.iter().for_each(|g| gathered.seen[*g as usize] = 1),
            Grouping::Map { keys, .. } => {
                if keys.len() > MOST_GROUPS {
                    // The question is lost; what it holds would only take memory.
                    *gathered = Gathered {
                        grouping: Grouping::Map { known: FxHashMap::default(), keys: Vec::new() },
                        seen: Vec::new(),
                        gathers: Vec::new(),
                        too_many: true,
                    };
                }
                if gathered.too_many {
                    return;
                }
                let groups = if let Grouping::Map { keys, .. } = &gathered.grouping { keys.len() } else { 0 };
                gathered.gathers.iter_mut().for_each(|g| g.grow(groups));
            }
        }
        // Rows are counted in one go with the first sum where both take all of them.
        let sums_all = |measure: &(Measure, usize)| matches!(measure.0, Measure::Sum(_)) && all_rows(measure);
        let find = |of: &dyn Fn(&(Measure, usize)) -> bool| asked.measures.iter().position(of).filter(|_| !in_runs);
        let together = find(&counts_all).zip(find(&sums_all));
        if let Some((count, sum)) = together
            && let Measure::Sum(column) = asked.measures[sum].0
            && let Ok([counts, sums]) = gathered.gathers.get_disjoint_mut([count, sum])
        {
            sums.sum_each(Some(counts), groups, at.stored(column), sel);
        }
        for (nth, (gather, (measure, condition))) in gathered.gathers.iter_mut().zip(&asked.measures).enumerate() {
            if together.is_some_and(|(count, sum)| nth == count || nth == sum) {
                continue;
            }
            let own = &self.conditions[*condition];
            let rows = if own.all { &self.every[..count] } else { own.values.as_slice() };
            match measure {
                Measure::Count if own.all && in_runs => gather.count_runs(&self.runs),
                Measure::Count if own.all => gather.count_each(groups),
                Measure::Sum(column) if own.all && in_runs => gather.sum_runs(&self.runs, at.stored(*column), sel),
                Measure::Sum(column) if own.all => gather.sum_each(None, groups, at.stored(*column), sel),
                Measure::Conversations if own.all && in_runs => gather.conversation_runs(&self.runs, self.picked.conversations()),
                Measure::Count => gather.count(groups, rows),
                Measure::Sum(column)
                | Measure::Min(column)
                | Measure::Max(column)
                | Measure::Newest { column, .. }
                | Measure::Values { column, .. } => {
                    gather.values(groups, rows, self.picked.ints(*column));
                }
                Measure::Conversations => gather.conversations(groups, rows, self.picked.conversations()),
                Measure::Distinct { column, .. } => gather.codes(groups, rows, self.picked.codes(*column)),
            }
        }
    }

    /// Positions of the picked rows that meet a condition.
    fn condition(&mut self, number: usize, at: At<'_>, sel: Option<&[u32]>) {
        let once = &mut self.conditions[number];
        if once.epoch == self.epoch {
            return;
        }
        once.epoch = self.epoch;
        let mask = &self.plan.conditions[number].1;
        let whole = mask.whole(at);
        once.all = whole == Some(true);
        match whole {
            Some(_) => once.values.clear(),
            None => {
                mask.evaluate_mixed(at, sel, &mut self.picked, &mut self.mask);
                positions(&self.mask, &mut once.values);
            }
        }
    }

    /// Makes the numbers of one key ready for the picked rows: see [`values_of`].
    fn key(&mut self, number: usize, at: At<'_>, sel: Option<&[u32]>) {
        let once = &mut self.keys[number];
        if once.epoch == self.epoch {
            return;
        }
        once.epoch = self.epoch;
        let out = &mut once.values;
        match &self.plan.keys[number] {
            KeyPlan::Text { column, .. } => self.picked.want_codes(*column, at, sel),
            KeyPlan::Derived { column, map, .. } => {
                self.picked.want_codes(*column, at, sel);
                out.clear();
                out.extend(self.picked.codes(*column).iter().map(|code| map.get(*code as usize).copied().unwrap_or(0)));
            }
            KeyPlan::Buckets { column, starts } => {
                buckets(at.stored(*column), at.rows, sel, starts, out);
            }
            KeyPlan::Time { column, part, offsets } => {
                self.picked.want_ints(*column, at, sel);
                let part: TimePart = *part;
                part.of_all(self.picked.ints(*column), offsets, out);
            }
        }
    }
}

/// The numbers of one key for the picked rows: codes as they were decoded, or what was made of them.
fn values_of<'a>(plan: &Plan, key: usize, keys: &'a [Once], picked: &'a Dense) -> &'a [u32] {
    match &plan.keys[key] {
        KeyPlan::Text { column, .. } => picked.codes(*column),
        _ => &keys[key].values,
    }
}

/// The group of each picked row.
fn group(grouping: &mut Grouping, asked: &QuestionPlan, plan: &Plan, keys: &[Once], picked: &Dense, count: usize, out: &mut Vec<u32>) {
    out.clear();
    match grouping {
        Grouping::Array { .. } => {
            out.resize(count, 0);
            for (nth, key) in asked.keys.iter().enumerate() {
                let own = values_of(plan, *key, keys, picked);
                if nth == 0 {
                    out.copy_from_slice(own);
                } else {
                    let size = plan.keys[*key].size() as u32;
                    out.iter_mut().zip(own).for_each(|(g, k)| *g = *g * size + k);
                }
            }
        }
        Grouping::Map { known, keys: all } => {
            let mut wide = vec![0_u64; count];
            for key in &asked.keys {
                let size = plan.keys[*key].size() as u64;
                wide.iter_mut()
                    .zip(values_of(plan, *key, keys, picked))
                    .for_each(|(g, k)| *g = g.wrapping_mul(size).wrapping_add(u64::from(*k)));
            }
            let mut last = (u64::MAX, 0);
            out.extend(wide.into_iter().map(|key| {
                if key != last.0 {
                    last = (key, number(known, all, key));
                }
                last.1
            }));
        }
    }
}
