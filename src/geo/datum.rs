//! Datums and the shifts between them.
//!
//! **GCJ-02** is the datum that maps of mainland China must publish in. It moves a WGS-84 position
//! by a smooth, position-dependent offset of 300 to 700 m. The formula was never published, but
//! has been known since the "eviltransform" reconstruction of 2010: two polynomials with
//! sine terms, in metres on the Krasovsky ellipsoid. **BD-09** is GCJ-02 with a second, Baidu's
//! own, offset of about 1 km.
//!
//! Neither has a closed inverse. The shift changes by well under one percent of a step, so
//! repeating `p = target - shift(p)` gains more than two digits each round: [`gcj02_to_wgs84`]
//! and [`bd09_to_gcj02`] stop at a nanodegree (0.1 mm).
//!
//! The functions here shift everything they are given; which points are shifted at all is decided
//! in [`Place`](super::Place), by the [mask of the mainland](super::is_mainland).

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// The datum a coordinate is expressed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// What GPS receivers and the rest of the world use.
    #[default]
    Wgs84,
    /// What maps of mainland China use (Amap, Tencent, Apple Maps there).
    Gcj02,
    /// What Baidu's maps use.
    Bd09,
}

/// A datum's name that is none of the three.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown datum {0:?}: use wgs84, gcj02 or bd09")]
pub struct UnknownDatum(pub String);

impl Datum {
    /// The name in JSON, CSV and messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }
}

impl std::fmt::Display for Datum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Datum {
    type Err = UnknownDatum;

    fn from_str(name: &str) -> Result<Self, UnknownDatum> {
        match name {
            "wgs84" => Ok(Self::Wgs84),
            "gcj02" => Ok(Self::Gcj02),
            "bd09" => Ok(Self::Bd09),
            _ => Err(UnknownDatum(name.to_owned())),
        }
    }
}

/// Longitude and latitude in degrees, in whichever datum the function's name says.
pub(super) type LonLat = (f64, f64);

/// Semi-major axis of the Krasovsky 1940 ellipsoid, metres.
const KRASOVSKY_A_M: f64 = 6_378_245.0;
/// Its first eccentricity, squared.
const KRASOVSKY_E2: f64 = 0.006_693_421_622_965_943;
/// The angular scale in Baidu's offset, radians per degree.
const BAIDU_WAVE: f64 = PI * 3000.0 / 180.0;

/// Stop when a round of an inversion moves the point by less than this many degrees.
const SETTLED_DEG: f64 = 1e-9;
/// An inversion settles in three or four rounds; this bounds it on any input.
const ROUNDS_MAX: usize = 12;

/// Moves a WGS-84 position to GCJ-02, wherever it is.
pub(super) fn wgs84_to_gcj02((lon, lat): LonLat) -> LonLat {
    let (east_m, north_m) = gcj02_offset_m(lon - 105.0, lat - 35.0);
    let (sin, cos) = lat.to_radians().sin_cos();
    let w2 = 1.0 - KRASOVSKY_E2 * sin * sin;
    let w = w2.sqrt();
    let meridian_radius_m = KRASOVSKY_A_M * (1.0 - KRASOVSKY_E2) / (w2 * w);
    let parallel_radius_m = KRASOVSKY_A_M / w * cos;
    (
        lon + (east_m / parallel_radius_m).to_degrees(),
        lat + (north_m / meridian_radius_m).to_degrees(),
    )
}

/// The offset in metres east and north, at `x` degrees east of 105 °E and `y` north of 35 °N.
fn gcj02_offset_m(x: f64, y: f64) -> (f64, f64) {
    // Both directions share the two short waves along the longitude.
    let common = wave(20.0, 6.0, x) + wave(20.0, 2.0, x);
    let root = x.abs().sqrt();
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
    let east_waves = wave(20.0, 1.0, x)
        + wave(40.0, 1.0 / 3.0, x)
        + wave(150.0, 1.0 / 12.0, x)
        + wave(300.0, 1.0 / 30.0, x);
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
    let north_waves = wave(20.0, 1.0, y)
        + wave(40.0, 1.0 / 3.0, y)
        + wave(160.0, 1.0 / 12.0, y)
        + wave(320.0, 1.0 / 30.0, y);
    (east + common + east_waves, north + common + north_waves)
}

/// One sine term: two thirds of `amplitude_m`, `half_waves` of them per degree.
fn wave(amplitude_m: f64, half_waves: f64, degrees: f64) -> f64 {
    amplitude_m * 2.0 / 3.0 * (half_waves * degrees * PI).sin()
}

/// Moves a GCJ-02 position to WGS-84, wherever it is.
pub(super) fn gcj02_to_wgs84(gcj02: LonLat) -> LonLat {
    invert(wgs84_to_gcj02, gcj02)
}

/// Moves a GCJ-02 position to BD-09, wherever it is.
pub(super) fn gcj02_to_bd09((lon, lat): LonLat) -> LonLat {
    let radius = lon.hypot(lat) + 0.000_02 * (lat * BAIDU_WAVE).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * BAIDU_WAVE).cos();
    (radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006)
}

/// Moves a BD-09 position to GCJ-02, wherever it is.
pub(super) fn bd09_to_gcj02(bd09: LonLat) -> LonLat {
    invert(gcj02_to_bd09, bd09)
}

/// The position that `shift` moves to `target`, by fixed-point iteration.
fn invert(shift: fn(LonLat) -> LonLat, target: LonLat) -> LonLat {
    let mut at = target;
    for _ in 0..ROUNDS_MAX {
        let reached = shift(at);
        let (miss_lon, miss_lat) = (target.0 - reached.0, target.1 - reached.1);
        at = (at.0 + miss_lon, at.1 + miss_lat);
        if miss_lon.abs().max(miss_lat.abs()) < SETTLED_DEG {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two positions are within about a metre.
    fn near(a: LonLat, b: LonLat) -> bool {
        (a.0 - b.0).abs() < 1e-5 && (a.1 - b.1).abs() < 1e-5
    }

    #[test]
    fn known_pairs_agree() {
        // Pairs that implementations of the shift are commonly checked against.
        for (wgs84, gcj02) in [
            ((116.377_817, 39.911_954), (116.384_047, 39.913_345)),
            ((121.527_211, 31.177_428), (121.531_542, 31.175_304)),
            ((113.912_316, 22.543_847), (113.917_176, 22.540_796)),
        ] {
            assert!(near(wgs84_to_gcj02(wgs84), gcj02), "{wgs84:?}");
        }
        assert!(near(gcj02_to_bd09((116.404, 39.915)), (116.410_366, 39.921_336)));
    }

    #[test]
    fn the_two_inverses_undo_the_shifts() {
        for lon in (740..1350).step_by(7).map(|tenth| f64::from(tenth) / 10.0) {
            for lat in (180..535).step_by(7).map(|tenth| f64::from(tenth) / 10.0) {
                for shift_and_back in [
                    gcj02_to_wgs84(wgs84_to_gcj02((lon, lat))),
                    bd09_to_gcj02(gcj02_to_bd09((lon, lat))),
                ] {
                    let miss = (shift_and_back.0 - lon).abs().max((shift_and_back.1 - lat).abs());
                    assert!(miss < 2e-9, "{lon} {lat} misses by {miss} degrees");
                }
            }
        }
    }

    #[test]
    fn names_are_lowercase_and_read_back() {
        for datum in [Datum::Wgs84, Datum::Gcj02, Datum::Bd09] {
            assert_eq!(datum.to_string().parse(), Ok(datum));
            assert_eq!(serde_json::to_value(datum).unwrap(), datum.as_str());
        }
        assert_eq!(Datum::default(), Datum::Wgs84);
        let error = "WGS84".parse::<Datum>().unwrap_err();
        assert_eq!(error.to_string(), "unknown datum \"WGS84\": use wgs84, gcj02 or bd09");
    }
}
