//! What a network does to a stream of events: duplicates and another order. For tests, repeatable.

use parclose_model::Event;

use super::draws::Draws;

/// How much is disturbed.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// Share of events that arrive a second time, later.
    pub duplicates: f64,
    /// How many places an event may move back; 0 keeps the order.
    pub distance: usize,
    /// Share of events that move.
    pub moved: f64,
}

impl Default for Noise {
    fn default() -> Self {
        Self { duplicates: 0.05, distance: 40, moved: 0.2 }
    }
}

/// The same events in the order of a bad day. Every event arrives at least once.
pub fn disturb(events: &[Event], noise: Noise, seed: u64) -> Vec<Event> {
    let mut draws = Draws::new(seed);
    let mut places: Vec<(usize, usize)> = Vec::with_capacity(events.len());
    for at in 0..events.len() {
        let delay = |draws: &mut Draws| draws.whole(0, noise.distance as i64) as usize;
        let late = if draws.chance(noise.moved) { delay(&mut draws) } else { 0 };
        places.push((at + late, at));
        if draws.chance(noise.duplicates) {
            let again = delay(&mut draws);
            places.push((at + late + again, at));
        }
    }
    places.sort_by_key(|(place, _)| *place);
    places.into_iter().map(|(_, at)| events[at].clone()).collect()
}

/// All events in any order at all.
pub fn shuffle(events: &[Event], seed: u64) -> Vec<Event> {
    let mut draws = Draws::new(seed);
    let mut shuffled = events.to_vec();
    for last in (1..shuffled.len()).rev() {
        shuffled.swap(last, draws.position(last + 1));
    }
    shuffled
}
