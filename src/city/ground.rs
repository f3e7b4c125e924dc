//! A flat sketch of the ground, good enough to scatter doors on.

use crate::geo::Point;

/// Metres of one degree of latitude, on a sphere of the Earth's mean radius.
const METRES_PER_DEGREE: f64 = 111_195.08;

/// The cosine of a latitude in degrees, within 0.2 % (Bhāskara's approximation): plain arithmetic
/// gives the same bits on every platform, which a mathematics library does not promise.
pub(super) fn cosine(lat: f64) -> f64 {
    let square = lat * lat;
    (32_400.0 - 4.0 * square) / (32_400.0 + square)
}

/// The point some metres away, to six decimals (about 0.1 m), so that a file holds it exactly.
/// Beyond the edge of the world it is the point itself.
pub(super) fn moved(from: Point, east_m: f64, north_m: f64) -> Point {
    let lat = from.lat() + north_m / METRES_PER_DEGREE;
    let lon = from.lon() + east_m / (METRES_PER_DEGREE * cosine(from.lat()).max(1e-3));
    Point::new(six_decimals(lon), six_decimals(lat)).unwrap_or(from)
}

/// Degrees rounded to six decimals: the double that those decimals read back as.
pub(super) fn six_decimals(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::haversine_m;

    #[test]
    fn moving_goes_about_as_far_as_said() {
        let from = Point::new(121.4737, 31.2304).unwrap();
        for (east, north) in [(1_000.0, 0.0), (0.0, -1_000.0), (-600.0, 800.0)] {
            let metres = haversine_m(from, moved(from, east, north));
            assert!((metres - 1_000.0).abs() < 3.0, "{metres}");
        }
    }

    #[test]
    fn six_decimals_are_read_back_exactly() {
        for degrees in [121.473_712_345, -0.000_000_4, 31.999_999_95, 116.185_755] {
            let rounded = six_decimals(degrees);
            let read: f64 = format!("{rounded:.6}").parse().unwrap();
            assert_eq!(read.to_bits(), rounded.to_bits());
        }
    }
}
