//! When couriers are expected, by what they told and where they were seen.

use super::{DayPlan, RoutePlan};
use crate::model::Position;
use crate::schedule::{ElementKind, Facts, Timing};
use chrono::{DateTime, Utc};

impl RoutePlan {
    /// The same route with other facts of one element.
    #[must_use]
    pub fn with_facts(&self, at: usize, facts: Facts) -> Self {
        self.changed(self.entries.clone(), self.schedule.with_facts(at, facts))
    }

    /// The next stop, and how early its courier can be there from where they are; nothing where that
    /// changes the arrival by less than is told, or where something was told since.
    #[must_use]
    pub fn expected_by(&self, position: &Position, told_from_s: i64) -> Option<(usize, i64)> {
        let seen = position.at.timestamp();
        let at = self.next_stop()?;
        if self.last_told().is_some_and(|told| told > seen) {
            return None;
        }
        let element = &self.schedule.elements()[at];
        let way = self.schedule.vehicle.leg(position.place, element.place);
        let expected = seen + way.travel_s.get();
        let facts = Facts { expected: Some(expected), ..element.facts };
        let after = self.schedule.with_facts(at, facts);
        let shift_s = after.timings()[at].arrive - self.schedule.timings()[at].arrive;
        (shift_s.abs() > told_from_s).then_some((at, expected))
    }

    /// Timings as of now: as long as nothing else was told, the courier of a route under way has not
    /// set off yet, or has not arrived. Nothing is known of a route whose courier has told nothing.
    #[must_use]
    pub fn timings_at(&self, now: DateTime<Utc>) -> Vec<Timing> {
        let (schedule, now) = (&self.schedule, now.timestamp());
        let Some(at) = self.next_stop().filter(|_| schedule.touched() > 0) else {
            return schedule.timings().to_vec();
        };
        let (facts, timing) = (schedule.elements()[at].facts, &schedule.timings()[at]);
        let way_s = if facts.departed.is_some() { 0 } else { timing.leg.travel_s.get() };
        if now + way_s <= timing.arrive {
            return schedule.timings().to_vec();
        }
        let facts = Facts { expected: Some(now + way_s), ..facts };
        schedule.with_facts(at, facts).timings().to_vec()
    }

    /// The first visit or call at the hub that the courier has not been at.
    fn next_stop(&self) -> Option<usize> {
        let elements = self.schedule.elements();
        let is_next = |&at: &usize| {
            let is_way = matches!(elements[at].kind, ElementKind::Visit(_) | ElementKind::Hub);
            is_way && !elements[at].facts.is_reached()
        };
        (1..elements.len()).find(is_next)
    }

    /// The last moment that was told of.
    fn last_told(&self) -> Option<i64> {
        let facts = self.schedule.elements().iter().map(|element| element.facts);
        facts.filter_map(|facts| facts.left.max(facts.arrived).max(facts.departed)).max()
    }
}

impl DayPlan {
    /// Whether couriers tell how this day goes. From the first report of any of them on, no news is bad
    /// news, also of who has not told anything yet; where nobody tells, it means nothing.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.routes.iter().any(|route| route.schedule.touched() > 0)
    }

    /// When the first promise has to be looked at, of those that are not known to be kept; nothing on a
    /// day of which couriers do not tell.
    #[must_use]
    pub fn first_watch(&self) -> Option<DateTime<Utc>> {
        if !self.is_told() {
            return None;
        }
        let first = self.routes.iter().filter_map(|route| route.first_deadline()).min()?;
        DateTime::from_timestamp(first - self.region.live.risk_told_before_s.get(), 0)
    }
}
