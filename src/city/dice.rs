//! Randomness that is the same on every platform and in every version of the rand crates.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Which part of a city a stream of random numbers is for. Each part has its own, so that another
/// number of couriers leaves the bookings as they were.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Terrain = 0,
    Doors = 1,
    Times = 2,
    Devices = 3,
    Hubs = 4,
}

/// A seeded source of choices. Only the `ChaCha` stream and plain arithmetic decide them: no
/// distribution of a crate, whose algorithm may change, and no function of the platform's
/// mathematics library.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, part: Part) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(part as u64);
        Self(rng)
    }

    /// A number in `0..n`; 0 when `n` is 0. The bias is below `n / 2^64`.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let product = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// An index in `0..len`; 0 when `len` is 0.
    pub(super) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }

    /// An index, each as likely as its weight among all.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u64 = weights.iter().copied().map(u64::from).sum();
        let mut left = self.below(total);
        for (index, &weight) in weights.iter().enumerate() {
            match left.checked_sub(u64::from(weight)) {
                Some(rest) => left = rest,
                None => return index,
            }
        }
        0
    }

    /// Whether something of this probability happens.
    pub(super) fn percent(&mut self, probability: u64) -> bool {
        self.below(100) < probability
    }

    /// A number in `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// A bell curve of mean 0 and deviation 1, from -6 to 6: twelve units less their mean.
    pub(super) fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_never_changes() {
        let mut dice = Dice::new(1, Part::Terrain);
        let drawn: Vec<u64> = (0..5).map(|_| dice.below(1_000_000)).collect();
        assert_eq!(drawn, [381_489, 294_927, 798_254, 916_153, 855_841]);
    }

    #[test]
    fn choices_stay_in_their_ranges() {
        let mut dice = Dice::new(7, Part::Doors);
        for _ in 0..10_000 {
            assert!(dice.below(3) < 3);
            assert!((0.0..1.0).contains(&dice.unit()));
            assert!(dice.bell().abs() <= 6.0);
            assert_eq!(dice.weighted(&[0, 5, 0]), 1);
        }
        assert_eq!((dice.below(0), dice.index(0), dice.weighted(&[])), (0, 0, 0));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(7, Part::Doors);
        let mut counts = [0; 3];
        for _ in 0..10_000 {
            counts[dice.weighted(&[1, 2, 7])] += 1;
        }
        assert!((900..1_100).contains(&counts[0]), "{counts:?}");
        assert!((6_800..7_200).contains(&counts[2]), "{counts:?}");
    }
}
