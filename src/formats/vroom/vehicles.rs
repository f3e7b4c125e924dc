//! Vehicles, their breaks and their calls at the hub.

use super::Context;
use super::document::{Break, HubReturns, Overtime, Vehicle};
use super::routes;
use super::tasks::{Tasks, amounts, sorted};
use super::values::{Coordinates, Number, Span};
use crate::formats::fault::Faults;
use crate::formats::names::{BreakName, Spot, VehicleName};
use crate::solver::{self, Limits, Task};
use std::collections::{HashMap, HashSet};

/// All vehicles.
#[derive(Default)]
pub(super) struct Fleet {
    pub(super) vehicles: Vec<solver::Vehicle>,
    pub(super) names: Vec<VehicleName>,
    /// Empty where no vehicle has steps.
    pub(super) initial: Vec<Vec<Task>>,
}

/// Each vehicle's index by its id.
pub(super) fn ids(vehicles: &[Vehicle], faults: &mut Faults) -> HashMap<u64, u32> {
    let mut ids = HashMap::with_capacity(vehicles.len());
    for (index, vehicle) in vehicles.iter().enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        if ids.insert(vehicle.id.get(), number).is_some() {
            let message =
                format!("found vehicle {} a second time, expected once", vehicle.id.get());
            faults.note(format!("/vehicles/{index}/id"), message);
        }
    }
    ids
}

impl Fleet {
    pub(super) fn of(vehicles: Vec<Vehicle>, tasks: &Tasks, context: &mut Context<'_>) -> Self {
        let steps = vehicles.iter().any(|vehicle| !vehicle.steps.is_empty());
        let mut fleet = Self::default();
        let mut routes = routes::Routes::new(tasks);
        for (index, mut vehicle) in vehicles.into_iter().enumerate() {
            let pointer = format!("/vehicles/{index}");
            if vehicle.capacity.is_none_or(|capacity| capacity.dimensions == 0)
                && context.dimensions > 0
            {
                let message = format!(
                    "found no amounts, expected {}: amounts are given elsewhere",
                    context.dimensions
                );
                context.faults.note(format!("{pointer}/capacity"), message);
            }
            for (index, rest) in vehicle.breaks.iter_mut().enumerate() {
                rest.index = index;
            }
            // As in VROOM: in the order of their first windows.
            vehicle.breaks.sort_by_key(|rest| {
                let first = rest.time_windows.iter().flatten().min_by_key(|hours| hours.opens);
                first.map_or((0, i64::MAX), |hours| (hours.opens, hours.closes))
            });
            let initial = routes.route(&vehicle, &pointer, context.faults);
            if steps {
                fleet.initial.push(initial);
            }
            fleet.add(vehicle, &pointer, context);
        }
        fleet
    }

    fn add(&mut self, vehicle: Vehicle, pointer: &str, context: &mut Context<'_>) {
        let at = || pointer.to_owned();
        let costs = context.prices.costs(&vehicle, context.ground, pointer, context.faults);
        check_distance(&vehicle, pointer, context);
        let (start, start_spot) =
            end(vehicle.start, vehicle.start_index, ["start", "start_index"], pointer, context);
        let (end, end_spot) =
            end(vehicle.end, vehicle.end_index, ["end", "end_index"], pointer, context);
        let hours = context.moments.window(
            vehicle.time_window,
            &|| format!("{pointer}/time_window"),
            context.faults,
        );
        let hub = vehicle.hub_returns.map(|hub| hub_returns(&hub, pointer, context));
        let (breaks, break_names) = breaks(vehicle.breaks, pointer, context);
        let profile =
            context.ground.way(vehicle.profile, vehicle.speed_factor, pointer, context.faults);
        self.names.push(VehicleName {
            id: vehicle.id.get(),
            description: vehicle.description,
            start: start_spot,
            end: end_spot,
            hub: hub.map_or_else(Spot::default, |(_, spot)| spot),
            breaks: break_names,
        });
        self.vehicles.push(solver::Vehicle {
            profile,
            start,
            end,
            earliest: hours.opens,
            latest: hours.closes,
            overtime: vehicle.overtime.map(|overtime| self::overtime(&overtime, context)),
            capacity: amounts(vehicle.capacity, "capacity", &at, context),
            skills: sorted(vehicle.skills),
            breaks,
            hub_returns: hub.map(|(hub, _)| hub),
            limits: Limits {
                stops: vehicle.max_tasks.map(Number::small),
                travel: vehicle.max_travel_time.map(most),
                duration: vehicle.max_duration.map(most),
                distance: vehicle.max_distance.map(Number::long),
            },
            costs,
            frozen: vehicle.frozen.map_or(0, Number::small),
        });
    }
}

/// Seconds that a route cannot exceed anyway are as good as any more.
fn most(seconds: Number) -> i32 {
    i32::try_from(seconds.get()).unwrap_or(i32::MAX)
}

fn check_distance(vehicle: &Vehicle, pointer: &str, context: &mut Context<'_>) {
    if vehicle.max_distance.is_some() && !context.ground.has_distances(vehicle.profile.as_deref()) {
        let message = "found a limit, but no matrix of distances for the profile: add it";
        context.faults.note(format!("{pointer}/max_distance"), message);
    }
}

/// Where a vehicle starts or ends, if that is given.
fn end(
    location: Option<Coordinates>,
    index: Option<Number>,
    [key, index_key]: [&str; 2],
    pointer: &str,
    context: &mut Context<'_>,
) -> (Option<u32>, Spot) {
    if location.is_none() && index.is_none() {
        return (None, Spot::default());
    }
    let key = if context.ground.has_matrices() { index_key } else { key };
    let at = || pointer.to_owned();
    let (place, spot) = context.ground.place(location, index, key, &at, context.faults);
    (Some(place), spot)
}

fn overtime(overtime: &Overtime, context: &Context<'_>) -> solver::Overtime {
    solver::Overtime {
        most: overtime.max.signed(),
        per_second: overtime.per_hour.map_or(0, |price| context.prices.per_hour(price)),
    }
}

fn hub_returns(
    hub: &HubReturns,
    pointer: &str,
    context: &mut Context<'_>,
) -> (solver::HubReturns, Spot) {
    let at = || format!("{pointer}/hub_returns");
    let (place, spot) =
        context.ground.place(hub.location, hub.location_index, "location", &at, context.faults);
    let window = context.moments.window(
        hub.time_window,
        &|| format!("{pointer}/hub_returns/time_window"),
        context.faults,
    );
    let service = hub.service.map_or(0, Span::signed);
    let most = hub.max.map_or(u32::MAX, Number::small);
    (solver::HubReturns { place, service, most, window }, spot)
}

fn breaks(
    given: Vec<Break>,
    pointer: &str,
    context: &mut Context<'_>,
) -> (Vec<solver::Break>, Vec<BreakName>) {
    let mut ids = HashSet::new();
    let mut translate = |rest: Break| {
        let at = || format!("{pointer}/breaks/{}", rest.index);
        if !ids.insert(rest.id.get()) {
            let message = format!("found break {} a second time, expected once", rest.id.get());
            context.faults.note(format!("{}/id", at()), message);
        }
        let max_load = rest.max_load.filter(|most| most.dimensions > 0);
        let translated = solver::Break {
            windows: context.moments.windows(rest.time_windows, &at, context.faults),
            duration: rest.service.map_or(0, Span::signed),
            max_load: max_load.map(|most| amounts(Some(most), "max_load", &at, context)),
            on_the_way: !rest.at_stop.unwrap_or(false),
        };
        (translated, BreakName { id: rest.id.get(), description: rest.description })
    };
    given.into_iter().map(&mut translate).unzip()
}
