//! Values of a chunk as they are stored, for what goes by too fast to be decoded first.

use crate::gather::Gather;
use crate::packed::NULL_INT;
use crate::runs::Run;

/// The values of a chunk: `base` and what is stored, row by row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored<'a> {
    pub values: Width<'a>,
    /// What is added to each stored number; [`NULL_INT`] with [`Width::Same`] when no row has a value.
    pub base: i64,
    /// Whether a stored 0 is "no value".
    pub nulls: bool,
}

/// Stored numbers, by the bytes that each takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Width<'a> {
    /// All rows have the same value, or none has one.
    Same,
    One(&'a [u8]),
    Two(&'a [[u8; 2]]),
    Four(&'a [[u8; 4]]),
    Eight(&'a [[u8; 8]]),
}

impl Stored<'_> {
    /// A column without values.
    pub const NOTHING: Self = Self { values: Width::Same, base: NULL_INT, nulls: true };
}

/// A stored number.
pub(crate) trait Number: Copy {
    fn wide(self) -> u64;
    /// The sum of these, wrapping at 64 bits, and how many are not 0.
    fn sum(all: &[Self]) -> (u64, u32);
    /// The same of some of them.
    fn sum_of(all: &[Self], rows: &[u32]) -> (u64, u32) {
        let values = rows.iter().map(|row| all[*row as usize].wide());
        values.fold((0, 0), |(sum, known), one| (sum.wrapping_add(one), known + u32::from(one != 0)))
    }
    /// Whether all of these lie in what begins at `first` (one of these widths at most) and has so many `more`.
    fn within(all: &[Self], first: u64, more: u64) -> bool;
    /// 1 for each of these that does, 0 for the others.
    fn mark(all: impl Iterator<Item = Self>, first: u64, more: u64, out: &mut Vec<u8>);
}

/// The sum of so many numbers of one or two bytes fits 32 bits: more rows are added at once than with 64.
const ADDED_AT_ONCE: usize = 1 << 15;

/// Numbers that `$wide` reads as `$raw`, added up in `$sum`.
macro_rules! number {
    ($of:ty, $raw:ty, $sum:ty, $wide:expr) => {
        impl Number for $of {
            fn wide(self) -> u64 {
                u64::from($wide(self))
            }
            fn sum(all: &[Self]) -> (u64, u32) {
                let part = |part: &[Self]| {
                    let (mut sum, mut known): ($sum, u32) = (0, 0);
                    for one in part {
                        sum = sum.wrapping_add(<$sum>::from($wide(*one)));
                        known += u32::from($wide(*one) != 0);
                    }
                    (u64::from(sum), known)
                };
                all.chunks(ADDED_AT_ONCE).map(part).fold((0, 0), |a, b| (a.0.wrapping_add(b.0), a.1 + b.1))
            }
            fn within(all: &[Self], first: u64, more: u64) -> bool {
                let more = more.min(u64::from(<$raw>::MAX) - first) as $raw;
                let first = first as $raw;
                all.iter().fold(true, |within, one| within & ($wide(*one).wrapping_sub(first) <= more))
            }
            fn mark(all: impl Iterator<Item = Self>, first: u64, more: u64, out: &mut Vec<u8>) {
                let Some(most) = u64::from(<$raw>::MAX).checked_sub(first) else { return out.extend(all.map(|_| 0)) };
                let (least, more) = (first as $raw, more.min(most) as $raw);
                out.extend(all.map(|one| u8::from($wide(one).wrapping_sub(least) <= more)));
            }
        }
    };
}
number!(u8, u8, u32, |one: u8| one);
number!([u8; 2], u16, u32, u16::from_le_bytes);
number!([u8; 4], u32, u64, u32::from_le_bytes);
number!([u8; 8], u64, u64, u64::from_le_bytes);

/// Does `$with` for the stored numbers as `$numbers`, once for each width; `$same` when there are none.
macro_rules! by_width {
    ($stored:expr, $same:expr, $numbers:ident => $with:expr) => {
        match $stored.values {
            $crate::stored::Width::Same => $same,
            $crate::stored::Width::One($numbers) => $with,
            $crate::stored::Width::Two($numbers) => $with,
            $crate::stored::Width::Four($numbers) => $with,
            $crate::stored::Width::Eight($numbers) => $with,
        }
    };
}
pub(crate) use by_width;

/// 1 for each row of a chunk, or of those in `sel`, whose value is known and between two numbers, both included; 0 for the others.
pub(crate) fn between(stored: Stored<'_>, rows: usize, sel: Option<&[u32]>, (from, to): (i64, i64), out: &mut Vec<u8>) {
    out.clear();
    let above = |number: i64| i128::from(number) - i128::from(stored.base);
    let least = above(from).max(i128::from(stored.nulls));
    // Nothing is between; or the numbers that are begin behind all that can be stored.
    let bounds = u64::try_from(least).ok().zip(u64::try_from(above(to) - least).ok());
    let rows = sel.map_or(rows, <[u32]>::len);
    let Some((first, more)) = bounds else { return out.resize(rows, 0) };
    let same = u8::from(stored.base != NULL_INT && from <= stored.base && stored.base <= to);
    match sel {
        None => by_width!(stored, out.resize(rows, same), n => Number::mark(n.iter().copied(), first, more, out)),
        Some(sel) => by_width!(stored, out.resize(rows, same), n => Number::mark(sel.iter().map(|row| n[*row as usize]), first, more, out)),
    }
}

impl Gather {
    /// Adds the values of all rows up, one for each of these groups; `sel` names the rows of the chunk, all of them without it.
    /// With `counts`, another collection, the rows are counted in the same go.
    pub fn sum_each(&mut self, counts: Option<&mut Gather>, groups: &[u32], stored: Stored<'_>, sel: Option<&[u32]>) {
        let Gather::Sum(sums) = self else { return };
        let mut none = Vec::new();
        let counts = match counts {
            Some(Gather::Count(counts)) => counts,
            _ => &mut none,
        };
        match sel {
            None => by_width!(stored, same(sums, counts, groups, stored.base), n => each(sums, counts, groups, n.iter().copied(), stored)),
            Some(sel) => by_width!(
                stored,
                same(sums, counts, groups, stored.base),
                n => each(sums, counts, groups, sel.iter().map(|row| n[*row as usize]), stored)
            ),
        }
    }

    /// The same, run by run.
    pub fn sum_runs(&mut self, runs: &[Run], stored: Stored<'_>, sel: Option<&[u32]>) {
        let Gather::Sum(own) = self else { return };
        let mut start = 0;
        for (group, end) in runs {
            let rows = *end - start;
            let (sum, known) = by_width!(
                stored,
                if stored.base == NULL_INT { (0, 0) } else { (0, rows) },
                n => {
                    let run = start as usize..*end as usize;
                    let (sum, not_zero) = match sel {
                        None => Number::sum(&n[run]),
                        Some(sel) => Number::sum_of(n, &sel[run]),
                    };
                    (sum, if stored.nulls { not_zero } else { rows })
                }
            );
            let all = &mut own[*group as usize];
            let sum = stored.base.wrapping_mul(i64::from(known)).wrapping_add(sum as i64);
            *all = (all.0.wrapping_add(sum), all.1 + known);
            start = *end;
        }
    }
}

/// One go for sum, known values and rows: rows of one group follow each other closely, and each waits for what the one before has
/// written; three such waits at a time take as long as one.
fn each<N: Number>(sums: &mut [(i64, u32)], counts: &mut [u32], groups: &[u32], values: impl Iterator<Item = N>, stored: Stored<'_>) {
    let (base, all_known) = (stored.base, !stored.nulls);
    let mut add = |group: u32, value: N| {
        let known = all_known | (value.wide() != 0);
        let own = &mut sums[group as usize];
        own.0 = own.0.wrapping_add(base.wrapping_add(value.wide() as i64) & -i64::from(known));
        own.1 += u32::from(known);
    };
    if counts.is_empty() {
        groups.iter().zip(values).for_each(|(group, value)| add(*group, value));
    } else {
        groups.iter().zip(values).for_each(|(group, value)| {
            add(*group, value);
            counts[*group as usize] += 1;
        });
    }
}

fn same(sums: &mut [(i64, u32)], counts: &mut [u32], groups: &[u32], value: i64) {
    if value != NULL_INT {
        for group in groups {
            let own = &mut sums[*group as usize];
            *own = (own.0.wrapping_add(value), own.1 + 1);
        }
    }
    if !counts.is_empty() {
        groups.iter().for_each(|group| counts[*group as usize] += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::Packed;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_between_is_what_decoded_numbers_say(
            values in prop::collection::vec(prop_oneof![6 => -9_i64..300, 1 => Just(NULL_INT)], 1..80),
            scale in prop_oneof![Just(1_i64), Just(200), Just(40_000_000), Just(900_000_000_000)],
            bounds in prop_oneof![
                6 => (-30_i64..320, -30_i64..320).boxed(),
                1 => (prop::sample::select(vec![i64::MIN, i64::MIN + 1, 5, i64::MAX]), Just(i64::MAX)).boxed(),
            ],
            every in 1_usize..4,
        ) {
            let (from, to) = (bounds.0.saturating_mul(scale), bounds.1.saturating_mul(scale));
            let values: Vec<i64> = values.into_iter().map(|value| if value == NULL_INT { value } else { value * scale }).collect();
            let packed = Packed::new(&values, &[0, values.len() as u32]).unwrap();
            let stored = packed.stored(0, values.len());
            let expected: Vec<u8> = values.iter().map(|value| u8::from(*value != NULL_INT && from <= *value && *value <= to)).collect();
            let mut found = vec![3; 2];
            between(stored, values.len(), None, (from, to), &mut found);
            prop_assert_eq!(&found, &expected);
            let sel: Vec<u32> = (0..values.len() as u32).step_by(every).collect();
            between(stored, values.len(), Some(&sel), (from, to), &mut found);
            prop_assert_eq!(found, expected.into_iter().step_by(every).collect::<Vec<_>>());
        }
    }
}
