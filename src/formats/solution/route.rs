//! One route: its steps with their times, and its sums.

use super::document::{Amounts, Route, Step, Sums, Violation};
use super::number::Number;
use super::{Judge, Unsound};
use crate::formats::names::{Names, Spot, VehicleName};
use crate::solver::{self, Problem, StepKind, Task};

/// A route as it is written, and what it adds to the summary.
pub(super) struct Walked<'a> {
    pub(super) route: Route<'a>,
    pub(super) sums: Sums,
}

/// Walks a route.
pub(super) fn walk<'a>(
    judge: &mut Judge<'_>,
    names: &'a Names,
    vehicle: u32,
    tasks: &[Task],
) -> Result<Walked<'a>, Unsound> {
    let problem = judge.problem;
    let called = &names.vehicles[vehicle as usize];
    let cost = judge
        .walker
        .evaluate(vehicle, tasks)
        .map_err(|breach| Unsound { vehicle: called.id, code: breach.what.code() })?;
    let mut walker = Walker {
        problem,
        names,
        vehicle: &problem.vehicles[vehicle as usize],
        called,
        sums: Sums::default(),
        place: None,
    };
    let steps = solver::timeline_by(judge.rules, vehicle, tasks);
    let steps: Vec<Step<'a>> = steps.iter().filter_map(|step| walker.step(step)).collect();
    let mut sums = walker.sums;
    sums.cost = match names.exact {
        Some(_) => sums.distance,
        None => whole(cost.total(), names),
    };
    let route = Route {
        vehicle: called.id,
        totals: sums.totals(names),
        description: called.description.as_deref(),
        steps,
    };
    Ok(Walked { route, sums })
}

/// A cost in the file's unit. VROOM's are whole: rounded, where parts of a unit are counted.
fn whole(cost: i64, names: &Names) -> Number {
    if names.scale > 1 {
        return Number::parts(cost, names.cost_scale);
    }
    Number::Whole((cost + names.cost_scale / 2).div_euclid(names.cost_scale))
}

struct Walker<'a, 'p> {
    problem: &'p Problem,
    names: &'a Names,
    vehicle: &'p solver::Vehicle,
    called: &'a VehicleName,
    sums: Sums,
    /// Where the vehicle was last.
    place: Option<u32>,
}

impl<'a> Walker<'a, '_> {
    /// A step with the sums so far. A vehicle without a start or an end has no such step.
    fn step(&mut self, step: &solver::Step) -> Option<Step<'a>> {
        self.travel(step);
        let waiting = step.start - step.arrival;
        let late = self.late(step);
        if let Some(late) = late {
            *self.sums.delay.get_or_insert_default() += i64::from(late);
        }
        self.sums.waiting += i64::from(waiting);
        self.sums.setup += i64::from(step.setup);
        self.sums.service += i64::from(step.service);
        let (kind, id, description, spot) = self.called(step)?;
        Some(Step {
            kind,
            description,
            location: spot.location,
            location_index: spot.index,
            id,
            setup: self.parts(step.setup),
            service: self.parts(step.service),
            waiting_time: self.parts(waiting),
            job: if kind == "break" { None } else { id },
            load: Amounts { load: step.load, dimensions: self.names.dimensions },
            arrival: self.moment(step.arrival),
            duration: self.sums.duration,
            distance: self.names.distances.then_some(self.sums.distance),
            violations: late
                .map(|by| Violation { cause: "delay", duration: self.parts(by) })
                .into_iter()
                .collect(),
        })
    }

    /// Adds the way to a step. Lengths between points are taken anew, at full precision.
    fn travel(&mut self, step: &solver::Step) {
        let exact = self.names.exact.as_ref().zip(self.place.zip(step.place));
        if let Some((points, (from, to))) = exact {
            let (a, b) = (points[from as usize], points[to as usize]);
            let length = Number::Real((a[0] - b[0]).hypot(a[1] - b[1]));
            self.sums.duration += length;
            self.sums.distance += length;
        } else {
            self.sums.duration += self.parts(step.travel);
            self.sums.distance += self.parts(step.distance);
        }
        self.place = step.place.or(self.place);
    }

    /// What a step is called; adds what a visit carries.
    fn called(
        &mut self,
        step: &solver::Step,
    ) -> Option<(&'static str, Option<u64>, Option<&'a str>, Spot)> {
        let vehicle = self.called;
        Some(match step.kind {
            StepKind::Start => {
                self.vehicle.start?;
                ("start", None, None, vehicle.start)
            }
            StepKind::End => {
                self.vehicle.end?;
                ("end", None, None, vehicle.end)
            }
            StepKind::Task(Task::Hub) => ("hub", None, None, vehicle.hub),
            StepKind::Task(Task::Break(index)) => {
                let name = &vehicle.breaks[index as usize];
                ("break", Some(name.id), name.description.as_deref(), Spot::default())
            }
            StepKind::Task(Task::Visit(visit)) => {
                self.carry(visit);
                let name = &self.names.visits[visit as usize];
                (name.kind.name(), Some(name.id), name.description.as_deref(), name.spot)
            }
        })
    }

    fn carry(&mut self, visit: u32) {
        let visit = &self.problem.visits[visit as usize];
        self.sums.priority += u64::from(visit.priority);
        for (sum, amount) in self.sums.delivery.iter_mut().zip(visit.delivery) {
            *sum += amount;
        }
        for (sum, amount) in self.sums.pickup.iter_mut().zip(visit.pickup) {
            *sum += amount;
        }
    }

    /// By how much a step is too late, where it is.
    fn late(&self, step: &solver::Step) -> Option<i32> {
        let closes = match step.kind {
            StepKind::Start => return None,
            StepKind::End => self.vehicle.latest,
            StepKind::Task(Task::Visit(visit)) => {
                self.problem.visits[visit as usize].windows.last()?.closes
            }
            StepKind::Task(Task::Hub) => self.vehicle.hub_returns?.window.closes,
            StepKind::Task(Task::Break(index)) => {
                self.vehicle.breaks.get(index as usize)?.windows.last()?.closes
            }
        };
        (step.start > closes).then(|| step.start - closes)
    }

    fn parts(&self, seconds: i32) -> Number {
        Number::parts(i64::from(seconds), self.names.scale)
    }

    fn moment(&self, moment: i32) -> Number {
        Number::parts(i64::from(moment) + self.names.origin, self.names.scale)
    }
}
