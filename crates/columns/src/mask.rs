//! Which rows: conditions that are true or false for each row, over codes and numbers. "Unknown" is false here; what is made
//! of a predicate with three values has its "not" at the leaves only, where a missing value is taken care of.

use crate::dense::{At, Dense};
use crate::packed::NULL_INT;
use crate::stored::between;
use std::sync::Arc;

/// The zone's offsets from UTC inside a range: (from this instant, epoch ms; seconds east), in order.
pub type Offsets = Arc<[(i64, i64)]>;

/// A part of the local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimePart {
    /// 0 to 23.
    HourOfDay,
    /// 1 Monday to 7 Sunday.
    Weekday,
}

impl TimePart {
    /// Of an instant, with the zone's offset.
    pub(crate) fn of(self, ms: i64, offset: i64) -> u32 {
        let seconds = ms.div_euclid(1000) + offset;
        match self {
            TimePart::HourOfDay => seconds.rem_euclid(86_400).div_euclid(3_600) as u32,
            // 1970-01-01 was a Thursday.
            TimePart::Weekday => (seconds.div_euclid(86_400) + 3).rem_euclid(7) as u32 + 1,
        }
    }
    /// Of many instants. Neighbours mostly share the stretch of one offset.
    pub(crate) fn of_all(self, times: &[i64], offsets: &Offsets, out: &mut Vec<u32>) {
        out.clear();
        let mut stretch = (i64::MAX, i64::MIN, 0);
        out.extend(times.iter().map(|ms| {
            if *ms < stretch.0 || *ms >= stretch.1 {
                let at = offsets.partition_point(|(from, _)| from <= ms).saturating_sub(1);
                let here = offsets.get(at).copied().unwrap_or((i64::MIN, 0));
                stretch = (here.0, offsets.get(at + 1).map_or(i64::MAX, |next| next.0), here.1);
            }
            self.of(*ms, stretch.2)
        }));
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Mask {
    All,
    None,
    /// The row is still there.
    Alive,
    /// Text: whether each code is taken; the first is "no value".
    Codes {
        column: usize,
        takes: Arc<[u8]>,
    },
    /// A number is known and in these bounds, both included.
    Ints {
        column: usize,
        from: i64,
        to: i64,
    },
    /// A part of the time column is one of these.
    Time {
        column: usize,
        part: TimePart,
        takes: Arc<[u8]>,
        offsets: Offsets,
    },
    And(Vec<Mask>),
    Or(Vec<Mask>),
    Not(Box<Mask>),
}

impl Mask {
    pub fn and(parts: impl IntoIterator<Item = Mask>) -> Mask {
        let mut kept: Vec<Mask> = Vec::new();
        for part in parts {
            match part {
                Mask::All => {}
                Mask::None => return Mask::None,
                Mask::And(inner) => kept.extend(inner),
                other if kept.contains(&other) => {}
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Mask::All,
            1 => kept.remove(0),
            _ => Mask::And(kept),
        }
    }
    pub fn or(parts: impl IntoIterator<Item = Mask>) -> Mask {
        let mut kept: Vec<Mask> = Vec::new();
        for part in parts {
            match part {
                Mask::None => {}
                Mask::All => return Mask::All,
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Mask::None,
            1 => kept.remove(0),
            _ => Mask::Or(kept),
        }
    }

    /// The answer for all rows of a chunk at once, when that can be seen without reading them.
    pub fn whole(&self, at: At<'_>) -> Option<bool> {
        match self {
            Mask::All => Some(true),
            Mask::None => Some(false),
            Mask::Alive => at.member.alive.as_ref().map_or(Some(true), |alive| alive.whole(at.chunk)),
            Mask::Codes { column, takes } => {
                let Some(column) = &at.part().columns[*column] else { return Some(false) };
                let taken = |code: u32| takes.get(code as usize).copied().unwrap_or(0) != 0;
                match (column.values.constant(at.chunk), column.codes.get(at.chunk)) {
                    (Some(NULL_INT), _) => Some(taken(0)),
                    (Some(code), _) => Some(taken(code as u32)),
                    (None, Some(Some(few))) => {
                        let some = few.iter().any(|code| taken(*code));
                        let all = few.iter().all(|code| taken(*code));
                        if all { Some(true) } else { (!some).then_some(false) }
                    }
                    _ => None,
                }
            }
            Mask::Ints { column, from, to } => {
                let Some(column) = &at.part().columns[*column] else { return Some(false) };
                let Some((least, most)) = column.values.bounds(at.chunk) else { return Some(false) };
                if most < *from || least > *to {
                    return Some(false);
                }
                (least >= *from && most <= *to && !column.values.has_nulls(at.chunk)).then_some(true)
            }
            Mask::Time { .. } => None,
            Mask::And(parts) => {
                let mut all = Some(true);
                for part in parts {
                    match part.whole(at) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => all = None,
                    }
                }
                all
            }
            Mask::Or(parts) => {
                let mut none = Some(false);
                for part in parts {
                    match part.whole(at) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => none = None,
                    }
                }
                none
            }
            Mask::Not(inner) => inner.whole(at).map(|answer| !answer),
        }
    }

    /// 1 or 0 for each row (all rows of the chunk, or those picked).
    pub fn evaluate(&self, at: At<'_>, sel: Option<&[u32]>, dense: &mut Dense, out: &mut Vec<u8>) {
        match self.whole(at) {
            Some(answer) => {
                out.clear();
                out.resize(sel.map_or(at.rows, <[u32]>::len), u8::from(answer));
            }
            None => self.evaluate_mixed(at, sel, dense, out),
        }
    }

    /// The same for a chunk in which not all rows are alike, as [`whole`](Self::whole) said: it is not asked again.
    pub fn evaluate_mixed(&self, at: At<'_>, sel: Option<&[u32]>, dense: &mut Dense, out: &mut Vec<u8>) {
        let count = sel.map_or(at.rows, <[u32]>::len);
        out.clear();
        match self {
            Mask::All => out.resize(count, 1),
            Mask::None => out.resize(count, 0),
            Mask::Alive => match (at.member.alive.as_ref().map(|alive| alive.rows(at.part(), at.chunk)), sel) {
                (None, _) => out.resize(count, 1),
                (Some(rows), None) => out.extend_from_slice(rows),
                (Some(rows), Some(sel)) => out.extend(sel.iter().map(|row| rows[*row as usize])),
            },
            Mask::Codes { column, takes } => {
                let taken = |code: u32| takes.get(code as usize).copied().unwrap_or(0);
                let by_byte = at.part().columns[*column].as_ref().and_then(|own| own.values.by_byte(at.chunk, at.rows, taken));
                match (by_byte, sel) {
                    (Some((bytes, takes)), None) => out.extend(bytes.iter().map(|byte| takes[usize::from(*byte)])),
                    (Some((bytes, takes)), Some(sel)) => out.extend(sel.iter().map(|row| takes[usize::from(bytes[*row as usize])])),
                    (None, _) => {
                        dense.want_codes(*column, at, sel);
                        out.extend(dense.codes(*column).iter().map(|code| taken(*code)));
                    }
                }
            }
            Mask::Ints { column, from, to } => {
                between(at.stored(*column), at.rows, sel, (*from, *to), out);
            }
            Mask::Time { column, part, takes, offsets } => {
                dense.want_ints(*column, at, sel);
                let mut parts = Vec::new();
                part.of_all(dense.ints(*column), offsets, &mut parts);
                out.extend(parts.iter().map(|n| takes.get(*n as usize).copied().unwrap_or(0)));
                for (own, time) in out.iter_mut().zip(dense.ints(*column)) {
                    *own &= u8::from(*time != NULL_INT);
                }
            }
            Mask::And(parts) | Mask::Or(parts) => {
                let both = matches!(self, Mask::And(_));
                let mut other = Vec::new();
                for part in parts {
                    // What holds for all rows of the chunk decides alone or changes nothing.
                    match part.whole(at) {
                        Some(answer) if answer == both => continue,
                        Some(answer) => {
                            out.clear();
                            out.resize(count, u8::from(answer));
                            return;
                        }
                        None if out.is_empty() => part.evaluate_mixed(at, sel, dense, out),
                        None => {
                            part.evaluate_mixed(at, sel, dense, &mut other);
                            let pairs = out.iter_mut().zip(&other);
                            if both { pairs.for_each(|(a, b)| *a &= b) } else { pairs.for_each(|(a, b)| *a |= b) }
                        }
                    }
                }
                // Without a part that differs from row to row they are all neutral.
                if out.is_empty() {
                    out.resize(count, u8::from(both));
                }
            }
            Mask::Not(inner) => {
                inner.evaluate(at, sel, dense, out);
                out.iter_mut().for_each(|answer| *answer ^= 1);
            }
        }
    }
}
