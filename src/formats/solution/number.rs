//! Numbers of an answer: whole where the file's unit is counted, with a fraction where parts are.

use serde::{Serialize, Serializer};
use std::ops::AddAssign;

/// A number in the file's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::formats) enum Number {
    Whole(i64),
    Real(f64),
}

impl Number {
    /// So many parts, of which `scale` are a unit.
    #[expect(clippy::cast_precision_loss, reason = "parts stay far below 2^53")]
    pub(super) fn parts(parts: i64, scale: i64) -> Self {
        if scale == 1 { Self::Whole(parts) } else { Self::Real(parts as f64 / scale as f64) }
    }

    #[expect(clippy::cast_precision_loss, reason = "units stay far below 2^53")]
    fn real(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Real(number) => number,
        }
    }
}

impl Default for Number {
    fn default() -> Self {
        Self::Whole(0)
    }
}

impl AddAssign for Number {
    fn add_assign(&mut self, other: Self) {
        *self = match (*self, other) {
            (Self::Whole(a), Self::Whole(b)) => Self::Whole(a + b),
            (a, b) => Self::Real(a.real() + b.real()),
        };
    }
}

impl Serialize for Number {
    /// A real number without a fraction is written as a whole one.
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Whole(number) => serializer.serialize_i64(number),
            Self::Real(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                serializer.serialize_i64(number as i64)
            }
            Self::Real(number) => serializer.serialize_f64(number),
        }
    }
}
