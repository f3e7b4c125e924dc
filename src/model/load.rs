//! What a vehicle carries, in four dimensions at once.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// One of the four dimensions of a [`Load`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Number of parcels.
    Parcels,
    /// Weight in grams.
    Weight,
    /// Volume in millilitres.
    Volume,
    /// Declared value in the region's minor currency units.
    Value,
}

impl Dimension {
    /// All four, in the order in which they are checked and shown.
    pub const ALL: [Self; 4] = [Self::Parcels, Self::Weight, Self::Volume, Self::Value];
}

/// Parcels, weight, volume and declared value: a demand, a capacity, or what is on board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Load {
    /// Number of parcels.
    pub parcels: i64,
    /// Weight in grams.
    pub weight_g: i64,
    /// Volume in millilitres.
    pub volume_ml: i64,
    /// Declared value in minor units of the region's currency.
    pub value: i64,
}

impl Load {
    /// Nothing on board.
    pub const ZERO: Self = Self { parcels: 0, weight_g: 0, volume_ml: 0, value: 0 };
    /// More than any vehicle carries; as a capacity, no limit. Half of the range, so that adding
    /// a real load to it does not overflow.
    pub const UNLIMITED: Self = Self {
        parcels: i64::MAX / 2,
        weight_g: i64::MAX / 2,
        volume_ml: i64::MAX / 2,
        value: i64::MAX / 2,
    };

    /// The amount in one dimension.
    #[must_use]
    pub fn get(self, dimension: Dimension) -> i64 {
        match dimension {
            Dimension::Parcels => self.parcels,
            Dimension::Weight => self.weight_g,
            Dimension::Volume => self.volume_ml,
            Dimension::Value => self.value,
        }
    }

    /// The larger of the two in each dimension: a running peak.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        self.zip(other, i64::max)
    }

    /// The first dimension in which this load exceeds `capacity`, and by how much.
    #[must_use]
    pub fn excess_over(self, capacity: Self) -> Option<(Dimension, i64)> {
        Dimension::ALL.into_iter().find_map(|dimension| {
            let by = self.get(dimension) - capacity.get(dimension);
            (by > 0).then_some((dimension, by))
        })
    }

    /// Whether it fits into `capacity` in all dimensions.
    #[must_use]
    pub fn fits(self, capacity: Self) -> bool {
        self.parcels <= capacity.parcels
            && self.weight_g <= capacity.weight_g
            && self.volume_ml <= capacity.volume_ml
            && self.value <= capacity.value
    }

    fn zip(self, other: Self, f: impl Fn(i64, i64) -> i64) -> Self {
        Self {
            parcels: f(self.parcels, other.parcels),
            weight_g: f(self.weight_g, other.weight_g),
            volume_ml: f(self.volume_ml, other.volume_ml),
            value: f(self.value, other.value),
        }
    }
}

impl Add for Load {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl AddAssign for Load {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Load {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl SubAssign for Load {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Load {
    fn sum<I: Iterator<Item = Self>>(loads: I) -> Self {
        loads.fold(Self::ZERO, Self::add)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parcels, weight_g, volume_ml, value } = self;
        write!(f, "{parcels} parcels, {weight_g} g, {volume_ml} ml, value {value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_dimension_over_capacity_is_named_with_its_excess() {
        let capacity = Load { parcels: 10, weight_g: 1_000, volume_ml: 1_000, value: 500 };
        let load = Load { parcels: 10, weight_g: 1_000, volume_ml: 1_001, value: 900 };
        assert_eq!(load.excess_over(capacity), Some((Dimension::Volume, 1)));
        assert!(!load.fits(capacity));
        assert!(capacity.fits(capacity));
        assert_eq!(capacity.excess_over(Load::UNLIMITED), None);
    }
}
