//! Stands in for the search and the evaluation until they land: delete this file at the merge.

use super::{Load, Problem, Solution, Task, Visit, Window};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What a route costs, by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteCost {
    /// For using the vehicle.
    pub fixed: i64,
    /// For travel.
    pub travel: i64,
    /// For overtime.
    pub overtime: i64,
    /// For lateness.
    pub lateness: i64,
}

impl RouteCost {
    /// All parts.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.fixed + self.travel + self.overtime + self.lateness
    }
}

/// Why a route is not feasible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Index into the tasks.
    pub at: Option<u32>,
    /// Which constraint.
    pub what: Constraint,
}

/// The constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// A window is missed.
    TimeWindow {
        /// Seconds.
        by: i32,
    },
    /// The shift is over.
    ShiftEnd {
        /// Seconds.
        by: i32,
    },
    /// Something the vehicle lacks.
    Skill,
    /// Another vehicle's.
    Vehicle,
    /// Too much on board.
    Load {
        /// Which.
        dimension: usize,
        /// How much.
        by: i64,
    },
}

impl Constraint {
    /// The reason code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TimeWindow { .. } => "time_window",
            Self::ShiftEnd { .. } => "shift_end",
            Self::Skill => "skill",
            Self::Vehicle => "pinned",
            Self::Load { dimension: 0, .. } => "load_parcels",
            Self::Load { .. } => "load_weight",
        }
    }
}

/// What a step of a timeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Setting off.
    Start,
    /// A task.
    Task(Task),
    /// The end.
    End,
}

/// One step of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub kind: StepKind,
    /// Where; `None`: on the way.
    pub place: Option<u32>,
    /// Seconds from the step before.
    pub travel: i32,
    /// Metres from the step before.
    pub distance: i32,
    /// When.
    pub arrival: i32,
    /// After waiting.
    pub start: i32,
    /// Seconds.
    pub setup: i32,
    /// Seconds.
    pub service: i32,
    /// On leaving.
    pub load: Load,
}

/// What to minimise first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// Cost.
    Distance,
    /// Routes.
    Vehicles,
}

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What to minimise.
    pub objective: Objective,
    /// Seed.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
    /// Iterations at most.
    pub iterations: Option<u64>,
    /// Time at most.
    pub time_limit: Option<Duration>,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Since the start.
    pub elapsed: Duration,
    /// Iterations.
    pub iteration: u64,
    /// Visits on no route.
    pub unserved: usize,
    /// Routes.
    pub routes: usize,
    /// Cost.
    pub cost: i64,
}

/// The caller's hands on a search.
pub struct Control<'a> {
    /// Time since the start.
    pub elapsed: &'a (dyn Fn() -> Duration + Sync),
    /// Stop now.
    pub cancel: &'a AtomicBool,
    /// Told now and then.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// Windows, loads, skills and pins only.
///
/// # Errors
///
/// The first breach.
pub fn evaluate(problem: &Problem, vehicle: u32, tasks: &[Task]) -> Result<RouteCost, Breach> {
    let mut steps = Vec::new();
    walk(problem, vehicle, tasks, &mut steps)
}

/// A problem, prepared.
#[derive(Clone, Debug)]
pub struct Rules<'p>(&'p Problem);

impl<'p> Rules<'p> {
    /// Of a problem.
    #[must_use]
    pub fn new(problem: &'p Problem) -> Self {
        Self(problem)
    }
}

/// Walks.
#[derive(Clone, Debug)]
pub struct Walker<'r>(&'r Rules<'r>);

impl<'r> Walker<'r> {
    /// By rules.
    #[must_use]
    pub fn new(rules: &'r Rules<'r>) -> Self {
        Self(rules)
    }

    /// See [`evaluate`].
    ///
    /// # Errors
    ///
    /// The first breach.
    pub fn evaluate(&mut self, vehicle: u32, tasks: &[Task]) -> Result<RouteCost, Breach> {
        evaluate(self.0.0, vehicle, tasks)
    }
}

/// As [`timeline`], by prepared rules.
#[must_use]
pub fn timeline_by(rules: &Rules<'_>, vehicle: u32, tasks: &[Task]) -> Vec<Step> {
    timeline(rules.0, vehicle, tasks)
}

/// Start, tasks, end.
#[must_use]
pub fn timeline(problem: &Problem, vehicle: u32, tasks: &[Task]) -> Vec<Step> {
    let mut steps = Vec::new();
    let _ = walk(problem, vehicle, tasks, &mut steps);
    steps
}

fn walk(
    problem: &Problem,
    vehicle: u32,
    tasks: &[Task],
    steps: &mut Vec<Step>,
) -> Result<RouteCost, Breach> {
    let v = &problem.vehicles[vehicle as usize];
    let travel = &problem.travel[v.profile as usize];
    let mut cost = RouteCost { fixed: v.costs.fixed, ..RouteCost::default() };
    let visits = |t: &Task| match t {
        Task::Visit(i) => Some(&problem.visits[*i as usize]),
        _ => None,
    };
    let in_shipment = |t: &Task| matches!(t, Task::Visit(i) if problem.shipments.iter().any(|s| s.delivery == *i));
    let mut load: Load = [0; 4];
    for t in tasks.iter().filter(|t| !in_shipment(t)) {
        for (a, d) in load.iter_mut().zip(visits(t).map_or([0; 4], |v| v.delivery)) {
            *a += d;
        }
    }
    let mut at = v.start.or_else(|| tasks.first().and_then(visits).map(|v| v.place));
    let mut stop = at;
    let mut now = v.earliest;
    let mut breach = None;
    let mut note = |at: usize, what| {
        breach = breach.or(Some(Breach { at: u32::try_from(at).ok(), what }));
    };
    let fits = |load: &Load| (0..4).find(|&d| load[d] < 0 || load[d] > v.capacity[d]);
    if let Some(dimension) = fits(&load) {
        note(0, Constraint::Load { dimension, by: 0 });
    }
    steps.push(Step {
        kind: StepKind::Start,
        place: at,
        travel: 0,
        distance: 0,
        arrival: now,
        start: now,
        setup: 0,
        service: 0,
        load,
    });
    for (ix, t) in tasks.iter().enumerate() {
        let (place, windows, setup, service, release) = match t {
            Task::Visit(i) => {
                let v: &Visit = &problem.visits[*i as usize];
                (Some(v.place), v.windows.clone(), v.setup, v.service, v.release)
            }
            Task::Hub => {
                let h = v.hub_returns.unwrap();
                load = [0; 4];
                (Some(h.place), vec![h.window], 0, h.service, 0)
            }
            Task::Break(b) => {
                let b = &v.breaks[*b as usize];
                (None, b.windows.clone(), 0, b.duration, 0)
            }
        };
        now = now.max(release);
        let (s, m) = match (at, place) {
            (Some(a), Some(b)) => {
                cost.travel += travel.given_cost(a, b).map_or(
                    i64::from(travel.duration(a, b)) * v.costs.per_second
                        + i64::from(travel.distance(a, b)) * v.costs.per_metre,
                    i64::from,
                );
                (travel.duration(a, b), travel.distance(a, b))
            }
            _ => (0, 0),
        };
        let arrival = now + s;
        let start = match windows.iter().find(|w: &&Window| w.closes >= arrival) {
            Some(w) => w.opens.max(arrival),
            None => {
                let by = arrival - windows.last().unwrap().closes;
                match problem.lateness {
                    Some(p) => cost.lateness += p * i64::from(by),
                    None => note(ix, Constraint::TimeWindow { by }),
                }
                arrival
            }
        };
        let setup = if stop == place { 0 } else { setup };
        if place.is_some() {
            at = place;
            stop = place;
        }
        if let Some(visit) = visits(t) {
            if visit.skills.iter().any(|s| !v.skills.contains(s)) {
                note(ix, Constraint::Skill);
            }
            if visit.vehicle.is_some_and(|pinned| pinned != vehicle) {
                note(ix, Constraint::Vehicle);
            }
            for d in 0..4 {
                load[d] += visit.pickup[d] - visit.delivery[d];
            }
            if let Some(dimension) = fits(&load) {
                note(ix, Constraint::Load { dimension, by: 0 });
            }
        }
        now = start + setup + service;
        steps.push(Step {
            kind: StepKind::Task(*t),
            place,
            travel: s,
            distance: m,
            arrival,
            start,
            setup,
            service,
            load,
        });
    }
    let (s, m) = match (at, v.end) {
        (Some(a), Some(b)) => {
            cost.travel += travel.given_cost(a, b).map_or(
                i64::from(travel.duration(a, b)) * v.costs.per_second
                    + i64::from(travel.distance(a, b)) * v.costs.per_metre,
                i64::from,
            );
            (travel.duration(a, b), travel.distance(a, b))
        }
        _ => (0, 0),
    };
    let arrival = now + s;
    if arrival > v.latest {
        let by = arrival - v.latest;
        match (v.overtime, problem.lateness) {
            (Some(o), _) if by <= o.most => cost.overtime += o.per_second * i64::from(by),
            (_, Some(p)) => cost.lateness += p * i64::from(by),
            _ => note(tasks.len(), Constraint::ShiftEnd { by }),
        }
    }
    steps.push(Step {
        kind: StepKind::End,
        place: v.end.or(at),
        travel: s,
        distance: m,
        arrival,
        start: arrival,
        setup: 0,
        service: 0,
        load,
    });
    breach.map_or(Ok(cost), Err)
}

/// Appends to the first route where it fits.
pub fn solve(problem: &Problem, _settings: &Settings, control: Control<'_>) -> Solution {
    let mut routes: Vec<Vec<Task>> = problem.initial.clone();
    routes.resize(problem.vehicles.len(), Vec::new());
    let mut unserved = Vec::new();
    let initial: Vec<Task> = routes.iter().flatten().copied().collect();
    let ends: Vec<u32> = problem.shipments.iter().map(|s| s.delivery).collect();
    for i in 0..u32::try_from(problem.visits.len()).unwrap_or(0) {
        if ends.contains(&i) || initial.contains(&Task::Visit(i)) {
            continue;
        }
        let pair = problem.shipments.iter().find(|s| s.pickup == i).map(|s| s.delivery);
        let more: Vec<Task> = [Some(i), pair].into_iter().flatten().map(Task::Visit).collect();
        let fit = (0..routes.len()).find(|&r| {
            let mut longer = routes[r].clone();
            longer.extend(&more);
            u32::try_from(r).is_ok_and(|v| evaluate(problem, v, &longer).is_ok())
        });
        match fit {
            Some(r) => routes[r].extend(&more),
            None => unserved.extend([Some(i), pair].into_iter().flatten()),
        }
    }
    unserved.sort_unstable();
    let cost = routes
        .iter()
        .enumerate()
        .filter(|(_, r)| !r.is_empty())
        .filter_map(|(v, r)| evaluate(problem, u32::try_from(v).ok()?, r).ok())
        .map(|c| c.total())
        .sum();
    let elapsed = (control.elapsed)();
    (control.progress)(Progress {
        elapsed,
        iteration: 0,
        unserved: unserved.len(),
        routes: 0,
        cost,
    });
    Solution { routes, unserved, cost }
}
