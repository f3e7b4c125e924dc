//! The judge: reads a plan's timelines and reports every violation by name.
//!
//! Slow and simple, written from the definitions of the problem alone. It calls nothing of the
//! solver but the lookups of travel.

use doorstep::solver::{Load, Problem, Solution, Step, StepKind, Task, Travel, Vehicle, Window};
use std::collections::BTreeMap;

/// What is wrong. `usize` is the index of a step, or of a vehicle where so named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    Routes { found: usize },
    UnknownTask { vehicle: usize, task: Task },
    ServedTwice { visit: u32 },
    Lost { visit: u32 },
    ServedAndUnserved { visit: u32 },
    UnservedOrder,
    Sequence { vehicle: usize },
    Cost { claimed: i64, found: i64 },
    OnRoute { vehicle: usize, at: usize, what: Fault },
}

/// What is wrong with a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    StartPlace,
    StartsBeforeShift,
    Place,
    Travel,
    Distance,
    SetsOffBeforeReady,
    SetsOffBeforeRelease,
    BeginsBeforeArrival,
    BeginsLaterThanNeeded,
    Window,
    HubWindow,
    ShiftEnd,
    Setup,
    Service,
    LoadReported,
    Overload { dimension: usize },
    NegativeLoad { dimension: usize },
    Skill,
    Pinned,
    DeliveredBeforeCollected,
    ShipmentCut,
    HubReturns,
    BreakOrder,
    BreakMissing,
    BreakWindow,
    BreakPlace,
    BreakLoad,
    Stops,
    TravelLimit,
    DistanceLimit,
    Duration,
    Frozen,
}

/// Every violation of a plan whose timelines are told by `timeline`.
pub(crate) fn judge(
    problem: &Problem,
    solution: &Solution,
    timeline: impl Fn(&Problem, u32, &[Task]) -> Vec<Step>,
) -> Vec<Violation> {
    let mut found = visits(problem, solution);
    if !found.is_empty() {
        return found;
    }
    let mut cost = 0;
    for (vehicle, tasks) in solution.routes.iter().enumerate() {
        let steps = timeline(problem, u32::try_from(vehicle).unwrap(), tasks);
        let (more, route_cost) = route(problem, vehicle, tasks, &steps);
        found.extend(more);
        cost += route_cost;
    }
    if cost != solution.cost {
        found.push(Violation::Cost { claimed: solution.cost, found: cost });
    }
    found
}

/// Each visit is on one route, or unserved.
fn visits(problem: &Problem, solution: &Solution) -> Vec<Violation> {
    let mut found = Vec::new();
    if solution.routes.len() != problem.vehicles.len() {
        found.push(Violation::Routes { found: solution.routes.len() });
    }
    let mut times: BTreeMap<u32, usize> = BTreeMap::new();
    for (vehicle, tasks) in solution.routes.iter().enumerate() {
        for task in tasks {
            let is_known = match *task {
                Task::Visit(visit) => {
                    *times.entry(visit).or_default() += 1;
                    (visit as usize) < problem.visits.len()
                }
                Task::Hub => problem.vehicles[vehicle].hub_returns.is_some(),
                Task::Break(index) => (index as usize) < problem.vehicles[vehicle].breaks.len(),
            };
            if !is_known {
                found.push(Violation::UnknownTask { vehicle, task: *task });
            }
        }
    }
    for visit in (0..).take(problem.visits.len()) {
        let is_unserved = solution.unserved.contains(&visit);
        match (times.get(&visit).copied().unwrap_or_default(), is_unserved) {
            (0, true) | (1, false) => {}
            (0, false) => found.push(Violation::Lost { visit }),
            (_, true) => found.push(Violation::ServedAndUnserved { visit }),
            (_, false) => found.push(Violation::ServedTwice { visit }),
        }
    }
    if !solution.unserved.is_sorted_by(|a, b| a < b) {
        found.push(Violation::UnservedOrder);
    }
    found
}

/// Every violation of one route, and its cost.
pub(crate) fn route(
    problem: &Problem,
    vehicle: usize,
    tasks: &[Task],
    steps: &[Step],
) -> (Vec<Violation>, i64) {
    let settings = &problem.vehicles[vehicle];
    let frozen = problem.initial.get(vehicle).map_or(&[][..], Vec::as_slice);
    let is_frozen_kept = tasks.starts_with(&frozen[..frozen.len().min(settings.frozen as usize)]);
    if tasks.is_empty() && steps.is_empty() && is_frozen_kept {
        return (Vec::new(), 0);
    }
    let told: Vec<Task> = steps.iter().filter_map(task_of).collect();
    // Breaks that the route does not name may stand anywhere between its tasks.
    let mut rest = tasks.iter().peekable();
    for task in &told {
        if rest.peek() == Some(&task) {
            rest.next();
        } else if !matches!(task, Task::Break(_)) || tasks.contains(task) {
            return (vec![Violation::Sequence { vehicle }], 0);
        }
    }
    let has_ends = steps.first().is_some_and(|step| step.kind == StepKind::Start)
        && steps.last().is_some_and(|step| step.kind == StepKind::End)
        && told.len() + 2 == steps.len();
    if rest.next().is_some() || !has_ends {
        return (vec![Violation::Sequence { vehicle }], 0);
    }
    let ways = &problem.travel[settings.profile as usize];
    let mut court = Court { problem, vehicle, settings, ways, steps, faults: Vec::new(), cost: 0 };
    if !is_frozen_kept {
        court.faults.push((0, Fault::Frozen));
    }
    court.hear();
    let faults = court.faults.iter();
    let found = faults.map(|(at, what)| Violation::OnRoute { vehicle, at: *at, what: *what });
    (found.collect(), court.cost)
}

fn task_of(step: &Step) -> Option<Task> {
    if let StepKind::Task(task) = step.kind { Some(task) } else { None }
}

fn is_break(step: &Step) -> bool {
    matches!(step.kind, StepKind::Task(Task::Break(_)))
}

/// One route before the judge.
struct Court<'a> {
    problem: &'a Problem,
    vehicle: usize,
    settings: &'a Vehicle,
    ways: &'a Travel,
    steps: &'a [Step],
    faults: Vec<(usize, Fault)>,
    cost: i64,
}

impl Court<'_> {
    fn hear(&mut self) {
        self.cost += self.settings.costs.fixed;
        self.hear_start();
        let stops: Vec<usize> =
            (0..self.steps.len()).filter(|&i| !is_break(&self.steps[i])).collect();
        for pair in stops.windows(2) {
            self.hear_way(pair[0], pair[1]);
        }
        for at in 1..self.steps.len() {
            self.hear_times(at);
            match self.steps[at].kind {
                StepKind::Task(Task::Visit(visit)) => self.hear_visit(at, visit),
                StepKind::Task(Task::Hub) => self.hear_hub(at),
                StepKind::Task(Task::Break(index)) => self.hear_break(at, index),
                StepKind::Start | StepKind::End => {}
            }
        }
        self.hear_breaks();
        self.hear_loads();
        self.hear_shipments();
        self.hear_limits();
        self.hear_end();
    }

    fn require(&mut self, is_right: bool, at: usize, what: Fault) {
        if !is_right {
            self.faults.push((at, what));
        }
    }

    fn hear_start(&mut self) {
        let (start, v) = (self.steps[0], self.settings);
        self.require(v.start.is_none() || start.place == v.start, 0, Fault::StartPlace);
        self.require(start.start >= v.earliest, 0, Fault::StartsBeforeShift);
        let is_empty = (start.travel, start.setup, start.service) == (0, 0, 0);
        self.require(is_empty && start.arrival == start.start, 0, Fault::Service);
    }

    /// The way between two stops, which may have breaks in between.
    fn hear_way(&mut self, from: usize, to: usize) {
        let has_way = match (self.steps[from].kind, self.steps[to].kind) {
            (StepKind::Start, _) => self.settings.start.is_some(),
            (_, StepKind::End) => self.settings.end.is_some(),
            _ => true,
        };
        let places = (self.steps[from].place, self.steps[to].place);
        let (seconds, metres, cost) = match places {
            (Some(a), Some(b)) if has_way => self.price(a, b),
            _ => (0, 0, 0),
        };
        self.cost += cost;
        let legs = &self.steps[from + 1..=to];
        let driven: i64 = legs.iter().map(|step| i64::from(step.travel)).sum();
        let metres_told: i64 = legs.iter().map(|step| i64::from(step.distance)).sum();
        let is_forward = legs.iter().all(|step| step.travel >= 0 && step.distance >= 0);
        self.require(driven == seconds && is_forward, to, Fault::Travel);
        self.require(metres_told == metres, to, Fault::Distance);
        if let StepKind::Task(Task::Visit(visit)) = self.steps[to].kind {
            let release = self.problem.visits[visit as usize].release;
            // It sets off in the first leg that has travel in it; without any, in the last.
            let first = (from + 1..=to).find(|&at| self.steps[at].travel > 0).unwrap_or(to);
            let leg = self.steps[first];
            self.require(leg.arrival - leg.travel >= release, to, Fault::SetsOffBeforeRelease);
        }
        let mut so_far = 0;
        let (last, settings) = (self.steps[to].place, self.settings);
        for at in from + 1..to {
            so_far += i64::from(self.steps[at].travel);
            let StepKind::Task(Task::Break(index)) = self.steps[at].kind else { continue };
            let place = self.steps[at].place;
            let on_the_way = settings.breaks.get(index as usize).is_some_and(|b| b.on_the_way);
            let at_stop = place == self.steps[from].place && so_far == 0;
            let on_arrival = on_the_way && place == last && so_far == seconds;
            let under_way = on_the_way && place.is_none() && so_far > 0 && so_far < seconds;
            self.require(at_stop || on_arrival || under_way, at, Fault::BreakPlace);
        }
        if self.steps[to].kind == StepKind::End && settings.end.is_none() {
            self.require(to == from + 1, to, Fault::BreakPlace);
        }
    }

    /// Seconds, metres and cost of a way.
    fn price(&self, from: u32, to: u32) -> (i64, i64, i64) {
        let seconds = i64::from(self.ways.duration(from, to));
        let metres = i64::from(self.ways.distance(from, to));
        let costs = self.settings.costs;
        let own = costs.per_second * seconds + costs.per_metre * metres;
        (seconds, metres, self.ways.given_cost(from, to).map_or(own, i64::from))
    }

    fn hear_times(&mut self, at: usize) {
        let (before, step) = (self.steps[at - 1], self.steps[at]);
        let ready = before.start + before.setup + before.service;
        self.require(step.arrival - step.travel >= ready, at, Fault::SetsOffBeforeReady);
        self.require(step.start >= step.arrival, at, Fault::BeginsBeforeArrival);
    }

    /// Whether a step begins in a window: as early as it can, or late where that has a price.
    fn hear_window(&mut self, at: usize, windows: &[Window], what: Fault) {
        let step = self.steps[at];
        match windows.iter().find(|window| step.arrival <= window.closes) {
            Some(window) => {
                let begin = step.arrival.max(window.opens);
                let is_inside =
                    windows.iter().any(|w| w.opens <= step.start && step.start <= w.closes);
                self.require(is_inside, at, what);
                self.require(step.start <= begin, at, Fault::BeginsLaterThanNeeded);
            }
            None => match (self.problem.lateness, windows.last()) {
                (Some(price), Some(last)) => {
                    self.cost += price * i64::from(step.start - last.closes);
                    self.require(step.start == step.arrival, at, Fault::BeginsLaterThanNeeded);
                }
                _ => self.faults.push((at, what)),
            },
        }
    }

    fn hear_visit(&mut self, at: usize, index: u32) {
        let problem = self.problem;
        let (step, visit) = (self.steps[at], &problem.visits[index as usize]);
        self.require(step.place == Some(visit.place), at, Fault::Place);
        self.hear_window(at, &visit.windows, Fault::Window);
        let before = self.steps[..at].iter().rfind(|step| !is_break(step));
        let is_outset = |step: &Step| step.kind == StepKind::Start && self.settings.start.is_none();
        let is_same_door =
            before.is_some_and(|before| before.place == step.place && !is_outset(before));
        let setup = if is_same_door { 0 } else { visit.setup };
        self.require(step.setup == setup, at, Fault::Setup);
        self.require(step.service == visit.service, at, Fault::Service);
        let has = |skill: &u32| self.settings.skills.contains(skill);
        let is_able = visit.skills.iter().all(has);
        self.require(is_able, at, Fault::Skill);
        let is_free = visit.vehicle.is_none_or(|only| only as usize == self.vehicle);
        self.require(is_free, at, Fault::Pinned);
    }

    fn hear_hub(&mut self, at: usize) {
        let calls =
            self.steps[..=at].iter().filter(|step| task_of(step) == Some(Task::Hub)).count();
        let Some(hub) = self.settings.hub_returns else {
            return self.faults.push((at, Fault::HubReturns));
        };
        self.require(calls <= hub.most as usize, at, Fault::HubReturns);
        self.require(self.steps[at].place == Some(hub.place), at, Fault::Place);
        self.hear_window(at, &[hub.window], Fault::HubWindow);
        let is_right = self.steps[at].service == hub.service && self.steps[at].setup == 0;
        self.require(is_right, at, Fault::Service);
    }

    fn hear_break(&mut self, at: usize, index: u32) {
        let Some(pause) = self.settings.breaks.get(index as usize) else {
            return self.faults.push((at, Fault::BreakOrder));
        };
        let step = self.steps[at];
        let is_inside =
            pause.windows.iter().any(|w| w.opens <= step.start && step.start <= w.closes);
        self.require(is_inside, at, Fault::BreakWindow);
        let is_right = step.service == pause.duration && step.setup == 0;
        self.require(is_right, at, Fault::Service);
        if let Some(most) = pause.max_load {
            let fits = (0..4).all(|d| step.load[d] <= most[d]);
            self.require(fits, at, Fault::BreakLoad);
        }
    }

    fn hear_breaks(&mut self) {
        let breaks = self.steps.iter().filter_map(|step| match task_of(step) {
            Some(Task::Break(index)) => Some(index),
            _ => None,
        });
        let taken: Vec<u32> = breaks.collect();
        let is_ordered = taken.iter().copied().eq((0..).take(taken.len()));
        let at = self.steps.len() - 1;
        self.require(is_ordered, at, Fault::BreakOrder);
        self.require(taken.len() == self.settings.breaks.len(), at, Fault::BreakMissing);
    }

    fn is_shipped(&self, visit: u32) -> bool {
        self.problem.shipments.iter().any(|s| s.pickup == visit || s.delivery == visit)
    }

    /// What is loaded at the hub for the steps after `at`.
    fn loaded(&self, at: usize) -> Load {
        let mut load = [0; 4];
        for step in &self.steps[at + 1..] {
            match task_of(step) {
                Some(Task::Hub) => break,
                Some(Task::Visit(visit)) if !self.is_shipped(visit) => {
                    let delivery = self.problem.visits[visit as usize].delivery;
                    (0..4).for_each(|d| load[d] += delivery[d]);
                }
                _ => {}
            }
        }
        load
    }

    fn hear_loads(&mut self) {
        let mut load = self.loaded(0);
        for at in 0..self.steps.len() {
            match task_of(&self.steps[at]) {
                Some(Task::Hub) => load = self.loaded(at),
                Some(Task::Visit(visit)) => {
                    let visit = &self.problem.visits[visit as usize];
                    (0..4).for_each(|d| load[d] -= visit.delivery[d]);
                    self.hear_load(at, &load);
                    (0..4).for_each(|d| load[d] += visit.pickup[d]);
                }
                _ => {}
            }
            self.hear_load(at, &load);
            self.require(self.steps[at].load == load, at, Fault::LoadReported);
        }
    }

    fn hear_load(&mut self, at: usize, load: &Load) {
        for (dimension, amount) in load.iter().enumerate() {
            let capacity = self.settings.capacity[dimension];
            self.require(*amount <= capacity, at, Fault::Overload { dimension });
            self.require(*amount >= 0, at, Fault::NegativeLoad { dimension });
        }
    }

    fn hear_shipments(&mut self) {
        for shipment in &self.problem.shipments {
            let find = |visit| {
                self.steps.iter().position(|step| task_of(step) == Some(Task::Visit(visit)))
            };
            match (find(shipment.pickup), find(shipment.delivery)) {
                (None, None) => {}
                (Some(from), Some(to)) if from < to => {
                    let between = &self.steps[from..to];
                    let calls = between.iter().any(|step| task_of(step) == Some(Task::Hub));
                    self.require(!calls, to, Fault::ShipmentCut);
                }
                (Some(_), Some(to)) => self.faults.push((to, Fault::DeliveredBeforeCollected)),
                (from, to) => {
                    self.faults.push((from.or(to).unwrap_or_default(), Fault::ShipmentCut));
                }
            }
        }
    }

    fn hear_limits(&mut self) {
        let (limits, last) = (self.settings.limits, self.steps.len() - 1);
        let is_visit = |step: &&Step| matches!(task_of(step), Some(Task::Visit(_)));
        let visits = self.steps.iter().filter(is_visit).count();
        let travel: i32 = self.steps.iter().map(|step| step.travel).sum();
        let metres: i64 = self.steps.iter().map(|step| i64::from(step.distance)).sum();
        let duration = self.steps[last].start - self.steps[0].start;
        let is_few = limits.stops.is_none_or(|most| visits <= most as usize);
        self.require(is_few, last, Fault::Stops);
        let is_short = limits.travel.is_none_or(|most| travel <= most);
        self.require(is_short, last, Fault::TravelLimit);
        let is_near = limits.distance.is_none_or(|most| metres <= most);
        self.require(is_near, last, Fault::DistanceLimit);
        let is_brief = limits.duration.is_none_or(|most| duration <= most);
        self.require(is_brief, last, Fault::Duration);
    }

    fn hear_end(&mut self) {
        let (at, v) = (self.steps.len() - 1, self.settings);
        let end = self.steps[at];
        self.require(v.end.is_none() || end.place == v.end, at, Fault::Place);
        let is_empty = (end.setup, end.service) == (0, 0);
        self.require(is_empty && end.start == end.arrival, at, Fault::Service);
        let over = i64::from((end.start - v.latest).max(0));
        let (most, price) = v.overtime.map_or((0, 0), |o| (i64::from(o.most), o.per_second));
        self.cost += over.min(most) * price;
        match self.problem.lateness {
            Some(price) => self.cost += (over - most).max(0) * price,
            None => self.require(over <= most, at, Fault::ShiftEnd),
        }
    }
}
