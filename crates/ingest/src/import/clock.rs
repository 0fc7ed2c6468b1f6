//! Times of a line: clocks without a date, clocks that disagree, calls that cross midnight.
//!
//! Within a line, time is *line time*: milliseconds of the file's own calendar (or of the epoch). Only the
//! last step knows the zone, so that a clock change at night can't reorder a call.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::expression::Fields;
use super::mapping::{Phase, Times};

const DAY_MS: i64 = 86_400_000;
/// A clock that lies this far behind the one before it belongs to the next day; nearer ones just disagree.
const HALF_DAY_MS: i64 = DAY_MS / 2;
/// The years that are accepted everywhere: 1901 to 2049.
const EARLIEST_MS: i64 = -2_177_452_800_000;
const LATEST_MS: i64 = 2_524_608_000_000;
/// Longest duration that is believed: a week.
const LONGEST_SECONDS: i64 = 7 * 86_400;

/// Reads times as a mapping says.
pub(super) struct Clock {
    zone: TimeZone,
    times: Times,
}

/// A stretch of a call in line time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    pub from: i64,
    pub to: i64,
    /// The duration that the file gives.
    pub seconds: Option<i64>,
}

/// What had to be decided to place a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Overlap,
    CrossesMidnight,
    BeginsAfterMidnight,
    ClocksMissing,
    EndsBeforeItBegins,
}

impl Decision {
    pub fn text(self) -> &'static str {
        match self {
            Decision::Overlap => "begins before the phase before it ends: it is taken to begin then",
            Decision::CrossesMidnight => "crosses midnight: it ends on the next day",
            Decision::BeginsAfterMidnight => "begins after midnight: it is on the day after the line's date",
            Decision::ClocksMissing => "has no times: it is placed where the phase before it ends",
            Decision::EndsBeforeItBegins => "ends before it begins: only its end is used",
        }
    }
}

impl Clock {
    pub fn new(times: &Times) -> Self {
        Self { zone: TimeZone::get(&times.zone).unwrap_or(TimeZone::UTC), times: times.clone() }
    }

    /// Line time to epoch milliseconds, in the same order: a local time that exists twice is the first, one that doesn't exist is
    /// the moment at which the clocks were put forward.
    pub fn instant(&self, line_ms: i64) -> Option<i64> {
        if self.is_epoch() {
            return Some(line_ms);
        }
        let civil = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(line_ms).ok()?);
        let at = match self.zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Gap { after, .. } => {
                let early = after.to_timestamp(civil).ok()?;
                self.zone.following(early).next()?.timestamp()
            }
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => offset.to_timestamp(civil).ok()?,
        };
        Some(at.as_millisecond())
    }

    /// Places a phase after the one before it, and says what had to be decided.
    pub fn place(
        &self,
        phase: &Phase,
        fields: &Fields<'_>,
        before: Option<i64>,
    ) -> Result<(Placed, Vec<Decision>), &'static str> {
        let mut decisions = Vec::new();
        let seconds = match phase.seconds.as_deref().map(|column| fields.get(column)).filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => Some(duration(text).ok_or("a duration can't be read")?),
        };
        // A negative duration is the file's way of saying that its clocks disagree.
        let seconds = seconds.filter(|seconds| *seconds >= 0);
        if phase.clocks_missing.as_ref().is_some_and(|condition| condition.holds(fields)) {
            let from = before.ok_or("a phase has no times and none is before it")?;
            let placed = Placed { from, to: from + seconds.unwrap_or(0) * 1000, seconds };
            return Ok((placed, vec![Decision::ClocksMissing]));
        }
        let mut from = self.read(fields, &phase.from)?;
        if let Some(before) = before.filter(|_| self.is_clock()) {
            from += (before.div_euclid(DAY_MS) - from.div_euclid(DAY_MS)).max(0) * DAY_MS;
            if before - from > HALF_DAY_MS {
                from += DAY_MS;
                decisions.push(Decision::BeginsAfterMidnight);
            }
        }
        let mut to = match &phase.to {
            None => from + seconds.ok_or("a phase has neither an end nor a duration")? * 1000,
            // On the day of its start: a start that was moved to the next day moves it too.
            Some(column) if self.is_clock() => {
                from - from.rem_euclid(DAY_MS) + self.read(fields, column)?.rem_euclid(DAY_MS)
            }
            Some(column) => self.read(fields, column)?,
        };
        if to < from && self.is_clock() && from - to > HALF_DAY_MS {
            to += DAY_MS;
            decisions.push(Decision::CrossesMidnight);
        } else if to < from {
            from = to;
            decisions.push(Decision::EndsBeforeItBegins);
        }
        if let Some(before) = before.filter(|before| *before > from) {
            from = before;
            to = to.max(from);
            decisions.push(Decision::Overlap);
        }
        Ok((Placed { from, to, seconds }, decisions))
    }

    fn read(&self, fields: &Fields<'_>, column: &str) -> Result<i64, &'static str> {
        let text = fields.get(column);
        if text.is_empty() {
            return Err("a time is empty");
        }
        let line_ms = match self.times.format.as_str() {
            "epoch" => text.parse::<f64>().ok().filter(|s| s.abs() < 1e11).map(|s| (s * 1000.0).round() as i64),
            "epoch-ms" => text.parse().ok(),
            format => match &self.times.date_column {
                None => DateTime::strptime(format, text).ok().and_then(civil_ms),
                Some(column) => {
                    let date = Date::strptime(&self.times.date_format, fields.get(column))
                        .map_err(|_| "the date can't be read")?;
                    Time::strptime(format, text).ok().and_then(|time| civil_ms(date.to_datetime(time)))
                }
            },
        };
        line_ms.filter(|ms| (EARLIEST_MS..LATEST_MS).contains(ms)).ok_or("a time can't be read")
    }

    fn is_epoch(&self) -> bool {
        matches!(self.times.format.as_str(), "epoch" | "epoch-ms")
    }
    fn is_clock(&self) -> bool {
        self.times.date_column.is_some() && !self.is_epoch()
    }
}

fn civil_ms(civil: DateTime) -> Option<i64> {
    TimeZone::UTC.to_timestamp(civil).ok().map(|at| at.as_millisecond())
}

/// Whole seconds, or `H:MM:SS` as spreadsheets write durations.
pub(super) fn duration(text: &str) -> Option<i64> {
    let seconds = match text.split(':').collect::<Vec<_>>().as_slice() {
        [seconds] => seconds.parse::<f64>().ok().filter(|s| s.is_finite())?.round() as i64,
        [minutes, seconds] => minutes.parse::<i64>().ok()?.checked_mul(60)?.checked_add(seconds.parse().ok()?)?,
        [hours, minutes, seconds] => {
            let minutes = hours.parse::<i64>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
            minutes.checked_mul(60)?.checked_add(seconds.parse().ok()?)?
        }
        _ => return None,
    };
    (-LONGEST_SECONDS..=LONGEST_SECONDS).contains(&seconds).then_some(seconds)
}
