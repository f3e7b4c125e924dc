//! The two sides of a routing problem: vehicles and visits.

use super::Facts;
use crate::geo::Point;
use crate::model::{self, Leg, Load, Skill, TravelProfile};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A break: it begins inside its window, wherever the vehicle then is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// It does not begin earlier.
    pub earliest: i64,
    /// It does not begin later.
    pub latest: i64,
    /// Seconds.
    pub duration_s: i64,
}

/// One courier's shift.
#[derive(Clone, Debug, PartialEq)]
pub struct Vehicle {
    /// The hub.
    pub depot: Point,
    /// The hub at which it ends, and calls on the way.
    pub end: Point,
    /// Its courier cannot go on: it takes nothing more.
    pub is_out: bool,
    /// Its route stays as it is: it takes nothing more by itself.
    pub is_locked: bool,
    /// The shift begins.
    pub shift_starts: i64,
    /// The shift ends: the vehicle is back by then.
    pub shift_ends: i64,
    /// The hub opens.
    pub hub_opens: i64,
    /// The hub closes: the vehicle is back by then.
    pub hub_closes: i64,
    /// Seconds that a call at the hub takes, on the way.
    pub hub_call_s: i64,
    /// The break, if there is one.
    pub rest: Option<Rest>,
    /// The most on board at any moment.
    pub capacity: Load,
    /// What the courier can do.
    pub skills: BTreeSet<Skill>,
    /// The most visits.
    pub max_stops: Option<u32>,
    /// Decides the speed.
    pub kind: model::Vehicle,
    /// Travel between doors.
    pub travel: Arc<TravelProfile>,
}

impl Vehicle {
    /// The way from one place to another for this vehicle.
    #[must_use]
    pub fn leg(&self, from: Point, to: Point) -> Leg {
        self.travel.leg(from, to, self.kind)
    }

    /// It can leave the hub from here on.
    #[must_use]
    pub fn earliest(&self) -> i64 {
        self.shift_starts.max(self.hub_opens)
    }

    /// It has to be back at the hub by here.
    #[must_use]
    pub fn latest(&self) -> i64 {
        self.shift_ends.min(self.hub_closes)
    }
}

/// One booking's visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The door.
    pub place: Point,
    /// Service does not begin earlier.
    pub opens: i64,
    /// Service does not begin later.
    pub closes: i64,
    /// Seconds at the door, set-up not included.
    pub service_s: i64,
    /// Seconds more, where the stop before it is at another door.
    pub setup_s: i64,
    /// No vehicle sets off to it earlier.
    pub not_before: i64,
    /// On board from the hub, as it was left or called at last, to here.
    pub delivery: Load,
    /// What it brings is on board already of the vehicle that is asked for a place.
    pub is_aboard: bool,
    /// On board from here to the hub, as it is called at next.
    pub pickup: Load,
    /// What the courier must be able to do.
    pub skills: BTreeSet<Skill>,
    /// What is known of it, where its vehicle is under way.
    pub facts: Facts,
}

/// A call at the hub on the way: what was collected is unloaded, and what the next trip hands over is
/// loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HubCall {
    /// The vehicle does not set off to it earlier.
    pub not_before: i64,
    /// What is known of it, where its vehicle is under way.
    pub facts: Facts,
}

/// One thing to do between leaving the hub and being back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// Visit number `n` of the problem.
    Visit(u32),
    /// The vehicle's break.
    Rest,
    /// A call at the hub: one trip ends and another begins.
    Hub(HubCall),
}

/// What is to be routed: visits, by the vehicles there are.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Index `v` is vehicle `v`.
    pub vehicles: Vec<Arc<Vehicle>>,
    /// Index `i` is visit `i`.
    pub visits: Vec<Visit>,
}
