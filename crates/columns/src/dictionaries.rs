//! The dictionaries of a table's columns, in memory or with a file behind them.
//!
//! The file is a head and then what was added, piece by piece, each with a checksum; a piece that was not written to its end is
//! cut off at the next start. Parts on disk are written after the values that they need.

use crate::dictionary::Dictionary;
use crate::disk::{Damaged, private};
use parclose_model::{ColumnType, TableId};
use siphasher::sip128::{Hasher128, SipHasher13};
use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;

const MAGIC: &[u8; 8] = b"parcldic";
/// Changes with what the file looks like, or how values are hashed.
const VERSION: u32 = 1;
const HEAD: usize = 32;
/// Column, values, bytes of text, checksum: four numbers before each piece.
const PIECE: usize = 16;

/// The dictionaries of a table's columns, shared by all parts that were ever made.
#[derive(Debug)]
pub struct Dictionaries {
    table: TableId,
    columns: Vec<Dictionary>,
    keys: (u64, u64),
    log: Option<Mutex<Log>>,
}

#[derive(Debug)]
struct Log {
    file: File,
    /// Values of each column that are on disk.
    saved: Vec<usize>,
}

impl Dictionaries {
    /// Empty ones, in memory. `keys` are random: nobody outside can choose ids whose hashes are the same.
    pub fn new(table: TableId, keys: (u64, u64)) -> Self {
        Self { table, columns: table.columns().iter().map(|_| Dictionary::new(keys)).collect(), keys, log: None }
    }
    /// Those of a file, or empty ones with a new file.
    pub fn at(path: &Path, table: TableId, keys: (u64, u64)) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Self::restore(path, table, &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut own = Self::new(table, keys);
                let mut file = private(path)?;
                file.write_all(&head(table, keys))?;
                file.sync_all()?;
                own.log = Some(Mutex::new(Log { file, saved: vec![0; own.columns.len()] }));
                Ok(own)
            }
            Err(error) => Err(error),
        }
    }

    fn restore(path: &Path, table: TableId, bytes: &[u8]) -> io::Result<Self> {
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap_or_default());
        if bytes.len() < HEAD {
            return Err(Damaged("the head of the dictionaries is not whole").into());
        }
        let keys = (number(16), number(24));
        if bytes[..HEAD] != head(table, keys) {
            return Err(Damaged("the dictionaries belong to another table or version").into());
        }
        let mut own = Self::new(table, keys);
        let mut at = HEAD;
        let mut saved = vec![0; own.columns.len()];
        while let Some((column, values, sizes, text, next)) = piece(bytes, at) {
            let Some(dictionary) = own.columns.get(column).filter(|d| d.restore(&sizes, text)) else {
                return Err(Damaged("a piece of the dictionaries does not fit").into());
            };
            saved[column] += values;
            debug_assert_eq!(dictionary.read().codes(), saved[column] + 1);
            at = next;
        }
        let mut file = File::options().write(true).open(path)?;
        file.set_len(at as u64)?;
        file.seek(SeekFrom::End(0))?;
        own.log = Some(Mutex::new(Log { file, saved }));
        Ok(own)
    }

    /// Writes what is not on disk yet. Nothing to do without a file.
    pub fn save(&self) -> io::Result<()> {
        let Some(log) = &self.log else { return Ok(()) };
        let mut log = log.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let log = &mut *log;
        let before = log.file.stream_position()?;
        let mut saved = log.saved.clone();
        let mut out = Vec::new();
        for (at, dictionary) in self.columns.iter().enumerate() {
            let values = dictionary.read();
            let codes = saved[at] as u32 + 1..values.codes() as u32;
            if codes.is_empty() {
                continue;
            }
            saved[at] = values.codes() - 1;
            let texts: Vec<&str> = codes.map(|code| values.get(code).unwrap_or_default()).collect();
            let mut body: Vec<u8> = texts.iter().flat_map(|text| (text.len() as u32).to_le_bytes()).collect();
            let sizes = body.len();
            texts.iter().for_each(|text| body.extend(text.as_bytes()));
            let numbers = [at as u32, texts.len() as u32, (body.len() - sizes) as u32, crc32fast::hash(&body)];
            out.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
            out.extend(body);
        }
        if out.is_empty() {
            return Ok(());
        }
        if let Err(error) = log.file.write_all(&out).and_then(|()| log.file.sync_data()) {
            // A piece that is half there must not come before the next one.
            log.file.set_len(before)?;
            log.file.seek(SeekFrom::Start(before))?;
            return Err(error);
        }
        log.saved = saved;
        Ok(())
    }

    /// The table.
    pub fn table(&self) -> TableId {
        self.table
    }
    pub(crate) fn is_text(&self, at: usize) -> bool {
        self.table.columns()[at].ty == ColumnType::Text
    }
    /// The dictionary of a column, by its position in the table.
    pub fn column(&self, at: usize) -> &Dictionary {
        &self.columns[at]
    }
    /// The key of a conversation: 128 bits of a keyed hash of its id, never 0.
    pub fn conversation_key(&self, id: &str) -> u128 {
        self.hash(id.as_bytes()).max(1)
    }
    /// A keyed hash, good for as long as these dictionaries are.
    pub(crate) fn hash(&self, bytes: &[u8]) -> u128 {
        let mut hasher = SipHasher13::new_with_keys(self.keys.0, self.keys.1);
        hasher.write(bytes);
        hasher.finish128().as_u128()
    }
    /// Tells parts made with these dictionaries from others, and nothing about the keys.
    pub(crate) fn stamp(&self) -> u64 {
        self.hash(b"stamp of the dictionaries") as u64
    }
    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|d| d.read().bytes()).sum()
    }
}

fn head(table: TableId, keys: (u64, u64)) -> [u8; HEAD] {
    let names: Vec<String> = table.columns().iter().map(|c| format!("{} {:?}", c.name, c.ty)).collect();
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(MAGIC);
    head[8..12].copy_from_slice(&VERSION.to_le_bytes());
    // Another list of columns makes other files.
    head[12..16].copy_from_slice(&crc32fast::hash(names.join(",").as_bytes()).to_le_bytes());
    head[16..24].copy_from_slice(&keys.0.to_le_bytes());
    head[24..].copy_from_slice(&keys.1.to_le_bytes());
    head
}

/// The piece at a place: column, number of values, their sizes, their text, and where the next one is.
fn piece(bytes: &[u8], at: usize) -> Option<(usize, usize, Vec<u32>, &[u8], usize)> {
    let numbers = bytes.get(at..at + PIECE)?.as_chunks::<4>().0;
    let [column, values, text, crc] = [0, 1, 2, 3].map(|nth: usize| u32::from_le_bytes(numbers[nth]));
    let from = at + PIECE;
    let middle = from.checked_add(values as usize * 4)?;
    let end = middle.checked_add(text as usize)?;
    let body = bytes.get(from..end)?;
    if crc32fast::hash(body) != crc {
        return None;
    }
    let sizes = body[..middle - from].as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
    Some((column as usize, values as usize, sizes, &bytes[middle..end], end))
}
