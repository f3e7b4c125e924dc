//! A plan recomputed from nothing, for debug builds.

use super::edits::Edits;
use super::field::NONE;
use super::legs::Legs;
use super::plan::Plan;

/// How many plans that were accepted go by between two audits.
pub(super) const SELDOM: u64 = 1_000;

impl<L: Legs> Plan<'_, L> {
    /// Asserts that costs, moments and loads are those of the routes as they are. Linear.
    pub(super) fn audit(&mut self) {
        let left: i64 = self.absent.iter().map(|&visit| self.field.penalty[visit as usize]).sum();
        let mut cost = left;
        for vehicle in self.vehicles.clone() {
            cost += self.audit_route(vehicle);
        }
        assert_eq!(self.cost, cost, "the cost of a plan");
        for &visit in &self.absent {
            assert_eq!(self.route_of(visit), NONE, "visit {visit} is absent");
        }
    }

    /// The cost of a route.
    fn audit_route(&mut self, vehicle: u32) -> i64 {
        let field = self.field;
        let kind = &field.kinds[field.kind_of[vehicle as usize] as usize];
        let (start, end) = (field.start(vehicle), field.end(vehicle));
        let mut nodes = vec![start];
        nodes.extend(self.visits_of(vehicle));
        nodes.push(end);
        let (mut moment, mut cost) = (kind.earliest, kind.fixed);
        let mut loads = vec![0; field.resources];
        for pair in nodes.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let site = field.sites[to as usize];
            assert_eq!(self.nodes[to as usize].prev, from, "links of {to}");
            assert_eq!(self.nodes[to as usize].route, vehicle, "the route of {to}");
            moment = (moment + self.time_between(from, to)).max(site.opens) + site.service;
            // Nobody asks when an end is left.
            let depart = if to == end { moment } else { self.ahead[to as usize].depart };
            assert_eq!(depart, moment, "the departure from {to}");
            assert!(self.exact.is_some() || !self.is_late(vehicle), "vehicle {vehicle} is late");
            cost += i64::from(self.cost_between(from, to));
            let asked = if to < field.visits { field.demand_of(to) } else { &[] };
            loads.iter_mut().zip(asked).for_each(|(load, asked)| *load += asked);
        }
        let mut latest = field.sites[end as usize].closes;
        for pair in nodes[1..].windows(2).rev() {
            let site = field.sites[pair[0] as usize];
            latest = (latest - self.time_between(pair[0], pair[1]) - site.service).min(site.closes);
            assert_eq!(self.behind[pair[0] as usize].latest, latest, "the latest at {}", pair[0]);
        }
        assert_eq!(self.load_of(vehicle), loads, "the load of {vehicle}");
        if nodes.len() == 2 {
            return 0;
        }
        if self.exact.is_none() {
            return cost;
        }
        let bill = self.walk(vehicle, &Edits::NO);
        assert_eq!(bill, Ok(self.bill_of(vehicle)), "the bill of {vehicle}");
        self.bill_of(vehicle).total
    }
}
