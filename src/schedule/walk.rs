//! The plain walk along a route: the definition of its timing and of its feasibility.
//!
//! Everything faster in this room is tested against it.

use super::{Facts, HubCall, Limit, Rest, Task, Vehicle, Visit};
use crate::geo::Point;
use crate::model::{Dimension, Door, Leg, Load};

/// What an element of a sequence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementKind {
    /// Leaving the hub.
    Start,
    /// Visit `n`.
    Visit(u32),
    /// The break.
    Rest,
    /// A call at the hub on the way.
    Hub,
    /// Back at the hub.
    End,
}

/// One element of a route's sequence, with all that its timing depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    /// What it is.
    pub kind: ElementKind,
    /// Where it is; a break is where the element before it is.
    pub place: Point,
    /// The door of that place.
    pub door: Door,
    /// Service does not begin earlier.
    pub opens: i64,
    /// Service does not begin later.
    pub closes: i64,
    /// Seconds, set-up not included.
    pub service_s: i64,
    /// Seconds more where the element before it is at another door.
    pub setup_s: i64,
    /// The vehicle does not set off to it earlier.
    pub not_before: i64,
    /// Handed over here.
    pub delivery: Load,
    /// Taken on board here.
    pub pickup: Load,
    /// What is known of it beyond the plan.
    pub facts: Facts,
}

impl Element {
    fn hub(kind: ElementKind, place: Point, opens: i64, closes: i64) -> Self {
        Self {
            kind,
            place,
            door: Door::at(place),
            opens,
            closes,
            service_s: 0,
            setup_s: 0,
            not_before: i64::MIN,
            delivery: Load::ZERO,
            pickup: Load::ZERO,
            facts: Facts::default(),
        }
    }

    fn rest(rest: &Rest, at: &Self, not_before: i64) -> Self {
        let stay = Self::hub(ElementKind::Rest, at.place, rest.earliest, rest.latest);
        Self { service_s: rest.duration_s, not_before, ..stay }
    }

    /// The element of a call at the hub, within its hours.
    #[must_use]
    pub(super) fn hub_call(vehicle: &Vehicle, call: HubCall) -> Self {
        let HubCall { not_before, facts } = call;
        let service_s = vehicle.hub_call_s;
        let closes = vehicle.hub_closes - service_s;
        let stay = Self::hub(ElementKind::Hub, vehicle.end, vehicle.hub_opens, closes);
        Self { service_s, not_before, facts, ..stay }
    }

    /// What the element is as a task; the hub at both ends is none.
    #[must_use]
    pub fn task(&self) -> Option<Task> {
        match self.kind {
            ElementKind::Visit(index) => Some(Task::Visit(index)),
            ElementKind::Rest => Some(Task::Rest),
            ElementKind::Hub => {
                Some(Task::Hub(HubCall { not_before: self.not_before, facts: self.facts }))
            }
            ElementKind::Start | ElementKind::End => None,
        }
    }

    /// The element of a visit.
    #[must_use]
    pub fn visit(index: u32, visit: &Visit) -> Self {
        Self {
            kind: ElementKind::Visit(index),
            place: visit.place,
            door: Door::at(visit.place),
            opens: visit.opens,
            closes: visit.closes,
            service_s: visit.service_s,
            setup_s: visit.setup_s,
            not_before: visit.not_before,
            delivery: visit.delivery,
            pickup: visit.pickup,
            facts: visit.facts,
        }
    }

    /// When the vehicle is there that is ready to set off at `departs`: as told, or as computed from
    /// what was told.
    fn arrival(&self, departs: i64, leg: Leg) -> i64 {
        let Facts { departed, arrived, expected, .. } = self.facts;
        let way_s = leg.travel_s.get();
        match (arrived, departed) {
            (Some(arrived), _) => arrived,
            (None, Some(departed)) => expected.unwrap_or(departed + way_s),
            (None, None) => {
                (departs.max(self.not_before) + way_s).max(expected.unwrap_or(i64::MIN))
            }
        }
    }

    /// Seconds of service when the stop before it is at `previous`: with set-up at another door.
    #[must_use]
    pub fn duration_s(&self, previous: Door) -> i64 {
        if self.door == previous { self.service_s } else { self.service_s + self.setup_s }
    }
}

/// The elements of a vehicle's tasks: the hub, the tasks in order, the hub.
///
/// `rest_not_before` is the earliest moment of the break beyond its own window.
#[must_use]
pub fn sequence(
    vehicle: &Vehicle,
    visits: &[Visit],
    tasks: &[Task],
    rest_not_before: i64,
) -> Vec<Element> {
    let mut elements = Vec::with_capacity(tasks.len() + 2);
    let mut last =
        Element::hub(ElementKind::Start, vehicle.depot, vehicle.earliest(), i64::MAX / 4);
    elements.push(last);
    for task in tasks {
        let element = match (*task, &vehicle.rest) {
            (Task::Visit(index), _) => Element::visit(index, &visits[index as usize]),
            (Task::Rest, Some(rest)) => Element::rest(rest, &last, rest_not_before),
            (Task::Rest, None) => continue,
            (Task::Hub(call), _) => Element::hub_call(vehicle, call),
        };
        elements.push(element);
        last = element;
    }
    elements.push(Element::hub(ElementKind::End, vehicle.end, i64::MIN / 4, vehicle.latest()));
    elements
}

/// When a vehicle is where, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The way from the element before it.
    pub leg: Leg,
    /// At the door.
    pub arrive: i64,
    /// Service begins: not before the window opens.
    pub start: i64,
    /// Service ends.
    pub ready: i64,
    /// On board on leaving.
    pub load: Load,
}

/// Walks along the elements: each as early as it can be, in this order, and where it was told when,
/// then. Linear.
#[must_use]
pub fn walk(vehicle: &Vehicle, elements: &[Element]) -> Vec<Timing> {
    let mut load = Load::ZERO;
    let mut timings: Vec<Timing> = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let (leg, departs, door) = match index.checked_sub(1) {
            None => (Leg::default(), element.opens, element.door),
            Some(before) => (
                vehicle.leg(elements[before].place, element.place),
                timings[before].ready,
                elements[before].door,
            ),
        };
        let arrive = element.arrival(departs, leg);
        let start = arrive.max(element.opens);
        let ready = element.facts.left.unwrap_or(start + element.duration_s(door)).max(arrive);
        let start = start.min(ready);
        load = match element.kind {
            ElementKind::Start | ElementKind::Hub => loaded_for(&elements[index + 1..]),
            _ => load - element.delivery + element.pickup,
        };
        timings.push(Timing { leg, arrive, start, ready, load });
    }
    timings
}

/// What a trip hands over, of which these are the elements and those after it.
fn loaded_for(trip: &[Element]) -> Load {
    let trip = trip.iter().take_while(|element| element.kind != ElementKind::Hub);
    trip.map(|element| element.delivery).sum()
}

/// A hard constraint that a walk breaks, with the element where it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// Service would begin too late, or the hub would be reached too late.
    Late {
        /// Index into the elements.
        at: usize,
        /// Whose limit it is.
        limit: Limit,
        /// Seconds.
        by_s: i64,
    },
    /// Too much on board when leaving the element.
    Overload {
        /// Index into the elements.
        at: usize,
        /// In which dimension.
        dimension: Dimension,
        /// How much too much.
        by: i64,
    },
}

/// Every violation of a walk's times and loads that something could still be done about: what the
/// vehicle has been at is history.
#[must_use]
pub fn violations(vehicle: &Vehicle, elements: &[Element], timings: &[Timing]) -> Vec<Violation> {
    let mut found = Vec::new();
    let stops = elements.iter().zip(timings).enumerate();
    for (at, (element, timing)) in stops.filter(|(_, (stop, _))| !stop.facts.is_reached()) {
        let by_s = timing.start - element.closes;
        if by_s > 0 {
            found.push(Violation::Late { at, limit: limit_of(vehicle, element), by_s });
        }
        if let Some((dimension, by)) = timing.load.excess_over(vehicle.capacity) {
            found.push(Violation::Overload { at, dimension, by });
        }
    }
    found
}

/// Whose limit the closing time of an element is.
#[must_use]
pub(super) fn limit_of(vehicle: &Vehicle, element: &Element) -> Limit {
    match element.kind {
        ElementKind::Start | ElementKind::Visit(_) => Limit::Window,
        ElementKind::Rest => Limit::Rest,
        ElementKind::Hub => Limit::HubCloses,
        ElementKind::End if vehicle.hub_closes < vehicle.shift_ends => Limit::HubCloses,
        ElementKind::End => Limit::ShiftEnd,
    }
}
