//! How long the way between two doors takes when only their coordinates are known.

use super::{Door, Meters, Seconds, Vehicle};
use crate::geo::{Point, haversine_m};
use serde::{Deserialize, Serialize};

/// The way from one door to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Travel time, parking and walking to the door included.
    pub travel_s: Seconds,
    /// Estimated length of the way on the road.
    pub distance_m: Meters,
}

/// Straight-line travel of a region: great-circle distance, times a detour factor, over a speed,
/// plus a fixed time for each leg. Between visits at one door there is no way at all.
///
/// The defaults start from measured detour factors of Chinese cities (1.324 in the mean, more on
/// short legs; Annals of GIS 2021); the speeds are assumptions to be measured in each city.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TravelProfile {
    /// Road metres for each straight metre.
    pub detour: f64,
    /// The same for legs shorter than `short_below_m`.
    pub short_detour: f64,
    /// Straight legs below this length count as short.
    pub short_below_m: f64,
    /// Added to every leg: parking, locking, the stairs.
    pub leg_overhead_s: i64,
    /// Speed of an e-bike.
    pub ebike_kmh: f64,
    /// Speed of a cargo tricycle.
    pub tricycle_kmh: f64,
    /// Speed of a van.
    pub van_kmh: f64,
}

impl Default for TravelProfile {
    fn default() -> Self {
        Self {
            detour: 1.35,
            short_detour: 1.5,
            short_below_m: 800.0,
            leg_overhead_s: 60,
            ebike_kmh: 15.0,
            tricycle_kmh: 12.0,
            van_kmh: 20.0,
        }
    }
}

impl TravelProfile {
    /// The leg from one point to another.
    #[must_use]
    pub fn leg(&self, from: Point, to: Point, vehicle: Vehicle) -> Leg {
        if Door::at(from) == Door::at(to) {
            return Leg::default();
        }
        let straight_m = haversine_m(from, to);
        let road_m = straight_m * self.detour_of(straight_m);
        Leg {
            travel_s: Seconds::rounded(road_m / self.metres_per_second(vehicle))
                + Seconds(self.leg_overhead_s),
            distance_m: Meters::rounded(road_m),
        }
    }

    /// Whether the numbers make sense: factors of at least 1, positive speeds, no negative time.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let factors = [self.detour, self.short_detour];
        let speeds = [self.ebike_kmh, self.tricycle_kmh, self.van_kmh];
        factors.iter().all(|f| f.is_finite() && (1.0..=10.0).contains(f))
            && speeds.iter().all(|v| v.is_finite() && (1.0..=200.0).contains(v))
            && self.short_below_m.is_finite()
            && self.short_below_m >= 0.0
            && (0..=3_600).contains(&self.leg_overhead_s)
    }

    fn detour_of(&self, straight_m: f64) -> f64 {
        if straight_m < self.short_below_m { self.short_detour } else { self.detour }
    }

    /// How fast a vehicle is on the road.
    #[must_use]
    pub fn metres_per_second(&self, vehicle: Vehicle) -> f64 {
        let kmh = match vehicle {
            Vehicle::Ebike => self.ebike_kmh,
            Vehicle::Tricycle => self.tricycle_kmh,
            Vehicle::Van => self.van_kmh,
        };
        kmh / 3.6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lon: f64, lat: f64) -> Point {
        Point::new(lon, lat).unwrap()
    }

    #[test]
    fn a_leg_is_distance_times_detour_over_speed_plus_overhead() {
        let profile = TravelProfile::default();
        let (a, b) = (point(121.47, 31.23), point(121.50, 31.23));
        let straight = haversine_m(a, b);
        let leg = profile.leg(a, b, Vehicle::Ebike);
        assert_eq!(leg.distance_m, Meters::rounded(straight * 1.35));
        assert_eq!(leg.travel_s, Seconds::rounded(straight * 1.35 * 3.6 / 15.0) + Seconds(60));
        assert!(profile.leg(a, b, Vehicle::Van).travel_s < leg.travel_s);
    }

    #[test]
    fn short_legs_take_the_larger_detour_and_one_door_none() {
        let profile = TravelProfile::default();
        let a = point(121.47, 31.23);
        let near = point(121.473, 31.23);
        assert_eq!(
            profile.leg(a, near, Vehicle::Ebike).distance_m,
            Meters::rounded(haversine_m(a, near) * 1.5)
        );
        assert_eq!(profile.leg(a, point(121.470_001, 31.23), Vehicle::Ebike), Leg::default());
    }
}
