//! Short words for writing tabs down.

use crate::definition::{Kind, Options, Tab, Tile};
use parclose_metrics::{DataSet, Direction, Filter, FilterOp, MetricRef, Sort, TypedQuery};

/// A tab.
pub fn tab(id: &str, title: &str, filters: &[&str], tiles: Vec<Tile>) -> Tab {
    Tab { id: id.into(), title: title.into(), filters: filters.iter().map(|name| (*name).into()).collect(), tiles }
}

/// A question. A metric may carry its seconds: `answered_within:20`.
pub fn ask(data_set: DataSet, metrics: &[&str], attributes: &[&str]) -> TypedQuery {
    TypedQuery {
        data_set,
        metrics: metrics.iter().map(|text| metric(text)).collect(),
        attributes: attributes.iter().map(|name| (*name).into()).collect(),
        filters: Vec::new(),
        sort: Vec::new(),
        limit: None,
        totals: false,
    }
}

/// A question about segments of conversations.
pub fn conversations(metrics: &[&str], attributes: &[&str]) -> TypedQuery {
    ask(DataSet::Conversations, metrics, attributes)
}
/// A question about agent status.
pub fn activities(metrics: &[&str], attributes: &[&str]) -> TypedQuery {
    ask(DataSet::Activities, metrics, attributes)
}
/// A question about 15-minute slices.
pub fn workload(metrics: &[&str], attributes: &[&str]) -> TypedQuery {
    ask(DataSet::Workload, metrics, attributes)
}

fn metric(text: &str) -> MetricRef {
    match text.split_once(':') {
        Some((name, seconds)) => MetricRef { metric: name.into(), seconds: seconds.parse().ok() },
        None => MetricRef { metric: text.into(), seconds: None },
    }
}

/// Parts of a question that most don't have.
pub trait More {
    /// Largest first.
    fn most(self, by: &str) -> Self;
    /// Rows at most.
    fn first(self, rows: u32) -> Self;
    /// With totals.
    fn totals(self) -> Self;
    /// Without rows that have no value.
    fn known(self, attribute: &str) -> Self;
}

impl More for TypedQuery {
    fn most(mut self, by: &str) -> Self {
        self.sort = vec![Sort { by: by.into(), direction: Direction::Descending }];
        self
    }
    fn first(mut self, rows: u32) -> Self {
        self.limit = Some(rows);
        self
    }
    fn totals(mut self) -> Self {
        self.totals = true;
        self
    }
    fn known(mut self, attribute: &str) -> Self {
        self.filters.push(Filter { attribute: attribute.into(), op: FilterOp::NotIn, values: vec![().into()] });
        self
    }
}

/// Place and size on the grid: first column, first row unit, width, height.
pub type Place = (u32, u32, u32, u32);

/// A tile. Its title is the question, its subtitle the unit.
pub fn tile(id: &str, kind: Kind, at: Place, title: &str, subtitle: &str, query: TypedQuery) -> Tile {
    let (x, y, w, h) = at;
    Tile { id: id.into(), title: title.into(), subtitle: subtitle.into(), kind, w, h, x, y, query, options: Options::default() }
}

/// Series on top of each other.
pub fn stacked(tile: Tile) -> Tile {
    Tile { options: Options { stacked: true }, ..tile }
}

/// Headlines in one row of equal tiles, from the left.
pub fn headlines(data_set: DataSet, y: u32, w: u32, numbers: &[(&str, &str, &str, &str)]) -> Vec<Tile> {
    let place = |at: usize| (at as u32 * w, y, w, 2);
    let one = |(at, (id, metric, title, unit)): (usize, &(&str, &str, &str, &str))| {
        tile(id, Kind::Headline, place(at), title, unit, ask(data_set, &[metric], &[]))
    };
    numbers.iter().enumerate().map(one).collect()
}
