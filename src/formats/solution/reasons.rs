//! Why a visit is on no route, where a simple look can tell.
//!
//! A visit that no vehicle could do with nothing else to do has a reason. For others the day is
//! full, which is no fault of theirs. The work is capped, so that large problems stay quick.

use super::Judge;
use crate::solver::{Problem, Task, Vehicle};
use std::collections::HashMap;

/// The most evaluations of single visits.
const WORK_MAX: usize = 200_000;

/// Codes from what says the least about a visit to what says the most: a visit is named by the
/// last that any vehicle gives, since that vehicle came the furthest.
const ORDER: [&str; 3] = ["pinned", "skill", "frozen"];

/// A code for each of the visits, in their order.
pub(super) fn of(judge: &mut Judge<'_>, unserved: &[u32]) -> Vec<Option<&'static str>> {
    let problem = judge.problem;
    let vehicles = distinct(&problem.vehicles);
    let partner = partners(problem, unserved);
    let mut work = WORK_MAX;
    let mut reasons = Vec::with_capacity(unserved.len());
    for visit in unserved {
        let tasks = match partner.get(visit) {
            Some(&[pickup, delivery]) => vec![Task::Visit(pickup), Task::Visit(delivery)],
            None => vec![Task::Visit(*visit)],
        };
        let only = problem.visits[*visit as usize].vehicle;
        let asked: &[u32] = only.as_ref().map_or(&vehicles, std::slice::from_ref);
        if work < asked.len() {
            reasons.push(None);
            continue;
        }
        work -= asked.len();
        reasons.push(alone(judge, asked, &tasks));
    }
    reasons
}

/// Why no vehicle can do it with nothing else to do but what is frozen; nothing, where one can.
fn alone(judge: &mut Judge<'_>, vehicles: &[u32], tasks: &[Task]) -> Option<&'static str> {
    let problem = judge.problem;
    let mut reason: Option<&'static str> = None;
    for &vehicle in vehicles {
        let frozen = problem.vehicles[vehicle as usize].frozen as usize;
        let begun = problem
            .initial
            .get(vehicle as usize)
            .map_or(&[][..], |route| route.get(..frozen).unwrap_or(route));
        let route = [begun, tasks].concat();
        let code = judge.walker.evaluate(vehicle, &route).err()?.what.code();
        let rank = |code: &str| ORDER.iter().position(|&known| known == code).unwrap_or(usize::MAX);
        if reason.is_none_or(|known| rank(code) > rank(known)) {
            reason = Some(code);
        }
    }
    reason
}

/// One of each kind of vehicle.
fn distinct(vehicles: &[Vehicle]) -> Vec<u32> {
    let mut kinds: HashMap<[i64; 4], Vec<u32>> = HashMap::new();
    let mut distinct = Vec::new();
    for (index, vehicle) in (0..).zip(vehicles) {
        let [first, ..] = vehicle.capacity;
        let place = |place: Option<u32>| place.map_or(-1, i64::from);
        let key =
            [place(vehicle.start), i64::from(vehicle.earliest), i64::from(vehicle.latest), first];
        let alike = kinds.entry(key).or_default();
        // Few of a kind differ in anything else; where many do, one too many does no harm.
        let known = alike.iter().take(8).any(|&other: &u32| vehicles[other as usize] == *vehicle);
        if !known {
            alike.push(index);
            distinct.push(index);
        }
    }
    distinct
}

/// Both ends of the shipments among the visits, by either end.
fn partners(problem: &Problem, unserved: &[u32]) -> HashMap<u32, [u32; 2]> {
    let mut partners = HashMap::new();
    if unserved.is_empty() {
        return partners;
    }
    for shipment in &problem.shipments {
        let ends = [shipment.pickup, shipment.delivery];
        partners.extend(ends.map(|end| (end, ends)));
    }
    partners
}
