//! Values of VROOM's JSON that are checked while they are read, where line and column are known.

use crate::formats::limits::{AMOUNT_MAX, LONG};
use crate::solver::{DIMENSIONS, Load};
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Unexpected, Visitor};
use std::fmt;

/// A whole number from 0 to `MAX`. A fraction of zero (`300.0`) is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Whole<const MAX: u64>(u64);

/// What a task, a vehicle or a break is called.
pub(super) type Id = Whole<{ u64::MAX }>;
/// Seconds or metres of one service or one limit.
pub(super) type Span = Whole<{ LONG.unsigned_abs() as u64 }>;
/// A second since a moment of the file's choice; also Unix time.
pub(super) type Moment = Whole<{ (1 << 53) - 1 }>;
/// An index, a count, a skill.
pub(super) type Number = Whole<{ u32::MAX as u64 }>;
/// A cost.
pub(super) type Price = Whole<{ u32::MAX as u64 }>;
/// The importance of a task.
pub(super) type Priority = Whole<100>;

impl<const MAX: u64> Whole<MAX> {
    pub(super) fn get(self) -> u64 {
        self.0
    }

    /// The number, where `MAX` is within 32 bits.
    pub(super) fn small(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }

    /// The number, where `MAX` is within 31 bits.
    pub(super) fn signed(self) -> i32 {
        i32::try_from(self.0).unwrap_or(i32::MAX)
    }

    pub(super) fn long(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl<'de, const MAX: u64> Deserialize<'de> for Whole<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(WholeVisitor)
    }
}

struct WholeVisitor<const MAX: u64>;

impl<const MAX: u64> Visitor<'_> for WholeVisitor<MAX> {
    type Value = Whole<MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from 0 to {MAX}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        if number <= MAX {
            return Ok(Whole(number));
        }
        Err(E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and from 0 to 2^53"
    )]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        if number.fract() == 0.0 && (0.0..9e15).contains(&number) {
            return self.visit_u64(number as u64);
        }
        Err(E::invalid_value(Unexpected::Float(number), &self))
    }
}

/// Amounts in up to four dimensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) dimensions: u8,
    pub(super) load: Load,
}

impl<'de> Deserialize<'de> for Amounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(AmountsVisitor)
    }
}

struct AmountsVisitor;

impl<'de> Visitor<'de> for AmountsVisitor {
    type Value = Amounts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of at most {DIMENSIONS} amounts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut amounts = Amounts::default();
        while let Some(amount) = items.next_element::<Whole<AMOUNT_MAX>>()? {
            let at = usize::from(amounts.dimensions);
            let Some(place) = amounts.load.get_mut(at) else {
                return Err(A::Error::invalid_length(at + 1, &self));
            };
            *place = amount.long();
            amounts.dimensions += 1;
        }
        Ok(amounts)
    }
}

/// Longitude and latitude in degrees. More numbers (an altitude) are not looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coordinates(pub(super) [f64; 2]);

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(CoordinatesVisitor)
    }
}

struct CoordinatesVisitor;

impl<'de> Visitor<'de> for CoordinatesVisitor {
    type Value = Coordinates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("coordinates as [longitude, latitude] in degrees")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut axis = |at, most: f64, name| {
            let degrees: f64 =
                items.next_element()?.ok_or_else(|| A::Error::invalid_length(at, &self))?;
            if degrees.abs() <= most {
                return Ok(degrees);
            }
            let message = format!(
                "found {name} {degrees}, expected -{most} to {most}: coordinates are [longitude, \
                 latitude]"
            );
            Err(A::Error::custom(message))
        };
        let place = [axis(0, 180.0, "longitude")?, axis(1, 90.0, "latitude")?];
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Coordinates(place))
    }
}

/// A window that does not end before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hours {
    pub(super) opens: i64,
    pub(super) closes: i64,
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [opens, closes] = <[Moment; 2]>::deserialize(deserializer)?.map(Moment::long);
        if opens <= closes {
            return Ok(Self { opens, closes });
        }
        let message = format!("found a window from {opens} to {closes}: it ends before it begins");
        Err(D::Error::custom(message))
    }
}

/// A factor on the speed, in hundredths: VROOM looks at no more digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct SpeedFactor(pub(super) u16);

impl<'de> Deserialize<'de> for SpeedFactor {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0.01 to 5, in hundredths"
    )]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let factor = f64::deserialize(deserializer)?;
        let hundredths = (factor * 100.0).round();
        if (1.0..=500.0).contains(&hundredths) {
            return Ok(Self(hundredths as u16));
        }
        Err(D::Error::custom(format!("found a speed factor of {factor}, expected 0.01 to 5")))
    }
}
