//! Texts as numbers: each column of text has one dictionary for all its parts, so that the same value has the same code
//! everywhere and groups can be counted in plain arrays.

use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::sync::{RwLock, RwLockReadGuard};

/// The code of "no value". Values have codes from 1.
pub const NULL_CODE: u32 = 0;

/// Values that a dictionary takes at most. A column with more is not kept here: somebody else answers.
const MOST_VALUES: usize = 4_000_000;
/// Bytes of text that a dictionary takes at most.
const MOST_BYTES: usize = 256 << 20;

/// All values of one column, in order of arrival. Nothing is ever taken out, so a code stays valid.
#[derive(Debug, Default)]
pub struct Values {
    text: String,
    /// End of each value in `text`; the first entry is the start of the first.
    ends: Vec<u32>,
    /// Open addressing: code of the value, or [`NULL_CODE`] for a free place. A power of two, at most half full.
    places: Vec<u32>,
    keys: (u64, u64),
}

impl Values {
    /// Number of codes, "no value" included: every code is below.
    pub fn codes(&self) -> usize {
        self.ends.len() + 1
    }
    /// The value of a code.
    pub fn get(&self, code: u32) -> Option<&str> {
        let at = (code as usize).checked_sub(1)?;
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
    /// All values in order of their codes, from code 1.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (1..self.codes() as u32).filter_map(|code| self.get(code))
    }
    /// The code of a value. Values that came from a file are not found before the first new one.
    #[cfg(test)]
    fn find(&self, value: &str) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        let code = self.places[self.place(value)];
        (code != NULL_CODE).then_some(code)
    }
    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.text.capacity() + 4 * (self.ends.capacity() + self.places.capacity())
    }

    fn place(&self, value: &str) -> usize {
        let mut hasher = SipHasher13::new_with_keys(self.keys.0, self.keys.1);
        hasher.write(value.as_bytes());
        let mask = self.places.len() - 1;
        let mut at = hasher.finish() as usize & mask;
        loop {
            let code = self.places[at];
            if code == NULL_CODE || self.get(code) == Some(value) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }
    fn intern(&mut self, value: &str) -> Option<u32> {
        if self.places.len() < 2 * (self.ends.len() + 1) {
            self.grow();
        }
        let at = self.place(value);
        if self.places[at] != NULL_CODE {
            return Some(self.places[at]);
        }
        if self.ends.len() >= MOST_VALUES || self.text.len() + value.len() > MOST_BYTES {
            return None;
        }
        self.text.push_str(value);
        self.ends.push(self.text.len() as u32);
        self.places[at] = self.ends.len() as u32;
        Some(self.places[at])
    }
    /// Makes the places new. Values that came from a file have none until the first is looked for.
    fn grow(&mut self) {
        self.places = vec![NULL_CODE; (self.ends.len() * 2 + 2).next_power_of_two().max(64) * 2];
        for code in 1..self.codes() as u32 {
            let at = self.get(code).map(|value| self.place(value)).unwrap_or_default();
            self.places[at] = code;
        }
    }
}

/// A dictionary that may grow while others read it.
#[derive(Debug)]
pub struct Dictionary(RwLock<Values>);

impl Dictionary {
    /// An empty dictionary. The keys make the places of values unpredictable to those who send events.
    pub fn new(keys: (u64, u64)) -> Self {
        Self(RwLock::new(Values { keys, ..Values::default() }))
    }
    /// The values as of now. Keep it for a short time: writers wait.
    pub fn read(&self) -> RwLockReadGuard<'_, Values> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
    /// Adds values that were saved, in order of their codes. False when they are too many or no text.
    pub(crate) fn restore(&self, sizes: &[u32], text: &[u8]) -> bool {
        let mut own = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        let own = &mut *own;
        let (Ok(text), base) = (std::str::from_utf8(text), own.text.len()) else { return false };
        if own.ends.len() + sizes.len() > MOST_VALUES || base + text.len() > MOST_BYTES {
            return false;
        }
        let mut end = 0_u64;
        for size in sizes {
            end += u64::from(*size);
            if end > text.len() as u64 || !text.is_char_boundary(end as usize) {
                return false;
            }
            own.ends.push((base as u64 + end) as u32);
        }
        own.text.push_str(text);
        end == text.len() as u64
    }
    /// Codes of values, in order; `None` is "no value". Gives nothing when the dictionary is full.
    pub fn intern<'v>(&self, values: impl Iterator<Item = Option<&'v str>>) -> Option<Vec<u32>> {
        let mut own = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        values.map(|value| value.map_or(Some(NULL_CODE), |value| own.intern(value))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_code_while_others_come() {
        let dictionary = Dictionary::new((1, 2));
        let many: Vec<String> = (0..10_000).map(|n| format!("value {n}")).collect();
        let first = dictionary.intern([Some("Anvils"), None, Some(""), Some("Anvils")].into_iter()).unwrap();
        assert_eq!(first, [1, 0, 2, 1]);
        let codes = dictionary.intern(many.iter().map(|v| Some(v.as_str()))).unwrap();
        let values = dictionary.read();
        assert_eq!((values.get(1), values.get(2), values.get(0)), (Some("Anvils"), Some(""), None));
        for (code, value) in codes.iter().zip(&many) {
            assert_eq!((values.get(*code), values.find(value)), (Some(value.as_str()), Some(*code)));
        }
        assert_eq!(values.find("never seen"), None);
    }
}
