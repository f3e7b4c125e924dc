//! Which visits are at one door.

use super::units::rounded;
use crate::geo::Point;

/// A place rounded to 5 decimals of a degree (about a metre): visits that share a door share one
/// set-up, and no travel lies between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Door {
    lon_e5: i32,
    lat_e5: i32,
}

impl Door {
    /// The door at a point.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a valid point is at most 180 degrees")]
    pub fn at(point: Point) -> Self {
        Self {
            lon_e5: rounded(point.lon() * 1e5) as i32,
            lat_e5: rounded(point.lat() * 1e5) as i32,
        }
    }
}
