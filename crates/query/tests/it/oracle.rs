//! A second, plain reading of what a query means: one row after the other, no engine. Slow and easy to check.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use parclose_metrics::{Aggregate, Condition, DataSet, Filter, FilterOp, Formula, TimeAttribute, TypedQuery};
use parclose_model::columns::kind;
use parclose_model::{Cell, Row, WorkspaceSettings};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the oracle knows.
pub struct Oracle<'a> {
    pub rows: &'a [Row],
    pub agents: &'a [Row],
    pub settings: &'a WorkspaceSettings,
    pub range_ms: (i64, i64),
    /// The length of the asked range, by which `time.auto` is chosen.
    pub auto_ms: i64,
}

type Keys = Vec<Option<String>>;

impl Oracle<'_> {
    /// The cell of a column, an agent's attributes as they are now included.
    pub fn cell(&self, row: &Row, name: &str) -> Cell {
        if row.table().index_of(name).is_some() {
            return row.get(name).clone();
        }
        let agent = row.get("agent_id").as_text().and_then(|id| self.agents.iter().find(|a| a.get("agent_id").as_text() == Some(id)));
        agent.map_or(Cell::Null, |agent| agent.get(name).clone())
    }
    fn number(&self, row: &Row, name: &str) -> Option<f64> {
        match self.cell(row, name) {
            Cell::Whole(n) => Some(n as f64),
            Cell::Number(n) => Some(n).filter(|n| n.is_finite()),
            _ => None,
        }
    }
    fn in_set(data_set: DataSet, row: &Row) -> bool {
        let activity = row.get("kind").as_text().is_some_and(|k| kind::ACTIVITIES.contains(&k));
        match data_set {
            DataSet::Conversations => !activity,
            DataSet::Activities => activity,
            DataSet::Workload => true,
        }
    }
    pub fn passes(&self, filter: &Filter, row: &Row) -> bool {
        if filter.time_part().is_some() {
            let part = self.key(row, &filter.attribute);
            return filter.values.iter().any(|v| Some(v.to_string()) == part) == (filter.op == FilterOp::In);
        }
        let cell = self.cell(row, &filter.attribute);
        let is_among = || filter.values.iter().any(|v| v.as_str() == cell.as_text());
        match filter.op {
            FilterOp::In => is_among(),
            FilterOp::NotIn => !is_among(),
            FilterOp::Contains => {
                let part = filter.values[0].as_str().unwrap().to_lowercase();
                cell.as_text().is_some_and(|text| text.to_lowercase().contains(&part))
            }
            FilterOp::AtLeast => self.number(row, &filter.attribute).is_some_and(|n| n >= filter.values[0].as_f64().unwrap()),
            FilterOp::AtMost => self.number(row, &filter.attribute).is_some_and(|n| n <= filter.values[0].as_f64().unwrap()),
        }
    }
    fn holds(&self, c: &Condition, row: &Row) -> bool {
        let text = |name: &str| self.cell(row, name).as_text().map(str::to_owned);
        let number = |name: &str| self.number(row, name);
        let activity = |list: &[String]| text("activity").is_some_and(|a| list.contains(&a));
        match c {
            Condition::Any => true,
            Condition::All(parts) => parts.iter().all(|p| self.holds(p, row)),
            Condition::Is(name, values) => text(name).is_some_and(|t| values.contains(&t.as_str())),
            Condition::IsNot(name, values) => !text(name).is_some_and(|t| values.contains(&t.as_str())),
            Condition::Has(name) => !self.cell(row, name).is_null(),
            Condition::AtMost(name, most) => number(name).is_some_and(|n| n <= *most as f64),
            Condition::AtLeast(name, least) => number(name).is_some_and(|n| n >= *least as f64),
            Condition::NotShortAbandon(name) => number(name).is_some_and(|n| n >= self.settings.short_abandon_seconds as f64),
            Condition::Available => activity(&self.settings.available_activities),
            Condition::Offline => activity(&self.settings.offline_activities),
            Condition::LoggedIn => text("activity").is_some() && !activity(&self.settings.offline_activities),
            Condition::WithinServiceLevel(name) => {
                let fits = |own: &Option<String>, column: &str| own.is_none() || *own == text(column);
                let list = &self.settings.service_level_overrides;
                let own = list.iter().find(|o| fits(&o.queue, "queue") && fits(&o.channel, "channel"));
                let seconds = own.map_or(self.settings.service_level_seconds, |o| o.seconds);
                number(name).is_some_and(|n| n <= seconds as f64)
            }
        }
    }
    fn aggregate(&self, a: &Aggregate, rows: &[&Row]) -> Option<f64> {
        let taken = |c: &Condition| rows.iter().filter(|r| self.holds(c, r)).copied().collect::<Vec<&Row>>();
        let numbers = |name: &str, c: &Condition| taken(c).iter().filter_map(|r| self.number(r, name)).collect::<Vec<f64>>();
        match a {
            Aggregate::Count(c) => Some(taken(c).len() as f64),
            Aggregate::Distinct(name, c) => {
                let different: BTreeSet<String> = taken(c).iter().filter_map(|r| self.cell(r, name).as_text().map(str::to_owned)).collect();
                Some(different.len() as f64)
            }
            Aggregate::Sum(name, c) => numbers(name, c).into_iter().reduce(|a, b| a + b),
            Aggregate::Min(name, c) => numbers(name, c).into_iter().reduce(f64::min),
            Aggregate::Max(name, c) => numbers(name, c).into_iter().reduce(f64::max),
            Aggregate::Percentile(name, at, c) => {
                let mut sorted = numbers(name, c);
                sorted.sort_by(f64::total_cmp);
                let place = at * (sorted.len().checked_sub(1)? as f64);
                let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
                Some(below + (above - below) * place.fract())
            }
        }
    }
    fn formula(&self, f: &Formula, rows: &[&Row]) -> Option<f64> {
        match f {
            Formula::Of(a) => self.aggregate(a, rows),
            Formula::Plus(parts) => {
                let known: Vec<f64> = parts.iter().filter_map(|p| self.formula(p, rows)).collect();
                (!known.is_empty()).then(|| known.iter().sum())
            }
            Formula::Ratio(a, b) => match self.formula(b, rows) {
                None => None,
                Some(0.0) => None,
                Some(below) => Some(self.formula(a, rows).unwrap_or(0.0) / below),
            },
        }
    }
    fn key(&self, row: &Row, name: &str) -> Option<String> {
        let Some(time) = TimeAttribute::parse(name) else { return self.cell(row, name).as_text().map(str::to_owned) };
        let zone = TimeZone::get(&self.settings.time_zone).unwrap();
        let at = Timestamp::from_millisecond(self.cell(row, "segment_start").as_instant()?).unwrap().to_zoned(zone);
        let time = match time {
            TimeAttribute::Auto => match self.auto_ms / 3_600_000 {
                ..=50 => TimeAttribute::Hour,
                51..=2230 => TimeAttribute::Day,
                2231..=9700 => TimeAttribute::Week,
                _ => TimeAttribute::Month,
            },
            other => other,
        };
        let midnight = |date: jiff::civil::Date| date.to_zoned(at.time_zone().clone()).unwrap();
        let start = match time {
            TimeAttribute::HourOfDay => return Some(at.hour().to_string()),
            TimeAttribute::Weekday => return Some(at.weekday().to_monday_one_offset().to_string()),
            TimeAttribute::Hour => at.round(jiff::ZonedRound::new().smallest(jiff::Unit::Hour).mode(jiff::RoundMode::Trunc)).unwrap(),
            TimeAttribute::Day => midnight(at.date()),
            TimeAttribute::Week => midnight(
                (0..7)
                    .map(|d| at.date().checked_sub(jiff::Span::new().days(d)).unwrap())
                    .find(|d| d.weekday() == jiff::civil::Weekday::Monday)
                    .unwrap(),
            ),
            TimeAttribute::Month => midnight(at.date().first_of_month()),
            TimeAttribute::Quarter => {
                midnight(jiff::civil::date(at.year(), [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10][at.month() as usize - 1], 1))
            }
            _ => midnight(at.date().first_of_year()),
        };
        Some(start.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }

    /// Whether a data set has a row shortly before the range or at its beginning.
    pub fn covers_beginning(&self, data_set: DataSet) -> bool {
        let day = 86_400_000;
        let (from, length) = (self.range_ms.0, self.auto_ms);
        let (first, last) = (from - length.max(35 * day), from + (length / 20).min(day));
        let mut own = self.rows.iter().filter(|row| row.table() == data_set.table() && Self::in_set(data_set, row));
        own.any(|row| row.get("segment_start").as_instant().is_some_and(|at| first <= at && at < last))
    }

    /// Rows by key, not sorted and not cut, and the totals.
    pub fn answer(&self, query: &TypedQuery, shared: &[Filter]) -> (BTreeMap<Keys, Vec<Option<f64>>>, Vec<Option<f64>>) {
        let inside = |row: &&Row| {
            let at = row.get("segment_start").as_instant();
            at.is_some_and(|at| self.range_ms.0 <= at && at < self.range_ms.1)
                && Self::in_set(query.data_set, row)
                && query.filters.iter().chain(shared).all(|f| self.passes(f, row))
        };
        let rows: Vec<&Row> = self.rows.iter().filter(|r| r.table() == query.data_set.table()).filter(inside).collect();
        let mut groups: BTreeMap<Keys, Vec<&Row>> = BTreeMap::new();
        if query.attributes.is_empty() {
            groups.insert(Vec::new(), Vec::new());
        }
        for row in &rows {
            groups.entry(query.attributes.iter().map(|name| self.key(row, name)).collect()).or_default().push(row);
        }
        let metrics = query.check().unwrap();
        let numbers = |rows: &[&Row]| metrics.iter().map(|m| self.formula(&m.formula, rows)).collect::<Vec<_>>();
        (groups.into_iter().map(|(key, rows)| (key, numbers(&rows))).collect(), numbers(&rows))
    }
}

/// A value of an answer as the oracle writes it.
pub fn key_of(json: &Json) -> Option<String> {
    match json {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Equal numbers; ratios and percentiles up to the last bits.
pub fn same(json: &Json, value: Option<f64>) -> bool {
    match (json.as_f64(), value) {
        (None, None) => *json == json!(null),
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        _ => false,
    }
}
