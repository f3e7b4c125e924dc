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
