//! Distance along the great circle.

use geo::{Distance, Haversine};

use super::Point;

/// The Earth's mean radius as [`haversine_m`] uses it (IUGG's R1), metres.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Metres between two points along the great circle, on a sphere of [`EARTH_RADIUS_M`].
///
/// Within 0.6 % of the distance on the ellipsoid, far below what streets add to it.
#[must_use]
pub fn haversine_m(a: Point, b: Point) -> f64 {
    Haversine.distance(geo::Point::new(a.lon(), a.lat()), geo::Point::new(b.lon(), b.lat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sphere_has_the_mean_radius() {
        let pole = Point::new(0.0, 90.0).unwrap();
        let opposite = Point::new(0.0, -90.0).unwrap();
        let half_turn = haversine_m(pole, opposite);
        assert!((half_turn / std::f64::consts::PI - EARTH_RADIUS_M).abs() < 1e-6, "{half_turn}");
    }

    #[test]
    fn beijing_to_shanghai() {
        let beijing = Point::new(116.4074, 39.9042).unwrap();
        let shanghai = Point::new(121.4737, 31.2304).unwrap();
        let metres = haversine_m(beijing, shanghai);
        assert!((metres - 1_067_300.0).abs() < 1_000.0, "{metres}");
        assert!((haversine_m(shanghai, beijing) - metres).abs() < 1e-6);
        assert!(haversine_m(beijing, beijing).abs() < f64::EPSILON);
    }

    #[test]
    fn the_date_line_is_no_wall() {
        let west = Point::new(179.999, 0.0).unwrap();
        let east = Point::new(-179.999, 0.0).unwrap();
        assert!(haversine_m(west, east) < 250.0);
    }
}
