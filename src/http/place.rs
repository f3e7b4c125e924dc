//! Coordinates in requests and answers.

use super::problem::{FieldError, Problem};
use crate::geo::{Datum, Place, Point, PointError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A position and the datum it is measured in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceBody {
    /// Degrees east.
    #[schema(minimum = -180, maximum = 180, example = 116.4074)]
    lon: f64,
    /// Degrees north.
    #[schema(minimum = -90, maximum = 90, example = 39.9042)]
    lat: f64,
    /// `wgs84` where absent, whatever the region; answers are always in WGS-84.
    #[serde(default)]
    #[schema(schema_with = super::schema::datum)]
    datum: Datum,
}

impl PlaceBody {
    /// The WGS-84 position.
    pub(super) fn to_wgs84(self) -> Result<Point, Problem> {
        let Self { lon, lat, datum } = self;
        Place { lon, lat, datum }.to_wgs84().map_err(|error| {
            let pointer = match error {
                PointError::Longitude(_) => "/place/lon",
                PointError::Latitude(_) | PointError::Exchanged { .. } => "/place/lat",
            };
            Problem::invalid(vec![FieldError::at(pointer, error)])
        })
    }
}

impl PlaceBody {
    /// Not quite where a point is: to so many decimals of a degree.
    pub(super) fn about(point: Point, decimals: i32) -> Self {
        let rounded = |degrees: f64| {
            let scale = 10_f64.powi(decimals);
            (degrees * scale).round() / scale
        };
        Self { lon: rounded(point.lon()), lat: rounded(point.lat()), datum: Datum::Wgs84 }
    }
}

impl From<Point> for PlaceBody {
    fn from(point: Point) -> Self {
        Self { lon: point.lon(), lat: point.lat(), datum: Datum::Wgs84 }
    }
}
