//! A day with what may move taken off its routes, and attempts at putting it back.

use super::route_plan::{index_of, not_before, visit_of};
use super::{DayPlan, Entry, RoutePlan, zones};
use crate::model::{Booking, Seconds};
use crate::schedule::{ElementKind, Facts, Problem, Schedule, Solution, Task, Visit, construct};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// A day as a problem: what stays on the routes, and the visits to be inserted.
///
/// A visit has the same number however much of the routes is kept. A visit that is held stays on its route,
/// and a locked route as it is, whatever is kept. Who waits for goods that a courier who is out has on
/// board is not part of it.
pub(super) struct OpenDay {
    pub(super) problem: Problem,
    /// The routes with what stays on them.
    pub(super) routes: Vec<Schedule>,
    /// By route: how many of its first elements stay.
    pub(super) kept: Vec<usize>,
    pub(super) open: Vec<u32>,
    /// Visit `n` is this booking, on this route before.
    pub(super) origin: Vec<(Arc<Entry>, Option<usize>)>,
    /// Whether visit `n` has to stay on its route.
    pub(super) locked: Vec<bool>,
}

impl OpenDay {
    /// The day with the first `keep` elements of each route in place; of a route with several trips,
    /// all of them, so that what calls at the hub are for stays around them.
    pub(super) fn new(
        day: &DayPlan,
        now: DateTime<Utc>,
        keep: impl Fn(&RoutePlan) -> usize,
    ) -> Self {
        let mut intake = Intake::of(day, now);
        let kept = |route: &Arc<RoutePlan>| {
            let all = route.schedule.elements().len();
            match () {
                () if route.of.is_locked => all,
                () if route.schedule.has_hub_call() => keep(route).max(all - 1),
                () => keep(route),
            }
        };
        let kept: Vec<usize> = day.routes.iter().map(kept).collect();
        let routes = day.routes.iter().zip(&kept).enumerate();
        let tasks: Vec<(Vec<Task>, RestState)> =
            routes.map(|(index, (route, &keep))| intake.take_route(index, route, keep)).collect();
        let is_free = |entry: &&Arc<Entry>| day.stranded(entry.booking.id).is_none();
        for entry in day.unassigned.iter().filter(is_free) {
            let visit = intake.take_waiting(entry, None);
            intake.open.push(visit);
        }
        let Intake { visits, origin, locked, open, .. } = intake;
        let vehicles = day.routes.iter().map(|route| Arc::clone(&route.schedule.vehicle)).collect();
        let problem = Problem { vehicles, visits };
        let schedule = |((tasks, rest), vehicle): (&(Vec<Task>, RestState), _)| {
            let route = Schedule::new(Arc::clone(vehicle), &problem.visits, tasks, rest.not_before);
            route.with_rest_facts(rest.facts)
        };
        let routes = tasks.iter().zip(&problem.vehicles).map(schedule).collect();
        Self { problem, routes, kept, open, origin, locked }
    }

    /// The open visits by zone.
    pub(super) fn zones(&self, day: &DayPlan) -> Vec<Vec<u32>> {
        let booking = |&visit: &u32| &self.origin[visit as usize].0.booking;
        let bookings: Vec<&Booking> = self.open.iter().map(booking).collect();
        let members = zones(day, &bookings).into_iter().map(|zone| zone.members);
        members.map(|m| m.into_iter().map(|member| self.open[member as usize]).collect()).collect()
    }

    /// Inserts the open visits, one group after the other.
    pub(super) fn fill(&self, groups: &[Vec<u32>], now: DateTime<Utc>) -> Attempt {
        self.attempt(construct(&self.problem, self.routes.clone(), groups, now.timestamp()))
    }

    /// A solution of the problem, with where its visits came from.
    pub(super) fn attempt(&self, solution: Solution) -> Attempt {
        Attempt { solution, origin: self.origin.clone() }
    }

    /// The route that a visit has to stay on, if there is one.
    pub(super) fn held_by(&self, visit: u32) -> Option<usize> {
        self.origin[visit as usize].1.filter(|_| self.locked[visit as usize])
    }

    /// Whether a visit is on a route of the plan as it was.
    pub(super) fn has_place(&self, visit: u32) -> bool {
        self.origin[visit as usize].1.is_some()
    }
}

/// A solved problem, and where each of its visits came from.
pub(super) struct Attempt {
    pub(super) solution: Solution,
    /// Visit `n` is this booking, on this route before.
    pub(super) origin: Vec<(Arc<Entry>, Option<usize>)>,
}

impl Attempt {
    /// The better of two, this one where they are alike. What takes somebody's place is no better, nor
    /// what breaks a rule that this one keeps.
    pub(super) fn or(self, other: Self) -> Self {
        let is_better = other.keeps_places()
            && other.score() < self.score()
            && other.breaches() <= self.breaches();
        if is_better { other } else { self }
    }

    /// Who has no place, in the order of their numbers.
    pub(super) fn left(&self) -> Vec<Arc<Entry>> {
        let unserved = self.solution.unserved.iter();
        unserved.map(|&visit| Arc::clone(&self.origin[visit as usize].0)).collect()
    }

    /// Whether nobody who had a place lost it.
    fn keeps_places(&self) -> bool {
        self.solution.unserved.iter().all(|&visit| self.origin[visit as usize].1.is_none())
    }

    fn breaches(&self) -> usize {
        self.solution.routes.iter().map(|route| route.violations().len()).sum()
    }

    /// Smaller is better: bookings without a place, then travel.
    fn score(&self) -> (usize, Seconds) {
        let travel = self.solution.routes.iter().map(|route| route.travel().travel_s).sum();
        (self.solution.unserved.len(), travel)
    }
}

/// What is known of a break.
#[derive(Clone, Copy)]
struct RestState {
    not_before: i64,
    facts: Facts,
}

/// Collects the visits of a problem.
struct Intake<'a> {
    day: &'a DayPlan,
    now: DateTime<Utc>,
    visits: Vec<Visit>,
    origin: Vec<(Arc<Entry>, Option<usize>)>,
    locked: Vec<bool>,
    open: Vec<u32>,
}

impl<'a> Intake<'a> {
    fn of(day: &'a DayPlan, now: DateTime<Utc>) -> Self {
        Self {
            day,
            now,
            visits: Vec::new(),
            origin: Vec::new(),
            locked: Vec::new(),
            open: Vec::new(),
        }
    }

    /// The tasks of a route that stay in place, and what is known of its break.
    fn take_route(
        &mut self,
        index: usize,
        route: &RoutePlan,
        keep: usize,
    ) -> (Vec<Task>, RestState) {
        let mut tasks = Vec::new();
        let mut rest = RestState { not_before: self.now.timestamp(), facts: Facts::default() };
        for (at, element) in route.schedule.elements().iter().enumerate() {
            match element.kind {
                ElementKind::Visit(ordinal) if at < keep => {
                    let entry = &route.entries[ordinal as usize];
                    let visit = self.take(entry, Some(index), element.not_before, element.facts);
                    tasks.push(Task::Visit(visit));
                }
                ElementKind::Visit(ordinal) => {
                    let ordinal = ordinal as usize;
                    let visit = self.take_waiting(&route.entries[ordinal], Some(index));
                    if self.day.is_held(route, ordinal, self.now.timestamp()) {
                        self.locked[visit as usize] = true;
                        tasks.push(Task::Visit(visit));
                    } else {
                        self.open.push(visit);
                    }
                }
                ElementKind::Rest => {
                    tasks.push(Task::Rest);
                    if at < keep {
                        rest = RestState { not_before: element.not_before, facts: element.facts };
                    }
                }
                ElementKind::Hub => tasks.extend(element.task()),
                ElementKind::Start | ElementKind::End => {}
            }
        }
        (tasks, rest)
    }

    fn take_waiting(&mut self, entry: &Arc<Entry>, route: Option<usize>) -> u32 {
        let not_before = not_before(&entry.booking, self.now);
        self.take(entry, route, not_before, Facts::default())
    }

    fn take(
        &mut self,
        entry: &Arc<Entry>,
        route: Option<usize>,
        not_before: i64,
        facts: Facts,
    ) -> u32 {
        let visit = visit_of(&entry.booking, not_before, &self.day.blocked);
        self.visits.push(Visit { facts, ..visit });
        self.origin.push((Arc::clone(entry), route));
        self.locked.push(false);
        index_of(self.visits.len() - 1)
    }
}
