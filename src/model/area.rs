//! Where a region operates.

use crate::geo::Point;
use ::geo::{Area as _, Contains, Coord, LineString, Polygon};
use serde::{Deserialize, Serialize};

/// Why an area is not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// A box whose sides are swapped.
    #[error("the bbox is empty: give [west, south, east, north] with west < east, south < north")]
    EmptyBox,
    /// A polygon without an inside.
    #[error("a polygon needs at least 3 [lon, lat] corners with an inside")]
    Corners,
    /// A coordinate outside the globe.
    #[error("corner {0} is not a place on earth: give [lon, lat] in degrees, WGS-84")]
    Corner(usize),
}

/// A region's operating area in WGS-84 degrees. Points outside are refused, which also catches
/// swapped axes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// `[west, south, east, north]`.
    Bbox([f64; 4]),
    /// Corners `[lon, lat]` in order; the last need not repeat the first.
    Polygon(Vec<[f64; 2]>),
}

impl Area {
    /// Whether the point lies inside.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        match self {
            Self::Bbox([west, south, east, north]) => {
                (*west..=*east).contains(&point.lon()) && (*south..=*north).contains(&point.lat())
            }
            Self::Polygon(corners) => {
                polygon(corners).contains(&Coord { x: point.lon(), y: point.lat() })
            }
        }
    }

    /// Its corners `[lon, lat]` in order.
    #[must_use]
    pub fn corners(&self) -> Vec<[f64; 2]> {
        match self {
            Self::Bbox([west, south, east, north]) => {
                vec![[*west, *south], [*east, *south], [*east, *north], [*west, *north]]
            }
            Self::Polygon(corners) => corners.clone(),
        }
    }

    /// Checks that the area has an inside on this globe.
    ///
    /// # Errors
    /// [`AreaError`] naming the corner or the shape at fault.
    pub fn validate(&self) -> Result<(), AreaError> {
        match self {
            Self::Bbox([west, south, east, north]) => {
                on_earth(0, *west, *south)?;
                on_earth(1, *east, *north)?;
                if west < east && south < north { Ok(()) } else { Err(AreaError::EmptyBox) }
            }
            Self::Polygon(corners) => {
                for (index, [lon, lat]) in corners.iter().enumerate() {
                    on_earth(index, *lon, *lat)?;
                }
                let inside = polygon(corners).unsigned_area();
                if inside > 0.0 { Ok(()) } else { Err(AreaError::Corners) }
            }
        }
    }
}

fn on_earth(index: usize, lon: f64, lat: f64) -> Result<(), AreaError> {
    Point::new(lon, lat).map(|_| ()).map_err(|_| AreaError::Corner(index))
}

fn polygon(corners: &[[f64; 2]]) -> Polygon<f64> {
    Polygon::new(LineString::from(corners.to_vec()), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_with_swapped_axes_is_outside() {
        let shanghai = Area::Bbox([120.8, 30.6, 122.1, 31.9]);
        assert!(shanghai.contains(Point::new(121.47, 31.23).unwrap()));
        assert!(!shanghai.contains(Point::new(31.23, 21.47).unwrap()));
    }

    #[test]
    fn polygons_have_an_inside() {
        let triangle = Area::Polygon(vec![[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]);
        assert_eq!(triangle.validate(), Ok(()));
        assert!(triangle.contains(Point::new(0.5, 0.5).unwrap()));
        assert!(!triangle.contains(Point::new(1.5, 1.5).unwrap()));
        assert!(Area::Polygon(vec![[0.0, 0.0], [2.0, 0.0]]).validate().is_err());
        assert!(Area::Bbox([2.0, 0.0, 1.0, 1.0]).validate().is_err());
        assert!(Area::Bbox([0.0, 0.0, 1.0, 91.0]).validate().is_err());
    }
}
