//! What a route costs, in parts: the parts are the explanation.

use super::{DayPlan, RoutePlan};
use crate::model::{Load, Seconds};
use std::iter::Sum;
use std::ops::{Add, Sub};

/// What routes cost: of one route, of many together, or the difference of two such sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostParts {
    /// Travel, in seconds.
    pub travel_s: i64,
    /// Length of the way, in metres.
    pub distance_m: i64,
    /// From leaving the hub to being back, in seconds; 0 without visits.
    pub paid_s: i64,
    /// Idle before services, in seconds.
    pub wait_s: i64,
    /// By how much promised windows are missed, summed over the visits, in seconds.
    pub lateness_s: i64,
    /// Number of visits.
    pub stops: i64,
}

impl Add for CostParts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            travel_s: self.travel_s + other.travel_s,
            distance_m: self.distance_m + other.distance_m,
            paid_s: self.paid_s + other.paid_s,
            wait_s: self.wait_s + other.wait_s,
            lateness_s: self.lateness_s + other.lateness_s,
            stops: self.stops + other.stops,
        }
    }
}

impl Sub for CostParts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            travel_s: self.travel_s - other.travel_s,
            distance_m: self.distance_m - other.distance_m,
            paid_s: self.paid_s - other.paid_s,
            wait_s: self.wait_s - other.wait_s,
            lateness_s: self.lateness_s - other.lateness_s,
            stops: self.stops - other.stops,
        }
    }
}

impl Sum for CostParts {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::default(), Add::add)
    }
}

/// One route's cost, and the most on board at any moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteCost {
    /// The parts.
    pub parts: CostParts,
    /// In each dimension.
    pub peak_load: Load,
}

impl RouteCost {
    /// What a route of a day costs. Linear in its stops.
    #[must_use]
    pub fn of(day: &DayPlan, plan: &RoutePlan) -> Self {
        let route = plan.to_route(day);
        let parts = CostParts {
            travel_s: route.travel_s().get(),
            distance_m: route.distance_m().get(),
            paid_s: route.duration_s().get(),
            wait_s: route.stops.iter().map(|stop| stop.wait_s.get()).sum(),
            lateness_s: plan.lateness_s().get(),
            stops: i64::try_from(plan.entries.len()).unwrap_or(i64::MAX),
        };
        Self { parts, peak_load: route.peak_load() }
    }
}

impl RoutePlan {
    /// When the service of the `ordinal`-th visit begins, as a Unix time in seconds.
    #[must_use]
    pub fn start_of(&self, ordinal: usize) -> i64 {
        self.schedule.timings()[self.element_of(ordinal)].start
    }

    /// By how much the `ordinal`-th visit misses its promised window; zero where it does not.
    #[must_use]
    pub fn late_s(&self, ordinal: usize) -> i64 {
        let promised = self.entries[ordinal].booking.window.end.timestamp();
        (self.start_of(ordinal) - promised).max(0)
    }

    /// By how much promised windows are missed, summed over the visits.
    #[must_use]
    pub fn lateness_s(&self) -> Seconds {
        Seconds((0..self.entries.len()).map(|ordinal| self.late_s(ordinal)).sum())
    }
}
