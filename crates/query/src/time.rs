//! Date ranges, buckets and parts of the day in the workspace's time zone. Days have 23, 24 or 25 hours.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Builder};
use datafusion::arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarUDF, Volatility, create_udf};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use parclose_metrics::{QueryError, TimeAttribute};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A date range as asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Range {
    /// A named range, relative to now.
    Preset(PresetRange),
    /// Local dates, both inclusive.
    Dates(DateRange),
    /// Instants, half open. Used by drills.
    Instants(InstantRange),
}

/// A named range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresetRange {
    /// Which.
    pub preset: Preset,
}

/// Local dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateRange {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// Instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstantRange {
    /// First instant.
    pub from_instant: Timestamp,
    /// First instant after the range.
    pub to_instant: Timestamp,
}

/// Names of ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Preset {
    Today,
    Yesterday,
    #[serde(rename = "last_7_days")]
    Last7Days,
    #[serde(rename = "last_30_days")]
    Last30Days,
    #[serde(rename = "last_90_days")]
    Last90Days,
    ThisWeek,
    LastWeek,
    ThisMonth,
    LastMonth,
    ThisYear,
    #[serde(rename = "last_12_months")]
    Last12Months,
    All,
}

/// A range in instants, with the zone it was made for.
#[derive(Debug, Clone)]
pub struct ResolvedRange {
    /// First instant, epoch ms.
    pub from_ms: i64,
    /// First instant after, epoch ms.
    pub to_ms: i64,
    /// Title for people.
    pub title: String,
    /// The length by which `time.auto` is chosen: a period and the one before it are cut alike.
    auto_ms: i64,
    zone: TimeZone,
}

/// The range as sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RangeAnswer {
    /// First local day.
    pub from: String,
    /// Last local day.
    pub to: String,
    /// First instant.
    pub from_instant: String,
    /// First instant after.
    pub to_instant: String,
    /// IANA name.
    pub time_zone: String,
    /// Title.
    pub title: String,
    /// The previous period, if comparison was asked.
    pub previous_from_instant: Option<String>,
    /// Its end.
    pub previous_to_instant: Option<String>,
}

/// The farthest that a range may reach: dates outside are not in the data model (1901 to 2049).
const FIRST: Date = Date::constant(1901, 1, 1);
const LAST: Date = Date::constant(2049, 12, 31);
/// Buckets in one answer at most.
const MOST_BUCKETS: usize = 5_000;

fn local(ms: i64, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone())
}

fn start_of(date: Date, zone: &TimeZone) -> Result<i64, QueryError> {
    let zoned = date.to_zoned(zone.clone()).map_err(|_| QueryError::Range("a date is out of range"))?;
    Ok(zoned.timestamp().as_millisecond())
}

/// An instant as people read it: RFC 3339 with the zone's offset.
pub(crate) fn rfc3339(ms: i64, zone: &TimeZone) -> String {
    let zoned = local(ms, zone);
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The workspace's zone; a name that is not known is a broken setting and falls back to UTC loudly at start-up.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

impl Range {
    /// Makes instants of it. `data` is the span of the data, for `all`.
    pub fn resolve(&self, now_ms: i64, zone: &TimeZone, data: Option<(i64, i64)>) -> Result<ResolvedRange, QueryError> {
        let today = local(now_ms, zone).date();
        let dates = |first: Date, last: Date, title: &str| -> Result<ResolvedRange, QueryError> {
            if first < FIRST || last > LAST {
                return Err(QueryError::Range("dates from 1901-01-01 to 2049-12-31"));
            }
            if last < first {
                return Err(QueryError::Range("the first day is after the last"));
            }
            let next = last.checked_add(1.day()).map_err(|_| QueryError::Range("a date is out of range"))?;
            let (from_ms, to_ms) = (start_of(first, zone)?, start_of(next, zone)?);
            Ok(ResolvedRange { from_ms, to_ms, title: title.into(), auto_ms: to_ms - from_ms, zone: zone.clone() })
        };
        let back = |days: i64| today.checked_sub(days.days()).unwrap_or(today);
        let monday = back(i64::from(today.weekday().to_monday_zero_offset()));
        let first_of_month = today.first_of_month();
        match self {
            Range::Dates(range) => dates(range.from, range.to, &format!("{} to {}", range.from, range.to)),
            Range::Instants(range) => {
                let (from_ms, to_ms) = (range.from_instant.as_millisecond(), range.to_instant.as_millisecond());
                if to_ms <= from_ms || from_ms < start_of(FIRST, zone)? || to_ms > start_of(LAST, zone)? {
                    return Err(QueryError::Range("the first instant must lie before the last, both from 1901 to 2049"));
                }
                Ok(ResolvedRange { from_ms, to_ms, title: "Selected time".into(), auto_ms: to_ms - from_ms, zone: zone.clone() })
            }
            Range::Preset(PresetRange { preset }) => match preset {
                Preset::Today => dates(today, today, "Today"),
                Preset::Yesterday => dates(back(1), back(1), "Yesterday"),
                Preset::Last7Days => dates(back(6), today, "Last 7 days"),
                Preset::Last30Days => dates(back(29), today, "Last 30 days"),
                Preset::Last90Days => dates(back(89), today, "Last 90 days"),
                Preset::ThisWeek => dates(monday, today, "This week"),
                Preset::LastWeek => {
                    let start = monday.checked_sub(7.days()).unwrap_or(monday);
                    dates(start, monday.checked_sub(1.day()).unwrap_or(monday), "Last week")
                }
                Preset::ThisMonth => dates(first_of_month, today, "This month"),
                Preset::LastMonth => {
                    let last = first_of_month.checked_sub(1.day()).unwrap_or(first_of_month);
                    dates(last.first_of_month(), last, "Last month")
                }
                Preset::ThisYear => dates(today.first_of_year(), today, "This year"),
                Preset::Last12Months => {
                    let start = first_of_month.checked_sub(11.months()).unwrap_or(first_of_month);
                    dates(start, today, "Last 12 months")
                }
                Preset::All => {
                    let (first, last) = data.unwrap_or((now_ms, now_ms));
                    dates(local(first, zone).date().max(FIRST), local(last.max(now_ms), zone).date().min(LAST), "All time")
                }
            },
        }
    }
}

impl ResolvedRange {
    /// The period of the same length just before. Whole local days stay whole local days. Of a range that is not over
    /// only the same stretch is compared: a part with a part and never with a whole.
    pub fn previous(&self, now_ms: i64) -> Self {
        let (from, to) = (local(self.from_ms, &self.zone), local(self.to_ms, &self.zone));
        let whole_days = from.time() == jiff::civil::Time::midnight() && to.time() == jiff::civil::Time::midnight();
        let from_ms = if whole_days {
            let days = from.date().until(to.date()).map(|s| s.get_days()).unwrap_or(1).max(1);
            let first = from.date().checked_sub(i64::from(days).days()).unwrap_or(from.date());
            start_of(first, &self.zone).unwrap_or(self.from_ms - (self.to_ms - self.from_ms))
        } else {
            self.from_ms - (self.to_ms - self.from_ms)
        };
        let elapsed = now_ms.saturating_sub(self.from_ms);
        let running = elapsed > 0 && now_ms < self.to_ms;
        let to_ms = if running { from_ms.saturating_add(elapsed).clamp(from_ms + 1, self.from_ms) } else { self.from_ms };
        Self { from_ms, to_ms, title: "Previous period".into(), auto_ms: self.auto_ms, zone: self.zone.clone() }
    }
    /// For the answer.
    pub fn answer(&self, zone_name: &str, previous: Option<&ResolvedRange>) -> RangeAnswer {
        let text = |ms: i64| rfc3339(ms, &self.zone);
        RangeAnswer {
            from: local(self.from_ms, &self.zone).date().to_string(),
            to: local(self.to_ms - 1, &self.zone).date().to_string(),
            from_instant: text(self.from_ms),
            to_instant: text(self.to_ms),
            time_zone: zone_name.into(),
            title: self.title.clone(),
            previous_from_instant: previous.map(|p| text(p.from_ms)),
            previous_to_instant: previous.map(|p| text(p.to_ms)),
        }
    }
    /// `time.auto` by the length of the range.
    pub fn auto(&self) -> TimeAttribute {
        match self.auto_ms.div_euclid(3_600_000) {
            ..=50 => TimeAttribute::Hour,
            51..=2_230 => TimeAttribute::Day,
            2_231..=9_700 => TimeAttribute::Week,
            _ => TimeAttribute::Month,
        }
    }
    /// Starts of the buckets that cover the range, epoch ms. The first may begin before the range.
    pub fn buckets(&self, by: TimeAttribute) -> Result<Vec<i64>, QueryError> {
        let mut starts = Vec::new();
        let first = local(self.from_ms, &self.zone);
        let date = first.date();
        let mut day = match by {
            TimeAttribute::Week => date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).unwrap_or(date),
            TimeAttribute::Month => date.first_of_month(),
            TimeAttribute::Quarter => {
                let month = (date.month() - 1) / 3 * 3 + 1;
                Date::new(date.year(), month, 1).unwrap_or(date)
            }
            TimeAttribute::Year => date.first_of_year(),
            _ => date,
        };
        loop {
            let start = start_of(day, &self.zone)?;
            if start >= self.to_ms {
                break;
            }
            let step = match by {
                TimeAttribute::Week => 7.days(),
                TimeAttribute::Month => 1.month(),
                TimeAttribute::Quarter => 3.months(),
                TimeAttribute::Year => 1.year(),
                _ => 1.day(),
            };
            let next = day.checked_add(step).map_err(|_| QueryError::Range("too long"))?;
            if by == TimeAttribute::Hour {
                // Hours of a day are counted on the time line, so a repeated hour is two buckets.
                let end = start_of(next, &self.zone)?;
                starts.extend(
                    (0..)
                        .map(|h| start + h * 3_600_000)
                        .take_while(|at| *at < end)
                        .filter(|at| *at < self.to_ms && *at + 3_600_000 > self.from_ms),
                );
            } else {
                starts.push(start);
            }
            if starts.len() > MOST_BUCKETS {
                return Err(QueryError::TooMany { what: "time buckets", most: MOST_BUCKETS });
            }
            day = next;
        }
        Ok(starts)
    }
    /// Offsets from UTC inside the range: (from this instant in epoch ms, seconds east).
    pub fn offsets_ms(&self) -> Vec<(i64, i64)> {
        self.offsets().into_iter().map(|(us, seconds)| (if us == i64::MIN { us } else { us.div_euclid(1000) }, seconds)).collect()
    }
    /// Offsets from UTC inside the range: (from this instant in µs, seconds east).
    fn offsets(&self) -> Vec<(i64, i64)> {
        let start = Timestamp::from_millisecond(self.from_ms).unwrap_or_default();
        let mut offsets = vec![(i64::MIN, i64::from(self.zone.to_offset(start).seconds()))];
        for transition in self.zone.following(start).take(500) {
            if transition.timestamp().as_millisecond() >= self.to_ms {
                break;
            }
            offsets.push((transition.timestamp().as_microsecond(), i64::from(transition.offset().seconds())));
        }
        offsets
    }
    /// The zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// A function of the time column that gives a whole number, as a DataFusion expression.
fn time_function(name: String, argument: Expr, f: impl Fn(i64) -> Option<i32> + Send + Sync + 'static) -> Expr {
    let input = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let run = move |arguments: &[ColumnarValue]| {
        let array: ArrayRef = match &arguments[0] {
            ColumnarValue::Array(array) => array.clone(),
            ColumnarValue::Scalar(value) => value.to_array()?,
        };
        let instants = array.as_primitive::<TimestampMicrosecondType>();
        let mut out = Int32Builder::with_capacity(instants.len());
        for at in 0..instants.len() {
            out.append_option(if instants.is_null(at) { None } else { f(instants.value(at)) });
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish()) as ArrayRef))
    };
    let udf: ScalarUDF = create_udf(&name, vec![input], DataType::Int32, Volatility::Immutable, Arc::new(run));
    udf.call(vec![argument])
}

/// Position of the bucket that holds the instant.
pub(crate) fn bucket_expression(argument: Expr, starts: &[i64]) -> Expr {
    let micros: Vec<i64> = starts.iter().map(|ms| ms.saturating_mul(1000)).collect();
    // The name carries the buckets, so that two bucketings in one plan are never taken for the same.
    let name = format!("bucket_{}_{}_{}", starts.len(), starts.first().unwrap_or(&0), starts.last().unwrap_or(&0));
    time_function(name, argument, move |us| (micros.partition_point(|start| *start <= us) as i32).checked_sub(1).filter(|at| *at >= 0))
}

/// Hour of the local day or local weekday.
pub(crate) fn part_expression(argument: Expr, part: TimeAttribute, range: &ResolvedRange) -> Expr {
    let offsets = range.offsets();
    let name = format!("{}_{}", part.format(), range.from_ms);
    time_function(name, argument, move |us| {
        let at = offsets.partition_point(|(from, _)| *from <= us).saturating_sub(1);
        let seconds = us.div_euclid(1_000_000) + offsets[at].1;
        Some(match part {
            TimeAttribute::HourOfDay => seconds.rem_euclid(86_400).div_euclid(3_600) as i32,
            // 1970-01-01 was a Thursday.
            _ => (seconds.div_euclid(86_400) + 3).rem_euclid(7) as i32 + 1,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(json: serde_json::Value) -> Range {
        serde_json::from_value(json).unwrap()
    }
    fn prague() -> TimeZone {
        TimeZone::get("Europe/Prague").unwrap()
    }

    #[test]
    fn days_of_a_clock_change_have_23_and_25_hours() {
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-07-01", 24)] {
            let r = range(serde_json::json!({"from": day, "to": day})).resolve(0, &prague(), None).unwrap();
            assert_eq!((r.to_ms - r.from_ms) / 3_600_000, hours, "{day}");
            assert_eq!(r.buckets(TimeAttribute::Hour).unwrap().len() as i64, hours, "{day}");
            assert_eq!(r.buckets(TimeAttribute::Day).unwrap().len(), 1, "{day}");
        }
    }

    #[test]
    fn the_previous_period_of_whole_days_is_whole_days() {
        let r = range(serde_json::json!({"from": "2026-10-20", "to": "2026-10-29"})).resolve(0, &prague(), None).unwrap();
        let p = r.previous(i64::MAX);
        assert_eq!(rfc3339(p.from_ms, p.zone()), "2026-10-10T00:00:00+02:00");
        assert_eq!(p.to_ms, r.from_ms);
        assert_eq!(p.buckets(TimeAttribute::Day).unwrap().len(), r.buckets(TimeAttribute::Day).unwrap().len());
    }

    #[test]
    fn the_period_before_is_cut_like_the_period_itself() {
        // Wednesday at one o'clock: three days so far by the calendar, 49 hours by the clock.
        let now = start_of(jiff::civil::date(2026, 11, 4), &prague()).unwrap() + 3_600_000;
        let r = range(serde_json::json!({"preset": "this_week"})).resolve(now, &prague(), None).unwrap();
        let p = r.previous(now);
        assert_eq!((p.to_ms - p.from_ms) / 3_600_000, 49);
        assert_eq!((r.auto(), p.auto()), (TimeAttribute::Day, TimeAttribute::Day));
    }

    #[test]
    fn ranges_that_make_no_sense_are_refused() {
        for bad in [
            serde_json::json!({"from": "2026-10-02", "to": "2026-10-01"}),
            serde_json::json!({"from": "0001-01-01", "to": "2026-10-01"}),
            serde_json::json!({"from": "2026-01-01", "to": "9999-12-31"}),
        ] {
            assert!(range(bad).resolve(0, &prague(), None).is_err());
        }
        assert!(serde_json::from_value::<Range>(serde_json::json!({"preset": "for_ever"})).is_err());
    }
}
