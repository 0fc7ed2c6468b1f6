//! Asterisk's `queue_log`: one line an event of the PBX, calls interleaved.
//!
//! `time|call|queue|agent|EVENT|p1|p2|…`. Calls are put together as they go by; memory holds the calls that are open
//! and the last ones that ended, within a limit. Some versions of the PBX forget to write how a call left the
//! queue: such a call stays open, as it does on the platform, and is counted in the report.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use parclose_model::Event;
use serde::Deserialize;

use super::queue_agents::Agents;
use super::queue_calls::Calls;
use super::report::{Progress, Report};
use super::table::{Form, Record, Table};
use super::{Batches, ImportError, PROGRESS_LINES, Sink};

/// Where events of queue logs say that they come from.
pub(super) const SOURCE: &str = "queue-log";

/// How a queue log is read. Everything but the source has a sensible default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueLogMapping {
    /// Name of the source: part of every id.
    pub source: String,
    /// Zone of logs that write local time instead of epoch seconds.
    #[serde(default = "utc")]
    pub zone: String,
    /// The PBX's queue to the name that people know.
    #[serde(default)]
    pub queue_names: BTreeMap<String, String>,
    /// The PBX's agent to a person's name. Without an entry it is the agent without `SIP/` and the like.
    #[serde(default)]
    pub agent_names: BTreeMap<String, String>,
    /// `conversation_attribute_1` by the PBX's queue.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

fn utc() -> String {
    "UTC".into()
}

impl QueueLogMapping {
    /// Reads and checks a mapping file.
    pub fn parse(yaml: &str) -> Result<Self, ImportError> {
        let mapping: Self = serde_yaml_ng::from_str(yaml).map_err(|error| ImportError::Mapping(error.to_string()))?;
        if mapping.source.trim().is_empty() {
            return Err(ImportError::Mapping("`source` must not be empty".into()));
        }
        TimeZone::get(&mapping.zone)
            .map_err(|_| ImportError::Mapping("`zone` isn't the name of a time zone".into()))?;
        Ok(mapping)
    }

    pub(super) fn queue_name(&self, queue: &str) -> String {
        self.queue_names.get(queue).cloned().unwrap_or_else(|| queue.to_owned())
    }

    /// `SIP/anna`, `PJSIP/anna`, `Local/anna@agents/n`, `Agent/anna` are all Anna.
    pub(super) fn agent_name(&self, agent: &str) -> Option<String> {
        if matches!(agent, "" | "NONE") {
            return None;
        }
        if let Some(name) = self.agent_names.get(agent) {
            return Some(name.clone());
        }
        let bare = agent.split_once('/').map_or(agent, |(_, rest)| rest);
        let bare = bare.split(['@', '/']).next().unwrap_or(bare);
        (!bare.is_empty()).then(|| bare.to_owned())
    }
}

/// One line of the log.
pub(super) struct Line<'a> {
    pub at_ms: i64,
    pub call: &'a str,
    pub queue: &'a str,
    pub agent: &'a str,
    pub event: &'a str,
    pub params: &'a [String],
}

impl Line<'_> {
    pub fn param(&self, position: usize) -> &str {
        self.params.get(position).map_or("", String::as_str)
    }
    pub fn whole(&self, position: usize) -> Option<i64> {
        self.param(position).parse().ok().filter(|number| (0..=604_800_000).contains(number))
    }
}

/// Reads a log to its end.
pub fn import<R: BufRead>(
    reader: R,
    mapping: &QueueLogMapping,
    sink: Sink<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, ImportError> {
    let zone = TimeZone::get(&mapping.zone)
        .map_err(|_| ImportError::Mapping("`zone` isn't the name of a time zone".into()))?;
    let mut table = Table::new(reader, Form { delimiter: b'|', quote: None });
    let mut report = Report::default();
    let mut batches = Batches::new(sink);
    let (mut calls, mut agents) = (Calls::new(mapping), Agents::new(mapping));
    while let Some(record) = table.next().map_err(|source| ImportError::Read { line: table.line, source })? {
        report.lines += 1;
        match record {
            Record::Refused(line, reason) => report.refuse(reason, line),
            Record::Fields(line, fields) => match one(&fields, &zone, &mut calls, &mut agents) {
                Ok(events) => {
                    report.good += 1;
                    batches.add(events)?;
                }
                Err(Left::Refused(reason)) => report.refuse(reason, line),
                Err(Left::Skipped(reason)) => report.skip(reason, line),
                Err(Left::Noted(reason, events)) => {
                    report.good += 1;
                    report.note(reason, line);
                    batches.add(events)?;
                }
            },
        }
        if report.lines.is_multiple_of(PROGRESS_LINES) {
            let events = batches.sent + batches.waiting.len() as u64;
            progress(Progress { lines: report.lines, bytes: table.bytes, events });
        }
    }
    let (events, open) = calls.finish();
    (0..open).for_each(|_| report.note("a call whose end isn't in the file: it stays open", table.line));
    batches.add(events)?;
    batches.flush()?;
    report.events = batches.sent;
    progress(Progress { lines: report.lines, bytes: table.bytes, events: report.events });
    Ok(report)
}

/// Why a line didn't simply become events.
pub(super) enum Left {
    Refused(&'static str),
    Skipped(&'static str),
    Noted(&'static str, Vec<Event>),
}

fn one(
    fields: &[Vec<u8>],
    zone: &TimeZone,
    calls: &mut Calls<'_>,
    agents: &mut Agents<'_>,
) -> Result<Vec<Event>, Left> {
    let text: Option<Vec<String>> = fields.iter().map(|field| String::from_utf8(field.clone()).ok()).collect();
    let text = text.ok_or(Left::Refused("the line isn't text"))?;
    let [time, call, queue, agent, event, params @ ..] = text.as_slice() else {
        return Err(Left::Refused("the line has fewer than five fields"));
    };
    let at_ms = instant(time, zone).ok_or(Left::Refused("the time can't be read"))?;
    let line = Line { at_ms, call, queue, agent, event, params };
    match line.event {
        "ADDMEMBER"
        | "REMOVEMEMBER"
        | "PAUSE"
        | "UNPAUSE"
        | "PAUSEALL"
        | "UNPAUSEALL"
        | "AGENTLOGIN"
        | "AGENTLOGOFF"
        | "AGENTCALLBACKLOGIN"
        | "AGENTCALLBACKLOGOFF" => agents.line(&line),
        "ENTERQUEUE" | "CONNECT" | "COMPLETECALLER" | "COMPLETEAGENT" | "ABANDON" | "RINGNOANSWER" | "RINGCANCELED"
        | "EXITWITHTIMEOUT" | "EXITWITHKEY" | "EXITEMPTY" | "TRANSFER" | "BLINDTRANSFER" | "ATTENDEDTRANSFER"
        | "AGENTDUMP" => {
            if matches!(line.call, "" | "NONE") {
                return Err(Left::Refused("a call's event without a call"));
            }
            calls.line(&line)
        }
        "" => Err(Left::Refused("the event's name is missing")),
        "QUEUESTART" | "CONFIGRELOAD" | "INFO" | "DID" | "SYSCOMPAT" | "PENALTY" | "URGENT" | "RINGINUSE" | "DTMF" => {
            Err(Left::Skipped("an event that says nothing of calls or agents"))
        }
        _ => Err(Left::Skipped("an event that isn't known")),
    }
}

/// Epoch seconds, with or without a fraction, or local time.
fn instant(text: &str, zone: &TimeZone) -> Option<i64> {
    let ms = match text.parse::<f64>() {
        Ok(seconds) if seconds.abs() < 1e11 => (seconds * 1000.0).round() as i64,
        Ok(_) => return None,
        Err(_) => {
            let local: DateTime = text.parse().ok()?;
            local.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()
        }
    };
    (0..2_524_608_000_000).contains(&ms).then_some(ms)
}

/// A map that forgets the oldest entries instead of growing for ever.
pub(super) struct Bounded<V> {
    entries: HashMap<String, (u64, V)>,
    order: BTreeMap<u64, String>,
    next: u64,
    limit: usize,
}

impl<V> Bounded<V> {
    pub fn new(limit: usize) -> Self {
        Self { entries: HashMap::new(), order: BTreeMap::new(), next: 0, limit }
    }
    pub fn get(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key).map(|(_, value)| value)
    }
    /// Puts an entry in, and gives back what had to be forgotten for it.
    pub fn put(&mut self, key: &str, value: V) -> Option<V> {
        self.next += 1;
        if let Some((at, _)) = self.entries.insert(key.to_owned(), (self.next, value)) {
            self.order.remove(&at);
        }
        self.order.insert(self.next, key.to_owned());
        if self.entries.len() <= self.limit {
            return None;
        }
        let (_, oldest) = self.order.pop_first()?;
        self.entries.remove(&oldest).map(|(_, value)| value)
    }
    /// All entries, oldest first.
    pub fn drain(&mut self) -> Vec<V> {
        let order = std::mem::take(&mut self.order);
        order.into_values().filter_map(|key| self.entries.remove(&key).map(|(_, value)| value)).collect()
    }
}
