//! The routes a search starts from: those of [`Problem::initial`], without what does not fit.

use crate::solver::{Constraint, Problem, Rules, Task, Walker};

/// Routes to start from.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// By vehicle; breaks only where they are frozen. Empty where nothing is to start from.
    pub(super) routes: Vec<Vec<Task>>,
    /// By vehicle: its frozen tasks are not feasible. They are kept as they are, and nothing else.
    pub(super) stuck: Vec<bool>,
}

/// Routes up to this length are mended with care: each task is tried.
const CAREFUL: usize = 150;

impl Start {
    /// Takes over what is given: each visit once, shipments whole, each route feasible.
    pub(super) fn of(problem: &Problem, rules: &Rules<'_>) -> Self {
        let count = problem.vehicles.len();
        let mut start = Self { routes: vec![Vec::new(); count], stuck: vec![false; count] };
        if problem.initial.iter().all(Vec::is_empty) {
            return start;
        }
        let mut taken = vec![false; problem.visits.len()];
        for vehicle in 0..count {
            let frozen = frozen(problem, vehicle);
            start.stuck[vehicle] = !take_all(problem, vehicle, frozen, &mut taken);
            start.routes[vehicle] = frozen.to_vec();
        }
        let mut walker = Walker::lenient(rules);
        for vehicle in 0..count {
            if !start.stuck[vehicle] {
                let kept = frozen(problem, vehicle).len();
                let route = &mut start.routes[vehicle];
                take_rest(problem, vehicle, kept, &mut taken, route);
                make_whole(problem, rules, kept, route);
                let index = u32::try_from(vehicle).unwrap_or(u32::MAX);
                start.stuck[vehicle] = !mend(&mut walker, rules, index, kept, route);
            }
        }
        start
    }

    /// The tasks of a vehicle that a plan starts from.
    pub(super) fn route(&self, vehicle: u32) -> &[Task] {
        let at = vehicle as usize;
        if self.stuck[at] { &[] } else { &self.routes[at] }
    }

    /// Which visits are on a route.
    pub(super) fn served(&self, visits: usize) -> Vec<bool> {
        let mut served = vec![false; visits];
        for task in self.routes.iter().flatten() {
            if let Task::Visit(visit) = *task
                && let Some(flag) = served.get_mut(visit as usize)
            {
                *flag = true;
            }
        }
        served
    }
}

/// The tasks of a vehicle that stay as they are.
fn frozen(problem: &Problem, vehicle: usize) -> &[Task] {
    let initial = problem.initial.get(vehicle).map_or(&[][..], Vec::as_slice);
    &initial[..initial.len().min(problem.vehicles[vehicle].frozen as usize)]
}

/// Marks frozen visits; tells whether the tasks exist and no visit is there twice.
fn take_all(problem: &Problem, vehicle: usize, tasks: &[Task], taken: &mut [bool]) -> bool {
    let settings = &problem.vehicles[vehicle];
    let (mut sound, mut calls) = (true, 0);
    for task in tasks {
        sound &= match *task {
            Task::Visit(visit) => {
                taken.get_mut(visit as usize).is_some_and(|taken| !std::mem::replace(taken, true))
            }
            Task::Hub => {
                calls += 1;
                settings.hub_returns.is_some_and(|hub| calls <= hub.most)
            }
            Task::Break(index) => (index as usize) < settings.breaks.len(),
        };
    }
    sound
}

/// Adds the tasks behind the frozen ones, as far as they can be had.
fn take_rest(
    problem: &Problem,
    vehicle: usize,
    kept: usize,
    taken: &mut [bool],
    route: &mut Vec<Task>,
) {
    let most = problem.vehicles[vehicle].hub_returns.map_or(0, |hub| hub.most as usize);
    let initial = problem.initial.get(vehicle).map_or(&[][..], Vec::as_slice);
    for &task in &initial[kept..] {
        let is_open = match task {
            Task::Visit(visit) => {
                taken.get_mut(visit as usize).is_some_and(|taken| !std::mem::replace(taken, true))
            }
            Task::Hub => route.iter().filter(|other| **other == Task::Hub).count() < most,
            Task::Break(_) => false,
        };
        if is_open {
            route.push(task);
        }
    }
}

/// Takes ends of shipments off a route whose other end is not where it should be.
fn make_whole(problem: &Problem, rules: &Rules<'_>, kept: usize, route: &mut Vec<Task>) {
    if problem.shipments.is_empty() {
        return;
    }
    let lone = |at: &usize| {
        let Task::Visit(visit) = route[*at] else { return false };
        let mate = rules.partner(visit).map(Task::Visit);
        mate.is_some_and(|mate| !route.contains(&mate))
    };
    let lone: Vec<usize> = (kept..route.len()).filter(lone).collect();
    for at in lone.into_iter().rev() {
        route.remove(at);
    }
}

/// Takes tasks off a route until it is feasible; tells whether it ever was.
fn mend(
    walker: &mut Walker<'_>,
    rules: &Rules<'_>,
    vehicle: u32,
    kept: usize,
    route: &mut Vec<Task>,
) -> bool {
    while let Err(breach) = walker.evaluate(vehicle, route) {
        if route.len() <= kept {
            return false;
        }
        let last = route.len() - 1;
        let at = if breach.what == Constraint::Frozen {
            last
        } else if route.len() <= CAREFUL {
            let worth = |at: &usize| worth(walker, vehicle, &without(rules, route, kept, *at));
            (kept..route.len()).rev().min_by_key(worth).unwrap_or(last)
        } else {
            breach.at.map_or(last, |at| (at as usize).clamp(kept, last))
        };
        *route = without(rules, route, kept, at);
    }
    true
}

/// How good a route is without one of its tasks, less is better: feasible first, with as many
/// visits as can be, at the least cost; else with the fewest tasks behind the breach.
fn worth(walker: &mut Walker<'_>, vehicle: u32, route: &[Task]) -> (bool, usize, i64) {
    let hubs = route.iter().filter(|task| **task == Task::Hub).count();
    match walker.evaluate(vehicle, route) {
        Ok(cost) => (false, usize::MAX - (route.len() - hubs), cost.total()),
        Err(breach) => {
            let left = breach.at.map_or(0, |at| route.len() - at as usize);
            (true, left, 0)
        }
    }
}

/// A route without a task, and without the other end of its shipment unless that is frozen.
fn without(rules: &Rules<'_>, route: &[Task], kept: usize, at: usize) -> Vec<Task> {
    let mate = match route[at] {
        Task::Visit(visit) => rules.partner(visit).map(Task::Visit),
        _ => None,
    };
    let stays =
        |&(index, task): &(usize, &Task)| index < kept || (index != at && Some(*task) != mate);
    route.iter().enumerate().filter(stays).map(|(_, task)| *task).collect()
}
