//! What it costs the rest of a route to be late, where windows may be missed at a price.
//!
//! Where a plan's moments are exact, so is the price of any delay: it is passed on from node to node,
//! less what the vehicle waited there, and paid by those that are late already or become so. Without
//! that, most places of a visit seem cheap until they are walked.

use super::legs::Legs;
use super::plan::Plan;
use super::rich::Rich;

/// What a delay meets on its way along a route, by node.
#[derive(Default)]
pub(super) struct Delays {
    /// By vehicle: whether its nodes are as the route is now.
    fresh: Vec<bool>,
    /// Seconds waited for it to open.
    waits: Vec<i32>,
    /// Seconds that it may begin later without being late.
    spares: Vec<i32>,
}

impl Delays {
    /// Empty where the rules keep no delays.
    pub(super) fn new(rich: &Rich<'_>) -> Self {
        if !rich.timely.contains(&true) {
            return Self::default();
        }
        let nodes = rich.tasks.len();
        let fresh = vec![false; rich.timely.len()];
        Self { fresh, waits: vec![0; nodes], spares: vec![0; nodes] }
    }

    /// A route is not what it was.
    #[inline]
    pub(super) fn forget(&mut self, route: u32) {
        if let Some(fresh) = self.fresh.get_mut(route as usize) {
            *fresh = false;
        }
    }
}

impl<L: Legs> Plan<'_, L> {
    /// Brings what is known of a route up to date. Linear if the route was changed, else constant.
    pub(super) fn know_delays(&mut self, route: u32) {
        let rich = self.rich();
        let Some(exact) = &mut self.exact else { return };
        if !rich.timely[route as usize] || exact.delays.fresh[route as usize] {
            return;
        }
        let mut delays = std::mem::take(&mut exact.delays);
        let mut prev = self.field.start(route);
        let mut node = self.nodes[prev as usize].next;
        while node < self.field.visits {
            let arrival = self.ahead[prev as usize].depart + self.time_between(prev, node);
            let begin = arrival.max(self.field.sites[node as usize].opens);
            delays.waits[node as usize] = begin - arrival;
            delays.spares[node as usize] = rich.spare(node, begin);
            (prev, node) = (node, self.nodes[node as usize].next);
        }
        delays.fresh[route as usize] = true;
        if let Some(exact) = &mut self.exact {
            exact.delays = delays;
        }
    }

    /// What it costs beyond ways, at least, that the rest of a route from `node` on is reached at a
    /// moment and not as now. Exact where the rules keep delays and the moment is not earlier than
    /// now. Linear in the nodes that are delayed.
    pub(super) fn delay_cost(&self, route: u32, mut node: u32, arrival: i32) -> i64 {
        let (field, rich) = (self.field, self.rich());
        let least = -self.bill_of(route).price;
        let (true, Some(exact)) = (rich.timely[route as usize], &self.exact) else { return least };
        let site = field.sites[node as usize];
        let mut delay = arrival.max(site.opens) - self.begin(node);
        if delay < 0 {
            return least;
        }
        let mut seconds = 0;
        while node < field.visits {
            seconds += i64::from((delay - exact.delays.spares[node as usize]).max(0));
            node = self.nodes[node as usize].next;
            if node < field.visits {
                delay -= exact.delays.waits[node as usize];
            }
            if delay <= 0 {
                return rich.late_price() * seconds;
            }
        }
        let ends = self.ahead[node as usize].depart;
        let overrun = rich.overrun(route, ends + delay) - rich.overrun(route, ends);
        rich.late_price() * seconds + overrun
    }

    /// What more, or less, a visit on a route pays for being late if it begins at a moment and not as
    /// now; nothing where that is not known.
    #[inline]
    pub(super) fn delay_of(&self, route: u32, node: u32, begin: i32) -> i64 {
        let rich = self.rich();
        if !rich.timely[route as usize] {
            return 0;
        }
        rich.lateness(node, begin) - rich.lateness(node, self.begin(node))
    }

    /// When a node on a route begins.
    #[inline]
    fn begin(&self, node: u32) -> i32 {
        self.ahead[node as usize].depart - self.field.sites[node as usize].service
    }
}

#[cfg(test)]
mod tests {
    use crate::solver::Objective;
    use crate::solver::search::build::{Layout, Task, with_field};
    use crate::solver::search::construct::construct;
    use crate::solver::search::dice::Dice;
    use crate::solver::search::edits::Edits;
    use crate::solver::search::field::Field;
    use crate::solver::search::legs::Legs;
    use crate::solver::search::made::{PLAIN, Shape, problem};
    use crate::solver::search::plan::Plan;

    /// Bounds of all places of all visits, each taken off its route, beside what a walk says.
    struct Bounds;

    impl Task for Bounds {
        type Answer = Vec<(i64, i64)>;

        fn run<L: Legs>(self, field: &Field<'_, L>, _: &Layout) -> Self::Answer {
            let mut plan = Plan::new(field);
            let all: Vec<u32> = (0..field.visits).collect();
            plan.load((0..field.vehicles()).map(|vehicle| (vehicle, &[][..])), &all);
            construct(&mut plan, &mut Dice::new(1, 0), &|| false);
            plan.keep();
            let mut bounds = Vec::new();
            for visit in all {
                let own = plan.route_of(visit);
                plan.unlink(visit, visit);
                assert!(plan.settle(own));
                for route in 0..field.vehicles() {
                    let starts = std::iter::once(field.start(route));
                    let nodes: Vec<u32> = starts.chain(plan.visits_of(route)).collect();
                    plan.know_delays(route);
                    for after in nodes {
                        let bound = plan.bound(route, after, visit);
                        if let Ok(bill) = plan.walk(route, &Edits::one(after, visit)) {
                            bounds.push((bound, bill.total - plan.bill_of(route).total));
                        }
                    }
                }
                plan.undo();
            }
            bounds
        }
    }

    #[test]
    fn what_a_delay_costs_is_known_without_a_walk() {
        for (seed, open) in [(1, 50), (2, 300), (3, 900)] {
            let mut problem = problem(seed, Shape { open, vehicles: 3, mixed: true, ..PLAIN });
            problem.lateness = Some(7);
            problem.vehicles.iter_mut().for_each(|vehicle| vehicle.capacity = [999; 4]);
            let bounds = with_field(&problem, Objective::Distance, Bounds);
            assert!(bounds.len() > 1_000);
            for (bound, cost) in bounds {
                // Ways are rounded, so that a detour may win a second.
                assert!((cost - bound).abs() < 60, "seed {seed}: {bound} for {cost}");
            }
        }
    }

    #[test]
    fn where_a_detour_may_be_quicker_a_delay_is_bounded() {
        let shape = Shape { open: 200, vehicles: 3, table: true, ..PLAIN };
        let mut problem = problem(4, shape);
        problem.lateness = Some(7);
        problem.vehicles.iter_mut().for_each(|vehicle| vehicle.capacity = [999; 4]);
        let bounds = with_field(&problem, Objective::Distance, Bounds);
        let exact = bounds.iter().filter(|(bound, cost)| bound == cost).count();
        assert!(bounds.iter().all(|(bound, cost)| bound <= cost));
        assert!(exact * 10 > bounds.len() * 9, "{exact} of {}", bounds.len());
    }
}
