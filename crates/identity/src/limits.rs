//! How long and how often.

const MINUTE_MS: i64 = 60_000;

/// Times and counts of sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A session ends after so long without a request, where the workspace says nothing.
    pub idle_ms: i64,
    /// A session ends after so long in any case, where the workspace says nothing.
    pub session_ms: i64,
    /// Failures are counted over this time.
    pub window_ms: i64,
    /// Failures for one login.
    pub failures_of_login: i64,
    /// Failures from one address. More than for a login: a whole office may share an address.
    pub failures_of_address: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { idle_ms: 30 * MINUTE_MS, session_ms: 12 * 60 * MINUTE_MS, window_ms: 15 * MINUTE_MS, failures_of_login: 10, failures_of_address: 50 }
    }
}

/// Last use of sessions and keys is written when it is older than this, not at each request.
pub(crate) const TOUCH_MS: i64 = MINUTE_MS;
