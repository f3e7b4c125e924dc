//! What a courier has on board is insured up to a cap.

use super::RoutePlan;
use crate::model::Load;
use chrono::{DateTime, Utc};

/// Declared values on board of one route, in minor units of the region's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueAtRisk {
    /// On board as of now, by what the courier told, and by the plan where they have told nothing.
    pub now: i64,
    /// The most at any moment of the route, whatever comes of the exchanges that are ahead.
    pub peak: i64,
    /// When that is, for the first time.
    pub peak_at: DateTime<Utc>,
    /// The most that is insured; nothing where there is no limit.
    pub cap: Option<i64>,
}

impl RoutePlan {
    /// The values on board. Linear in the stops.
    #[must_use]
    pub fn value_at_risk(&self, now: DateTime<Utc>) -> ValueAtRisk {
        let (mut peak, mut at) = (0, 0);
        for timing in self.schedule.timings() {
            if timing.load.value > peak {
                (peak, at) = (timing.load.value, timing.ready);
            }
        }
        let cap = self.of.courier.capacity.value;
        let begins = self.schedule.vehicle.earliest();
        let peak_at = if peak == 0 { begins } else { at };
        ValueAtRisk {
            now: self.value_on_board(now),
            peak,
            peak_at: DateTime::from_timestamp(peak_at, 0).unwrap_or_default(),
            cap: (cap < Load::UNLIMITED.value).then_some(cap),
        }
    }

    /// A courier who tells something has done what they told; one who tells nothing, what was planned.
    fn value_on_board(&self, now: DateTime<Utc>) -> i64 {
        let stops = self.stops();
        let is_live = self.schedule.touched() > 0;
        let last_told = stops.iter().rposition(|stop| stop.progress.is_told()).unwrap_or(0);
        let done = stops
            .iter()
            .enumerate()
            .take_while(|(at, stop)| stop.leave_at <= now && (!is_live || *at <= last_told));
        match done.last() {
            Some((at, _)) if at + 1 == stops.len() => 0,
            Some((_, stop)) => stop.load_after.value,
            None => 0,
        }
    }
}
