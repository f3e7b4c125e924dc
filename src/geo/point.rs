//! A position on the Earth in WGS-84, valid by construction.

use serde::{Deserialize, Serialize};

/// A position in WGS-84 degrees: finite, longitude in -180..=180, latitude in -90..=90.
///
/// In JSON it is `{"lon": 116.4, "lat": 39.9}`; reading checks the range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Point {
    lon: f64,
    lat: f64,
}

/// Why two numbers are no position.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PointError {
    /// The longitude is not a number, infinite, or beyond 180 degrees.
    #[error("longitude {0} is not between -180 and 180 degrees")]
    Longitude(f64),
    /// The latitude is not a number, infinite, or beyond 90 degrees.
    #[error("latitude {0} is not between -90 and 90 degrees")]
    Latitude(f64),
    /// The latitude is out of range, and exchanging the two numbers would give a position.
    #[error(
        "latitude {lat} is not between -90 and 90 degrees; longitude {lon} and latitude {lat} \
         look exchanged: give the longitude first"
    )]
    Exchanged {
        /// The longitude as given.
        lon: f64,
        /// The latitude as given.
        lat: f64,
    },
}

impl Point {
    /// A point from degrees.
    ///
    /// # Errors
    ///
    /// [`PointError`] names the coordinate that is not finite or out of range.
    pub fn new(lon: f64, lat: f64) -> Result<Self, PointError> {
        // A NaN is in no range, so the two range checks also refuse what is not finite.
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PointError::Longitude(lon));
        }
        if (-90.0..=90.0).contains(&lat) {
            return Ok(Self { lon, lat });
        }
        let exchanged = (-180.0..=180.0).contains(&lat) && (-90.0..=90.0).contains(&lon);
        Err(if exchanged { PointError::Exchanged { lon, lat } } else { PointError::Latitude(lat) })
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Degrees north of the equator.
    #[must_use]
    pub fn lat(self) -> f64 {
        self.lat
    }
}

/// The bare numbers, as serde sees them before they are checked.
#[derive(Serialize, Deserialize)]
struct Degrees {
    lon: f64,
    lat: f64,
}

impl TryFrom<Degrees> for Point {
    type Error = PointError;

    fn try_from(degrees: Degrees) -> Result<Self, PointError> {
        Self::new(degrees.lon, degrees.lat)
    }
}

impl From<Point> for Degrees {
    fn from(point: Point) -> Self {
        Self { lon: point.lon, lat: point.lat }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_the_world_are_points() {
        for (lon, lat) in [(-180.0, -90.0), (180.0, 90.0), (0.0, 0.0)] {
            let point = Point::new(lon, lat).unwrap();
            assert_eq!((point.lon(), point.lat()), (lon, lat));
        }
    }

    #[test]
    fn what_is_no_position_is_refused_by_name() {
        assert_eq!(Point::new(180.01, 0.0), Err(PointError::Longitude(180.01)));
        assert_eq!(Point::new(0.0, -90.01), Err(PointError::Exchanged { lon: 0.0, lat: -90.01 }));
        assert_eq!(Point::new(116.4, 91.0), Err(PointError::Latitude(91.0)));
        assert_eq!(Point::new(0.0, f64::INFINITY), Err(PointError::Latitude(f64::INFINITY)));
        assert!(matches!(Point::new(f64::NAN, 0.0), Err(PointError::Longitude(_))));
        assert!(matches!(Point::new(0.0, f64::NAN), Err(PointError::Latitude(_))));
    }

    #[test]
    fn exchanged_coordinates_are_recognised() {
        let error = Point::new(39.9, 116.4).unwrap_err();
        assert_eq!(error, PointError::Exchanged { lon: 39.9, lat: 116.4 });
        assert!(error.to_string().contains("exchanged"), "{error}");
    }

    #[test]
    fn json_is_checked_on_the_way_in() {
        let point: Point = serde_json::from_str(r#"{"lon": 116.4, "lat": 39.9}"#).unwrap();
        assert_eq!(serde_json::to_string(&point).unwrap(), r#"{"lon":116.4,"lat":39.9}"#);
        let error = serde_json::from_str::<Point>(r#"{"lon": 200, "lat": 39.9}"#).unwrap_err();
        assert!(error.to_string().contains("longitude 200"), "{error}");
    }
}
