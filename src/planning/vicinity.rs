//! Who could make way for a visit: the routes around its door, and what may be taken off them.

use super::{DayPlan, Entry, RoutePlan};
use crate::geo::Point;
use crate::model::BookingId;
use crate::schedule::{ElementKind, Schedule, Visit};
use std::ops::Range;
use std::sync::Arc;

/// Visits that could leave a route for another one, all next to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Removal {
    /// Index into the day's routes.
    pub(super) route: usize,
    /// The first of them: a visit of the route.
    pub(super) first: usize,
    /// How many: one or two.
    pub(super) count: usize,
    /// Seconds: the smaller, the sooner it is tried.
    cost_s: i64,
}

/// The routes nearest to a point, by the nearest of their stops, nearest first; at most `most`.
/// Linear in the stops, without any travel.
pub(super) fn routes_near<'a>(
    routes: impl Iterator<Item = &'a RoutePlan>,
    point: Point,
    most: usize,
) -> Vec<usize> {
    nearest(routes.map(nearness(point)), most)
}

/// How far the nearest stop of a route is from a point: good enough for a comparison within a city.
pub(super) fn nearness(point: Point) -> impl Fn(&RoutePlan) -> f64 {
    let far = far_from(point);
    move |route| {
        let stops = route.schedule.elements().iter().map(|element| far(element.place));
        stops.fold(f64::INFINITY, f64::min)
    }
}

/// The entries nearest to a point; at most `most`. Indices into the slice, the nearest first.
pub(super) fn entries_near(entries: &[Arc<Entry>], point: Point, most: usize) -> Vec<usize> {
    let far = far_from(point);
    nearest(entries.iter().map(|entry| far(entry.booking.place())), most)
}

/// Squares of degrees of latitude, good enough for a comparison within a city.
fn far_from(point: Point) -> impl Fn(Point) -> f64 {
    let east = point.lat().to_radians().cos();
    move |other: Point| {
        let (x, y) = ((other.lon() - point.lon()) * east, other.lat() - point.lat());
        x * x + y * y
    }
}

/// The positions of the smallest numbers in their order; the earlier of two alike.
fn nearest(far: impl Iterator<Item = f64>, most: usize) -> Vec<usize> {
    let mut ranked: Vec<(f64, usize)> = far.zip(0..).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    ranked.truncate(most);
    ranked.into_iter().map(|(_, index)| index).collect()
}

/// What may be taken off a route to make room for a visit: what its courier has not set off to at
/// `now`, one by one and in pairs. What is held stays, and so does what `kept` names.
pub(super) fn removals(
    day: &DayPlan,
    (index, route): (usize, &RoutePlan),
    visit: &Visit,
    kept: BookingId,
    now: i64,
) -> Vec<Removal> {
    let schedule = &route.schedule;
    let elements = schedule.elements();
    let first = schedule.frozen(now);
    let free = (first..elements.len()).filter_map(|at| match elements[at].kind {
        ElementKind::Visit(ordinal) => Some((at, ordinal as usize)),
        _ => None,
    });
    let may_leave =
        |ordinal: usize| !is(&route.entries[ordinal], kept) && !day.is_held(route, ordinal, now);
    let free: Vec<(usize, usize)> = free.filter(|&(_, ordinal)| may_leave(ordinal)).collect();
    if free.is_empty() {
        return Vec::new();
    }
    let ways = Ways::of(schedule, first - 1, visit);
    let mut found = Vec::with_capacity(2 * free.len());
    for (place, &(at, first)) in free.iter().enumerate() {
        let single = ways.exchange_s(at..at + 1);
        found.push(Removal { route: index, first, count: 1, cost_s: single });
        if let Some(&(last, next)) = free.get(place + 1)
            && next == first + 1
        {
            let cost_s = ways.exchange_s(at..last + 1);
            found.push(Removal { route: index, first, count: 2, cost_s });
        }
    }
    found
}

fn is(entry: &Entry, id: BookingId) -> bool {
    entry.booking.id == id
}

/// Singles before pairs, each by what they cost.
pub(super) fn in_order(mut removals: Vec<Removal>) -> Vec<Removal> {
    removals.sort_by_key(|removal| (removal.count, removal.cost_s, removal.route, removal.first));
    removals
}

/// The ways between a visit and the stops of a route, in seconds.
struct Ways<'a> {
    schedule: &'a Schedule,
    visit: &'a Visit,
    /// To the stop and back from it; index 0 is the stop `first`.
    there_and_back: Vec<(i64, i64)>,
    first: usize,
}

impl<'a> Ways<'a> {
    fn of(schedule: &'a Schedule, first: usize, visit: &'a Visit) -> Self {
        let leg_s = |from, to| schedule.vehicle.leg(from, to).travel_s.get();
        let stops = schedule.elements()[first..].iter();
        let there_and_back = stops
            .map(|stop| (leg_s(visit.place, stop.place), leg_s(stop.place, visit.place)))
            .collect();
        Self { schedule, visit, there_and_back, first }
    }

    /// Travel that the route gains when the visit takes the place of some elements, and a part of the
    /// time that lies between them and the visit's window.
    fn exchange_s(&self, elements: Range<usize>) -> i64 {
        let timings = self.schedule.timings();
        let (_, from_before) = self.there_and_back[elements.start - 1 - self.first];
        let (to_after, _) = self.there_and_back[elements.end - self.first];
        let saved = (elements.start..=elements.end).map(|at| timings[at].leg.travel_s.get());
        let start = timings[elements.start].start;
        let away = (self.visit.opens - start).max(start - self.visit.closes).max(0);
        from_before + to_after - saved.sum::<i64>() + away / AWAY_PART
    }
}

/// Visits at other times of the day may block the way too, by what they delay.
const AWAY_PART: i64 = 4;
