//! From questions under a scope to something that can run. The scope is an argument and not an option: there is no plan
//! without one.

use crate::mask::{Mask, TimePart};
use crate::packed::NULL_INT;
use crate::part::Part;
use crate::question::{Beside, Question, Refused, Split};
use crate::snapshot::Snapshot;
use parclose_access::{Predicate, RowScope};
use parclose_metrics::{Aggregate, Condition, DataSet, Filter, FilterOp, TimeAttribute};
use parclose_model::columns::{AGENT_NOW_ATTRIBUTES, kind};
use parclose_model::{ColumnType, TableId, WorkspaceSettings};
use rustc_hash::FxHashSet;
use std::cell::Cell;
use std::sync::Arc;

/// Values of dictionaries that the filters, conditions and splits of one plan look at together. More would take seconds.
const MOST_LOOKED_AT: usize = 32 << 20;
/// Bytes that the questions of one plan collect on one thread at most.
const MOST_BYTES: usize = 256 << 20;
/// Row sets of one plan at most: more go to the other engine.
const MOST_ROW_SETS: usize = 64;

/// Rows that questions are asked about: what the scope leaves, the range, the filters.
#[derive(Debug, PartialEq)]
pub(crate) struct RowSet {
    data_set: DataSet,
    range: (i64, i64),
    filters: Vec<Filter>,
    any_of: Vec<Condition>,
    pub mask: Mask,
    /// The same without the range, for parts of which every row is there.
    pub within: Mask,
}

impl RowSet {
    /// Whether some row of a part may be in the range, by the part's first and last instant alone.
    pub fn may_be_in(&self, part: &Part) -> bool {
        part.range.is_none_or(|(first, last)| self.range.0 <= last && first < self.range.1)
    }
    /// Whether all instants between these two, both included, are in the range.
    pub fn spans(&self, first: i64, last: i64) -> bool {
        self.range.0 <= first && last < self.range.1
    }
}

/// A group's key, one of its columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum KeyPlan {
    /// Codes of a text column.
    Text {
        column: usize,
        codes: usize,
    },
    /// A text that follows from a text column: code of the column to position in `values`, from 1.
    Derived {
        column: usize,
        map: Arc<[u32]>,
        values: Arc<[String]>,
    },
    Buckets {
        column: usize,
        starts: Arc<[i64]>,
    },
    Time {
        column: usize,
        part: TimePart,
        offsets: crate::mask::Offsets,
    },
}

impl KeyPlan {
    /// Keys are below this.
    pub fn size(&self) -> usize {
        match self {
            KeyPlan::Text { codes, .. } => *codes,
            KeyPlan::Derived { values, .. } => values.len() + 1,
            KeyPlan::Buckets { starts, .. } => starts.len().max(1),
            KeyPlan::Time { part: TimePart::HourOfDay, .. } => 24,
            KeyPlan::Time { part: TimePart::Weekday, .. } => 8,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Measure {
    Count,
    Sum(usize),
    Min(usize),
    Max(usize),
    Conversations,
    Distinct {
        column: usize,
        codes: usize,
    },
    /// The largest values of a column, so many.
    Newest {
        column: usize,
        count: usize,
    },
    /// All values of a fact, for percentiles; with the bounds of the values.
    Values {
        column: usize,
        bounds: (i64, i64),
    },
}

#[derive(Debug)]
pub(crate) struct QuestionPlan {
    pub row_set: usize,
    /// Positions in `Plan::keys`.
    pub keys: Vec<usize>,
    /// What is collected, each once: (measure, position in `Plan::conditions`).
    pub measures: Vec<(Measure, usize)>,
    /// For each aggregate asked: position in `measures`, and the place of a percentile.
    pub answers: Vec<(usize, Option<f64>)>,
}

/// Questions under one scope over one snapshot, ready to run. Made by [`Plan::new`] from a [`RowScope`] and nothing else.
///
/// ```compile_fail,E0451
/// fn forged(snapshot: std::sync::Arc<parclose_columns::Snapshot>) -> parclose_columns::Plan {
///     parclose_columns::Plan { snapshot, row_sets: vec![], keys: vec![], conditions: vec![], questions: vec![] }
/// }
/// ```
/// ```compile_fail,E0599
/// fn twice(plan: parclose_columns::Plan) { let _ = plan.clone(); }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Plan {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) row_sets: Vec<RowSet>,
    pub(crate) keys: Vec<KeyPlan>,
    /// Conditions of aggregates, by row set.
    pub(crate) conditions: Vec<(usize, Mask)>,
    pub(crate) questions: Vec<Result<QuestionPlan, Refused>>,
}

struct Maker<'a> {
    snapshot: &'a Snapshot,
    table: TableId,
    time: usize,
    scope: &'a RowScope<'a>,
    settings: &'a WorkspaceSettings,
    beside: &'a dyn Beside,
    row_sets: Vec<RowSet>,
    keys: Vec<KeyPlan>,
    conditions: Vec<(usize, Mask)>,
    looked_at: Cell<usize>,
    bytes: usize,
}

type Made<T> = Result<T, Refused>;

impl Plan {
    /// Plans the questions over the rows that the scope gives. Those that can't be answered here are marked, one by one.
    pub fn new(
        snapshot: &Arc<Snapshot>,
        scope: &RowScope<'_>,
        settings: &WorkspaceSettings,
        beside: &dyn Beside,
        questions: &[Question],
    ) -> Self {
        let table = snapshot.dictionaries.table();
        let mut maker = Maker {
            snapshot,
            table,
            time: table.index_of(table.time_column()).unwrap_or_default(),
            scope,
            settings,
            beside,
            row_sets: Vec::new(),
            keys: Vec::new(),
            conditions: Vec::new(),
            looked_at: Cell::new(0),
            bytes: 0,
        };
        let questions = questions.iter().map(|question| maker.question(question)).collect();
        let Maker { row_sets, keys, conditions, .. } = maker;
        Self { snapshot: snapshot.clone(), row_sets, keys, conditions, questions }
    }
    /// For each question whether it can be answered here.
    pub fn answers(&self) -> impl Iterator<Item = bool> {
        self.questions.iter().map(Result::is_ok)
    }
}

impl Maker<'_> {
    fn question(&mut self, asked: &Question) -> Made<QuestionPlan> {
        // A scope of another workspace gets nothing from here, whoever mixed them up.
        if asked.data_set.table() != self.table || *self.scope.workspace() != self.snapshot.workspace {
            return Err(Refused::NotHere);
        }
        let row_set = self.row_set(asked)?;
        let keys = asked.splits.iter().map(|split| self.key(split, asked)).collect::<Made<Vec<_>>>()?;
        // Groups are numbered by one 64-bit number.
        let sizes: Vec<u64> = keys.iter().map(|key| self.keys[*key].size() as u64).collect();
        let sizes = sizes.into_iter();
        sizes.clone().try_fold(1_u64, u64::checked_mul).ok_or(Refused::NotHere)?;
        let mut measures: Vec<(Measure, usize)> = Vec::new();
        let mut answers = Vec::new();
        for aggregate in &asked.aggregates {
            let (measure, condition, place) = self.measure(aggregate)?;
            let condition = self.condition_of(row_set, self.condition(condition)?);
            let own = (measure, condition);
            let at = measures.iter().position(|m| *m == own).unwrap_or_else(|| {
                measures.push(own);
                measures.len() - 1
            });
            answers.push((at, place));
        }
        if let Some(count) = asked.nth_newest {
            answers.push((measures.len(), None));
            measures.push((Measure::Newest { column: self.kept(self.time)?, count: count.max(1) }, self.condition_of(row_set, Mask::All)));
        }
        let groups = sizes.product::<u64>();
        let bytes = crate::gather::bytes(&measures, groups, self.snapshot.rows());
        if self.bytes.saturating_add(bytes) > MOST_BYTES {
            return Err(Refused::NotHere);
        }
        self.bytes += bytes;
        Ok(QuestionPlan { row_set, keys, measures, answers })
    }

    fn row_set(&mut self, asked: &Question) -> Made<usize> {
        let range = (asked.from_ms, asked.to_ms);
        let same = |set: &RowSet| {
            set.data_set == asked.data_set && set.range == range && set.filters == asked.filters && set.any_of == asked.any_of
        };
        if let Some(at) = self.row_sets.iter().position(same) {
            return Ok(at);
        }
        if self.row_sets.len() == MOST_ROW_SETS {
            return Err(Refused::NotHere);
        }
        let in_range = Mask::Ints { column: self.kept(self.time)?, from: range.0, to: range.1.saturating_sub(1) };
        // The scope comes first: what it does not give is not even looked at by what follows.
        let mut parts = vec![self.scope_of(asked.data_set)?];
        for filter in &asked.filters {
            parts.push(self.filter(filter, asked)?);
        }
        if !asked.any_of.is_empty() {
            parts.push(Mask::or(asked.any_of.iter().map(|c| self.condition(c)).collect::<Made<Vec<_>>>()?));
        }
        let (filters, any_of) = (asked.filters.clone(), asked.any_of.clone());
        let within = Mask::and(parts.clone());
        parts.insert(1, in_range);
        // What is not there any more is in no row set, whoever asks.
        parts.insert(1, Mask::Alive);
        self.row_sets.push(RowSet { data_set: asked.data_set, range, filters, any_of, mask: Mask::and(parts), within });
        Ok(self.row_sets.len() - 1)
    }

    /// The rows of a data set that the person may see: its own kinds, and the scope's predicate for these.
    fn scope_of(&self, data_set: DataSet) -> Made<Mask> {
        let activity = self.texts("kind", false, |value| value.is_some_and(|v| kind::ACTIVITIES.contains(&v)))?;
        let other = self.texts("kind", false, |value| value.is_none_or(|v| !kind::ACTIVITIES.contains(&v)))?;
        let conversations = || Ok(Mask::and([self.predicate(self.scope.conversations())?, other.clone()]));
        let activities = || Ok(Mask::and([self.predicate(self.scope.activities())?, activity.clone()]));
        match data_set {
            DataSet::Conversations => conversations(),
            DataSet::Activities => activities(),
            DataSet::Workload => Ok(Mask::or([conversations()?, activities()?])),
        }
    }

    fn predicate(&self, predicate: &Predicate) -> Made<Mask> {
        Ok(match predicate {
            Predicate::Nothing => Mask::None,
            Predicate::Everything => Mask::All,
            Predicate::In { column, values } => self.texts(column, true, |value| value.is_some_and(|v| values.contains(v)))?,
            Predicate::IsNull { column } => self.texts(column, true, |value| value.is_none())?,
            Predicate::And(parts) => Mask::and(parts.iter().map(|p| self.predicate(p)).collect::<Made<Vec<_>>>()?),
            Predicate::Or(parts) => Mask::or(parts.iter().map(|p| self.predicate(p)).collect::<Made<Vec<_>>>()?),
            // Canonical predicates have "not" on these two only; a missing value stays unknown, so it is not taken.
            Predicate::Not(inner) => match inner.as_ref() {
                Predicate::In { column, values } => self.texts(column, true, |value| value.is_some_and(|v| !values.contains(v)))?,
                Predicate::IsNull { column } => self.texts(column, true, |value| value.is_some())?,
                _ => Mask::None,
            },
        })
    }

    fn filter(&self, filter: &Filter, asked: &Question) -> Made<Mask> {
        if let Some(part) = filter.time_part() {
            let part = if part == TimeAttribute::HourOfDay { TimePart::HourOfDay } else { TimePart::Weekday };
            let wanted: Vec<i64> = filter.values.iter().filter_map(serde_json::Value::as_i64).collect();
            let takes = (0..24).map(|n| u8::from(wanted.contains(&n) != (filter.op == FilterOp::NotIn))).collect();
            return Ok(Mask::Time { column: self.kept(self.time)?, part, takes, offsets: asked.offsets.clone() });
        }
        let name = filter.attribute.as_str();
        let texts: FxHashSet<&str> = filter.values.iter().filter_map(serde_json::Value::as_str).collect();
        let with_null = filter.values.iter().any(serde_json::Value::is_null);
        Ok(match filter.op {
            FilterOp::In => self.texts(name, true, |value| value.map_or(with_null, |v| texts.contains(v)))?,
            FilterOp::NotIn => self.texts(name, true, |value| value.map_or(!with_null, |v| !texts.contains(v)))?,
            FilterOp::Contains => {
                let pattern = filter.values.first().and_then(serde_json::Value::as_str).unwrap_or("");
                self.texts_at_once(name, &|values| {
                    let known: Vec<&str> = values.iter().flatten().copied().collect();
                    let mut holds = self.beside.contains(&known, pattern).into_iter();
                    values.iter().map(|value| value.is_some() && holds.next().unwrap_or(false)).collect()
                })?
            }
            FilterOp::AtLeast | FilterOp::AtMost => {
                let column = self.fact(name)?;
                let bound = filter.values.first().and_then(serde_json::Value::as_f64).unwrap_or(0.0).clamp(-9.0e15, 9.0e15);
                if filter.op == FilterOp::AtLeast {
                    Mask::Ints { column, from: bound.ceil() as i64, to: i64::MAX }
                } else {
                    Mask::Ints { column, from: NULL_INT + 1, to: bound.floor() as i64 }
                }
            }
        })
    }

    fn condition(&self, condition: &Condition) -> Made<Mask> {
        let at_least = |name: &str, least: i64| Ok(Mask::Ints { column: self.fact(name)?, from: least, to: i64::MAX });
        let at_most = |name: &str, most: i64| Ok(Mask::Ints { column: self.fact(name)?, from: NULL_INT + 1, to: most });
        let activity = |list: &[String]| self.texts("activity", false, |value| value.is_some_and(|v| list.iter().any(|own| own == v)));
        Ok(match condition {
            Condition::Any => Mask::All,
            Condition::All(parts) => Mask::and(parts.iter().map(|p| self.condition(p)).collect::<Made<Vec<_>>>()?),
            Condition::Is(name, values) => self.texts(name, false, |value| value.is_some_and(|v| values.contains(&v)))?,
            Condition::IsNot(name, values) => self.texts(name, false, |value| value.is_none_or(|v| !values.contains(&v)))?,
            Condition::Has(name) => match self.table.column(name).map(|c| c.ty) {
                Some(ColumnType::Text) => self.texts(name, false, |value| value.is_some())?,
                _ => at_least(name, NULL_INT + 1)?,
            },
            Condition::AtMost(name, most) => at_most(name, *most)?,
            Condition::AtLeast(name, least) => at_least(name, *least)?,
            Condition::NotShortAbandon(name) => at_least(name, self.settings.short_abandon_seconds)?,
            Condition::Available => activity(&self.settings.available_activities)?,
            Condition::Offline => activity(&self.settings.offline_activities)?,
            Condition::LoggedIn => {
                let offline = &self.settings.offline_activities;
                self.texts("activity", false, |value| value.is_some_and(|v| !offline.iter().any(|own| own == v)))?
            }
            Condition::WithinServiceLevel(name) => {
                let mut within = Vec::new();
                let mut earlier = Vec::new();
                for o in &self.settings.service_level_overrides {
                    let mut fits = Vec::new();
                    for (column, wanted) in [("queue", &o.queue), ("channel", &o.channel)] {
                        if let Some(wanted) = wanted {
                            fits.push(self.texts(column, false, |value| value == Some(wanted.as_str()))?);
                        }
                    }
                    let fits = Mask::and(fits);
                    let first = Mask::Not(Box::new(Mask::or(earlier.clone())));
                    within.push(Mask::and([fits.clone(), first, at_most(name, o.seconds)?]));
                    earlier.push(fits);
                }
                let none = Mask::Not(Box::new(Mask::or(earlier)));
                within.push(Mask::and([none, at_most(name, self.settings.service_level_seconds)?]));
                Mask::or(within)
            }
        })
    }

    fn condition_of(&mut self, row_set: usize, mask: Mask) -> usize {
        let own = (row_set, mask);
        self.conditions.iter().position(|c| *c == own).unwrap_or_else(|| {
            self.conditions.push(own);
            self.conditions.len() - 1
        })
    }

    fn measure<'c>(&self, aggregate: &'c Aggregate) -> Made<(Measure, &'c Condition, Option<f64>)> {
        Ok(match aggregate {
            Aggregate::Count(condition) => (Measure::Count, condition, None),
            Aggregate::Sum(name, condition) => (Measure::Sum(self.fact(name)?), condition, None),
            Aggregate::Min(name, condition) => (Measure::Min(self.fact(name)?), condition, None),
            Aggregate::Max(name, condition) => (Measure::Max(self.fact(name)?), condition, None),
            Aggregate::Distinct("conversation_id", condition) => (Measure::Conversations, condition, None),
            Aggregate::Distinct(name, condition) => {
                let (column, codes) = self.text(name)?;
                (Measure::Distinct { column, codes }, condition, None)
            }
            Aggregate::Percentile(name, at, condition) => {
                let column = self.fact(name)?;
                (Measure::Values { column, bounds: self.bounds(column) }, condition, Some(*at))
            }
        })
    }

    fn key(&mut self, split: &Split, asked: &Question) -> Made<usize> {
        let offsets = asked.offsets.clone();
        let plan = match split {
            Split::Buckets(starts) => KeyPlan::Buckets { column: self.kept(self.time)?, starts: starts.clone() },
            Split::HourOfDay => KeyPlan::Time { column: self.kept(self.time)?, part: TimePart::HourOfDay, offsets },
            Split::Weekday => KeyPlan::Time { column: self.kept(self.time)?, part: TimePart::Weekday, offsets },
            Split::Attribute(name) if is_agent_now(name) => {
                let (column, _) = self.text("agent_id")?;
                let known = self.agents_now(column, name);
                let mut values: Vec<String> = known.iter().flatten().cloned().collect();
                values.sort_unstable();
                values.dedup();
                let map = known.iter().map(|v| v.as_ref().and_then(|v| values.binary_search(v).ok()).map_or(0, |at| at as u32 + 1));
                KeyPlan::Derived { column, map: map.collect(), values: values.clone().into() }
            }
            Split::Attribute(name) => {
                let (column, codes) = self.text(name)?;
                KeyPlan::Text { column, codes }
            }
        };
        Ok(self.keys.iter().position(|k| *k == plan).unwrap_or_else(|| {
            self.keys.push(plan);
            self.keys.len() - 1
        }))
    }

    /// The agents' attribute as it is now, by the code of the agent.
    fn agents_now(&self, agent_id: usize, attribute: &str) -> Vec<Option<String>> {
        let ids = self.snapshot.dictionaries.column(agent_id).read();
        std::iter::once(None).chain(ids.iter().map(|id| self.beside.agent_now(id, attribute))).collect()
    }

    /// A mask over a text column: `takes` says which values, "no value" included. `with_agents` allows the agents' attributes
    /// as they are now.
    fn texts(&self, name: &str, with_agents: bool, takes: impl Fn(Option<&str>) -> bool) -> Made<Mask> {
        if !with_agents && is_agent_now(name) {
            return Err(Refused::NotHere);
        }
        self.texts_at_once(name, &|values| values.iter().map(|value| takes(*value)).collect())
    }

    fn texts_at_once(&self, name: &str, takes: &dyn Fn(&[Option<&str>]) -> Vec<bool>) -> Made<Mask> {
        let (_, codes) = self.text(if is_agent_now(name) { "agent_id" } else { name })?;
        self.looked_at.set(self.looked_at.get().saturating_add(codes));
        if self.looked_at.get() > MOST_LOOKED_AT {
            return Err(Refused::NotHere);
        }
        let (column, answers) = if is_agent_now(name) {
            let (column, _) = self.text("agent_id")?;
            let now = self.agents_now(column, name);
            (column, takes(&now.iter().map(Option::as_deref).collect::<Vec<_>>()))
        } else {
            let (column, _) = self.text(name)?;
            let values = self.snapshot.dictionaries.column(column).read();
            (column, takes(&std::iter::once(None).chain(values.iter().map(Some)).collect::<Vec<_>>()))
        };
        Ok(match (answers.contains(&true), answers.contains(&false)) {
            (false, _) => Mask::None,
            (true, false) => Mask::All,
            _ => Mask::Codes { column, takes: answers.into_iter().map(u8::from).collect() },
        })
    }

    /// A text column that all parts keep, and the number of its codes.
    fn text(&self, name: &str) -> Made<(usize, usize)> {
        let at = self.table.index_of(name).filter(|at| self.table.columns()[*at].ty == ColumnType::Text).ok_or(Refused::NotHere)?;
        Ok((self.kept(at)?, self.snapshot.dictionaries.column(at).read().codes()))
    }
    /// A column of whole numbers or instants that all parts keep.
    fn fact(&self, name: &str) -> Made<usize> {
        let whole = |at: &usize| matches!(self.table.columns()[*at].ty, ColumnType::Whole | ColumnType::Instant);
        let at = self.table.index_of(name).filter(whole).ok_or(Refused::NotHere)?;
        self.kept(at)
    }
    fn kept(&self, at: usize) -> Made<usize> {
        if self.snapshot.parts().all(|part| part.columns[at].is_some()) { Ok(at) } else { Err(Refused::NotHere) }
    }
    fn bounds(&self, column: usize) -> (i64, i64) {
        let chunks = self.snapshot.parts().flat_map(|part| (0..part.chunks()).map(move |chunk| (part, chunk)));
        let all = chunks.filter_map(|(part, chunk)| part.columns[column].as_ref()?.values.bounds(chunk));
        all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((0, 0))
    }
}

fn is_agent_now(name: &str) -> bool {
    AGENT_NOW_ATTRIBUTES.iter().any(|c| c.name == name)
}
