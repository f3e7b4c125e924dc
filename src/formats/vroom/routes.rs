//! Routes to start from: the vehicles' `steps`.

use super::document::{RouteStep, RouteStepKind, Vehicle};
use super::tasks::Tasks;
use super::values::{Id, Number};
use crate::formats::fault::Faults;
use crate::formats::names::Kind;
use crate::solver::Task;
use std::collections::HashSet;

/// Translates steps, and sees to it that no task has two places.
pub(super) struct Routes<'a> {
    tasks: &'a Tasks,
    placed: HashSet<u32>,
}

impl<'a> Routes<'a> {
    pub(super) fn new(tasks: &'a Tasks) -> Self {
        Self { tasks, placed: HashSet::new() }
    }

    /// A vehicle's route. As in VROOM breaks keep no place in it, except among those frozen.
    pub(super) fn route(
        &mut self,
        vehicle: &Vehicle,
        pointer: &str,
        faults: &mut Faults,
    ) -> Vec<Task> {
        let frozen = vehicle.frozen.map_or(0, Number::small) as usize;
        let (mut route, mut count) = (Vec::with_capacity(vehicle.steps.len()), 0);
        for (index, step) in vehicle.steps.iter().enumerate() {
            let task = match self.task(step, vehicle) {
                Ok(Some(task)) => task,
                Ok(None) => continue,
                Err(message) => {
                    faults.note(format!("{pointer}/steps/{index}"), message);
                    continue;
                }
            };
            count += 1;
            if count <= frozen || !matches!(task, Task::Break(_)) {
                route.push(task);
            }
        }
        if frozen > count {
            let message = format!("found {frozen}, expected at most {count}, the tasks of 'steps'");
            faults.note(format!("{pointer}/frozen"), message);
        }
        route
    }

    fn task(&mut self, step: &RouteStep, vehicle: &Vehicle) -> Result<Option<Task>, String> {
        let kind = match step.kind {
            RouteStepKind::Start | RouteStepKind::End => return Ok(None),
            RouteStepKind::Hub if vehicle.hub_returns.is_some() => return Ok(Some(Task::Hub)),
            RouteStepKind::Hub => {
                return Err("found a hub call, but the vehicle has no 'hub_returns'".to_owned());
            }
            RouteStepKind::Break => return break_of(step, vehicle).map(Some),
            RouteStepKind::Job => Kind::Job,
            RouteStepKind::Pickup => Kind::Pickup,
            RouteStepKind::Delivery => Kind::Delivery,
        };
        let id = id(step)?;
        let visit = self.tasks.find(kind, id);
        let visit = visit
            .ok_or_else(|| format!("found {} {id}, expected one that is there", kind.name()))?;
        if !self.placed.insert(visit) {
            return Err(format!(
                "found {} {id} a second time in steps, expected once",
                kind.name()
            ));
        }
        Ok(Some(Task::Visit(visit)))
    }
}

fn id(step: &RouteStep) -> Result<u64, String> {
    step.id.map(Id::get).ok_or_else(|| "found no 'id', expected the id of the task".to_owned())
}

fn break_of(step: &RouteStep, vehicle: &Vehicle) -> Result<Task, String> {
    let id = id(step)?;
    let index = vehicle.breaks.iter().position(|rest| rest.id.get() == id);
    let index = index.and_then(|index| u32::try_from(index).ok());
    index.map(Task::Break).ok_or_else(|| format!("found break {id}, expected one of 'breaks'"))
}
