//! Delimited files with a mapping: one line, one call.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::BufRead;

use super::clock::Clock;
use super::expression::Fields;
use super::line;
use super::mapping::{Encoding, Mapping};
use super::report::{Progress, Report};
use super::table::{Form, Record, Table};
use super::{Batches, ImportError, PROGRESS_LINES, Sink};

/// How many keys are remembered to find lines that claim to be the same call.
const KEYS: usize = 500_000;

/// Reads a file to its end. See the module for what refused lines do.
pub fn import<R: BufRead>(
    reader: R,
    mapping: &Mapping,
    sink: Sink<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, ImportError> {
    let form = Form { delimiter: mapping.delimiter as u8, quote: mapping.quote.map(|quote| quote as u8) };
    let mut table = Table::new(reader, form);
    let mut report = Report::default();
    let mut batches = Batches::new(sink);
    let clock = Clock::new(&mapping.times);
    let columns = if mapping.header { header(&mut table, mapping)? } else { mapping.columns.clone() };
    let mut names: HashMap<String, usize> = columns.iter().cloned().enumerate().map(|(at, name)| (name, at)).collect();
    let missing: Vec<String> = mapping.needed_columns().into_iter().filter(|name| !names.contains_key(name)).collect();
    if !missing.is_empty() {
        return Err(ImportError::Columns(missing));
    }
    for (at, derived) in mapping.derived.iter().enumerate() {
        names.insert(derived.name.clone(), columns.len() + at);
    }
    let mut keys = RecentKeys::default();
    while let Some(record) = next(&mut table)? {
        report.lines += 1;
        match record {
            Record::Refused(line, reason) => report.refuse(reason, line),
            Record::Fields(line, values) if values.len() != columns.len() => {
                report.refuse("the line has another number of columns than the header", line);
            }
            Record::Fields(line, values) => match decode(values, mapping.encoding) {
                None => report.refuse("the line isn't text in the file's encoding", line),
                Some(values) => {
                    let events = one(mapping, &clock, Fields { names: &names, values }, line, &mut keys, &mut report);
                    batches.add(events)?;
                }
            },
        }
        if report.lines.is_multiple_of(PROGRESS_LINES) {
            let events = batches.sent + batches.waiting.len() as u64;
            progress(Progress { lines: report.lines, bytes: table.bytes, events });
        }
    }
    batches.flush()?;
    report.events = batches.sent;
    progress(Progress { lines: report.lines, bytes: table.bytes, events: report.events });
    Ok(report)
}

fn one(
    mapping: &Mapping,
    clock: &Clock,
    mut fields: Fields<'_>,
    line: u64,
    keys: &mut RecentKeys,
    report: &mut Report,
) -> Vec<parclose_model::Event> {
    for derived in &mapping.derived {
        let value = derived.value.value(&fields, &mapping.tables);
        fields.values.push(value);
    }
    if let Some(rule) = mapping.skip.iter().find(|rule| rule.when.holds(&fields)) {
        report.skip(&rule.reason, line);
        return Vec::new();
    }
    match line::events(mapping, clock, &fields, line, report) {
        Err(reason) => report.refuse(reason, line),
        Ok(events) if !keys.is_new(events.first().and_then(|event| event.task.as_deref()).unwrap_or_default()) => {
            report.refuse("another line has the same key", line);
        }
        Ok(events) => {
            report.good += 1;
            return events;
        }
    }
    Vec::new()
}

fn header<R: BufRead>(table: &mut Table<R>, mapping: &Mapping) -> Result<Vec<String>, ImportError> {
    match next(table)? {
        Some(Record::Fields(_, values)) => {
            let names = decode(values, mapping.encoding);
            names.ok_or_else(|| ImportError::Mapping("the header isn't text in the file's encoding".into()))
        }
        Some(Record::Refused(..)) => Err(ImportError::Mapping("the header can't be read".into())),
        None => Err(ImportError::Columns(mapping.needed_columns())),
    }
}

fn next<R: BufRead>(table: &mut Table<R>) -> Result<Option<Record>, ImportError> {
    table.next().map_err(|source| ImportError::Read { line: table.line, source })
}

fn decode(values: Vec<Vec<u8>>, encoding: Encoding) -> Option<Vec<String>> {
    let text = |bytes: Vec<u8>| match encoding {
        Encoding::Utf8 => String::from_utf8(bytes).ok(),
        Encoding::Latin1 => Some(bytes.into_iter().map(char::from).collect()),
    };
    values.into_iter().map(|bytes| text(bytes).map(|text| text.trim().to_owned())).collect()
}

/// Keys of the last lines: two calls with one key would become one muddled call.
#[derive(Default)]
struct RecentKeys {
    set: HashSet<u64>,
    order: VecDeque<u64>,
}

impl RecentKeys {
    fn is_new(&mut self, task: &str) -> bool {
        // The id is a digest already: half of it tells half a million lines apart.
        let digits = task.get(2..18).unwrap_or_default();
        let Ok(key) = u64::from_str_radix(digits, 16) else { return true };
        if !self.set.insert(key) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > KEYS
            && let Some(oldest) = self.order.pop_front()
        {
            self.set.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::canonical;

    #[test]
    fn keys_are_told_apart() {
        let mut keys = RecentKeys::default();
        let (a, b) = (canonical::id("IM", &["s", "ab", "c"]), canonical::id("IM", &["s", "a", "bc"]));
        assert!(keys.is_new(&a) && keys.is_new(&b) && !keys.is_new(&a));
    }
}
