//! Random numbers. Written out here, on a generator whose stream is fixed by its definition, because the
//! distributions of general libraries change with their versions and "same seed, same events" must not.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A seeded source of draws.
pub(super) struct Draws(ChaCha8Rng);

impl Draws {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }
    /// From 0 until before 1.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
    /// From `low` to `high`, both included.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }
    /// A position in a list of this length.
    pub fn position(&mut self, length: usize) -> usize {
        ((self.unit() * length as f64) as usize).min(length.saturating_sub(1))
    }
    /// One of several. The list is never empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.position(list.len())]
    }
    /// One of several by weight.
    pub fn weighted<T: Copy>(&mut self, list: &[(T, f64)]) -> T {
        let mut left = self.unit() * list.iter().map(|(_, weight)| weight).sum::<f64>();
        for (item, weight) in list {
            left -= weight;
            if left < 0.0 {
                return *item;
            }
        }
        list[list.len() - 1].0
    }
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }
    /// By median and spread; cut where a person would step in.
    pub fn lognormal(&mut self, median: f64, sigma: f64, low: f64, high: f64) -> f64 {
        let normal = (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        (median * (sigma * normal).exp()).clamp(low, high)
    }
    /// How many arrive when `mean` are expected. Large means are split, since the method's start underflows.
    pub fn poisson(&mut self, mean: f64) -> usize {
        let (mut left, mut count) = (mean, 0);
        while left > 30.0 {
            count += self.poisson_small(30.0);
            left -= 30.0;
        }
        count + self.poisson_small(left)
    }
    fn poisson_small(&mut self, mean: f64) -> usize {
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }
    /// An id of the platform's form.
    pub fn sid(&mut self, prefix: &str) -> String {
        format!("{prefix}{:016x}{:016x}", self.0.next_u64(), self.0.next_u64())
    }
}
