//! Texts that have a value of their own in almost every row: ids. They are kept as they came, to be shown; nothing is counted
//! or filtered by them here.

use crate::disk::{Bytes, Damaged, Reader, Writer, get_u32, of_u32};

/// Ids of the platform, two letters and 32 hexadecimal digits, take half of their length.
const SID: usize = 34;
const PLAIN: u8 = 0;
const IS_SID: u8 = 1;

/// Texts while a part is made, in order of arrival.
#[derive(Debug, Default)]
pub(crate) struct TextsBuilder {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl TextsBuilder {
    /// False when there is no more place.
    pub fn push(&mut self, text: Option<&str>) -> bool {
        match text.map(|text| (text, sid(text))) {
            None => {}
            Some((_, Some(short))) => {
                self.bytes.push(IS_SID);
                self.bytes.extend(short);
            }
            Some((text, None)) => {
                self.bytes.push(PLAIN);
                self.bytes.extend(text.as_bytes());
            }
        }
        let end = u32::try_from(self.bytes.len()).ok();
        self.ends.extend(end);
        end.is_some()
    }
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// These rows, in this order.
    pub fn pick(&self, rows: impl Iterator<Item = usize>) -> Texts {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for row in rows {
            let start = row.checked_sub(1).map_or(0, |before| self.ends[before]) as usize;
            bytes.extend_from_slice(&self.bytes[start..self.ends[row] as usize]);
            ends.push(bytes.len() as u32);
        }
        Texts { bytes: bytes.into(), ends: of_u32(&ends) }
    }
}

fn sid(text: &str) -> Option<[u8; 18]> {
    let bytes: &[u8; SID] = text.as_bytes().try_into().ok()?;
    let mut short = [0; 18];
    short[..2].copy_from_slice(&bytes[..2]);
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    for (to, pair) in short[2..].iter_mut().zip(bytes[2..].chunks(2)) {
        *to = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    // A letter of several bytes could begin in the first two and end in the digits; then those are no digits.
    bytes[..2].is_ascii().then_some(short)
}

/// Texts of a part, by row or by conversation.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    bytes: Bytes,
    ends: Bytes,
}

impl Texts {
    pub fn get(&self, at: usize) -> Option<String> {
        let start = at.checked_sub(1).map_or(0, |before| get_u32(&self.ends, before)) as usize;
        let own = self.bytes.get(start..get_u32(&self.ends, at) as usize)?;
        match own.split_first()? {
            (&IS_SID, short) => {
                let mut text = String::from_utf8_lossy(short.get(..2)?).into_owned();
                short[2..].iter().for_each(|b| {
                    text.extend(char::from_digit(u32::from(b >> 4), 16));
                    text.extend(char::from_digit(u32::from(b & 15), 16));
                });
                Some(text)
            }
            (_, text) => Some(String::from_utf8_lossy(text).into_owned()),
        }
    }
    /// Bytes: all, and those of them that are mapped.
    pub fn bytes(&self) -> (usize, usize) {
        let all = self.bytes.len() + self.ends.len();
        (all, if self.bytes.is_mapped() { all } else { 0 })
    }
    pub fn write<'a>(&'a self, out: &mut Writer<'a>) {
        out.bytes(&self.bytes);
        out.bytes(&self.ends);
    }
    pub fn read(from: &mut Reader<'_>, count: usize) -> Result<Self, Damaged> {
        let own = Self { bytes: from.bytes()?, ends: from.bytes()? };
        if own.ends.len() == 4 * count { Ok(own) } else { Err(Damaged("there are more or fewer ids than rows")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_out_as_they_went_in() {
        let all = [
            Some("WR000000000000000000000000002f53"),
            None,
            Some("WT0123456789abcdef0123456789abcdef"),
            Some("WT0123456789ABCDEF0123456789abcdef"),
            Some("Å0123456789abcdef0123456789abcdef"),
            Some(""),
            Some("call 7"),
            Some("WT0123456789abcdef0123456789abcdeg"),
        ];
        let mut builder = TextsBuilder::default();
        all.iter().for_each(|text| assert!(builder.push(*text)));
        let texts = builder.pick((0..all.len()).rev());
        for (at, text) in all.iter().rev().enumerate() {
            assert_eq!(texts.get(at).as_deref(), *text);
        }
    }
}
