//! VROOM's JSON (1.14) as a problem.
//!
//! What is wrong with a value by itself is found while reading, with line and column
//! ([`values`]); what is wrong between values (ids, indices, lengths) afterwards, with the value's
//! path. `docs/solve.md` has the table of all keys, ours among them.

mod document;
mod ground;
mod matrix;
mod moments;
mod parse;
mod prices;
mod routes;
mod tasks;
mod values;
mod vehicles;

use super::fault::Faults;
use super::names::Names;
use super::{Input, Options};
use crate::solver::Problem;
use document::{Document, Job, Shipment, Vehicle};
use ground::Ground;
use moments::Moments;
use prices::Prices;
use tasks::Tasks;
use values::Amounts;
use vehicles::Fleet;

/// Reads a document.
pub(super) fn read(bytes: &[u8], options: &Options) -> Result<Input, Faults> {
    let document = parse::parse(bytes)?;
    let mut faults = Faults::default();
    let input = translate(document, options, &mut faults);
    faults.finish(())?;
    input.ok_or_else(Faults::default)
}

/// What jobs and vehicles need to be translated.
struct Context<'a> {
    ground: &'a mut Ground,
    moments: Moments,
    prices: Prices,
    dimensions: u8,
    faults: &'a mut Faults,
}

/// A problem, if there is no fault: a fault leaves a value in its place, so that all are found.
fn translate(mut document: Document, options: &Options, faults: &mut Faults) -> Option<Input> {
    if document.vehicles.is_empty() {
        faults.note("/vehicles", "found no vehicle, expected at least one");
        return None;
    }
    let mut ground = Ground::of(&mut document, faults)?;
    let prices = Prices::of(&document, &ground, faults);
    let moments = Moments::of(&document);
    let dimensions = dimensions(&document);
    let ids = vehicles::ids(&document.vehicles, faults);
    let mut context = Context { ground: &mut ground, moments, prices, dimensions, faults };
    let lateness = document.lateness_per_hour.map(|price| prices.per_hour(price));
    let tasks = Tasks::of(document.jobs, document.shipments, &ids, &mut context);
    let fleet = Fleet::of(document.vehicles, &tasks, &mut context);
    let origin = moments.origin();
    let travel = ground.travel(options, prices.parts(), faults)?;
    let names = Names {
        origin,
        scale: 1,
        cost_scale: prices.parts(),
        exact: None,
        dimensions: usize::from(dimensions),
        distances: ground.distances(),
        vehicles: fleet.names,
        visits: tasks.names,
    };
    let problem = Problem {
        travel,
        vehicles: fleet.vehicles,
        visits: tasks.visits,
        shipments: tasks.shipments,
        initial: fleet.initial,
        lateness,
    };
    Some(Input { problem, names })
}

/// How many dimensions loads have: as many as the first array that is not empty.
fn dimensions(document: &Document) -> u8 {
    let of_job = |job: &Job| [job.delivery, job.pickup, job.amount];
    let amounts = document.vehicles.iter().map(|vehicle: &Vehicle| vehicle.capacity);
    let amounts = amounts.chain(document.jobs.iter().flat_map(of_job));
    let amounts =
        amounts.chain(document.shipments.iter().map(|shipment: &Shipment| shipment.amount));
    amounts
        .flatten()
        .map(|amounts: Amounts| amounts.dimensions)
        .find(|&count| count > 0)
        .unwrap_or(0)
}
