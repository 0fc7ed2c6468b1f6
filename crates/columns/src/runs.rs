//! Neighbouring rows of one group, taken together: rows of a unit and of a day lie side by side in a part.

use crate::gather::Gather;
use crate::snapshot::SHARED;

/// Rows of a run at least, on average: shorter ones are not worth their ends.
const ROWS_A_RUN: usize = 6;
/// Groups that are compared at once.
const BLOCK: usize = 16;

/// Neighbouring rows of one group: the group, and the position behind the last of them.
pub(crate) type Run = (u32, u32);

/// The runs of these groups. False when they are short: rows of one unit and of one day lie together, those of an hour do not.
pub(crate) fn runs(groups: &[u32], out: &mut Vec<Run>) -> bool {
    out.clear();
    let mut end = 0;
    while let Some(first) = groups.get(end) {
        // The first few tell what the others are like.
        if out.len() > 8 && out.len() * ROWS_A_RUN > end {
            return false;
        }
        let alike = |block: &&[u32]| block.iter().fold(0, |differ, group| differ | (group ^ first)) == 0;
        end += groups[end..].chunks_exact(BLOCK).take_while(alike).count() * BLOCK;
        end += groups[end..].iter().take_while(|group| *group == first).count();
        out.push((*first, end as u32));
    }
    true
}

impl Gather {
    /// Counts all rows, run by run.
    pub fn count_runs(&mut self, runs: &[Run]) {
        let Gather::Count(own) = self else { return };
        let mut start = 0;
        for (group, end) in runs {
            own[*group as usize] += end - start;
            start = *end;
        }
    }

    /// The same as [`conversations`](Self::conversations) with all rows, run by run.
    pub fn conversation_runs(&mut self, runs: &[Run], numbers: &[u32]) {
        let Gather::Conversations { counted, shared } = self else { return };
        let mut start = 0;
        for (group, end) in runs {
            let run = &numbers[start..*end as usize];
            let own = &mut counted[*group as usize];
            // Rows of one conversation lie together: a new one differs from the row before. See `conversations` for the sign.
            let is_one = |number: u32| number as i32 > 0;
            let new = |(before, number): (&u32, &u32)| u32::from((before != number) & is_one(*number));
            own.1 += run.first().map_or(0, |first| new((&own.0, first))) + run.iter().zip(&run[1..]).map(new).sum::<u32>();
            own.0 = run.iter().rev().copied().find(|number| is_one(*number)).unwrap_or(own.0);
            let all = run.iter().fold(0, |all, number| all | number);
            if all & SHARED != 0 {
                shared.extend(run.iter().filter(|number| **number & SHARED != 0).map(|number| (*group, *number)));
            }
            start = *end as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::{NULL_INT, Packed};
    use crate::plan::Measure;
    use proptest::prelude::*;

    /// A row: its group, a value, its conversation.
    type Row = (u32, i64, u32);

    /// Stretches of one group, and some in which groups change from row to row.
    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let value = prop_oneof![4 => -50_i64..5_000, 1 => Just(NULL_INT)];
        // How many rows more a conversation has, and of which kind it is.
        let conversation = (prop_oneof![3 => 0_u32..3, 1 => 3_u32..40], 0_u8..8);
        let stretch = (0_u32..7, prop::collection::vec((value, conversation), 1..70));
        prop::collection::vec(stretch, 0..12).prop_map(|stretches| {
            let rows = stretches.into_iter().flat_map(|(group, rows)| rows.into_iter().map(move |row| (group, row)));
            // Rows of one conversation lie together, whatever their groups. Some have none, some have rows elsewhere too.
            let (mut number, mut left, mut next) = (0, 0, 0);
            let numbered = rows.map(|(group, (value, (more, kind)))| {
                if left == 0 {
                    next += 1;
                    left = more + 1;
                    number = [0, SHARED | next].get(usize::from(kind)).copied().unwrap_or(next);
                }
                left -= 1;
                (group, value, number)
            });
            numbered.collect()
        })
    }

    /// The next chunk's rows: of other conversations.
    fn numbered(rows: &[Row], chunk: usize) -> Vec<u32> {
        rows.iter().map(|row| if row.2 == 0 { 0 } else { row.2 + 10_000 * chunk as u32 }).collect()
    }

    /// What a collection holds, in a form that can be compared.
    fn held(gather: Gather) -> String {
        match gather {
            Gather::Conversations { counted, shared } => {
                let mut shared: Vec<_> = shared.into_iter().collect();
                shared.sort_unstable();
                format!("{counted:?} {shared:?}")
            }
            other => format!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn rows_in_runs_are_the_same_rows(chunks in prop::collection::vec(rows(), 1..4)) {
            for measure in [Measure::Count, Measure::Sum(0), Measure::Conversations] {
                let [mut one_by_one, mut each, mut in_runs, mut picked] = [0; 4].map(|_| Gather::new(measure, 7, false, 1_000));
                for (chunk, rows) in chunks.iter().enumerate() {
                    let groups: Vec<u32> = rows.iter().map(|row| row.0).collect();
                    let values: Vec<i64> = rows.iter().map(|row| row.1).collect();
                    let numbers = numbered(rows, chunk);
                    let packed = Packed::new(&values, &[0, rows.len() as u32]).unwrap();
                    let stored = packed.stored(0, rows.len());
                    let every: Vec<u32> = (0..rows.len() as u32).collect();
                    let mut found = Vec::new();
                    if !runs(&groups, &mut found) {
                        // They were short: here all of them are looked at.
                        found = groups.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect();
                        found.iter_mut().fold(0, |end, run| { run.1 += end; run.1 });
                    }
                    prop_assert!(found.iter().map(|run| run.1).is_sorted());
                    prop_assert_eq!(found.last().map_or(0, |run| run.1), rows.len() as u32);
                    match measure {
                        Measure::Count => {
                            one_by_one.count(&groups, &every);
                            // With a sum in the same go.
                            let mut sums = Gather::new(Measure::Sum(0), 7, false, 1_000);
                            sums.sum_each(Some(&mut each), &groups, stored, None);
                            picked.count_each(&groups);
                            in_runs.count_runs(&found);
                        }
                        Measure::Sum(_) => {
                            one_by_one.values(&groups, &every, &values);
                            each.sum_each(None, &groups, stored, None);
                            in_runs.sum_runs(&found, stored, None);
                            picked.sum_runs(&found, stored, Some(&every));
                        }
                        _ => {
                            one_by_one.conversations(&groups, &every, &numbers);
                            each.conversations(&groups, &every, &numbers);
                            picked.conversations(&groups, &every, &numbers);
                            in_runs.conversation_runs(&found, &numbers);
                        }
                    }
                }
                let known = held(one_by_one);
                prop_assert_eq!(&held(each), &known);
                prop_assert_eq!(&held(in_runs), &known);
                prop_assert_eq!(&held(picked), &known);
            }
        }
    }

    #[test]
    fn short_runs_are_not_worth_their_ends() {
        let mut found = Vec::new();
        assert!(runs(&[], &mut found) && found.is_empty());
        assert!(runs(&[4; 100], &mut found));
        assert_eq!(found, [(4, 100)]);
        assert!(!runs(&(0..1_000).map(|row| row % 2).collect::<Vec<_>>(), &mut found));
    }
}
