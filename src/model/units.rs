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
            pub fn rounded(value: f64) -> Self {
                Self(rounded(value))
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

/// The nearest whole number, halves away from zero: what `value.round() as i64` gives. Distances are
/// rounded all the time, and `round` is a call into a library on processors of unknown age.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the cast saturates by definition, and from 2^52 on every number is whole"
)]
pub(super) fn rounded(value: f64) -> i64 {
    let whole = value as i64;
    let rest = value - whole as f64;
    whole.saturating_add(i64::from(rest >= 0.5)).saturating_sub(i64::from(rest <= -0.5))
}

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

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, reason = "what is compared with")]
mod tests {
    use super::rounded;
    use proptest::prelude::*;

    #[test]
    fn numbers_beyond_all_that_can_be_counted_are_cut_off() {
        let extremes =
            [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 0.5_f64.next_down()];
        for value in extremes {
            assert_eq!(rounded(value), value.round() as i64, "{value}");
        }
    }

    proptest! {
        #[test]
        fn rounding_is_that_of_the_library(value: f64, halves in -1_000_000_i32..1_000_000) {
            prop_assert_eq!(rounded(value), value.round() as i64);
            let half = f64::from(halves) / 2.0;
            for value in [half, half.next_up(), half.next_down()] {
                prop_assert_eq!(rounded(value), value.round() as i64);
            }
        }
    }
}
