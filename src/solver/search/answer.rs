//! From the routes of a search to the answer, and from the given routes to those of a search.

use super::build::Layout;
use super::field::Field;
use super::legs::Legs;
use super::split::Routes;
use crate::solver::{Problem, Rules, Solution, Task, Walker};

/// The routes to start from, by node; all other visits are absent, except those that are hopeless.
pub(super) fn begin(layout: &Layout, vehicles: u32) -> Routes {
    let node_of = &layout.node_of;
    let nodes = |vehicle: u32| layout.extras.nodes(vehicle, layout.start.route(vehicle), node_of);
    let served = layout.start.served(node_of.len());
    let is_absent = |visit: &u32| {
        let at = layout.visit_of[*visit as usize] as usize;
        !served[at] && !layout.hopeless[at]
    };
    Routes {
        of: (0..vehicles).map(nodes).collect(),
        absent: (0..).take(node_of.len()).filter(is_absent).collect(),
    }
}

/// The answer, at its exact cost.
pub(super) fn answer<L: Legs>(
    problem: &Problem,
    layout: &Layout,
    field: &Field<'_, L>,
    routes: &Routes,
) -> Solution {
    let rules = Rules::new(problem);
    let mut walker = Walker::lenient(&rules);
    let mut served = vec![false; problem.visits.len()];
    let mut solution =
        Solution { routes: Vec::with_capacity(routes.of.len()), unserved: Vec::new(), cost: 0 };
    for (vehicle, nodes) in (0..).zip(&routes.of) {
        let is_stuck = layout.start.stuck[vehicle as usize];
        let tasks: Vec<Task> = if is_stuck {
            layout.start.routes[vehicle as usize].clone()
        } else {
            nodes.iter().map(|&node| task(layout, field, node)).collect()
        };
        for task in &tasks {
            if let Task::Visit(visit) = *task
                && let Some(flag) = served.get_mut(visit as usize)
            {
                *flag = true;
            }
        }
        if !is_stuck {
            let cost = walker.evaluate(vehicle, &tasks);
            debug_assert!(cost.is_ok(), "vehicle {vehicle}: {cost:?}, {tasks:?}");
            solution.cost += cost.map_or(0, |cost| cost.total());
        }
        solution.routes.push(tasks);
    }
    let left = (0..).zip(&served).filter(|(_, served)| !**served);
    solution.unserved = left.map(|(visit, _)| visit).collect();
    solution
}

fn task<L>(layout: &Layout, field: &Field<'_, L>, node: u32) -> Task {
    if node < field.jobs {
        Task::Visit(layout.visit_of[node as usize])
    } else {
        layout.extras.all[(node - field.jobs) as usize].task
    }
}
