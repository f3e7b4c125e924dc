//! A route whose breaks have their places, from a moment on.

use super::crossing::{Crossing, Way, begin};
use super::{Step, StepKind};
use crate::solver::{Break, DIMENSIONS, Load, Problem, Rules, Task, Vehicle};

/// A route with all its breaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course<'a> {
    rules: &'a Rules<'a>,
    problem: &'a Problem,
    vehicle: &'a Vehicle,
    tasks: &'a [Task],
}

impl<'a> Course<'a> {
    /// Of a vehicle. All its breaks are among the tasks.
    pub(super) fn new(rules: &'a Rules<'a>, vehicle: u32, tasks: &'a [Task]) -> Self {
        let problem = rules.problem();
        Self { rules, problem, vehicle: &problem.vehicles[vehicle as usize], tasks }
    }

    /// Its steps when it sets off at a moment.
    pub(super) fn steps(&self, from: i64) -> Vec<Step> {
        self.drive(from).steps
    }

    /// Seconds by which windows and the end of the shift are missed, of all steps.
    pub(super) fn seconds_late(&self, from: i64) -> i64 {
        self.drive(from).late
    }

    fn drive(&self, from: i64) -> Drive<'a> {
        let place = self.vehicle.start.or_else(|| self.first_place());
        let mut drive = Drive {
            course: *self,
            steps: Vec::with_capacity(self.tasks.len() + 2),
            moment: from,
            place,
            is_outset: self.vehicle.start.is_none(),
            load: self.loaded(0),
            breaks: Vec::new(),
            late: 0,
        };
        drive.push(StepKind::Start, Spell { arrival: from, begin: from, ..Spell::default() });
        for (at, task) in self.tasks.iter().enumerate() {
            drive.task(at, *task);
        }
        drive.end();
        drive
    }

    fn first_place(&self) -> Option<u32> {
        self.tasks.iter().find_map(|task| match task {
            Task::Visit(visit) => Some(self.problem.visits[*visit as usize].place),
            Task::Hub => self.vehicle.hub_returns.map(|hub| hub.place),
            Task::Break(_) => None,
        })
    }

    /// What is loaded at the hub for the tasks from `at` to the next call there.
    fn loaded(&self, at: usize) -> Load {
        let mut loaded = [0; DIMENSIONS];
        for task in self.tasks[at..].iter().take_while(|task| **task != Task::Hub) {
            if let Task::Visit(visit) = task
                && self.rules.partner(*visit).is_none()
            {
                let visit = &self.problem.visits[*visit as usize];
                loaded.iter_mut().zip(visit.delivery).for_each(|(sum, part)| *sum += part);
            }
        }
        loaded
    }
}

/// A vehicle under way.
struct Drive<'a> {
    course: Course<'a>,
    steps: Vec<Step>,
    moment: i64,
    place: Option<u32>,
    /// Whether it has not been anywhere yet: it begins at its first stop, but is no stop before it.
    is_outset: bool,
    load: Load,
    /// To be taken before the next stop.
    breaks: Vec<(u32, &'a Break)>,
    late: i64,
}

/// The times of a step.
#[derive(Clone, Copy, Default)]
struct Spell {
    travel: i64,
    distance: i64,
    arrival: i64,
    begin: i64,
    setup: i64,
    service: i64,
}

impl Drive<'_> {
    fn task(&mut self, at: usize, task: Task) {
        match task {
            Task::Visit(visit) => self.visit(task, visit),
            Task::Hub => self.hub(at),
            Task::Break(index) => {
                let breaks = &self.course.vehicle.breaks;
                self.breaks.extend(breaks.get(index as usize).map(|pause| (index, pause)));
            }
        }
    }

    fn visit(&mut self, task: Task, visit: u32) {
        let visit = &self.course.problem.visits[visit as usize];
        let is_same = self.place == Some(visit.place) && !self.is_outset;
        let (travel, distance) =
            self.go(visit.place, self.way(visit.place), i64::from(visit.release));
        for d in 0..DIMENSIONS {
            self.load[d] += visit.pickup[d] - visit.delivery[d];
        }
        let (begin, late) = begin(&visit.windows, self.moment);
        self.late += late;
        let setup = if is_same { 0 } else { i64::from(visit.setup) };
        let (arrival, service) = (self.moment, i64::from(visit.service));
        let spell = Spell { travel, distance, arrival, begin, setup, service };
        self.push(StepKind::Task(task), spell);
    }

    fn hub(&mut self, at: usize) {
        let Some(hub) = self.course.vehicle.hub_returns else { return };
        let (travel, distance) = self.go(hub.place, self.way(hub.place), i64::MIN);
        self.load = self.course.loaded(at + 1);
        let (begin, late) = begin(&[hub.window], self.moment);
        self.late += late;
        let (arrival, service) = (self.moment, i64::from(hub.service));
        let spell = Spell { travel, distance, arrival, begin, service, ..Spell::default() };
        self.push(StepKind::Task(Task::Hub), spell);
    }

    fn end(&mut self) {
        let (travel, distance) = match (self.course.vehicle.end, self.place) {
            (Some(end), _) => self.go(end, self.way(end), i64::MIN),
            (None, Some(place)) => self.go(place, (0, 0), i64::MIN),
            (None, None) => (0, 0),
        };
        self.late += (self.moment - i64::from(self.course.vehicle.latest)).max(0);
        let (arrival, begin) = (self.moment, self.moment);
        self.push(StepKind::End, Spell { travel, distance, arrival, begin, ..Spell::default() });
    }

    /// Goes to a place, with the breaks in between: what is left of the way after the last of them.
    fn go(&mut self, to: u32, (travel, distance): (i64, i64), release: i64) -> (i64, i64) {
        let breaks = std::mem::take(&mut self.breaks);
        let way = Way { leaves: self.moment, release, travel };
        let crossing = Crossing::first(way, &breaks);
        let (mut gone, mut metres) = (0, 0);
        for (pause, (_, settings)) in crossing.pauses.iter().zip(&breaks) {
            let place = match pause.driven {
                0 => self.place,
                driven if driven == travel => Some(to),
                _ => None,
            };
            let so_far = if travel == 0 { 0 } else { distance * pause.driven / travel };
            let spell = Spell {
                travel: pause.driven - gone,
                distance: so_far - metres,
                arrival: pause.arrival,
                begin: pause.begin,
                setup: 0,
                service: i64::from(settings.duration),
            };
            self.push(StepKind::Task(Task::Break(pause.index)), spell);
            if let Some(step) = self.steps.last_mut() {
                step.place = place;
            }
            self.late += begin(&settings.windows, pause.begin).1;
            (gone, metres) = (pause.driven, so_far);
        }
        (self.moment, self.place, self.is_outset) = (crossing.arrival, Some(to), false);
        (travel - gone, distance - metres)
    }

    /// Seconds and metres to a place.
    fn way(&self, to: u32) -> (i64, i64) {
        let Some(from) = self.place.filter(|_| !self.is_outset) else { return (0, 0) };
        let ways = &self.course.problem.travel[self.course.vehicle.profile as usize];
        (i64::from(ways.duration(from, to)), i64::from(ways.distance(from, to)))
    }

    fn push(&mut self, kind: StepKind, spell: Spell) {
        self.steps.push(Step {
            kind,
            place: self.place,
            travel: clamped(spell.travel),
            distance: clamped(spell.distance),
            arrival: clamped(spell.arrival),
            start: clamped(spell.begin),
            setup: clamped(spell.setup),
            service: clamped(spell.service),
            load: self.load,
        });
        self.moment = spell.begin + spell.setup + spell.service;
    }
}

/// A moment or a span as steps have it: what is too long for it is as long as can be.
fn clamped(seconds: i64) -> i32 {
    let limit = if seconds < 0 { i32::MIN } else { i32::MAX };
    i32::try_from(seconds).unwrap_or(limit)
}
