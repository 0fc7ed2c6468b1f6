//! The rows of a report in its order, as JSON.

use crate::aggregate;
use crate::answer::ColumnInfo;
use crate::batch::Prepared;
use crate::groups::Question;
use crate::time::{ResolvedRange, rfc3339};
use parclose_columns::Key;
use parclose_metrics::{Direction, Format, Good, TimeAttribute, attribute};
use serde_json::Value as Json;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Rows and totals of one period.
pub(crate) struct Period<'g> {
    pub rows: Vec<(&'g [Key], Vec<aggregate::Value>)>,
    pub totals: Option<Vec<aggregate::Value>>,
}

impl Period<'_> {
    /// Puts rows into the report's order and keeps the first of them; whether there were more. Ties are broken by all attributes,
    /// ascending, nulls last: the same everywhere.
    pub fn sort(&mut self, prepared: &Prepared<'_>, range: &ResolvedRange, limit: usize) -> bool {
        let is_more = self.rows.len() > limit;
        enum By {
            Key(usize),
            Metric(usize),
        }
        let query = &prepared.report.query;
        let mut order: Vec<(By, Direction)> = Vec::new();
        for sort in &query.sort {
            if let Some(at) = query.attributes.iter().position(|n| *n == sort.by) {
                order.push((By::Key(at), sort.direction));
            } else if let Some(at) = prepared.metrics.iter().position(|m| m.name == sort.by) {
                order.push((By::Metric(at), sort.direction));
            }
        }
        if order.is_empty() {
            match query.attributes.iter().position(|n| Question::time_of(n, range).is_some()) {
                Some(at) => order.push((By::Key(at), Direction::Ascending)),
                None => order.push((By::Metric(0), Direction::Descending)),
            }
        }
        if let Some((By::Metric(at), direction)) = order.first() {
            self.keep_first(&Place::of_values(self.rows.iter().map(|(_, values)| values[*at]), *direction).of, limit);
        }
        // Texts are compared once for each different one, and not with each pair of rows.
        let ranks: Vec<Vec<i64>> = (0..query.attributes.len()).map(|at| ranks(self.rows.iter().map(|(keys, _)| &keys[at]))).collect();
        let by = order.iter().map(|(by, direction)| match by {
            By::Key(at) => Place::of_ranks(&ranks[*at], *direction),
            By::Metric(at) => Place::of_values(self.rows.iter().map(|(_, values)| values[*at]), *direction),
        });
        let ties = ranks.iter().map(|ranks| Place::of_ranks(ranks, Direction::Ascending));
        let places = in_order(&by.chain(ties).collect::<Vec<_>>(), self.rows.len());
        let mut rows: Vec<_> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        self.rows = places.into_iter().take(limit).filter_map(|at| rows[at].take()).collect();
        is_more
    }
    /// Drops rows that so many others come before by what decides first: of thousands of groups, of which twenty are shown, the
    /// names are then not put in order.
    fn keep_first(&mut self, places: &[u64], limit: usize) {
        if limit == 0 || self.rows.len() <= limit {
            return;
        }
        let mut in_order = places.to_vec();
        let last = *in_order.select_nth_unstable(limit - 1).1;
        let mut places = places.iter();
        self.rows.retain(|_| places.next().is_some_and(|place| *place <= last));
    }
    pub fn json_rows(&self, prepared: &Prepared<'_>, starts: Option<&[i64]>, range: &ResolvedRange) -> Vec<Vec<Json>> {
        let query = &prepared.report.query;
        // A bucket's start is written once, however many rows are in it.
        let starts: Vec<Json> = starts.unwrap_or_default().iter().map(|ms| Json::from(rfc3339(*ms, range.zone()))).collect();
        let is_bucket: Vec<bool> =
            query.attributes.iter().map(|name| Question::time_of(name, range).is_some_and(TimeAttribute::is_bucket)).collect();
        self.rows
            .iter()
            .map(|(keys, values)| {
                let keys = keys.iter().zip(&is_bucket).map(|(key, is_bucket)| match key {
                    Key::Text(text) => Json::from(text.clone()),
                    Key::Part(None) => Json::Null,
                    Key::Part(Some(part)) if *is_bucket => {
                        usize::try_from(*part).ok().and_then(|at| starts.get(at)).cloned().unwrap_or(Json::Null)
                    }
                    Key::Part(Some(part)) => Json::from(*part),
                });
                keys.chain(values.iter().zip(&prepared.metrics).map(|(v, m)| number(*v, m.def.format))).collect()
            })
            .collect()
    }
    pub fn json_totals(&self, prepared: &Prepared<'_>) -> Option<Vec<Json>> {
        let totals = self.totals.as_ref()?;
        let nulls = prepared.report.query.attributes.iter().map(|_| Json::Null);
        Some(nulls.chain(totals.iter().zip(&prepared.metrics).map(|(v, m)| number(*v, m.def.format))).collect())
    }
}

fn number(value: aggregate::Value, format: Format) -> Json {
    match value {
        None => Json::Null,
        Some(n) if n.fract() == 0.0 && n.abs() < 9.0e15 && format != Format::Percent => Json::from(n as i64),
        Some(n) => Json::from(n),
    }
}

/// One thing that rows are ordered by: for each row its place among all, of so many bits. The smaller comes first.
struct Place {
    of: Vec<u64>,
    bits: u32,
}

impl Place {
    fn of_ranks(ranks: &[i64], direction: Direction) -> Self {
        let known = || ranks.iter().copied().filter(|rank| *rank != NULL_RANK);
        let (least, most) = (known().min().unwrap_or(0), known().max().unwrap_or(0));
        let null = most.abs_diff(least) + 1;
        let place = |rank: i64| match direction {
            _ if rank == NULL_RANK => null,
            Direction::Ascending => rank.abs_diff(least),
            Direction::Descending => most.abs_diff(rank),
        };
        Self { of: ranks.iter().map(|rank| place(*rank)).collect(), bits: u64::BITS - null.leading_zeros() }
    }
    fn of_values(values: impl Iterator<Item = aggregate::Value>, direction: Direction) -> Self {
        // A float's bits in the order of `f64::total_cmp`.
        let place = |value: f64| {
            let bits = value.to_bits();
            if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
        };
        let directed = |place: u64| if direction == Direction::Ascending { place } else { !place };
        Self { of: values.map(|value| value.map_or(u64::MAX, |value| directed(place(value)))).collect(), bits: u64::BITS }
    }
}

/// The rows in the order of these places, of the first that differs. Those that are alike everywhere stay as they are.
fn in_order(places: &[Place], rows: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    if places.iter().map(|place| place.bits).sum::<u32>() > u128::BITS {
        order.sort_by(|a, b| {
            places.iter().map(|place| place.of[*a].cmp(&place.of[*b])).find(|o| *o != Ordering::Equal).unwrap_or(Ordering::Equal)
        });
        return order;
    }
    // All of them in one number: rows are then compared without looking anything up.
    let number = |row: usize| places.iter().fold(0_u128, |all, place| all.checked_shl(place.bits).unwrap_or(0) | u128::from(place.of[row]));
    let mut numbers: Vec<(u128, usize)> = order.iter().map(|row| (number(*row), *row)).collect();
    numbers.sort_unstable();
    order.clear();
    order.extend(numbers.into_iter().map(|(_, row)| row));
    order
}

/// "No value" comes after everything else.
const NULL_RANK: i64 = i64::MAX;

/// The place of each key in the order of all of them; equal ones have the same.
fn ranks<'k>(keys: impl Iterator<Item = &'k Key>) -> Vec<i64> {
    let mut texts: Vec<&str> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut last: Option<(&str, usize)> = None;
    let numbers: Vec<i64> = keys
        .map(|key| match (key, last) {
            (Key::Part(None) | Key::Text(None), _) => NULL_RANK,
            (Key::Part(Some(part)), _) => i64::from(*part),
            // Rows of one value mostly come together.
            (Key::Text(Some(text)), Some((before, number))) if before == text => number as i64,
            (Key::Text(Some(text)), _) => {
                let next = *known.entry(text).or_insert_with(|| {
                    texts.push(text);
                    texts.len() - 1
                });
                last = Some((text, next));
                next as i64
            }
        })
        .collect();
    if texts.is_empty() {
        return numbers;
    }
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_unstable_by_key(|at| texts[*at]);
    let mut rank = vec![0; texts.len()];
    order.into_iter().enumerate().for_each(|(place, at)| rank[at] = place as i64);
    numbers.into_iter().map(|number| if number == NULL_RANK { NULL_RANK } else { rank[number as usize] }).collect()
}

/// The columns of a report.
pub(crate) fn columns(prepared: &Prepared<'_>, range: &ResolvedRange) -> Vec<ColumnInfo> {
    let query = &prepared.report.query;
    let attributes = query.attributes.iter().map(|name| match Question::time_of(name, range) {
        Some(time) => ColumnInfo { name: name.clone(), title: time.title().into(), role: "time", format: time.format().into(), good: None },
        None => ColumnInfo {
            name: name.clone(),
            title: attribute(query.data_set, name).map_or("", |c| c.title).into(),
            role: "attribute",
            format: "text".into(),
            good: None,
        },
    });
    let metrics = prepared.metrics.iter().map(|m| ColumnInfo {
        name: m.name.clone(),
        title: m.title.clone(),
        role: "metric",
        format: match m.def.format {
            Format::Count => "count",
            Format::Duration => "duration",
            Format::Percent => "percent",
            Format::Number => "number",
        }
        .into(),
        good: Some(match m.def.good {
            Good::Up => "up",
            Good::Down => "down",
            Good::Neither => "neither",
        }),
    });
    attributes.chain(metrics).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::Text((text != "-").then(|| text.to_owned()))
    }

    #[test]
    fn ranks_are_those_of_the_texts_with_no_value_last() {
        let keys: Vec<Key> = ["b", "b", "-", "a", "c", "b"].into_iter().map(key).collect();
        assert_eq!(ranks(keys.iter()), [1, 1, NULL_RANK, 0, 2, 1]);
    }

    #[test]
    fn no_value_is_last_in_both_directions() {
        for (direction, expected) in [(Direction::Ascending, [1, 0, 3, 2]), (Direction::Descending, [3, 0, 1, 2])] {
            assert_eq!(in_order(&[Place::of_ranks(&[5, -7, NULL_RANK, 6], direction)], 4), expected);
        }
        let values = [Some(2.5), None, Some(-1.0), Some(-0.0), Some(0.0), Some(f64::INFINITY)];
        assert_eq!(in_order(&[Place::of_values(values.into_iter(), Direction::Ascending)], 6), [2, 3, 4, 0, 5, 1]);
        assert_eq!(in_order(&[Place::of_values(values.into_iter(), Direction::Descending)], 6), [5, 0, 4, 3, 2, 1]);
    }

    #[test]
    fn the_first_are_kept_with_all_that_share_the_last_place() {
        let keys: Vec<Key> = (0..300).map(|n| key(&format!("{n:03}"))).collect();
        for limit in [0, 1, 7, 120, 299, 300, 400] {
            let places: Vec<u64> = (0..300).map(|n| n * 7_919 % 40).collect();
            let rows = keys.iter().map(|key| (std::slice::from_ref(key), Vec::new())).collect();
            let mut period = Period { rows, totals: None };
            period.keep_first(&places, limit);
            let mut order: Vec<usize> = (0..300).collect();
            order.sort_by_key(|row| places[*row]);
            let last = order.get(limit.wrapping_sub(1)).map(|row| places[*row]);
            let expected: Vec<&Key> = (0..300).filter(|row| last.is_none_or(|last| places[*row] <= last)).map(|row| &keys[row]).collect();
            assert_eq!(period.rows.iter().map(|(keys, _)| &keys[0]).collect::<Vec<_>>(), expected, "{limit}");
        }
    }

    #[test]
    fn one_number_or_many_give_the_same_order() {
        let of = |factor: i64| -> Vec<i64> { (0..200).map(|n| n * factor % 7).collect() };
        let places = || [3, 5].map(|factor| Place::of_ranks(&of(factor), Direction::Descending));
        let packed = in_order(&places(), 200);
        // Wide enough that they do not fit one number.
        let wide: Vec<Place> = places().into_iter().map(|place| Place { bits: 100, ..place }).collect();
        assert_eq!(packed, in_order(&wide, 200));
        assert!(packed.windows(2).all(|pair| of(3)[pair[0]] >= of(3)[pair[1]]));
    }
}
