//! A part: the rows of one file of the lake, or the fresh ones, packed and put in the order that makes questions cheap.
//!
//! **Invariant**: all rows of one conversation in a part lie together, in one chunk. Counting different conversations is
//! then counting where the conversation changes.

use crate::dictionary::NULL_CODE;
use crate::disk::{Bytes, of_u32};
use crate::packed::{NULL_INT, Packed};
use crate::texts::{Texts, TextsBuilder};
use parclose_model::TableId;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// Rows that a chunk has at least, but for the last of a part. Its columns then fit into the second-level cache together.
const CHUNK_ROWS: usize = 8192;
/// A chunk may end early where another unit begins, by the first column of units or by the second, when it has this many rows.
const CHUNK_ROWS_OF_A_UNIT: [usize; 2] = [2048, 4096];
const CONVERSATION: &str = "conversation_id";
/// Codes of a column of one chunk that are listed for pruning: teams and queues of several small units lie in one chunk.
const LISTED_CODES: usize = 64;

/// A column before packing.
#[derive(Debug)]
enum Raw {
    Nulls,
    Codes(Vec<u32>),
    Ints(Vec<i64>),
    Texts(TextsBuilder),
    NotKept,
}

/// Takes rows in any order, column by column, batch by batch.
#[derive(Debug)]
pub struct PartBuilder {
    table: TableId,
    rows: usize,
    /// Where the batch that began last begins.
    batch_start: usize,
    columns: Vec<Raw>,
    conversations: Vec<u128>,
}

/// A column of a part.
#[derive(Debug)]
pub(crate) struct Column {
    pub values: Packed,
    /// For text: the codes of each chunk where they are few, to see without reading that a filter takes all or none.
    pub codes: Vec<Option<Box<[u32]>>>,
    /// All codes of a text column are below.
    below: u32,
}

impl Column {
    pub fn new(values: Packed, codes: Vec<Option<Box<[u32]>>>) -> Self {
        let below = values.all_bounds().map_or(1, |(_, most)| u32::try_from(most).unwrap_or(0).saturating_add(1));
        Self { values, codes, below }
    }
    /// All codes of a text column are below.
    pub fn codes_below(&self) -> usize {
        self.below as usize
    }
}

/// Ids of a part's rows, to be shown.
#[derive(Debug)]
pub(crate) struct Ids {
    pub column: usize,
    /// One for each conversation (by its number in the part), not for each row.
    pub by_conversation: bool,
    pub texts: Texts,
}

/// See the module.
#[derive(Debug)]
pub struct Part {
    pub(crate) starts: Vec<u32>,
    /// By position in the table; nothing for a column that is not kept here.
    pub(crate) columns: Vec<Option<Column>>,
    /// Number of the conversation inside the part, from 0.
    pub(crate) conversation: Packed,
    /// Keys of the part's conversations in order, and their numbers.
    pub(crate) keys: Keys,
    pub(crate) ids: Vec<Ids>,
    /// First and last instant of the rows (epoch ms), where all rows have one.
    pub(crate) range: Option<(i64, i64)>,
    /// The columns by which conversations were put together.
    pub(crate) cluster: Vec<u32>,
}

/// Keys of conversations, in order, and the conversations' numbers in the part.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    pub keys: Bytes,
    pub numbers: Bytes,
}

impl Keys {
    fn new(all: &[(u128, u32)]) -> Self {
        let keys: Vec<u8> = all.iter().flat_map(|(key, _)| key.to_le_bytes()).collect();
        Self { keys: keys.into(), numbers: of_u32(&all.iter().map(|(_, number)| *number).collect::<Vec<_>>()) }
    }
    pub fn len(&self) -> usize {
        self.keys.len() / 16
    }
    /// The keys, to be looked at by position.
    pub fn keys(&self) -> &[[u8; 16]] {
        self.keys.as_chunks::<16>().0
    }
    pub fn number(&self, at: usize) -> u32 {
        crate::disk::get_u32(&self.numbers, at)
    }
}

impl PartBuilder {
    /// A builder for rows of this table.
    pub fn new(table: TableId) -> Self {
        Self { table, rows: 0, batch_start: 0, columns: table.columns().iter().map(|_| Raw::Nulls).collect(), conversations: Vec::new() }
    }
    /// Begins a batch with the keys of the rows' conversations, 0 for rows without one. Columns that the batch does not
    /// bring have no value in its rows.
    pub fn batch(&mut self, conversations: &[u128]) {
        self.conversations.extend_from_slice(conversations);
        self.batch_start = self.rows;
        self.rows += conversations.len();
    }
    /// A text column of the batch that began last, as codes.
    pub fn codes(&mut self, column: usize, codes: &[u32]) {
        let before = self.rows - codes.len();
        if matches!(self.columns[column], Raw::Nulls) {
            self.columns[column] = Raw::Codes(Vec::new());
        }
        if let Raw::Codes(all) = &mut self.columns[column] {
            all.resize(before, NULL_CODE);
            all.extend_from_slice(codes);
        }
    }
    /// A column of whole numbers or instants (epoch ms) of the batch that began last, [`NULL_INT`] for "no value".
    pub fn ints(&mut self, column: usize, values: &[i64]) {
        let before = self.rows - values.len();
        if matches!(self.columns[column], Raw::Nulls) {
            self.columns[column] = Raw::Ints(Vec::new());
        }
        if let Raw::Ints(all) = &mut self.columns[column] {
            all.resize(before, NULL_INT);
            all.extend_from_slice(values);
        }
    }
    /// A column of ids of the batch that began last: kept to be shown, and for nothing else.
    pub fn ids<'t>(&mut self, column: usize, values: impl Iterator<Item = Option<&'t str>>) {
        if matches!(self.columns[column], Raw::Nulls) {
            self.columns[column] = Raw::Texts(TextsBuilder::default());
        }
        let mut fits = true;
        let before = self.batch_start;
        if let Raw::Texts(all) = &mut self.columns[column] {
            while all.len() < before {
                fits &= all.push(None);
            }
            values.for_each(|value| fits &= all.push(value));
        }
        if !fits {
            self.columns[column] = Raw::NotKept;
        }
    }
    /// Says that a column is not kept here: questions about it are somebody else's.
    pub fn not_kept(&mut self, column: usize) {
        self.columns[column] = Raw::NotKept;
    }

    /// Puts the rows in order and packs them. `cluster` names the columns of the separation rules, the first the most
    /// important: conversations of one unit lie together.
    pub fn build(self, cluster: &[usize]) -> Part {
        self.build_in_order(cluster).0
    }

    /// The same; with, for each row of the part, which of the rows that were taken it is.
    pub fn build_in_order(mut self, cluster: &[usize]) -> (Part, Vec<u32>) {
        for column in &mut self.columns {
            match column {
                Raw::Codes(all) => all.resize(self.rows, NULL_CODE),
                Raw::Ints(all) => all.resize(self.rows, NULL_INT),
                Raw::Texts(all) => {
                    while all.len() < self.rows && all.push(None) {}
                    if all.len() < self.rows {
                        *column = Raw::NotKept;
                    }
                }
                Raw::Nulls | Raw::NotKept => {}
            }
        }
        let order = self.order(cluster);
        let starts = self.cut(&order);
        let mut numbers = vec![NULL_INT; self.rows];
        let mut keys: Vec<(u128, u32)> = Vec::new();
        let mut firsts = Vec::new();
        let mut last = 0;
        for (to, row) in order.rows.iter().enumerate() {
            let key = self.conversations[*row as usize];
            if key == 0 {
                continue;
            }
            if key != last {
                keys.push((key, keys.len() as u32));
                firsts.push(*row);
                last = key;
            }
            numbers[to] = keys.len() as i64 - 1;
        }
        let mut ids = Vec::new();
        for (column, raw) in self.columns.iter_mut().enumerate() {
            if let Raw::Texts(own) = raw {
                let by_conversation = self.table.columns()[column].name == CONVERSATION;
                let texts = if by_conversation {
                    own.pick(firsts.iter().map(|row| *row as usize))
                } else {
                    own.pick(order.rows.iter().map(|row| *row as usize))
                };
                ids.push(Ids { column, by_conversation, texts });
                *raw = Raw::NotKept;
            }
        }
        keys.sort_unstable();
        let columns: Vec<Option<Column>> =
            std::mem::take(&mut self.columns).into_iter().map(|raw| pack(raw, &order.rows, &starts)).collect();
        let mut part = Part {
            // Numbers up to the number of rows can always be packed.
            conversation: Packed::new(&numbers, &starts).unwrap_or_default(),
            columns,
            keys: Keys::new(&keys),
            ids,
            range: None,
            starts,
            cluster: cluster.iter().map(|at| *at as u32).collect(),
        };
        part.range = part.find_range(self.table);
        (part, order.rows)
    }

    /// Rows by the unit of their conversation, its start, the conversation, their own start.
    fn order(&self, cluster: &[usize]) -> Order {
        struct Conversation {
            units: [u32; 2],
            start: i64,
            end: i64,
            first: u32,
            rows: u32,
        }
        let nothing = Vec::new();
        let time = match self.table.index_of(self.table.time_column()).map(|at| &self.columns[at]) {
            Some(Raw::Ints(times)) => times,
            _ => &nothing,
        };
        let time_of = |row: usize| time.get(row).copied().unwrap_or(NULL_INT);
        let unit_of = |row: usize, nth: usize| match cluster.get(nth).map(|at| &self.columns[*at]) {
            Some(Raw::Codes(codes)) => codes[row],
            _ => NULL_CODE,
        };
        let mut known: FxHashMap<u128, u32> = FxHashMap::default();
        let mut all: Vec<Conversation> = Vec::new();
        let mut own = Vec::with_capacity(self.rows);
        for (row, key) in self.conversations.iter().enumerate() {
            let next = all.len() as u32;
            let at = match (*key != 0).then(|| known.entry(*key)) {
                Some(Entry::Occupied(at)) => *at.get(),
                Some(Entry::Vacant(place)) => *place.insert(next),
                None => next,
            };
            own.push(at);
            let (time, units) = (time_of(row), [unit_of(row, 0), unit_of(row, 1)]);
            match all.get_mut(at as usize) {
                None => all.push(Conversation { units, start: time, end: time, first: row as u32, rows: 1 }),
                Some(c) => {
                    c.rows += 1;
                    c.start = c.start.min(time);
                    // The unit of a conversation is that of its last row: who took it rather than where it waited.
                    if time >= c.end {
                        (c.end, c.units) = (time, units);
                    }
                }
            }
        }
        let mut ranked: Vec<u32> = (0..all.len() as u32).collect();
        ranked.sort_unstable_by_key(|at| {
            let c = &all[*at as usize];
            (c.units, c.start, c.first)
        });
        let mut place = vec![0_u32; all.len()];
        let (mut next, mut ends, mut units) = (0, Vec::with_capacity(all.len()), Vec::with_capacity(all.len()));
        for at in ranked {
            let c = &all[at as usize];
            place[at as usize] = next;
            next += c.rows;
            ends.push(next);
            units.push(c.units);
        }
        let mut rows = vec![0_u32; self.rows];
        for (row, at) in own.iter().enumerate() {
            let to = &mut place[*at as usize];
            rows[*to as usize] = row as u32;
            *to += 1;
        }
        let mut start = 0;
        for end in &ends {
            rows[start as usize..*end as usize].sort_by_key(|row| (time_of(*row as usize), *row));
            start = *end;
        }
        Order { rows, ends, units }
    }

    /// Where chunks begin: never inside a conversation.
    fn cut(&self, order: &Order) -> Vec<u32> {
        let mut starts = vec![0];
        for (at, end) in order.ends.iter().enumerate() {
            let size = (*end - starts.last().copied().unwrap_or(0)) as usize;
            let ends = |nth: usize| order.units.get(at + 1).is_some_and(|next| next[nth] != order.units[at][nth]);
            if size >= CHUNK_ROWS || (0..2).any(|nth| size >= CHUNK_ROWS_OF_A_UNIT[nth] && ends(nth)) {
                starts.push(*end);
            }
        }
        if starts.last() != Some(&(self.rows as u32)) {
            starts.push(self.rows as u32);
        }
        starts
    }
}

struct Order {
    rows: Vec<u32>,
    /// End of each conversation, and its unit.
    ends: Vec<u32>,
    units: Vec<[u32; 2]>,
}

fn pack(raw: Raw, order: &[u32], starts: &[u32]) -> Option<Column> {
    match raw {
        Raw::NotKept | Raw::Texts(_) => None,
        Raw::Nulls => Some(Column::new(Packed::nothing(), Vec::new())),
        Raw::Ints(own) => {
            let values: Vec<i64> = order.iter().map(|row| own[*row as usize]).collect();
            Some(Column::new(Packed::new(&values, starts)?, Vec::new()))
        }
        Raw::Codes(own) => {
            let values: Vec<u32> = order.iter().map(|row| own[*row as usize]).collect();
            let codes = starts.windows(2).map(|range| few(&values[range[0] as usize..range[1] as usize])).collect();
            let wide: Vec<i64> = values.iter().map(|code| if *code == NULL_CODE { NULL_INT } else { i64::from(*code) }).collect();
            Some(Column::new(Packed::new(&wide, starts)?, codes))
        }
    }
}

/// The different codes of a chunk when they are few.
fn few(codes: &[u32]) -> Option<Box<[u32]>> {
    let mut found: Vec<u32> = Vec::with_capacity(LISTED_CODES);
    let mut last = None;
    for code in codes {
        if last == Some(*code) {
            continue;
        }
        last = Some(*code);
        if !found.contains(code) {
            if found.len() == LISTED_CODES {
                return None;
            }
            found.push(*code);
        }
    }
    Some(found.into())
}

impl Part {
    /// Rows.
    pub fn rows(&self) -> usize {
        self.starts.last().copied().unwrap_or(0) as usize
    }
    pub(crate) fn chunks(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
    pub(crate) fn rows_of(&self, chunk: usize) -> usize {
        (self.starts[chunk + 1] - self.starts[chunk]) as usize
    }
    /// Different conversations.
    pub fn conversations(&self) -> usize {
        self.keys.len()
    }
    /// Bytes that questions may look at: all, and those of them that are mapped from a file. Ids that are only shown are not
    /// among them.
    pub fn bytes(&self) -> (usize, usize) {
        let mut sum = (self.starts.len() * 4, 0);
        let mut add = |(all, mapped): (usize, usize)| sum = (sum.0 + all, sum.1 + mapped);
        for column in self.columns.iter().flatten() {
            add(column.values.bytes());
            add((column.codes.iter().map(|l| 16 + l.as_ref().map_or(0, |l| 4 * l.len())).sum(), 0));
        }
        add(self.conversation.bytes());
        let keys = self.keys.keys.len() + self.keys.numbers.len();
        add((keys, if self.keys.keys.is_mapped() { keys } else { 0 }));
        for ids in self.ids.iter().filter(|ids| ids.texts.bytes().1 == 0) {
            add(ids.texts.bytes());
        }
        sum
    }
    /// First and last instant, if every row has one.
    pub(crate) fn find_range(&self, table: TableId) -> Option<(i64, i64)> {
        let time = self.columns[table.index_of(table.time_column())?].as_ref()?;
        let known = (0..self.chunks()).all(|chunk| !time.values.has_nulls(chunk));
        time.values.all_bounds().filter(|_| known)
    }
    /// The columns by which conversations were put together.
    pub fn cluster(&self) -> impl Iterator<Item = usize> {
        self.cluster.iter().map(|at| *at as usize)
    }
}
