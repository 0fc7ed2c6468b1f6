//! The mapping file: how the lines of one delimited file become calls. `examples/` has annotated ones.

use std::collections::{BTreeMap, HashSet};

use jiff::tz::TimeZone;
use parclose_model::columns::{CONVERSATION_ATTRIBUTES, SEGMENT_FACTS};
use serde::Deserialize;

use super::ImportError;
use super::expression::{Condition, Expression};

/// How a file is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name of the source: part of every id. The same name and key always mean the same call.
    pub source: String,
    /// One character; a tab is `"\t"`.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// One character, or absent when fields are never quoted.
    #[serde(default)]
    pub quote: Option<char>,
    /// `utf-8` (a line with other bytes is refused) or `latin-1`.
    #[serde(default)]
    pub encoding: Encoding,
    /// True when the first line names the columns.
    #[serde(default = "yes")]
    pub header: bool,
    /// The columns' names for files without a header.
    #[serde(default)]
    pub columns: Vec<String>,
    /// How times are written.
    pub times: Times,
    /// What tells one call from all others of the source.
    pub key: Vec<Expression>,
    /// Tables for `lookup`.
    #[serde(default)]
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
    /// Further columns, computed in order.
    #[serde(default)]
    pub derived: Vec<Named>,
    /// Lines to leave out; the first rule that applies gives the reason.
    #[serde(default)]
    pub skip: Vec<Rule>,
    /// Lines to tell about; every rule that applies is told.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// What comes before the queue: the IVR. Its start is the call's.
    #[serde(default)]
    pub arrival: Option<Phase>,
    /// The queue's name.
    pub queue_name: Expression,
    /// The wait.
    pub queue: Phase,
    /// The talk. A line that has a wait and no talk is an abandoned call.
    pub service: Phase,
    /// Which waits without a talk are abandoned; the others left the queue in another way. Without it: all.
    #[serde(default)]
    pub abandoned: Option<Condition>,
    /// Who talked.
    pub agent: Agent,
    /// Seconds that the agent's telephone rang before the talk.
    #[serde(default)]
    pub ring_seconds: Option<Expression>,
    /// Seconds of after-call work.
    #[serde(default)]
    pub wrap_up_seconds: Option<Expression>,
    /// The channel's unique name.
    #[serde(default = "voice")]
    pub channel: Expression,
    /// The task's priority.
    #[serde(default)]
    pub priority: Option<Expression>,
    /// Task attributes at the top level (`direction`, `from`, `call_sid` …).
    #[serde(default)]
    pub task: BTreeMap<String, Expression>,
    /// Task attributes under `conversations`.
    #[serde(default)]
    pub conversation: BTreeMap<String, Expression>,
    /// Task attributes under `customers`.
    #[serde(default)]
    pub customer: BTreeMap<String, Expression>,
}

/// How bytes become text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// UTF-8; ASCII is a part of it.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// ISO 8859-1.
    #[serde(rename = "latin-1")]
    Latin1,
}

/// How times are written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// IANA name of the zone in which the file's clocks ran.
    pub zone: String,
    /// `strptime` format of the time columns, or `epoch` / `epoch-ms`.
    pub format: String,
    /// The column with the date of the call's start, when time columns hold clocks only.
    #[serde(default)]
    pub date_column: Option<String>,
    /// Format of the date column.
    #[serde(default = "iso_date")]
    pub date_format: String,
}

/// A stretch of a call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// When the line has this phase at all; without it: when `from` isn't empty.
    #[serde(default)]
    pub present: Option<Condition>,
    /// Column of the start.
    pub from: String,
    /// Column of the end; without it `seconds` is needed.
    #[serde(default)]
    pub to: Option<String>,
    /// Column of the exact duration. It is the fact; the clocks only place it.
    #[serde(default)]
    pub seconds: Option<String>,
    /// The phase is there but its clocks say nothing: it begins when the phase before it ends.
    #[serde(default)]
    pub clocks_missing: Option<Condition>,
}

/// Who talked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// The agent's name.
    pub name: Expression,
    /// When nobody knows who it was: the conversation is kept and counted, without an agent.
    #[serde(default)]
    pub unnamed: Option<Condition>,
    /// Worker attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Expression>,
}

/// A derived column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Expression,
}

/// A line to leave out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which.
    pub when: Condition,
    /// Why.
    pub reason: String,
}

/// A line to tell about.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Which.
    pub when: Condition,
    /// What.
    pub say: String,
}

fn comma() -> char {
    ','
}
fn yes() -> bool {
    true
}
fn iso_date() -> String {
    "%Y-%m-%d".into()
}
fn voice() -> Expression {
    Expression::Constant("voice".into())
}

impl Mapping {
    /// Reads and checks a mapping file.
    pub fn parse(yaml: &str) -> Result<Self, ImportError> {
        let mapping: Mapping =
            serde_yaml_ng::from_str(yaml).map_err(|error| ImportError::Mapping(error.to_string()))?;
        mapping.check().map_err(ImportError::Mapping)?;
        Ok(mapping)
    }

    fn check(&self) -> Result<(), String> {
        if self.source.trim().is_empty() || self.key.is_empty() {
            return Err("`source` and `key` must not be empty".into());
        }
        let marks = [Some(self.delimiter), self.quote];
        if marks.into_iter().flatten().any(|mark| !mark.is_ascii() || mark == '\n' || mark == '\r')
            || Some(self.delimiter) == self.quote
        {
            return Err("`delimiter` and `quote` are two different ASCII characters".into());
        }
        if self.header != self.columns.is_empty() {
            return Err("either `header: true` or a list of `columns`".into());
        }
        TimeZone::get(&self.times.zone).map_err(|_| "`times.zone` isn't the name of a time zone".to_owned())?;
        for phase in [Some(&self.service), self.arrival.as_ref(), Some(&self.queue)].into_iter().flatten() {
            if phase.to.is_none() && phase.seconds.is_none() {
                return Err("a phase needs `to` or `seconds`".into());
            }
        }
        let known =
            |name: &String| CONVERSATION_ATTRIBUTES.iter().chain(SEGMENT_FACTS).any(|column| column.name == name);
        if let Some(name) = self.conversation.keys().find(|name| !known(name)) {
            return Err(format!("`conversation.{name}` isn't an attribute or fact of a conversation"));
        }
        let (_, tables) = self.names();
        match tables.iter().find(|table| !self.tables.contains_key(*table)) {
            Some(table) => Err(format!("there is no table `{table}`")),
            None => Ok(()),
        }
    }

    /// Columns of the file that the mapping needs.
    pub(super) fn needed_columns(&self) -> Vec<String> {
        let derived: HashSet<&str> = self.derived.iter().map(|named| named.name.as_str()).collect();
        let (mut columns, _) = self.names();
        columns.retain(|column| !derived.contains(column.as_str()));
        columns.sort();
        columns.dedup();
        columns
    }

    /// All columns and tables that are named anywhere.
    fn names(&self) -> (Vec<String>, Vec<String>) {
        let (mut columns, mut tables) = (Vec::new(), Vec::new());
        let optional = [&self.ring_seconds, &self.wrap_up_seconds, &self.priority].into_iter().flatten();
        let expressions = self.key.iter().chain(self.derived.iter().map(|named| &named.value)).chain(optional);
        let maps = [&self.task, &self.conversation, &self.customer, &self.agent.attributes];
        let expressions = expressions.chain(maps.into_iter().flat_map(|map| map.values()));
        for expression in expressions.chain([&self.queue_name, &self.agent.name, &self.channel]) {
            expression.visit(&mut columns, &mut tables);
        }
        let phases = [Some(&self.service), self.arrival.as_ref(), Some(&self.queue)];
        for phase in phases.into_iter().flatten() {
            columns.push(phase.from.clone());
            columns.extend(phase.to.iter().chain(&phase.seconds).cloned());
            phase.present.iter().chain(&phase.clocks_missing).for_each(|condition| condition.visit(&mut columns));
        }
        let rules = self.skip.iter().map(|rule| &rule.when).chain(self.notes.iter().map(|note| &note.when));
        rules.chain(&self.agent.unnamed).chain(&self.abandoned).for_each(|condition| condition.visit(&mut columns));
        columns.extend(self.times.date_column.iter().cloned());
        (columns, tables)
    }
}
