//! Whole seconds and whole metres, so that the two cannot be mixed.

use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);

            /// The bare number.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }

            /// The nearest whole number of units; anything not finite becomes zero.
            #[must_use]
            #[expect(clippy::cast_possible_truncation, reason = "the cast saturates by definition")]
            pub fn rounded(value: f64) -> Self {
                Self(value.round() as i64)
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                items.fold(Self::ZERO, Add::add)
            }
        }
    };
}

unit!(
    /// A duration in whole seconds. JSON: a number, in a field whose name ends in `_s`.
    Seconds
);
unit!(
    /// A distance in whole metres. JSON: a number, in a field whose name ends in `_m`.
    Meters
);

impl Seconds {
    /// As chrono's duration, to add to a moment. Out-of-range values saturate.
    #[must_use]
    pub fn delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::try_seconds(self.0).unwrap_or(chrono::TimeDelta::MAX)
    }
}

impl From<chrono::TimeDelta> for Seconds {
    fn from(delta: chrono::TimeDelta) -> Self {
        Self(delta.num_seconds())
    }
}
