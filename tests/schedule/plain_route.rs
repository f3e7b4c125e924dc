//! A route as plain lists, judged by walking along it: the reference for everything faster.

use doorstep::model::Leg;
use doorstep::schedule::{Element, Facts, HubCall, Schedule, Task, Timing, Vehicle, Visit};
use doorstep::schedule::{sequence, violations, walk};
use std::sync::Arc;

/// Visits and the order in which they are made. Task `n` is element `n + 1`.
#[derive(Clone, Debug)]
pub(crate) struct PlainRoute {
    pub(crate) vehicle: Arc<Vehicle>,
    pub(crate) visits: Vec<Visit>,
    pub(crate) tasks: Vec<Task>,
}

impl PlainRoute {
    pub(crate) fn idle(vehicle: Arc<Vehicle>) -> Self {
        let tasks = vehicle.rest.iter().map(|_| Task::Rest).collect();
        Self { vehicle, visits: Vec::new(), tasks }
    }

    /// Inserts each visit, or call at the hub where there is none, at one of the positions where the walk allows it, if there is any: the
    /// number beside the visit chooses.
    pub(crate) fn built(vehicle: Arc<Vehicle>, choices: &[(Option<Visit>, usize)]) -> Self {
        choices.iter().fold(Self::idle(vehicle), |route, (visit, choice)| {
            let mut grown = match visit {
                Some(visit) => route.insertions(visit),
                None => route.hub_calls(),
            };
            let options = grown.len().max(1);
            if grown.is_empty() { route } else { grown.swap_remove(choice % options) }
        })
    }

    /// The route of a schedule over the visits of a problem.
    pub(crate) fn of(schedule: &Schedule, visits: &[Visit]) -> Self {
        Self {
            vehicle: Arc::clone(&schedule.vehicle),
            visits: visits.to_vec(),
            tasks: schedule.elements().iter().filter_map(Element::task).collect(),
        }
    }

    /// All feasible routes with the visit inserted.
    pub(crate) fn insertions(&self, visit: &Visit) -> Vec<Self> {
        let all = (1..=self.tasks.len() + 1).map(|at| self.with(at, visit));
        all.filter(Self::is_feasible).collect()
    }

    /// All feasible routes with a call at the hub inserted.
    fn hub_calls(&self) -> Vec<Self> {
        let all = (1..=self.tasks.len() + 1).map(|at| self.with_hub_call(at));
        all.filter(Self::is_feasible).collect()
    }

    /// The route with a call at the hub as element `at`.
    pub(crate) fn with_hub_call(&self, at: usize) -> Self {
        let mut route = self.clone();
        let call = HubCall { not_before: i64::MIN, facts: Facts::default() };
        route.tasks.insert(at - 1, Task::Hub(call));
        route
    }

    /// The route with the visit as element `at`.
    pub(crate) fn with(&self, at: usize, visit: &Visit) -> Self {
        let mut route = self.clone();
        route.tasks.insert(at - 1, Task::Visit(u32::try_from(route.visits.len()).unwrap()));
        route.visits.push(visit.clone());
        route
    }

    pub(crate) fn schedule(&self) -> Schedule {
        Schedule::new(Arc::clone(&self.vehicle), &self.visits, &self.tasks, i64::MIN)
    }

    pub(crate) fn elements(&self) -> Vec<Element> {
        sequence(&self.vehicle, &self.visits, &self.tasks, i64::MIN)
    }

    pub(crate) fn timings(&self) -> Vec<Timing> {
        walk(&self.vehicle, &self.elements())
    }

    pub(crate) fn travel(&self) -> Leg {
        self.timings().iter().fold(Leg::default(), |sum, timing| Leg {
            travel_s: sum.travel_s + timing.leg.travel_s,
            distance_m: sum.distance_m + timing.leg.distance_m,
        })
    }

    /// Times, loads, skills and the number of stops: all that a route must keep.
    pub(crate) fn is_feasible(&self) -> bool {
        let made: Vec<&Visit> = self.made().collect();
        violations(&self.vehicle, &self.elements(), &self.timings()).is_empty()
            && made.iter().all(|visit| visit.skills.is_subset(&self.vehicle.skills))
            && self.vehicle.max_stops.is_none_or(|most| made.len() <= most as usize)
    }

    /// The visits in order.
    pub(crate) fn made(&self) -> impl Iterator<Item = &Visit> {
        self.tasks.iter().filter_map(|task| match task {
            Task::Visit(index) => Some(&self.visits[*index as usize]),
            Task::Rest | Task::Hub(_) => None,
        })
    }
}
