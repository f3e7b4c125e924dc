//! Links that open a door in a map application, each in the datum that the application expects.

use crate::geo::{Datum, Place, Point};
use serde::Serialize;
use utoipa::ToSchema;

/// Where to tap to be led there.
#[derive(Serialize, ToSchema)]
pub(super) struct NavigationView {
    /// For whichever application the phone has (RFC 5870, WGS-84).
    #[schema(example = "geo:31.2304,121.4737")]
    geo: String,
    /// Amap; GCJ-02.
    amap: String,
    /// Baidu Maps; BD-09.
    baidu: String,
    /// Google Maps, which draws mainland China in GCJ-02 and everywhere else in WGS-84.
    google: String,
}

impl NavigationView {
    pub(super) fn to(point: Point) -> Self {
        let gcj02 = Place::from_wgs84(point, Datum::Gcj02);
        let bd09 = Place::from_wgs84(point, Datum::Bd09);
        let (lon, lat) = (point.lon(), point.lat());
        Self {
            geo: format!("geo:{lat:.6},{lon:.6}"),
            amap: format!(
                "https://uri.amap.com/navigation?to={:.6},{:.6}&mode=ride&coordinate=gaode",
                gcj02.lon, gcj02.lat
            ),
            baidu: format!(
                "https://api.map.baidu.com/direction?destination={:.6},{:.6}&coord_type=bd09ll\
                 &mode=riding&output=html&src=doorstep",
                bd09.lat, bd09.lon
            ),
            google: format!(
                "https://www.google.com/maps/dir/?api=1&destination={:.6},{:.6}",
                gcj02.lat, gcj02.lon
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_application_is_given_its_own_datum() {
        let shanghai = NavigationView::to(Point::new(121.4737, 31.2304).unwrap());
        assert_eq!(shanghai.geo, "geo:31.230400,121.473700");
        let of = |text: &str| text.split(&['=', '&', ','][..]).nth(1).unwrap().parse::<f64>();
        let shift = of(&shanghai.amap).unwrap() - 121.4737;
        assert!((0.003..0.006).contains(&shift), "GCJ-02 lies about 430 m to the east: {shift}");
        let london = NavigationView::to(Point::new(-0.1278, 51.5074).unwrap());
        assert!(london.google.ends_with("destination=51.507400,-0.127800"));
    }
}
