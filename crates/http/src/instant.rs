//! Instants as they are sent, and ids of requests.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use parclose_model::WorkspaceSettings;

/// RFC 3339 with the workspace's offset.
pub(crate) fn rfc3339(ms: i64, zone: &TimeZone) -> String {
    let instant = Timestamp::from_millisecond(ms).unwrap_or_default();
    instant.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The workspace's zone.
pub(crate) fn zone(settings: &WorkspaceSettings) -> TimeZone {
    TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC)
}

/// A new id: sorts by time, 26 characters of Crockford's alphabet.
pub(crate) fn new_id() -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = uuid::Uuid::now_v7().as_u128();
    (0..26).rev().map(|at| char::from(ALPHABET[(bits >> (at * 5)) as usize & 31])).collect()
}
