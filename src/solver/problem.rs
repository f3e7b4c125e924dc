//! A routing problem as the search sees it: dense indices, whole seconds, whole metres.
//!
//! Moments are seconds from an origin that the caller chooses, from -2³⁰ to 2³⁰; durations are seconds
//! up to 2²⁸, distances metres. A reader of real-valued files may count in thousandths of its
//! unit instead: nothing here depends on what a unit is.

use super::Travel;

/// Dimensions of a load.
pub const DIMENSIONS: usize = 4;

/// Amounts in each dimension, for example parcels, grams, millilitres, declared value.
pub type Load = [i64; DIMENSIONS];

/// A span of moments, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Not earlier.
    pub opens: i32,
    /// Not later.
    pub closes: i32,
}

/// Something to do at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Index into the places of [`Travel`].
    pub place: u32,
    /// Service (set-up first) begins inside one of them: sorted, disjoint, at least one.
    pub windows: Vec<Window>,
    /// Seconds at the door, set-up not included.
    pub service: i32,
    /// Seconds more, unless the stop before it is at the same place.
    pub setup: i32,
    /// No vehicle sets off to it earlier.
    pub release: i32,
    /// Taken on board here: to the next hub call, or to the delivery of its shipment.
    pub pickup: Load,
    /// Handed over here: on board since the last hub call, or since the pickup of its shipment.
    pub delivery: Load,
    /// What the vehicle must have, sorted.
    pub skills: Vec<u32>,
    /// Who is left out last: 0 to 100, higher is more important.
    pub priority: u32,
    /// The only vehicle that may do it.
    pub vehicle: Option<u32>,
}

/// A break: once on every route that is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// It begins inside one of them: sorted, disjoint, at least one.
    pub windows: Vec<Window>,
    /// Seconds.
    pub duration: i32,
    /// The most on board while it is taken.
    pub max_load: Option<Load>,
    /// Whether it may begin on the way or on arrival; otherwise it is taken at the stop (or the
    /// start) before, and the vehicle sets off afterwards.
    pub on_the_way: bool,
}

/// Work beyond the end of a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overtime {
    /// At most this many seconds.
    pub most: i32,
    /// Cost of each second.
    pub per_second: i64,
}

/// Calls at the hub in the middle of a route: what was picked up is unloaded, what is to be
/// delivered until the next call is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubReturns {
    /// The hub.
    pub place: u32,
    /// Seconds at the hub.
    pub service: i32,
    /// At most this many on a route.
    pub most: u32,
    /// A call begins inside it.
    pub window: Window,
}

/// What a route costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Once, where the vehicle is used.
    pub fixed: i64,
    /// For each second of travel.
    pub per_second: i64,
    /// For each metre of travel.
    pub per_metre: i64,
}

/// The most of a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Visits.
    pub stops: Option<u32>,
    /// Seconds of travel.
    pub travel: Option<i32>,
    /// Seconds from setting off, as late as the route allows, to its end.
    pub duration: Option<i32>,
    /// Metres.
    pub distance: Option<i64>,
}

/// One vehicle's working day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vehicle {
    /// Index into [`Problem::travel`].
    pub profile: u32,
    /// Where it sets off; `None`: at its first stop.
    pub start: Option<u32>,
    /// Where it ends; `None`: at its last stop.
    pub end: Option<u32>,
    /// It sets off no earlier.
    pub earliest: i32,
    /// It has ended by then.
    pub latest: i32,
    /// Whether it may end later, and at what price.
    pub overtime: Option<Overtime>,
    /// The most on board at any moment.
    pub capacity: Load,
    /// What it has, sorted.
    pub skills: Vec<u32>,
    /// In the order they are taken.
    pub breaks: Vec<Break>,
    /// Whether it may call at the hub and go on.
    pub hub_returns: Option<HubReturns>,
    /// The most of its route.
    pub limits: Limits,
    /// What its route costs.
    pub costs: Costs,
    /// The first tasks of its initial route stay as they are: this many.
    pub frozen: u32,
}

/// One step of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// Visit number `n`.
    Visit(u32),
    /// A call at the hub.
    Hub,
    /// Break number `n` of the vehicle.
    Break(u32),
}

/// Collect at one visit, deliver at the other, later on the same route and trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// The visit that takes the load on board: its `pickup`.
    pub pickup: u32,
    /// The visit that hands it over: its `delivery`, the same load.
    pub delivery: u32,
}

/// What is to be routed, by what.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Travel by profile. All have the same places.
    pub travel: Vec<Travel>,
    /// Index `v` is vehicle `v`.
    pub vehicles: Vec<Vehicle>,
    /// Index `i` is visit `i`.
    pub visits: Vec<Visit>,
    /// The pairs among the visits; both ends have the same priority.
    pub shipments: Vec<Shipment>,
    /// A route for each vehicle to start from, or empty. What does not fit is taken out of it.
    pub initial: Vec<Vec<Task>>,
    /// Days already broken: windows and shift ends may be missed, each second at this price.
    pub lateness: Option<i64>,
}

/// Routes for a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// Index `v` is the route of vehicle `v`, without its breaks except where those are frozen;
    /// [`super::timeline()`] places them.
    pub routes: Vec<Vec<Task>>,
    /// Visits on no route, ascending.
    pub unserved: Vec<u32>,
    /// Costs of all routes, unserved visits not included.
    pub cost: i64,
}

impl Solution {
    /// Vehicles that have something to do.
    #[must_use]
    pub fn routes_used(&self) -> usize {
        self.routes.iter().filter(|route| !route.is_empty()).count()
    }
}
