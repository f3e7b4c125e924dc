//! Jobs and shipments as visits.

use super::Context;
use super::document::{Job, Load, PerType, Shipment, Step};
use super::values::{Amounts, Id, Number, Priority, Span};
use crate::formats::names::{Kind, VisitName};
use crate::solver::{self, Visit};
use std::collections::HashMap;

/// All visits: jobs first, then the pickup and the delivery of each shipment.
pub(super) struct Tasks {
    pub(super) visits: Vec<Visit>,
    pub(super) names: Vec<VisitName>,
    pub(super) shipments: Vec<solver::Shipment>,
    /// Ids are unique within a kind.
    visit_of: HashMap<(Kind, u64), u32>,
}

/// What a shipment's steps have in common, and a job has too.
struct Terms {
    skills: Vec<u32>,
    priority: u32,
    vehicle: Option<u32>,
}

impl Tasks {
    pub(super) fn of(
        jobs: Vec<Job>,
        shipments: Vec<Shipment>,
        vehicles: &HashMap<u64, u32>,
        context: &mut Context<'_>,
    ) -> Self {
        let count = jobs.len() + 2 * shipments.len();
        let mut tasks = Self {
            visits: Vec::with_capacity(count),
            names: Vec::with_capacity(count),
            shipments: Vec::with_capacity(shipments.len()),
            visit_of: HashMap::with_capacity(count),
        };
        for (index, mut job) in jobs.into_iter().enumerate() {
            let pointer = || format!("/jobs/{index}");
            let skills = job.skills.take();
            let terms = terms(skills, job.priority, job.vehicle, vehicles, &pointer, context);
            let (step, load) = job.split();
            tasks.add(Kind::Job, step, load, terms, &pointer, context);
        }
        for (index, shipment) in shipments.into_iter().enumerate() {
            tasks.add_shipment(index, shipment, vehicles, context);
        }
        tasks
    }

    fn add_shipment(
        &mut self,
        index: usize,
        shipment: Shipment,
        vehicles: &HashMap<u64, u32>,
        context: &mut Context<'_>,
    ) {
        let pointer = || format!("/shipments/{index}");
        let Shipment { pickup, delivery, amount, skills, priority, vehicle } = shipment;
        let terms = terms(skills, priority, vehicle, vehicles, &pointer, context);
        let again = Terms { skills: terms.skills.clone(), ..terms };
        let taken = Load { pickup: amount, delivery: None };
        let given = Load { pickup: None, delivery: amount };
        let at_pickup = || format!("/shipments/{index}/pickup");
        let at_delivery = || format!("/shipments/{index}/delivery");
        let pickup = self.add(Kind::Pickup, pickup, taken, terms, &at_pickup, context);
        let delivery = self.add(Kind::Delivery, delivery, given, again, &at_delivery, context);
        self.shipments.push(solver::Shipment { pickup, delivery });
    }

    fn add(
        &mut self,
        kind: Kind,
        step: Step,
        load: Load,
        terms: Terms,
        pointer: &dyn Fn() -> String,
        context: &mut Context<'_>,
    ) -> u32 {
        let number = u32::try_from(self.visits.len()).unwrap_or(u32::MAX);
        let id = step.id.get();
        if self.visit_of.insert((kind, id), number).is_some() {
            let message = format!("found {} {id} a second time, expected once", kind.name());
            context.faults.note(format!("{}/id", pointer()), message);
        }
        per_type(step.setup_per_type.as_ref(), "setup_per_type", pointer, context);
        per_type(step.service_per_type.as_ref(), "service_per_type", pointer, context);
        let (place, spot) = context.ground.place(
            step.location,
            step.location_index,
            "location",
            pointer,
            context.faults,
        );
        let pickup = amounts(load.pickup, "pickup", pointer, context);
        let delivery = amounts(load.delivery, "delivery", pointer, context);
        self.visits.push(Visit {
            place,
            windows: context.moments.windows(step.time_windows, pointer, context.faults),
            service: step.service.map_or(0, Span::signed),
            setup: step.setup.map_or(0, Span::signed),
            release: context.moments.release(step.release, pointer, context.faults),
            pickup,
            delivery,
            skills: terms.skills,
            priority: terms.priority,
            vehicle: terms.vehicle,
        });
        self.names.push(VisitName { id, kind, description: step.description, spot });
        number
    }

    /// The visit of a kind with an id.
    pub(super) fn find(&self, kind: Kind, id: u64) -> Option<u32> {
        self.visit_of.get(&(kind, id)).copied()
    }
}

fn terms(
    skills: Option<Vec<Number>>,
    priority: Option<Priority>,
    vehicle: Option<Id>,
    vehicles: &HashMap<u64, u32>,
    pointer: &dyn Fn() -> String,
    context: &mut Context<'_>,
) -> Terms {
    let vehicle = vehicle.map(Id::get);
    let pinned = vehicle.and_then(|id| vehicles.get(&id).copied());
    if let (Some(id), None) = (vehicle, pinned) {
        let message = format!("found vehicle {id}, expected the id of one of /vehicles");
        context.faults.note(format!("{}/vehicle", pointer()), message);
    }
    Terms { skills: sorted(skills), priority: priority.map_or(0, Priority::small), vehicle: pinned }
}

/// Skills in ascending order, each once.
pub(super) fn sorted(skills: Option<Vec<Number>>) -> Vec<u32> {
    let skills = skills.unwrap_or_default();
    let mut skills: Vec<u32> = skills.into_iter().map(Number::small).collect();
    skills.sort_unstable();
    skills.dedup();
    skills
}

/// Amounts in all dimensions; an array that is absent or empty is zero.
pub(super) fn amounts(
    given: Option<Amounts>,
    key: &str,
    pointer: &dyn Fn() -> String,
    context: &mut Context<'_>,
) -> solver::Load {
    let amounts = given.unwrap_or_default();
    let (found, expected) = (amounts.dimensions, context.dimensions);
    if found != 0 && found != expected {
        let message = format!(
            "found {found} amounts, expected {expected}: capacities and amounts have the same \
             length everywhere"
        );
        context.faults.note(format!("{}/{key}", pointer()), message);
    }
    amounts.load
}

fn per_type(
    given: Option<&PerType>,
    key: &str,
    pointer: &dyn Fn() -> String,
    context: &mut Context<'_>,
) {
    if given.is_some_and(|types| !types.is_empty()) {
        let message = "times that depend on the vehicle's type are not counted here: leave it out";
        context.faults.note(format!("{}/{key}", pointer()), message);
    }
}
