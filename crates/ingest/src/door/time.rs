//! Times as senders write them.

use jiff::Timestamp;

/// The years that the platform itself accepts (1901 to 2049): anything else is a mistake of the sender,
/// and would stretch every table that is laid out by time.
const EARLIEST_MS: i64 = -2_177_452_800_000;
const LATEST_MS: i64 = 2_524_608_000_000;

/// An instant and whether its text said anything finer than a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instant {
    pub ms: i64,
    pub whole_seconds: bool,
}

/// Epoch seconds, epoch milliseconds or ISO text. Numbers below 10^11 are seconds (the year 5138; as milliseconds
/// they would be before 1973).
pub(super) fn read(text: &str) -> Option<Instant> {
    let text = text.trim();
    let instant = match text.parse::<i64>() {
        Ok(number) if number.unsigned_abs() < 100_000_000_000 => {
            Instant { ms: number.checked_mul(1000)?, whole_seconds: true }
        }
        Ok(number) => Instant { ms: number, whole_seconds: false },
        Err(_) => match text.parse::<f64>() {
            Ok(seconds) if seconds.abs() < 1e11 => {
                Instant { ms: (seconds * 1000.0).round() as i64, whole_seconds: false }
            }
            _ => {
                let at: Timestamp = text.parse().ok()?;
                Instant { ms: at.as_millisecond(), whole_seconds: at.subsec_nanosecond() == 0 }
            }
        },
    };
    (EARLIEST_MS..LATEST_MS).contains(&instant.ms).then_some(instant)
}

/// Epoch milliseconds and nothing else.
pub(super) fn read_ms(text: &str) -> Option<i64> {
    let ms = text.trim().parse::<i64>().ok()?;
    (EARLIEST_MS..LATEST_MS).contains(&ms).then_some(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_milliseconds_and_text_are_the_same_instant() {
        for text in ["1700000000", "1700000000000", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00", "1700000000.0"]
        {
            assert_eq!(read(text).map(|i| i.ms), Some(1_700_000_000_000), "{text}");
        }
        assert_eq!(read("2023-11-14T22:13:20.123Z"), Some(Instant { ms: 1_700_000_000_123, whole_seconds: false }));
    }

    #[test]
    fn nonsense_is_no_time() {
        for text in
            ["", "soon", "NaN", "inf", "9223372036854775807", "-9223372036854775808", "99999999999", "2023-11-14"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
