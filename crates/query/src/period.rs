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

/// Rows and totals of one period.
pub(crate) struct Period<'g> {
    pub rows: Vec<(&'g [Key], Vec<aggregate::Value>)>,
    pub totals: Option<Vec<aggregate::Value>>,
}

impl Period<'_> {
    /// The report's order; ties by all attributes, ascending, nulls last: the same everywhere.
    pub fn sort(&mut self, prepared: &Prepared<'_>, range: &ResolvedRange) {
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
        self.rows.sort_by(|a, b| {
            for (by, direction) in &order {
                let ordering = match by {
                    By::Key(at) => compare_keys(&a.0[*at], &b.0[*at], *direction),
                    By::Metric(at) => compare_values(a.1[*at], b.1[*at], *direction),
                };
                if ordering != Ordering::Equal {
                    return ordering;
                }
            }
            a.0.iter()
                .zip(b.0)
                .map(|(a, b)| compare_keys(a, b, Direction::Ascending))
                .find(|o| *o != Ordering::Equal)
                .unwrap_or(Ordering::Equal)
        });
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

fn compare_values(a: aggregate::Value, b: aggregate::Value, direction: Direction) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(a), Some(b)) => directed(a.total_cmp(&b), direction),
    }
}

fn directed(ordering: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    }
}

fn compare_keys(a: &Key, b: &Key, direction: Direction) -> Ordering {
    let is_null = |k: &Key| matches!(k, Key::Part(None) | Key::Text(None));
    match (is_null(a), is_null(b)) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => directed(a.cmp(b), direction),
    }
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
