//! A whole day routed anew.

use super::route_plan::{index_of, not_before, visit_of};
use super::{DayPlan, Entry, RoutePlan, reasons, zones};
use crate::model::{Booking, BookingId, Leg, Reason, Seconds};
use crate::schedule::{ElementKind, Problem, Schedule, Solution, Task, Visit, construct};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// A route as it should become.
#[derive(Clone, Debug)]
pub struct RouteChange {
    /// Index into the routes of the plan it was computed on.
    pub route: usize,
    /// The new content; its version is the one it was computed on.
    pub plan: RoutePlan,
}

/// A proposal for the whole day.
#[derive(Clone, Debug)]
pub struct Replan {
    /// Changed routes. The routes of a group exchanged visits, so a group is taken whole or not
    /// at all; groups do not depend on each other.
    pub groups: Vec<Vec<RouteChange>>,
    /// Bookings that still have no place, with the reasons.
    pub unassigned: Vec<(BookingId, Vec<Reason>)>,
    /// Travel of all routes before.
    pub before: Leg,
    /// Travel of all routes after.
    pub after: Leg,
}

/// Up to this many open visits they are also inserted all at once: regret over a whole day takes
/// time that grows with the square of their number.
const AT_ONCE_MAX: usize = 2_000;

/// Routes the day anew: what couriers have set off to stays, everything else may move within its
/// window. The best of these plans is proposed: all open visits inserted afresh, zone by zone and
/// (on a day of moderate size) all at once; or only those without a place added to the routes as
/// they are. A visit that has a place keeps one.
#[must_use]
pub fn replan(day: &DayPlan, now: DateTime<Utc>) -> Replan {
    let afresh = OpenDay::new(day, now, |route| route.schedule.frozen(now.timestamp()));
    let added = OpenDay::new(day, now, |route| route.schedule.elements().len() - 1);
    let mut proposed = added.fill(&added.zones(day), now);
    let mut consider = |attempt: Attempt| {
        if attempt.keeps_places() && attempt.score() < proposed.score() {
            proposed = attempt;
        }
    };
    consider(afresh.fill(&afresh.zones(day), now));
    if afresh.open.len() <= AT_ONCE_MAX {
        consider(afresh.fill(std::slice::from_ref(&afresh.open), now));
    }
    proposal(day, proposed, now)
}

/// A day as a problem: what stays on the routes, and the visits to be inserted.
struct OpenDay {
    problem: Problem,
    routes: Vec<Schedule>,
    open: Vec<u32>,
    /// Visit `n` is this booking, on this route before.
    origin: Vec<(Arc<Entry>, Option<usize>)>,
}

impl OpenDay {
    /// The day with the first `keep` elements of each route in place.
    fn new(day: &DayPlan, now: DateTime<Utc>, keep: impl Fn(&RoutePlan) -> usize) -> Self {
        let mut intake = Intake { now, visits: Vec::new(), origin: Vec::new(), open: Vec::new() };
        let routes = day.routes.iter().enumerate();
        let kept: Vec<(Vec<Task>, i64)> =
            routes.map(|(index, route)| intake.take_route(index, route, keep(route))).collect();
        for entry in &day.unassigned {
            intake.take_open(entry, None);
        }
        let Intake { visits, origin, open, .. } = intake;
        let vehicles = day.routes.iter().map(|route| Arc::clone(&route.schedule.vehicle)).collect();
        let problem = Problem { vehicles, visits };
        let schedule = |((tasks, rest), vehicle): (&(Vec<Task>, i64), _)| {
            Schedule::new(Arc::clone(vehicle), &problem.visits, tasks, *rest)
        };
        let routes = kept.iter().zip(&problem.vehicles).map(schedule).collect();
        Self { problem, routes, open, origin }
    }

    /// The open visits by zone.
    fn zones(&self, day: &DayPlan) -> Vec<Vec<u32>> {
        let booking = |&visit: &u32| &self.origin[visit as usize].0.booking;
        let bookings: Vec<&Booking> = self.open.iter().map(booking).collect();
        let members = zones(day, &bookings).into_iter().map(|zone| zone.members);
        members.map(|m| m.into_iter().map(|member| self.open[member as usize]).collect()).collect()
    }

    /// Inserts the open visits, one group after the other.
    fn fill(&self, groups: &[Vec<u32>], now: DateTime<Utc>) -> Attempt {
        let solution = construct(&self.problem, self.routes.clone(), groups, now.timestamp());
        Attempt { solution, origin: self.origin.clone() }
    }
}

/// A solved problem, and where each of its visits came from.
struct Attempt {
    solution: Solution,
    /// Visit `n` is this booking, on this route before.
    origin: Vec<(Arc<Entry>, Option<usize>)>,
}

impl Attempt {
    /// Whether nobody who had a place lost it.
    fn keeps_places(&self) -> bool {
        self.solution.unserved.iter().all(|&visit| self.origin[visit as usize].1.is_none())
    }

    /// Smaller is better: bookings without a place, then travel.
    fn score(&self) -> (usize, Seconds) {
        (self.solution.unserved.len(), travel(&self.solution.routes))
    }
}

/// Collects the visits of a problem.
struct Intake {
    now: DateTime<Utc>,
    visits: Vec<Visit>,
    origin: Vec<(Arc<Entry>, Option<usize>)>,
    open: Vec<u32>,
}

impl Intake {
    /// The tasks of a route that stay in place, and the break's own earliest moment.
    fn take_route(&mut self, index: usize, route: &RoutePlan, keep: usize) -> (Vec<Task>, i64) {
        let mut tasks = Vec::new();
        let mut rest_not_before = self.now.timestamp();
        for (at, element) in route.schedule.elements().iter().enumerate() {
            match element.kind {
                ElementKind::Visit(ordinal) if at < keep => {
                    let entry = &route.entries[ordinal as usize];
                    tasks.push(Task::Visit(self.take(entry, Some(index), element.not_before)));
                }
                ElementKind::Visit(ordinal) => {
                    self.take_open(&route.entries[ordinal as usize], Some(index));
                }
                ElementKind::Rest => {
                    tasks.push(Task::Rest);
                    if at < keep {
                        rest_not_before = element.not_before;
                    }
                }
                ElementKind::Start | ElementKind::End => {}
            }
        }
        (tasks, rest_not_before)
    }

    fn take_open(&mut self, entry: &Arc<Entry>, route: Option<usize>) {
        let visit = self.take(entry, route, not_before(&entry.booking, self.now));
        self.open.push(visit);
    }

    fn take(&mut self, entry: &Arc<Entry>, route: Option<usize>, not_before: i64) -> u32 {
        self.visits.push(visit_of(&entry.booking, not_before));
        self.origin.push((Arc::clone(entry), route));
        index_of(self.visits.len() - 1)
    }
}

fn proposal(day: &DayPlan, attempt: Attempt, now: DateTime<Utc>) -> Replan {
    let Attempt { solution, origin } = attempt;
    let mut links = Links::new(day.routes.len());
    let mut changes: Vec<RouteChange> = Vec::new();
    for (index, schedule) in solution.routes.into_iter().enumerate() {
        let old = &day.routes[index];
        let visits: Vec<u32> = schedule.visits().collect();
        for source in visits.iter().filter_map(|&visit| origin[visit as usize].1) {
            links.join(index, source);
        }
        let entries: Vec<Arc<Entry>> =
            visits.iter().map(|&visit| Arc::clone(&origin[visit as usize].0)).collect();
        let plan = RoutePlan { entries, schedule: schedule.renumbered(), ..(**old).clone() };
        if !same_order(old, &plan) {
            changes.push(RouteChange { route: index, plan });
        }
    }
    let planned = with_changes(day, &changes);
    let unassigned = solution
        .unserved
        .iter()
        .map(|&visit| &origin[visit as usize].0.booking)
        .map(|booking| (booking.id, reasons(&planned, booking, now)))
        .collect();
    let (before, after) = (day_travel(day), day_travel(&planned));
    Replan { groups: links.groups(changes), unassigned, before, after }
}

/// The day as it would be: what fits nowhere is explained by these routes, not by the old ones.
fn with_changes(day: &DayPlan, changes: &[RouteChange]) -> DayPlan {
    let mut planned = day.clone();
    for change in changes {
        planned.routes[change.route] = Arc::new(change.plan.clone());
    }
    planned
}

fn day_travel(day: &DayPlan) -> Leg {
    day.routes.iter().fold(Leg::default(), |sum, route| add(sum, route.schedule.travel()))
}

/// Whether two versions of a route do the same things in the same order.
fn same_order(old: &RoutePlan, new: &RoutePlan) -> bool {
    let order = |route: &RoutePlan| -> Vec<Option<BookingId>> {
        let elements = route.schedule.elements().iter();
        elements
            .filter_map(|element| match element.kind {
                ElementKind::Visit(ordinal) => {
                    Some(Some(route.entries[ordinal as usize].booking.id))
                }
                ElementKind::Rest => Some(None),
                ElementKind::Start | ElementKind::End => None,
            })
            .collect()
    };
    order(old) == order(new)
}

fn travel(routes: &[Schedule]) -> Seconds {
    routes.iter().map(|route| route.travel().travel_s).sum()
}

fn add(a: Leg, b: Leg) -> Leg {
    Leg { travel_s: a.travel_s + b.travel_s, distance_m: a.distance_m + b.distance_m }
}

/// Which routes exchanged visits: a union-find over route indices.
struct Links(Vec<usize>);

impl Links {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&self, mut at: usize) -> usize {
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    /// The lower root stays, so that the result does not depend on the order of joins.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn groups(&self, changes: Vec<RouteChange>) -> Vec<Vec<RouteChange>> {
        let mut groups: std::collections::BTreeMap<usize, Vec<RouteChange>> =
            std::collections::BTreeMap::new();
        for change in changes {
            groups.entry(self.root(change.route)).or_default().push(change);
        }
        groups.into_values().collect()
    }
}
