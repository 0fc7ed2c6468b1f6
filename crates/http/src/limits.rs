//! How often: by person, by address, by door. From one address those who are signed in may ask much more than strangers.

use crate::config::Rates;
use crate::error::{ApiError, Code};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// Forgets quiet keys after so many questions, so that the tables don't grow without end.
const SWEEP_AFTER: u32 = 4_096;

/// All limits of the process.
pub(crate) struct RateLimits {
    people: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    strangers: DefaultKeyedRateLimiter<IpAddr>,
    /// By workspace: the traffic of one must not shut another's door. Only workspaces of this server are ever asked for.
    doors: [DefaultKeyedRateLimiter<String>; 2],
    asked: AtomicU32,
    clock: DefaultClock,
}

/// Which door.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Door {
    TaskRouter,
    EventStreams,
}

fn quota((a_second, at_once): (u32, u32)) -> Quota {
    let some = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(some(a_second)).allow_burst(some(at_once))
}

impl RateLimits {
    pub(crate) fn new(rates: &Rates) -> Self {
        Self {
            people: RateLimiter::keyed(quota(rates.person)),
            addresses: RateLimiter::keyed(quota(rates.address)),
            strangers: RateLimiter::keyed(quota(rates.stranger)),
            doors: [RateLimiter::keyed(quota(rates.door)), RateLimiter::keyed(quota(rates.door))],
            asked: AtomicU32::new(0),
            clock: DefaultClock::default(),
        }
    }

    pub(crate) fn person(&self, person: &str) -> Result<(), ApiError> {
        self.people.check_key(&person.to_owned()).map_err(|until| later(until.wait_time_from(self.clock.now())))
    }

    pub(crate) fn address(&self, address: IpAddr) -> Result<(), ApiError> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_AFTER == SWEEP_AFTER - 1 {
            self.people.retain_recent();
            self.addresses.retain_recent();
            self.strangers.retain_recent();
        }
        self.addresses.check_key(&network(address)).map_err(|until| later(until.wait_time_from(self.clock.now())))
    }

    /// Counted besides for who has not proven who they are.
    pub(crate) fn stranger(&self, address: IpAddr) -> Result<(), ApiError> {
        self.strangers.check_key(&network(address)).map_err(|until| later(until.wait_time_from(self.clock.now())))
    }

    pub(crate) fn door(&self, door: Door, workspace: &str) -> Result<(), ApiError> {
        self.doors[door as usize].check_key(&workspace.to_owned()).map_err(|until| later(until.wait_time_from(self.clock.now())))
    }
}

fn later(wait: std::time::Duration) -> ApiError {
    ApiError::later(Code::TooManyRequests, wait.as_secs() + 1)
}

/// Of IPv6 the network of 64 bits counts, which one customer of a provider has for himself.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}
