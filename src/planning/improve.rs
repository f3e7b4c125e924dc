//! Constructed routes, improved by the whole-day search.

use super::day_problem::DayProblem;
use super::open_day::OpenDay;
use crate::schedule::{Element, ElementKind, Schedule, Solution, Task, Violation, construct};
use crate::solver::{self, Control, Objective, Settings};
use std::sync::Arc;
use std::time::Duration;

/// How much search a plan is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// The same seed, threads and iterations give the same plan.
    pub seed: u64,
    /// At least one.
    pub threads: usize,
    /// Of all threads together. `Some(0)` stops at the constructed plan.
    pub iterations: Option<u64>,
    /// On the watch of the [`Control`], construction included. With both limits, the first reached
    /// ends the search; with neither, nothing is searched for.
    pub time_limit: Option<Duration>,
}

impl Effort {
    /// So many times less of it.
    #[must_use]
    pub fn part(self, of: u32) -> Self {
        Self {
            iterations: self.iterations.map(|iterations| iterations / u64::from(of)),
            time_limit: self.time_limit.map(|limit| limit / of),
            ..self
        }
    }

    fn is_any(&self) -> bool {
        match self.iterations {
            Some(iterations) => iterations > 0,
            None => self.time_limit.is_some(),
        }
    }

    fn settings(&self, objective: Objective) -> Settings {
        Settings {
            objective,
            seed: self.seed,
            threads: self.threads,
            iterations: self.iterations,
            time_limit: self.time_limit,
        }
    }
}

/// Searches from constructed routes on, and reads the outcome back as the `schedule` room judges
/// it: what does not hold there is taken out, and everything without a place is tried once more.
/// Nothing where there is nothing to search, or the outcome cannot be made to hold.
pub(super) fn improved(
    day: &OpenDay,
    from: &Solution,
    now: i64,
    (objective, effort): (Objective, &Effort),
    control: Control<'_>,
) -> Option<Solution> {
    let is_idle = day.problem.vehicles.is_empty() || day.problem.visits.is_empty();
    if is_idle || !effort.is_any() {
        return None;
    }
    let DayProblem { problem, fixed } = DayProblem::new(day, &from.routes, now);
    let found = solver::solve(&problem, &effort.settings(objective), control);
    if found.unserved.iter().any(|&visit| day.held_by(visit).is_some()) {
        return None;
    }
    let mut open = found.unserved;
    let mut routes = Vec::with_capacity(found.routes.len());
    for (v, tasks) in found.routes.iter().enumerate() {
        let visits: Vec<u32> = tasks.iter().copied().filter_map(visit_of).collect();
        let old = &from.routes[v];
        if fixed[v] || old.visits().eq(visits.iter().copied()) {
            routes.push(old.clone());
        } else {
            let route = Draft { day, old, kept: day.kept[v], visits, now };
            routes.push(route.mended(&mut open)?);
        }
    }
    open.sort_unstable();
    Some(construct(&day.problem, routes, &[open], now))
}

fn visit_of(task: solver::Task) -> Option<u32> {
    match task {
        solver::Task::Visit(visit) => Some(visit),
        solver::Task::Hub | solver::Task::Break(_) => None,
    }
}

/// A route of the search on its way back to a schedule.
struct Draft<'a> {
    day: &'a OpenDay,
    /// The route it came from: what is under way is the same.
    old: &'a Schedule,
    /// How many elements are under way.
    kept: usize,
    /// All visits in order.
    visits: Vec<u32>,
    now: i64,
}

impl Draft<'_> {
    /// The route as a schedule that holds, without what had to be left out for it: nothing that is
    /// locked.
    fn mended(mut self, left_out: &mut Vec<u32>) -> Option<Schedule> {
        loop {
            let route = self.with_rest_placed();
            let Some(&(Violation::Late { at, .. } | Violation::Overload { at, .. })) =
                route.violations().first()
            else {
                return Some(route);
            };
            let open = &route.elements()[self.kept..=at.max(self.kept)];
            let visit = open.iter().rev().find_map(|element| match element.kind {
                ElementKind::Visit(visit) => Some(visit).filter(|v| self.day.held_by(*v).is_none()),
                _ => None,
            })?;
            self.visits.retain(|&other| other != visit);
            left_out.push(visit);
        }
    }

    /// The route with its break where it breaks nothing and the day ends first.
    fn with_rest_placed(&self) -> Schedule {
        let elements = &self.old.elements()[1..self.kept];
        let mut tasks: Vec<Task> = elements.iter().filter_map(Element::task).collect();
        let under_way = elements.iter().find(|element| element.kind == ElementKind::Rest);
        let done = tasks.iter().filter(|task| matches!(task, Task::Visit(_))).count();
        let first = tasks.len();
        tasks.extend(self.visits[done..].iter().map(|&visit| Task::Visit(visit)));
        if let Some(rest) = under_way {
            return self.schedule(&tasks, rest.not_before).with_rest_facts(rest.facts);
        }
        if self.old.vehicle.rest.is_none() {
            return self.schedule(&tasks, self.now);
        }
        let rank = |route: &Schedule| {
            let ends = route.timings().last().map_or(i64::MAX, |timing| timing.start);
            (!route.violations().is_empty(), ends)
        };
        let places = first..=tasks.len();
        let with_rest = places.map(|at| {
            let mut tasks = tasks.clone();
            tasks.insert(at, Task::Rest);
            self.schedule(&tasks, self.now)
        });
        with_rest.min_by_key(rank).expect("a break has at least one place")
    }

    fn schedule(&self, tasks: &[Task], rest_not_before: i64) -> Schedule {
        let vehicle = Arc::clone(&self.old.vehicle);
        Schedule::new(vehicle, &self.day.problem.visits, tasks, rest_not_before)
    }
}
