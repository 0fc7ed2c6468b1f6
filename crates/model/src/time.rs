//! Whole seconds and quarter hours: the field's rules for time, in one place.

/// Length of a workload slice in milliseconds (15 minutes).
pub const SLICE_MS: i64 = 15 * 60 * 1000;

/// Milliseconds zeroed: times are subtracted as whole seconds (domain reference 2.7).
pub fn whole_second(ms: i64) -> i64 {
    ms.div_euclid(1000) * 1000
}

/// Seconds from `start` to `end`, both zeroed first, never below 0.
pub fn seconds_between(start_ms: i64, end_ms: i64) -> i64 {
    ((whole_second(end_ms) - whole_second(start_ms)) / 1000).max(0)
}

/// Start of the quarter hour that holds `ms`.
pub fn slice_start(ms: i64) -> i64 {
    ms.div_euclid(SLICE_MS) * SLICE_MS
}
