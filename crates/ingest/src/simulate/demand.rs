//! When customers come: two humps a day, a strong Monday, a weak weekend, a little growth.

use jiff::civil::{Date, Weekday};

use super::company::Demand;
use super::draws::Draws;

/// Weight of each hour of a customer's day.
const HOURS: [f64; 24] = [
    0.1, 0.05, 0.05, 0.05, 0.05, 0.1, 0.4, 2.0, 6.0, 10.5, 12.5, 11.0, 7.5, 7.0, 9.5, 10.5, 9.0, 6.0, 3.8, 2.4, 1.2,
    0.6, 0.3, 0.15,
];

/// Weight of a weekday; the seven average to one.
fn weekday(date: Date) -> f64 {
    match date.weekday() {
        Weekday::Monday => 1.46,
        Weekday::Tuesday => 1.28,
        Weekday::Wednesday => 1.2,
        Weekday::Thursday => 1.16,
        Weekday::Friday => 1.1,
        Weekday::Saturday => 0.48,
        Weekday::Sunday => 0.32,
    }
}

/// A tenth of a percent a day, for a year.
fn growth(day: i64) -> f64 {
    1.0 + 0.001 * day.clamp(0, 365) as f64
}

/// The milliseconds after the company's local midnight at which customers of one kind arrive on one day.
/// May reach into the next day for customers whose day lies later.
pub(super) fn arrivals(demand: &Demand, date: Date, day: i64, draws: &mut Draws) -> Vec<i64> {
    // No two Mondays are alike.
    let mood = draws.lognormal(1.0, 0.12, 0.6, 1.6);
    let expected = demand.per_day * weekday(date) * growth(day) * mood;
    let weights: Vec<(usize, f64)> = HOURS.iter().copied().enumerate().collect();
    (0..draws.poisson(expected))
        .map(|_| {
            let hour = draws.weighted(&weights) as i64 + i64::from(demand.later_hours);
            (hour * 3600 * 1000 + draws.whole(0, 3_599_999)).max(0)
        })
        .collect()
}

/// True while most customers of this kind would expect an answer.
pub(super) fn in_business_hours(local_minute: i64, later_hours: i32, date: Date) -> bool {
    let minute = local_minute - i64::from(later_hours) * 60;
    let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    if weekend { (9 * 60..17 * 60).contains(&minute) } else { (8 * 60..20 * 60).contains(&minute) }
}
