//! Who works when: shifts, breaks, lunch, training.

use jiff::civil::{Date, Weekday};

use super::company::Team;
use super::draws::Draws;
use super::state::Activity;

/// An agent's day in minutes after the company's local midnight.
pub(super) struct Shift {
    pub agent: usize,
    pub start: i64,
    pub end: i64,
    /// Activities within the shift, in order; each is left for `Available`.
    pub pauses: Vec<(i64, i64, Activity)>,
}

/// The shifts of a team on one day. People take turns, so that everyone works about three days in four.
pub(super) fn shifts(team: &Team, date: Date, day: i64, draws: &mut Draws) -> Vec<Shift> {
    let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let times: Vec<(i64, i64)> = match (weekend, team.two_shifts) {
        (true, _) => vec![(9 * 60, 17 * 60); team.weekend_seats],
        (false, true) => {
            let early = std::iter::repeat_n((7 * 60 + 45, 14 * 60 + 15), team.seats);
            early.chain(std::iter::repeat_n((13 * 60 + 30, 20 * 60 + 15), team.seats)).collect()
        }
        (false, false) => vec![(8 * 60 + 30, 17 * 60 + 45); team.seats],
    };
    let people = team.agents.len();
    if people == 0 {
        return Vec::new();
    }
    let first = (day.rem_euclid(7_000) as usize * times.len().max(1)) % people;
    let later = i64::from(team.later_hours) * 60;
    times
        .into_iter()
        .take(people)
        .enumerate()
        .map(|(slot, (start, end))| {
            let agent = team.agents[(first + slot) % people];
            let (start, end) = (start + later + draws.whole(-6, 5), end + later + draws.whole(-3, 8));
            Shift { agent, start, end, pauses: pauses(start, end, slot as i64, draws) }
        })
        .collect()
}

/// People of one team leave for their breaks one after the other.
fn pauses(start: i64, end: i64, slot: i64, draws: &mut Draws) -> Vec<(i64, i64, Activity)> {
    let mut pauses = Vec::new();
    let mut add = |from: i64, minutes: i64, activity: Activity| pauses.push((from, from + minutes, activity));
    let turn = slot % 4 * 20;
    add(start + 95 + turn + draws.whole(-5, 15), draws.whole(9, 16), Activity::Break);
    if end - start > 7 * 60 {
        add(start + 215 + turn + draws.whole(-5, 10), draws.whole(26, 38), Activity::Lunch);
        add(start + 385 + turn + draws.whole(-5, 15), draws.whole(9, 16), Activity::Break);
    } else {
        add(start + 210 + turn + draws.whole(-5, 10), draws.whole(18, 30), Activity::Lunch);
    }
    if draws.chance(0.05) {
        add(end - 75, 45, Activity::Training);
    }
    pauses.retain(|(from, to, _)| *to < end && *from > start);
    pauses
}
