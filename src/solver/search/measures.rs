//! Measures of a problem that the search compares with: what is much, and what is near.

use super::field::NearLists;
use super::legs::Tariff;
use super::number::{real, real_i64};
use super::rich::arc;
use crate::solver::{Problem, Vehicle};

/// A cost that hardly any change of a plan reaches, as a measure for routes and for visits left out.
pub(super) fn scale(problem: &Problem) -> i64 {
    let vehicles = &problem.vehicles;
    let mut ways: Vec<&Vehicle> = Vec::new();
    for vehicle in vehicles {
        let key = |vehicle: &Vehicle| {
            (vehicle.profile, vehicle.costs.per_second, vehicle.costs.per_metre)
        };
        if ways.len() < 8 && !ways.iter().any(|other| key(other) == key(vehicle)) {
            ways.push(vehicle);
        }
    }
    let mut places: Vec<u32> = problem.visits.iter().map(|visit| visit.place).collect();
    places.extend(vehicles.iter().flat_map(|v| [v.start, v.end]).flatten());
    places.sort_unstable();
    places.dedup();
    let step = places.len().div_ceil(100).max(1);
    let some = || places.iter().copied().step_by(step);
    let pairs = some().flat_map(|from| some().map(move |to| (from, to)));
    let arcs = pairs.flat_map(|(from, to)| ways.iter().map(move |v| arc(problem, v, from, to)));
    let longest = arcs.max().unwrap_or(0).max(1);
    let few = i64::try_from(problem.visits.len().min(16)).unwrap_or(16);
    let fixed = vehicles.iter().map(|vehicle| vehicle.costs.fixed).max().unwrap_or(0);
    let overtime = |vehicle: &Vehicle| {
        vehicle.overtime.map_or(0, |o| i64::from(o.most).saturating_mul(o.per_second))
    };
    let overtime = vehicles.iter().map(overtime).max().unwrap_or(0);
    let late = problem.lateness.map_or(0, |price| price.saturating_mul(horizon(problem)));
    longest
        .saturating_mul(few + 2)
        .saturating_add(fixed)
        .saturating_add(overtime)
        .saturating_add(late.saturating_mul(few))
        .min(i64::MAX / 1_000_000)
}

/// Seconds from the first moment of the problem to its last.
fn horizon(problem: &Problem) -> i64 {
    let vehicles = problem.vehicles.iter().map(|v| (v.earliest, v.latest));
    let windows = problem.visits.iter().flat_map(|v| v.windows.iter().map(|w| (w.opens, w.closes)));
    let spans = || vehicles.clone().chain(windows.clone());
    let first = spans().map(|(from, _)| from).min().unwrap_or(0);
    let last = spans().map(|(_, to)| to).max().unwrap_or(0);
    (i64::from(last) - i64::from(first)).max(1)
}

/// Penalties for leaving visits out: more for each point of priority than for many visits without.
pub(super) fn penalties(problem: &Problem, visit_of: &[u32], scale: i64, fee: i64) -> Vec<i64> {
    let priority = |visit: u32| i64::from(problem.visits[visit as usize].priority);
    let count = i64::try_from(visit_of.len()).unwrap_or(i64::MAX).max(1);
    let highest = visit_of.iter().map(|&visit| priority(visit)).max().unwrap_or(0);
    let weight = (count + 1).min(32);
    let most = i64::MAX / 8 / count / (1 + highest * weight);
    let base = (2 * scale).saturating_add(fee.saturating_mul(4)).min(most);
    visit_of.iter().map(|&visit| base * (1 + priority(visit) * weight)).collect()
}

/// Mean cost from a visit to its nearest.
pub(super) fn spacing(
    problem: &Problem,
    tariff: Tariff,
    visit_of: &[u32],
    around: &NearLists,
) -> f64 {
    let profile = problem.vehicles.first().map_or(0, |vehicle| vehicle.profile as usize);
    let place = |node: u32| problem.visits[visit_of[node as usize] as usize].place;
    let cost = |node: u32| {
        let near = around.of(node).first()?;
        let full = tariff.full(&problem.travel[profile], place(node), place(near.node));
        Some(real_i64(full))
    };
    let costs: Vec<f64> = (0..).take(visit_of.len()).filter_map(cost).collect();
    costs.iter().sum::<f64>() / real(costs.len().max(1))
}
