//! How finely real numbers are counted.

use crate::formats::limits::FAR;

/// Parts of a unit, the finest first. The solver's moments stop at [`FAR`].
const SCALES: [i32; 5] = [10_000, 1_000, 100, 10, 1];

/// The finest scale at which `extent` units fit, if any; whole numbers alone are not scaled.
pub(super) fn pick(extent: f64, all_whole: bool) -> Option<i32> {
    let scales = if all_whole { &SCALES[4..] } else { &SCALES[..] };
    scales.iter().copied().find(|&scale| extent * f64::from(scale) <= f64::from(FAR))
}

/// A number of units in parts, rounded; what is later than [`FAR`] is [`FAR`].
#[expect(clippy::cast_possible_truncation, reason = "at most FAR; negative numbers are refused")]
pub(super) fn scaled(number: f64, scale: i32) -> i32 {
    (number * f64::from(scale) + 0.5).floor().min(f64::from(FAR)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finest_scale_that_fits_is_taken() {
        assert_eq!(pick(240.0, false), Some(10_000));
        assert_eq!(pick(107_374.0, false), Some(10_000));
        assert_eq!(pick(107_375.0, false), Some(1_000));
        assert_eq!(pick(1e9, false), Some(1));
        assert_eq!(pick(1.1e9, false), None);
        assert_eq!(pick(240.0, true), Some(1));
    }
}
