//! A contact centre that doesn't exist: realistic, repeatable traffic *as events*, so that the demo, the load test
//! and the benchmark go through the same doors as real data.
//!
//! It is a small discrete-event simulation: customers arrive by hour and weekday, wait in real queues for agents
//! who work shifts and take breaks, lose patience, are transferred and call again. Nothing here decides a service
//! level: it comes out. The same company, seed and start give the same events, byte for byte, however the
//! reader divides the time.

pub mod acme;
pub mod company;
pub mod noise;
pub mod wire;

mod attributes;
mod demand;
mod draws;
mod emit;
mod giving_up;
mod handling;
mod names;
mod rota;
mod routing;
mod staff;
mod state;
mod transfer;
mod world;

pub use company::{Channel, Company};

use parclose_model::Event;

/// Where simulated events say that they come from.
pub const SOURCE: &str = "simulator";

/// Traffic of one company in time order, without end if `to_ms` is far away.
pub struct Simulator {
    world: world::World,
    to_ms: i64,
}

impl Simulator {
    /// Traffic from `from_ms` (customers and what they cause) until before `to_ms`. Work that is still going on
    /// at `to_ms` is simply cut, as it would be in a log read at that moment.
    pub fn new(company: Company, seed: u64, from_ms: i64, to_ms: i64) -> Self {
        Self { world: world::World::new(company, seed, from_ms), to_ms }
    }

    /// The next event before `until_ms`, or nothing *yet*: asking later with a later time goes on seamlessly.
    pub fn next_before(&mut self, until_ms: i64) -> Option<Event> {
        self.world.next_before(until_ms.min(self.to_ms))
    }
}

impl Iterator for Simulator {
    type Item = Event;

    /// All events until `to_ms`.
    fn next(&mut self) -> Option<Event> {
        self.next_before(self.to_ms)
    }
}
