//! What visits carry, as the search sums it.

use super::build::Layout;
use super::field::Kind;
use crate::solver::{DIMENSIONS, Problem, Vehicle};

/// Loads as the search sums them.
pub(super) struct Loads {
    /// Whether it is pickups, and the dimension.
    pub(super) resources: Vec<(bool, usize)>,
    pub(super) demand: Vec<i64>,
    pub(super) weight: Vec<u32>,
    pub(super) cargo_dims: Vec<usize>,
    pub(super) cargo: Vec<i64>,
}

impl Loads {
    pub(super) fn of(problem: &Problem, layout: &Layout, kinds: &[Kind]) -> Self {
        let mut shipped = vec![false; problem.visits.len()];
        for shipment in &problem.shipments {
            shipped[shipment.pickup as usize] = true;
            shipped[shipment.delivery as usize] = true;
        }
        let asked = |visit: usize, (pickup, dim): (bool, usize)| {
            let visit = &problem.visits[visit];
            if pickup { visit.pickup[dim] } else { visit.delivery[dim] }
        };
        let all = (0..problem.visits.len()).collect::<Vec<_>>();
        let resources: Vec<(bool, usize)> = [true, false]
            .into_iter()
            .flat_map(|pickup| (0..DIMENSIONS).map(move |dim| (pickup, dim)))
            .filter(|&resource| all.iter().any(|&v| !shipped[v] && asked(v, resource) != 0))
            .collect();
        let cargo_dims: Vec<usize> = (0..DIMENSIONS)
            .filter(|&dim| all.iter().any(|&v| shipped[v] && asked(v, (true, dim)) != 0))
            .collect();
        // A shipment without a load still needs to be treated as a pair.
        let cargo_dims = if cargo_dims.is_empty() && !problem.shipments.is_empty() {
            vec![0]
        } else {
            cargo_dims
        };
        let extras = layout.extras.all.len();
        let nodes = problem.visits.len() + extras + 2 * problem.vehicles.len();
        let mut demand = Vec::with_capacity(layout.visit_of.len() * resources.len());
        let mut weight = Vec::with_capacity(layout.visit_of.len());
        let mut cargo = vec![0; nodes * cargo_dims.len()];
        let largest = |dim: usize| {
            let capacities =
                kinds.iter().map(|kind| problem.vehicles[kind.vehicle as usize].capacity[dim]);
            capacities.max().unwrap_or(0).max(1)
        };
        let most: Vec<i64> = (0..DIMENSIONS).map(largest).collect();
        for (node, &visit) in layout.visit_of.iter().enumerate() {
            let visit = visit as usize;
            for &resource in &resources {
                demand.push(if shipped[visit] { 0 } else { asked(visit, resource) });
            }
            for (at, &dim) in cargo_dims.iter().enumerate() {
                if shipped[visit] {
                    cargo[node * cargo_dims.len() + at] =
                        asked(visit, (true, dim)) - asked(visit, (false, dim));
                }
            }
            let share = |dim: usize| {
                let load = asked(visit, (true, dim)).max(asked(visit, (false, dim)));
                u32::try_from((load * 1_000_000 / most[dim]).clamp(0, 1_000_000_000))
                    .unwrap_or_default()
            };
            weight.push((0..DIMENSIONS).map(share).max().unwrap_or(0));
        }
        Self { resources, demand, weight, cargo_dims, cargo }
    }

    /// By kind, what shipments may have on board.
    pub(super) fn cargo_capacity(&self, problem: &Problem, kinds: &[Kind]) -> Vec<i64> {
        let of_kind = |kind: &Kind| {
            let capacity = problem.vehicles[kind.vehicle as usize].capacity;
            self.cargo_dims.iter().map(move |&dim| capacity[dim])
        };
        kinds.iter().flat_map(of_kind).collect()
    }

    pub(super) fn capacity_of(&self, vehicle: &Vehicle) -> Vec<i64> {
        self.resources.iter().map(|&(_, dim)| vehicle.capacity[dim]).collect()
    }
}
