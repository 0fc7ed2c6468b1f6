//! Which bucket of time a row falls into, and which rows a mask leaves.

use crate::stored::{Number, Stored, by_width};

/// Rows that are looked at together.
const BLOCK: usize = 16;

/// Positions of the ones, without a branch for each; eight noughts are passed over at once.
pub(crate) fn positions(mask: &[u8], out: &mut Vec<u32>) {
    // What is left of the last chunk is written over.
    out.resize(mask.len(), 0);
    let mut count = 0;
    let (eights, rest) = mask.as_chunks::<8>();
    let mut take = |first: usize, ones: &[u8]| {
        for (nth, one) in ones.iter().enumerate() {
            out[count] = (first + nth) as u32;
            count += usize::from(*one);
        }
    };
    for (at, eight) in eights.iter().enumerate().filter(|(_, eight)| u64::from_ne_bytes(**eight) != 0) {
        take(at * 8, eight);
    }
    take(eights.len() * 8, rest);
    out.truncate(count);
}

/// Position of the bucket of each instant of a chunk, or of the rows in `sel`: the last that starts at or before it, the first for
/// those before all (and for "no value"). Neighbours mostly share it.
pub(crate) fn buckets(times: Stored<'_>, rows: usize, sel: Option<&[u32]>, starts: &[i64], out: &mut Vec<u32>) {
    out.clear();
    match sel {
        None => by_width!(times, out.resize(rows, bucket(times.base, starts) as u32), n => all(n, times, starts, out)),
        Some(sel) => by_width!(times, out.resize(sel.len(), bucket(times.base, starts) as u32), n => some(n, sel, times, starts, out)),
    }
}

/// The bucket of an instant.
fn bucket(ms: i64, starts: &[i64]) -> usize {
    starts.partition_point(|start| *start <= ms).saturating_sub(1)
}

/// The bucket of a stored number, and which stored numbers it has: the first, and how many more.
fn stored_bucket(value: u64, times: Stored<'_>, starts: &[i64]) -> (u32, u64, u64) {
    if times.nulls && value == 0 {
        return (0, 0, 0);
    }
    let at = bucket(times.base.wrapping_add(value as i64), starts);
    // As a stored number; the smallest that stands for an instant is 1 where 0 is none.
    let least = u64::from(times.nulls);
    let stored = |ms: i64| u64::try_from(i128::from(ms) - i128::from(times.base)).unwrap_or(0).max(least);
    let first = if at == 0 { least } else { stored(starts[at]) };
    let more = starts.get(at + 1).map_or(u64::MAX, |next| stored(*next) - 1) - first;
    (at as u32, first, more)
}

fn all<N: Number>(values: &[N], times: Stored<'_>, starts: &[i64], out: &mut Vec<u32>) {
    let mut rest = values;
    while let Some(value) = rest.first() {
        let (at, first, more) = stored_bucket(value.wide(), times, starts);
        let blocks = rest.chunks_exact(BLOCK).take_while(|block| N::within(block, first, more)).count();
        let single = rest[blocks * BLOCK..].iter().take_while(|value| value.wide().wrapping_sub(first) <= more).count();
        // At least the row itself, whatever damaged bytes say.
        let count = (blocks * BLOCK + single).max(1);
        out.resize(out.len() + count, at);
        rest = &rest[count..];
    }
}

fn some<N: Number>(values: &[N], sel: &[u32], times: Stored<'_>, starts: &[i64], out: &mut Vec<u32>) {
    let mut here: Option<(u32, u64, u64)> = None;
    out.extend(sel.iter().map(|row| {
        let value = values[*row as usize].wide();
        let (at, ..) = *match &mut here {
            Some(own) if value.wrapping_sub(own.1) <= own.2 => own,
            other => other.insert(stored_bucket(value, times, starts)),
        };
        at
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::{NULL_INT, Packed};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_row_is_in_the_last_bucket_that_has_begun(
            stretches in prop::collection::vec((0_i64..9_000, 0_i64..40, 1_usize..60), 1..9),
            nulls in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
            wide in prop_oneof![Just(1_i64), Just(50), Just(4_000_000), Just(900_000_000_000)],
            mut starts in prop::collection::vec(-100_i64..9_500, 1..20),
            every in 1_usize..4,
        ) {
            starts.iter_mut().for_each(|start| *start *= wide);
            starts.sort_unstable();
            starts.dedup();
            let rows = |(from, step, count): (i64, i64, usize)| (0..count as i64).map(move |n| (from + n * step) * wide);
            let mut times: Vec<i64> = stretches.into_iter().flat_map(rows).collect();
            nulls.iter().for_each(|at| *at.get_mut(&mut times) = NULL_INT);
            let rows = times.len();
            let packed = Packed::new(&times, &[0, rows as u32]).unwrap();
            let expected: Vec<u32> = times.iter().map(|ms| starts.iter().rposition(|start| start <= ms).unwrap_or(0) as u32).collect();
            let mut found = vec![7; 3];
            buckets(packed.stored(0, rows), rows, None, &starts, &mut found);
            prop_assert_eq!(&found, &expected);
            let sel: Vec<u32> = (0..rows as u32).step_by(every).collect();
            buckets(packed.stored(0, rows), rows, Some(&sel), &starts, &mut found);
            prop_assert_eq!(found, expected.into_iter().step_by(every).collect::<Vec<_>>());
        }

        #[test]
        fn positions_are_those_of_ones(masks in prop::collection::vec(prop::collection::vec(0_u8..2, 0..100), 1..4)) {
            let mut found = Vec::new();
            for mask in masks {
                positions(&mask, &mut found);
                prop_assert_eq!(&found, &(0..mask.len() as u32).filter(|at| mask[*at as usize] == 1).collect::<Vec<_>>());
            }
        }
    }
}
