//! What an import says about itself.

use serde::Serialize;

/// How many line numbers a tally remembers.
const FIRST_LINES: usize = 20;
/// How many different reasons are kept apart.
const REASONS: usize = 200;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Lines read.
    pub lines: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Events made.
    pub events: u64,
}

/// Lines with one thing in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// What they have in common. Never holds a value of the file.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// The first of them, line numbers from one.
    pub first_lines: Vec<u64>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines (records) of data read, the header not counted.
    pub lines: u64,
    /// Lines that became events.
    pub good: u64,
    /// Events made.
    pub events: u64,
    /// Lines that can't be read: something is wrong with them.
    pub refused: Vec<Tally>,
    /// Lines left out on purpose, as the mapping says.
    pub skipped: Vec<Tally>,
    /// Lines that became events with something to know about them.
    pub noted: Vec<Tally>,
}

impl Report {
    pub(super) fn refuse(&mut self, reason: &str, line: u64) {
        add(&mut self.refused, reason, line);
    }
    pub(super) fn skip(&mut self, reason: &str, line: u64) {
        add(&mut self.skipped, reason, line);
    }
    pub(super) fn note(&mut self, reason: &str, line: u64) {
        add(&mut self.noted, reason, line);
    }
    /// Lines refused for all reasons.
    pub fn refused_lines(&self) -> u64 {
        self.refused.iter().map(|tally| tally.count).sum()
    }
    /// Lines skipped for all reasons.
    pub fn skipped_lines(&self) -> u64 {
        self.skipped.iter().map(|tally| tally.count).sum()
    }
    /// How many lines were refused, skipped or noted for a reason.
    pub fn count_of(&self, reason: &str) -> u64 {
        let lists = [&self.refused, &self.skipped, &self.noted];
        lists.into_iter().flatten().filter(|tally| tally.reason == reason).map(|tally| tally.count).sum()
    }
}

fn add(list: &mut Vec<Tally>, reason: &str, line: u64) {
    let full = list.len() >= REASONS;
    let reason = if full && list.iter().all(|tally| tally.reason != reason) { "other reasons" } else { reason };
    match list.iter_mut().find(|tally| tally.reason == reason) {
        Some(tally) => {
            tally.count += 1;
            if tally.first_lines.len() < FIRST_LINES {
                tally.first_lines.push(line);
            }
        }
        None => list.push(Tally { reason: reason.to_owned(), count: 1, first_lines: vec![line] }),
    }
}
