//! The best plan of a small problem, by trying all: every set of visits in every order for each
//! vehicle, with every way of calling at the hub; then every way of sharing the visits out.

use doorstep::solver::{Objective, Problem, Rules, Solution, Task, Walker};

/// What a plan is worth, less is better: compared from left to right.
pub(crate) type Worth = [i64; 4];

/// Unserved by priority and number, then routes if those matter, then cost.
pub(crate) fn worth(problem: &Problem, objective: Objective, solution: &Solution) -> Worth {
    let unserved: Vec<usize> = solution.unserved.iter().map(|visit| *visit as usize).collect();
    let routes = solution.routes_used();
    rank(problem, objective, &unserved, routes, solution.cost)
}

fn rank(
    problem: &Problem,
    objective: Objective,
    unserved: &[usize],
    routes: usize,
    cost: i64,
) -> Worth {
    let priority = unserved.iter().map(|visit| i64::from(problem.visits[*visit].priority)).sum();
    let routes = match objective {
        Objective::Distance | Objective::Served => 0,
        Objective::Vehicles => i64::try_from(routes).unwrap(),
    };
    [priority, i64::try_from(unserved.len()).unwrap(), routes, cost]
}

/// The worth of the best plan, and that plan.
pub(crate) fn solve(problem: &Problem, objective: Objective) -> (Worth, Solution) {
    let rules = Rules::new(problem);
    let tables: Vec<Vec<Option<Route>>> = (0..)
        .take(problem.vehicles.len())
        .map(|vehicle| Trial::new(&rules, vehicle).best_by_set())
        .collect();
    let mut best = None;
    share(problem, objective, &tables, &mut Vec::new(), 0, &mut best);
    best.unwrap()
}

/// The cheapest route of a vehicle through some visits.
#[derive(Clone, Debug)]
struct Route {
    cost: i64,
    tasks: Vec<Task>,
}

/// Tries all routes of one vehicle.
struct Trial<'r> {
    problem: &'r Problem,
    walker: Walker<'r>,
    vehicle: u32,
    tasks: Vec<Task>,
    /// Index is a set of visits, as bits.
    best: Vec<Option<Route>>,
}

impl<'r> Trial<'r> {
    fn new(rules: &'r Rules<'r>, vehicle: u32) -> Self {
        let problem = rules.problem();
        let best = vec![None; 1 << problem.visits.len()];
        Self { problem, walker: Walker::new(rules), vehicle, tasks: Vec::new(), best }
    }

    fn best_by_set(mut self) -> Vec<Option<Route>> {
        let initial =
            self.problem.initial.get(self.vehicle as usize).map_or(&[][..], Vec::as_slice);
        let frozen = self.problem.vehicles[self.vehicle as usize].frozen as usize;
        self.tasks = initial[..frozen.min(initial.len())].to_vec();
        let visits = self.tasks.iter().filter_map(|task| match task {
            Task::Visit(visit) => Some(1 << visit),
            _ => None,
        });
        let set = visits.sum();
        self.extend(set);
        self.best
    }

    /// Tries the tasks so far, and all that may follow.
    fn extend(&mut self, set: usize) {
        if let Ok(cost) = self.walker.evaluate(self.vehicle, &self.tasks) {
            let cost = cost.total();
            if self.best[set].as_ref().is_none_or(|best| cost < best.cost) {
                self.best[set] = Some(Route { cost, tasks: self.tasks.clone() });
            }
        }
        for visit in (0..).take(self.problem.visits.len()) {
            if set & (1 << visit) == 0 {
                self.tasks.push(Task::Visit(visit));
                self.extend(set | 1 << visit);
                self.tasks.pop();
            }
        }
        let most = self.problem.vehicles[self.vehicle as usize].hub_returns.map_or(0, |h| h.most);
        let calls = self.tasks.iter().filter(|task| **task == Task::Hub).count();
        if calls < most as usize && self.tasks.last() != Some(&Task::Hub) {
            self.tasks.push(Task::Hub);
            self.extend(set);
            self.tasks.pop();
        }
    }
}

/// Tries every way of giving the next vehicles visits that no vehicle has yet.
fn share<'a>(
    problem: &Problem,
    objective: Objective,
    tables: &'a [Vec<Option<Route>>],
    routes: &mut Vec<&'a Route>,
    served: usize,
    best: &mut Option<(Worth, Solution)>,
) {
    let Some(table) = tables.get(routes.len()) else {
        let is_unserved = |visit: &usize| served & (1 << visit) == 0;
        let unserved: Vec<usize> = (0..problem.visits.len()).filter(is_unserved).collect();
        let cost = routes.iter().map(|route| route.cost).sum();
        let used = routes.iter().filter(|route| !route.tasks.is_empty()).count();
        let worth = rank(problem, objective, &unserved, used, cost);
        if best.as_ref().is_none_or(|(least, _)| worth < *least) {
            let routes = routes.iter().map(|route| route.tasks.clone()).collect();
            let unserved = unserved.iter().map(|visit| u32::try_from(*visit).unwrap()).collect();
            *best = Some((worth, Solution { routes, unserved, cost }));
        }
        return;
    };
    for (set, route) in table.iter().enumerate() {
        if let Some(route) = route
            && set & served == 0
        {
            routes.push(route);
            share(problem, objective, tables, routes, served | set, best);
            routes.pop();
        }
    }
}
