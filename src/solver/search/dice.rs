//! Chance, cheap and repeatable.

use super::number::count;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// A seeded stream of small random numbers.
pub(super) struct Dice(SmallRng);

impl Dice {
    /// The stream of one seed and one number within it.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        Self(SmallRng::seed_from_u64(seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// Below `bound`; 0 where that is 0.
    #[inline]
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(bound);
        (wide >> 32) as u32
    }

    /// From 0 up to 1, without 1.
    #[inline]
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Whether something of this chance happens.
    #[inline]
    pub(super) fn hit(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }

    /// How much dearer a plan may get at a temperature (Metropolis).
    #[inline]
    pub(super) fn rise(&mut self, temperature: f64) -> f64 {
        -temperature * (1.0 - self.unit()).ln()
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(count(last) + 1) as usize);
        }
    }
}
