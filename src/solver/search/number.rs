//! Conversions between kinds of numbers that the search needs all the time.

/// A length or an index as nodes are numbered; fields are far smaller than 2³².
#[inline]
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A length for a mean or a share.
#[expect(clippy::cast_precision_loss, reason = "means and shares need no 53rd bit")]
#[inline]
pub(super) fn real(length: usize) -> f64 {
    length as f64
}

/// A cost, or how often something is done, for a comparison with a temperature or a share.
#[expect(clippy::cast_precision_loss, reason = "temperatures and shares need no 53rd bit")]
#[inline]
pub(super) fn real_i64(number: i64) -> f64 {
    number as f64
}

/// The whole part of a number; 0 where it is negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the whole part is asked for, and too large and negative numbers saturate"
)]
#[inline]
pub(super) fn whole(number: f64) -> u32 {
    number as u32
}
