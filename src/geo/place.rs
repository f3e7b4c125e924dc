//! A coordinate as a caller gave it.

use serde::{Deserialize, Serialize};

use super::datum::{self, LonLat};
use super::{Datum, Point, PointError, is_mainland};

/// Two numbers and the datum they are in; unchecked until [`to_wgs84`](Self::to_wgs84).
///
/// In JSON `{"lon": 116.4, "lat": 39.9, "datum": "gcj02"}`, without a datum WGS-84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// What the degrees are measured in.
    #[serde(default)]
    pub datum: Datum,
}

impl Place {
    /// The WGS-84 position of this place.
    ///
    /// Only the mainland is shifted, and whether a place lies there is asked of the position it
    /// would have *after* unshifting. So every point of the mainland comes back to within 0.1 m
    /// (in fact well below a millimetre) from [`from_wgs84`](Self::from_wgs84), right up to the
    /// border. The price is paid outside: GCJ-02 moves the mainland's own coast and border by up
    /// to 700 m (BD-09 by up to 1.9 km), so in that strip two positions share one pair of
    /// numbers. There the mainland's is meant, and a foreign point given in GCJ-02 or BD-09 is
    /// taken for its shifted neighbour; give such points in WGS-84.
    ///
    /// # Errors
    ///
    /// [`PointError`] where the numbers are no position in any datum.
    pub fn to_wgs84(self) -> Result<Point, PointError> {
        let as_given = Point::new(self.lon, self.lat)?;
        let numbers = (self.lon, self.lat);
        let (lon, lat) = match self.datum {
            Datum::Wgs84 => return Ok(as_given),
            Datum::Gcj02 => datum::gcj02_to_wgs84(numbers),
            Datum::Bd09 => datum::gcj02_to_wgs84(datum::bd09_to_gcj02(numbers)),
        };
        // Near the poles the formulas may leave the globe; nothing there is the mainland.
        Ok(Point::new(lon, lat).ok().filter(|&point| is_mainland(point)).unwrap_or(as_given))
    }

    /// A WGS-84 point in the numbers of `datum`; outside the mainland these are the same.
    #[must_use]
    pub fn from_wgs84(point: Point, datum: Datum) -> Self {
        let numbers: LonLat = (point.lon(), point.lat());
        let (lon, lat) = match datum {
            Datum::Gcj02 if is_mainland(point) => datum::wgs84_to_gcj02(numbers),
            Datum::Bd09 if is_mainland(point) => {
                datum::gcj02_to_bd09(datum::wgs84_to_gcj02(numbers))
            }
            Datum::Wgs84 | Datum::Gcj02 | Datum::Bd09 => numbers,
        };
        Self { lon, lat, datum }
    }
}

impl From<Point> for Place {
    fn from(point: Point) -> Self {
        Self::from_wgs84(point, Datum::Wgs84)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geo::haversine_m;

    const DATUMS: [Datum; 3] = [Datum::Wgs84, Datum::Gcj02, Datum::Bd09];

    /// Shenzhen, Gongbei, Xiamen, Dandong, Heihe, Hekou, Dongxing, Khorgos.
    const BORDER_TOWNS: [(f64, f64); 8] = [
        (114.113, 22.531),
        (113.550, 22.216),
        (118.200, 24.450),
        (124.390, 40.115),
        (127.530, 50.250),
        (103.960, 22.507),
        (107.970, 21.538),
        (80.400, 44.210),
    ];

    fn point(lon: f64, lat: f64) -> Point {
        Point::new(lon, lat).unwrap()
    }

    /// Metres between a point and where it comes back to from `datum`.
    fn miss_m(at: Point, datum: Datum) -> f64 {
        haversine_m(at, Place::from_wgs84(at, datum).to_wgs84().unwrap())
    }

    proptest! {
        #[test]
        fn the_mainland_comes_back_and_the_rest_stays(lon in 73.0..136.0, lat in 17.0..54.0) {
            let at = point(lon, lat);
            for datum in DATUMS {
                let place = Place::from_wgs84(at, datum);
                if is_mainland(at) {
                    prop_assert!(miss_m(at, datum) < 0.1, "{datum}: {} m", miss_m(at, datum));
                } else {
                    prop_assert_eq!((place.lon, place.lat), (lon, lat));
                }
            }
        }

        #[test]
        fn anything_in_range_converts(lon in -180.0..=180.0, lat in -90.0..=90.0) {
            for datum in DATUMS {
                let converted = Place { lon, lat, datum }.to_wgs84();
                prop_assert!(converted.is_ok());
            }
        }

        #[test]
        fn next_to_a_border_the_mainland_still_comes_back(
            town in 0..BORDER_TOWNS.len(),
            east in -0.05..0.05,
            north in -0.05..0.05,
        ) {
            let at = point(BORDER_TOWNS[town].0 + east, BORDER_TOWNS[town].1 + north);
            for datum in DATUMS {
                // Abroad, a point in the strip that the shift reaches is taken for its neighbour.
                let allowed_m = if is_mainland(at) { 0.1 } else { 2_000.0 };
                prop_assert!(miss_m(at, datum) < allowed_m);
            }
        }
    }

    #[test]
    fn abroad_all_datums_agree() {
        for (lon, lat) in [(114.158, 22.282), (121.56, 25.03), (126.98, 37.57), (2.35, 48.86)] {
            for datum in DATUMS {
                let place = Place::from_wgs84(point(lon, lat), datum);
                assert_eq!(place, Place { lon, lat, datum });
                assert_eq!(place.to_wgs84(), Ok(point(lon, lat)));
            }
        }
    }

    #[test]
    fn beijing_is_shifted_by_a_few_hundred_metres() {
        let wgs84 = point(116.404, 39.915);
        let gcj02 = Place::from_wgs84(wgs84, Datum::Gcj02);
        let bd09 = Place::from_wgs84(wgs84, Datum::Bd09);
        let gcj02_m = haversine_m(wgs84, point(gcj02.lon, gcj02.lat));
        let bd09_m = haversine_m(wgs84, point(bd09.lon, bd09.lat));
        assert!((540.0..570.0).contains(&gcj02_m), "{gcj02_m}");
        assert!((1_200.0..1_500.0).contains(&bd09_m), "{bd09_m}");
    }

    #[test]
    fn what_is_no_position_is_refused_in_any_datum() {
        for datum in DATUMS {
            assert!(Place { lon: f64::NAN, lat: 39.9, datum }.to_wgs84().is_err());
            assert!(Place { lon: 39.9, lat: 116.4, datum }.to_wgs84().is_err());
        }
    }

    #[test]
    fn the_ends_of_the_world_convert() {
        for (lon, lat) in [(0.0, 90.0), (105.0, -90.0), (180.0, 0.0), (-180.0, 90.0), (0.0, 0.0)] {
            for datum in DATUMS {
                assert_eq!(Place { lon, lat, datum }.to_wgs84(), Ok(point(lon, lat)));
            }
        }
    }

    #[test]
    fn json_without_a_datum_is_wgs84() {
        let place: Place = serde_json::from_str(r#"{"lon": 116.4, "lat": 39.9}"#).unwrap();
        assert_eq!(place, Place::from(point(116.4, 39.9)));
        let place: Place =
            serde_json::from_str(r#"{"lon": 116.4, "lat": 39.9, "datum": "bd09"}"#).unwrap();
        assert_eq!(place.datum, Datum::Bd09);
    }

    /// Real positions, kept outside the repository; see the message when they are absent.
    #[test]
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn beijing_communities_come_back_and_move_as_expected() {
        let path = "../shared/data/beijing_communities.csv";
        let Ok(mut rows) = csv::Reader::from_path(path) else {
            eprintln!("skipped: {path} is absent, so no real GCJ-02 positions were tried");
            return;
        };
        let mut tried = 0;
        for row in rows.records() {
            let row = row.unwrap();
            let (lon, lat) = (row[2].parse().unwrap(), row[3].parse().unwrap());
            let wgs84 = Place { lon, lat, datum: Datum::Gcj02 }.to_wgs84().unwrap();
            let back = Place::from_wgs84(wgs84, Datum::Gcj02);
            assert!(haversine_m(point(back.lon, back.lat), point(lon, lat)) < 0.1);
            let moved_m = haversine_m(wgs84, point(lon, lat));
            assert!((360.0..=620.0).contains(&moved_m), "{row:?} moved by {moved_m} m");
            tried += 1;
        }
        assert!(tried > 100, "only {tried} rows in {path}");
    }
}
