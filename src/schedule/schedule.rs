//! One vehicle's route, evaluated so that insertions are cheap to judge.

use super::outline::Outline;
use super::walk::limit_of;
use super::{Element, ElementKind, Facts, HubCall, Limit, Task, Timing, Vehicle, Violation, Visit};
use super::{sequence, violations, walk};
use crate::model::{Leg, Load};
use std::sync::{Arc, OnceLock};

/// A route with its forward and backward slack.
///
/// | question | cost |
/// | --- | --- |
/// | build, or change by one visit | linear in the route |
/// | judge one position for a visit ([`Schedule::gap`]) | constant, two or three legs |
///
/// Index `i` of every array is element `i` of the sequence: 0 is the start at the hub, the last
/// is the return.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Who drives.
    pub vehicle: Arc<Vehicle>,
    /// The hub, visits, break and calls at the hub in order, the hub.
    pub(super) elements: Vec<Element>,
    /// When and with what.
    pub(super) timings: Vec<Timing>,
    /// The latest moment to be ready to leave `i` so that nothing after it is late.
    pub(super) latest_ready: Vec<i64>,
    /// What `latest_ready[i]` comes from.
    pub(super) limits: Vec<Limit>,
    /// The most on board when leaving any of the same trip up to `i`.
    pub(super) peak_until: Vec<Load>,
    /// The most on board when leaving any of the same trip from `i` on.
    pub(super) peak_from: Vec<Load>,
    /// The most on board at any time.
    pub(super) peak: Load,
    /// The last element that was told of is the one before this.
    touched: usize,
    /// For bounds, once somebody asks.
    pub(super) outline: OnceLock<Outline>,
}

impl Schedule {
    /// Evaluates a route.
    ///
    /// `rest_not_before` is the earliest moment of the break beyond its own window; a vehicle
    /// with a break needs one [`Task::Rest`] among its tasks.
    #[must_use]
    pub fn new(
        vehicle: Arc<Vehicle>,
        visits: &[Visit],
        tasks: &[Task],
        rest_not_before: i64,
    ) -> Self {
        let elements = sequence(&vehicle, visits, tasks, rest_not_before);
        Self::of(vehicle, elements)
    }

    /// A route without visits: the break, if there is one, and nothing else.
    #[must_use]
    pub fn idle(vehicle: Arc<Vehicle>) -> Self {
        let tasks: &[Task] = if vehicle.rest.is_some() { &[Task::Rest] } else { &[] };
        Self::new(vehicle, &[], tasks, i64::MIN)
    }

    fn of(vehicle: Arc<Vehicle>, elements: Vec<Element>) -> Self {
        let timings = walk(&vehicle, &elements);
        let (latest_ready, limits) = backward(&vehicle, &elements, &timings);
        let peak_until = peak_until(&elements, &timings);
        let peak_from = peak_from(&elements, &timings);
        let touched = elements.iter().rposition(|element| element.facts.is_touched());
        Self {
            vehicle,
            touched: touched.map_or(0, |at| at + 1),
            elements,
            timings,
            latest_ready,
            limits,
            peak: peak_until.iter().fold(Load::ZERO, |peak, &load| peak.max(load)),
            peak_until,
            peak_from,
            outline: OnceLock::new(),
        }
    }

    /// The same route with other facts of its break.
    #[must_use]
    pub fn with_rest_facts(mut self, facts: Facts) -> Self {
        let is_rest = |element: &&mut Element| element.kind == ElementKind::Rest;
        match self.elements.iter_mut().find(is_rest) {
            Some(rest) if rest.facts != facts => {
                rest.facts = facts;
                Self::of(self.vehicle, self.elements)
            }
            _ => self,
        }
    }

    /// The same route with other facts of one element. Linear.
    #[must_use]
    pub fn with_facts(&self, at: usize, facts: Facts) -> Self {
        let mut elements = self.elements.clone();
        elements[at].facts = facts;
        Self::of(Arc::clone(&self.vehicle), elements)
    }

    /// The route with `visit` inserted right before element `at`. Linear.
    #[must_use]
    pub fn with(&self, at: usize, index: u32, visit: &Visit) -> Self {
        let mut elements = self.elements.clone();
        elements.insert(at, Element::visit(index, visit));
        carry_rest(&mut elements);
        Self::of(Arc::clone(&self.vehicle), elements)
    }

    /// The route with a call at the hub right before element `at`, to which the vehicle does not set off
    /// before `now`. Linear.
    #[must_use]
    pub fn with_hub_call(&self, at: usize, now: i64) -> Self {
        let mut elements = self.elements.clone();
        let call = HubCall { not_before: now, facts: Facts::default() };
        elements.insert(at, Element::hub_call(&self.vehicle, call));
        carry_rest(&mut elements);
        Self::of(Arc::clone(&self.vehicle), elements)
    }

    /// The route without the visit or the call at the hub at element `at`. What follows it is not set off to before
    /// `now`, since until then the vehicle was bound for the removed visit. Linear.
    ///
    /// The way to what follows may be longer than it was from the removed visit: where it would be
    /// late if the vehicle still waited for its `not_before`, the vehicle sets off in time.
    ///
    /// What was feasible stays so, with two exceptions: a break right after the removed visit is
    /// then taken where the visit before it is, and from there the way on may be too long; and a
    /// visit at the same door then has to do the set-up itself. Ask [`Schedule::violations`].
    #[must_use]
    pub fn without(&self, at: usize, now: i64) -> Self {
        let mut elements = self.elements.clone();
        elements.remove(at);
        carry_rest(&mut elements);
        let vehicle = Arc::clone(&self.vehicle);
        let (latest_ready, _) = backward(&vehicle, &elements, &walk(&vehicle, &elements));
        for (element, &latest_ready) in elements[at..].iter_mut().zip(&latest_ready[at - 1..]) {
            element.not_before = element.not_before.min(latest_ready);
        }
        if elements[at].kind != ElementKind::End {
            elements[at].not_before = elements[at].not_before.max(now);
        }
        Self::of(vehicle, elements)
    }

    /// The same visits in the same order with the break where it breaks nothing, at the least
    /// travel; nothing where no such place is left at `now`. Quadratic.
    #[must_use]
    pub fn with_rest_moved(&self, now: i64) -> Option<Self> {
        self.rests_moved(now).min_by_key(|route| route.travel().travel_s)
    }

    /// The same visits in the same order with the break at each place where it breaks nothing, in
    /// the order of the places that are left at `now`. Linear for each.
    pub fn rests_moved(&self, now: i64) -> impl Iterator<Item = Self> {
        let is_rest = |element: &Element| element.kind == ElementKind::Rest;
        let (old, first) = (self.elements.iter().position(is_rest), self.frozen(now));
        let places = old.filter(|&old| old >= first).map(|old| {
            let moved = (first..self.elements.len() - 1).map(move |at| {
                let mut elements = self.elements.clone();
                let rest = elements.remove(old);
                elements.insert(at, rest);
                carry_rest(&mut elements);
                Self::of(Arc::clone(&self.vehicle), elements)
            });
            moved.filter(|route| route.violations().is_empty())
        });
        places.into_iter().flatten()
    }

    /// The same visits in the same order without a break; nothing where there is none. Linear.
    pub(super) fn without_rest(&self) -> Option<Self> {
        let is_rest = |element: &Element| element.kind == ElementKind::Rest;
        let at = self.elements.iter().position(is_rest)?;
        let mut elements = self.elements.clone();
        elements.remove(at);
        Some(Self::of(Arc::clone(&self.vehicle), elements))
    }

    /// The same route with its visits numbered 0, 1, … in visiting order.
    #[must_use]
    pub fn renumbered(mut self) -> Self {
        let mut next = 0;
        for element in &mut self.elements {
            if let ElementKind::Visit(index) = &mut element.kind {
                *index = next;
                next += 1;
            }
        }
        self
    }

    /// The elements in order.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The timing of each element.
    #[must_use]
    pub fn timings(&self) -> &[Timing] {
        &self.timings
    }

    /// Visit numbers in order.
    pub fn visits(&self) -> impl Iterator<Item = u32> {
        self.elements.iter().filter_map(|element| match element.kind {
            ElementKind::Visit(index) => Some(index),
            _ => None,
        })
    }

    /// Whether it has several trips.
    #[must_use]
    pub fn has_hub_call(&self) -> bool {
        self.elements.iter().any(|element| element.kind == ElementKind::Hub)
    }

    /// The calls at the hub from element `first` on.
    #[must_use]
    pub fn hub_calls_after(&self, first: usize) -> Vec<usize> {
        let is_call = |at: &usize| self.elements[*at].kind == ElementKind::Hub;
        (first..self.elements.len()).filter(is_call).collect()
    }

    /// Number of visits.
    #[must_use]
    pub fn visit_count(&self) -> usize {
        self.visits().count()
    }

    /// Travel of the whole route.
    #[must_use]
    pub fn travel(&self) -> Leg {
        self.timings.iter().fold(Leg::default(), |sum, timing| Leg {
            travel_s: sum.travel_s + timing.leg.travel_s,
            distance_m: sum.distance_m + timing.leg.distance_m,
        })
    }

    /// Every violation of times and loads; none for a route built by insertions alone.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        violations(&self.vehicle, &self.elements, &self.timings)
    }

    /// How many elements the vehicle has reached or set off to at `now`: these are frozen.
    ///
    /// A vehicle waits where it is and sets off as late as it can without delaying the next
    /// service (the wait-first strategy of Mitrović-Minić and Laporte, 2004), and so stays open
    /// for new work as long as possible. It goes home only when it has to. What its courier told of
    /// is frozen in any case.
    #[must_use]
    pub fn frozen(&self, now: i64) -> usize {
        let is_frozen = |&at: &usize| at < self.touched || self.sets_off(at) < now;
        (1..self.elements.len()).take_while(is_frozen).count() + 1
    }

    /// How many elements, from the first on, end with the last one that the courier told of; 0 where
    /// nothing was told.
    #[must_use]
    pub fn touched(&self) -> usize {
        self.touched
    }

    /// The moment at which the vehicle sets off to element `at`.
    fn sets_off(&self, at: usize) -> i64 {
        let (element, timing) = (&self.elements[at], &self.timings[at]);
        match element.kind {
            ElementKind::End => timing.start.max(element.closes) - timing.leg.travel_s.get(),
            _ => timing.start - timing.leg.travel_s.get(),
        }
    }
}

/// A break is where the element before it is.
fn carry_rest(elements: &mut [Element]) {
    for at in 1..elements.len() {
        if elements[at].kind == ElementKind::Rest {
            elements[at].place = elements[at - 1].place;
            elements[at].door = elements[at - 1].door;
        }
    }
}

/// From the return backwards: the latest moment to be ready at each element, and why.
fn backward(vehicle: &Vehicle, elements: &[Element], timings: &[Timing]) -> (Vec<i64>, Vec<Limit>) {
    let count = elements.len();
    let mut latest_ready = vec![i64::MAX / 4; count];
    let mut limits = vec![Limit::ShiftEnd; count];
    for at in (1..count).rev() {
        let element = &elements[at];
        if element.facts.is_touched() {
            // When it begins does not depend on what comes before it any more.
            continue;
        }
        let by_later = latest_ready[at] - element.duration_s(elements[at - 1].door);
        let (latest_start, limit) = if element.closes <= by_later {
            (element.closes, limit_of(vehicle, element))
        } else {
            (by_later, limits[at])
        };
        latest_ready[at - 1] = latest_start - timings[at].leg.travel_s.get();
        limits[at - 1] = limit;
    }
    (latest_ready, limits)
}

/// Index `i` is the most on board when leaving any of the same trip up to `i`.
fn peak_until(elements: &[Element], timings: &[Timing]) -> Vec<Load> {
    let rise = |peak: &mut Load, (element, timing): (&Element, &Timing)| {
        let before = if element.kind == ElementKind::Hub { Load::ZERO } else { *peak };
        *peak = before.max(timing.load);
        Some(*peak)
    };
    elements.iter().zip(timings).scan(Load::ZERO, rise).collect()
}

/// Index `i` is the most on board when leaving any of the same trip from `i` on.
fn peak_from(elements: &[Element], timings: &[Timing]) -> Vec<Load> {
    let mut peaks: Vec<Load> = timings.iter().map(|timing| timing.load).collect();
    for at in (1..peaks.len()).rev().filter(|&at| elements[at].kind != ElementKind::Hub) {
        peaks[at - 1] = peaks[at - 1].max(peaks[at]);
    }
    peaks
}
