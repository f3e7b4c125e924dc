//! What a courier does on one shift, stop by stop.

use super::{
    BookingId, CourierId, HubId, Load, Meters, Progress, RegionId, RouteId, Seconds, Shift,
};
use crate::geo::Point;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What a stop is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopKind {
    /// Leaving the hub.
    Start,
    /// A booking's visit.
    Visit,
    /// The break, wherever the courier then is.
    Break,
    /// A call at the hub on the way: one trip ends and another begins.
    Hub,
    /// Back at the hub.
    End,
}

/// One line of a route. `arrive_at + wait_s = start_at` and `start_at + service_s = leave_at`;
/// the next stop's arrival is this stop's `leave_at` (or the next one's `not_before`, if that is
/// later) plus its travel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// What it is for.
    pub kind: StopKind,
    /// The booking, for a visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<BookingId>,
    /// Where it is; a break is where the stop before it is.
    pub place: Point,
    /// The courier does not set off to it earlier, since it was not known earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// At the door.
    pub arrive_at: DateTime<Utc>,
    /// Service begins: never before the window opens.
    pub start_at: DateTime<Utc>,
    /// Service ends.
    pub leave_at: DateTime<Utc>,
    /// Travel from the stop before it.
    pub travel_s: Seconds,
    /// Distance from the stop before it.
    pub distance_m: Meters,
    /// Idle before the service. It may be spent at the stop before, for the next stop is only
    /// fixed when the courier has to set off to it.
    pub wait_s: Seconds,
    /// Time at the door, with the set-up where this visit pays for it.
    pub service_s: Seconds,
    /// On board on arrival.
    pub load_before: Load,
    /// On board on leaving.
    pub load_after: Load,
    /// How far it has come. Moments that were told take the place of planned ones above.
    #[serde(default, skip_serializing_if = "Progress::is_none")]
    pub progress: Progress,
}

/// A shift's ordered stops on one date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// Derived from the shift, so that every replica knows it.
    pub id: RouteId,
    /// The region and, with `date`, the day plan.
    pub region: RegionId,
    /// Service date.
    pub date: NaiveDate,
    /// Who.
    pub courier: CourierId,
    /// Where it starts, and ends if nothing else is said.
    pub hub: HubId,
    /// Where it ends, where that is another hub. Not stored: it follows from the day's disturbances.
    pub ends_at: Option<HubId>,
    /// From when to when, and the break.
    pub shift: Shift,
    /// Counts the changes of this route; every write names the one it was computed on.
    pub version: i64,
    /// Start, visits, break and calls at the hub, end.
    pub stops: Vec<Stop>,
}

impl Route {
    /// The bookings in the order in which they are visited.
    pub fn bookings(&self) -> impl Iterator<Item = BookingId> {
        self.stops.iter().filter_map(|stop| stop.booking)
    }

    /// Travel time of the whole route.
    #[must_use]
    pub fn travel_s(&self) -> Seconds {
        self.stops.iter().map(|stop| stop.travel_s).sum()
    }

    /// Length of the whole route.
    #[must_use]
    pub fn distance_m(&self) -> Meters {
        self.stops.iter().map(|stop| stop.distance_m).sum()
    }

    /// The most on board at any moment, in each dimension.
    #[must_use]
    pub fn peak_load(&self) -> Load {
        self.stops
            .iter()
            .fold(Load::ZERO, |peak, stop| peak.max(stop.load_before).max(stop.load_after))
    }

    /// From leaving the hub to being back; zero without visits.
    #[must_use]
    pub fn duration_s(&self) -> Seconds {
        if self.bookings().next().is_none() {
            return Seconds::ZERO;
        }
        match (self.stops.first(), self.stops.last()) {
            (Some(start), Some(end)) => Seconds::from(end.arrive_at - start.leave_at),
            _ => Seconds::ZERO,
        }
    }
}
