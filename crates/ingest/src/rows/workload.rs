//! Workload: finished segments cut into quarter hours, so that work is counted when it was done
//! (domain reference 2.8). The sum over a segment's slices is the segment's fact, exactly.

use parclose_model::time::{SLICE_MS, slice_start, whole_second};
use parclose_model::{Cell, Row, TableId};
use std::sync::LazyLock;

/// A segment is cut into at most this many quarter hours (62 days); what is left is one last slice. Only broken
/// clocks and forgotten log-outs get there.
const MAX_QUARTERS: i64 = 62 * 96;

/// Columns before the facts: the same, in the same order, as those of a segment.
static SHARED: LazyLock<usize> = LazyLock::new(|| TableId::Workload.index_of("workload_talk_time").unwrap_or_default());

/// A slice of time, epoch milliseconds.
pub(super) type Slice = (i64, i64);

/// Cuts a stretch at every quarter hour and at the further instants given. A stretch without length is one slice.
pub(super) fn cut(start: i64, end: i64, further: &[i64]) -> Vec<Slice> {
    if start >= end {
        return vec![(start, start)];
    }
    let mut cuts: Vec<i64> = further.iter().copied().filter(|at| start < *at && *at < end).collect();
    let quarters = (1..MAX_QUARTERS).map(|n| slice_start(start) + n * SLICE_MS);
    cuts.extend(quarters.take_while(|at| *at < end));
    cuts.push(start);
    cuts.push(end);
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The slices of a finished conversation: talk from its start to `talk_end`, wrap-up from there to its end.
pub(super) fn conversation_slices(segment: &Row, start: i64, talk_end: i64, end: i64, out: &mut Vec<Row>) {
    let talk = segment.get("talk_time").as_whole().unwrap_or(0);
    let wrap = segment.get("wrap_up_time").as_whole().unwrap_or(0);
    if start >= end && talk == 0 && wrap == 0 {
        return;
    }
    let slices = cut(start, end, &[]);
    let within = |from: i64, to: i64| -> Vec<i64> {
        slices.iter().map(|(a, b)| ((*b).min(to) - (*a).max(from)).max(0) / 1000).collect()
    };
    let talks = share(talk, &within(start, talk_end));
    let wraps = share(wrap, &within(talk_end, end));
    for ((slice, talk), wrap) in slices.iter().zip(talks).zip(wraps) {
        let mut row = slice_of(segment, *slice);
        row.set("workload_talk_time", talk);
        row.set("workload_wrap_up_time", wrap);
        out.push(row);
    }
}

/// The slices of a finished status, also cut where conversations began and ended.
pub(super) fn status_slices(segment: &Row, start: i64, end: i64, busy: &Parallel, out: &mut Vec<Row>) {
    if start >= end {
        return;
    }
    for slice in cut(start, end, &busy.between(start, end)) {
        let mut row = slice_of(segment, slice);
        row.set("workload_activity_time", (slice.1 - slice.0) / 1000);
        row.set("parallel_conversations", busy.covering(slice));
        out.push(row);
    }
}

fn slice_of(segment: &Row, (start, end): Slice) -> Row {
    let mut row = Row::empty(TableId::Workload);
    for (index, cell) in segment.cells().iter().enumerate().take(*SHARED) {
        if !cell.is_null() {
            row.set_at(index, cell.clone());
        }
    }
    row.set("segment_start", Cell::Instant(start));
    row.set("segment_end", Cell::Instant(end));
    row
}

/// Shares a total by weights into whole numbers that sum to it exactly. Equal to the weights when they sum to
/// the total, which is so unless the fact was supplied by the task.
fn share(total: i64, weights: &[i64]) -> Vec<i64> {
    let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if all == 0 {
        let mut shares = vec![0; weights.len()];
        if let Some(first) = shares.first_mut() {
            *first = total;
        }
        return shares;
    }
    let (mut seen, mut given) = (0i128, 0i64);
    weights
        .iter()
        .map(|weight| {
            seen += i128::from(*weight);
            let upto = (i128::from(total) * seen / all) as i64;
            let part = upto - given;
            given = upto;
            part
        })
        .collect()
}

/// When a worker had how many conversations.
#[derive(Debug, Default)]
pub(super) struct Parallel {
    starts: Vec<i64>,
    ends: Vec<i64>,
}

impl Parallel {
    /// From the stretches between accepted and completed; milliseconds are zeroed like everywhere.
    pub(super) fn new(stretches: impl Iterator<Item = Slice>) -> Self {
        let mut all = Self::default();
        for (from, to) in stretches {
            let (from, to) = (whole_second(from), whole_second(to));
            if from < to {
                all.starts.push(from);
                all.ends.push(to);
            }
        }
        all.starts.sort_unstable();
        all.ends.sort_unstable();
        all
    }
    fn between(&self, from: i64, to: i64) -> Vec<i64> {
        let part = |list: &[i64]| {
            let (a, b) = (list.partition_point(|at| *at <= from), list.partition_point(|at| *at < to));
            list.get(a..b).map(<[i64]>::to_vec).unwrap_or_default()
        };
        let mut cuts = part(&self.starts);
        cuts.extend(part(&self.ends));
        cuts
    }
    /// Conversations that cover a slice which is cut at all their ends.
    fn covering(&self, (from, _): Slice) -> i64 {
        let begun = self.starts.partition_point(|at| *at <= from);
        let over = self.ends.partition_point(|at| *at <= from);
        begun as i64 - over as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_share_their_first_columns_with_segments() {
        let (segments, workload) = (TableId::Segments.columns(), TableId::Workload.columns());
        for (a, b) in segments.iter().zip(workload).take(*SHARED) {
            assert_eq!((a.name, a.ty), (b.name, b.ty));
        }
        assert_eq!(TableId::Segments.index_of("abandon_time"), Some(*SHARED));
    }

    #[test]
    fn cuts_are_at_quarter_hours_and_bounded() {
        let minute = 60_000;
        assert_eq!(cut(0, 15 * minute, &[]), [(0, 15 * minute)]);
        let parts = cut(10 * minute, 40 * minute, &[20 * minute, 50 * minute]);
        let bounds: Vec<_> = parts.iter().map(|(a, b)| (a / minute, b / minute)).collect();
        assert_eq!(bounds, [(10, 15), (15, 20), (20, 30), (30, 40)]);
        assert_eq!(cut(5, 5, &[]), [(5, 5)]);
        let endless = cut(0, i64::MAX / 4, &[]);
        assert_eq!(endless.len() as i64, MAX_QUARTERS);
        assert_eq!(endless.last().map(|slice| slice.1), Some(i64::MAX / 4));
    }

    #[test]
    fn shares_sum_to_the_total() {
        assert_eq!(share(10, &[1, 1, 1]), [3, 3, 4]);
        assert_eq!(share(7, &[0, 0]), [7, 0]);
        assert_eq!(share(42, &[40, 2]), [40, 2]);
        assert_eq!(share(i64::MAX, &[i64::MAX, i64::MAX]).iter().sum::<i64>(), i64::MAX);
    }
}
