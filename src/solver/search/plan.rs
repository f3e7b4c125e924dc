//! The routes under search: linked nodes with slack, and a log that takes an iteration back.

use super::exact::{Bill, Exact};
use super::field::{Field, NONE};
use super::legs::Legs;
use super::number::count;

/// Never reached: the departure of a node that is on no route.
pub(super) const NEVER: i32 = 3 << 29;
/// Always too late: the latest start of a node that is on no route.
pub(super) const TOO_LATE: i32 = i32::MIN / 2;

/// One node's place on its route.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) prev: u32,
    pub(super) next: u32,
    pub(super) route: u32,
    pub(super) row: u32,
}

/// What an insertion behind a node asks for first: kept apart, so that more of it is at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead {
    /// Earliest departure: service done, everything before as early as it can be.
    pub(super) depart: i32,
    /// Cost to the next node.
    pub(super) onward: i32,
}

/// What an insertion before a node asks for first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind {
    /// Latest start of service with which everything after it is in time.
    pub(super) latest: i32,
    /// Cost from the node before.
    pub(super) inward: i32,
}

/// What is kept for each route besides its nodes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) size: u32,
    stamp: u32,
}

/// Routes of some vehicles with some of the visits; all other nodes are impossible neighbours.
pub(super) struct Plan<'f, L> {
    pub(super) field: &'f Field<'f, L>,
    pub(super) nodes: Vec<Node>,
    pub(super) ahead: Vec<Ahead>,
    pub(super) behind: Vec<Behind>,
    /// The iteration that last saved each node.
    stamps: Vec<u32>,
    pub(super) tallies: Vec<Tally>,
    /// By route and resource.
    pub(super) loads: Vec<i64>,
    /// On board after each node, by shipment resource.
    pub(super) cargo: Vec<i64>,
    /// The vehicles at work here, by kind.
    pub(super) fleet: Vec<Vec<u32>>,
    /// Unused ones of each kind.
    pub(super) idle: Vec<u32>,
    hint: Vec<u32>,
    /// Vehicles and visits at work here.
    pub(super) vehicles: Vec<u32>,
    pub(super) visits: Vec<u32>,
    /// Visits at work here that are on no route.
    pub(super) absent: Vec<u32>,
    /// Costs of routes and of absent visits.
    pub(super) cost: i64,
    /// A route broke without an insertion: the travel is no metric.
    pub(super) broken: bool,
    /// Who was absent before is looked for places for on changed routes alone: the others had none.
    pub(super) is_narrow: bool,
    /// What rich problems ask for besides.
    pub(super) exact: Option<Exact<'f>>,
    stamp: u32,
    log: Log,
}

#[derive(Default)]
struct Log {
    nodes: Vec<(u32, Node, Ahead, Behind)>,
    cargo: Vec<i64>,
    routes: Vec<(u32, u32)>,
    bills: Vec<Bill>,
    loads: Vec<i64>,
    absent: Vec<u32>,
    cost: i64,
}

impl<'f, L: Legs> Plan<'f, L> {
    pub(super) fn new(field: &'f Field<'f, L>) -> Self {
        // A blank node points at an impossible one, so that following it is harmless.
        let blank = |&row: &u32| Node { prev: 0, next: 0, route: NONE, row };
        let vehicles = field.vehicles() as usize;
        let nodes: Vec<Node> = field.rows.iter().map(blank).collect();
        Self {
            field,
            cargo: vec![0; nodes.len() * field.cargo_dims],
            stamps: vec![0; nodes.len()],
            ahead: vec![Ahead { depart: NEVER, onward: 0 }; nodes.len()],
            behind: vec![Behind { latest: TOO_LATE, inward: 0 }; nodes.len()],
            nodes,
            tallies: vec![Tally::default(); vehicles],
            loads: vec![0; vehicles * field.resources],
            fleet: vec![Vec::new(); field.kinds.len()],
            idle: vec![0; field.kinds.len()],
            hint: vec![0; field.kinds.len()],
            vehicles: Vec::new(),
            visits: Vec::new(),
            absent: Vec::new(),
            cost: 0,
            broken: false,
            is_narrow: false,
            exact: field.rich.as_ref().map(Exact::new),
            stamp: 1,
            log: Log::default(),
        }
    }

    /// Leaves the routes at work and takes up others.
    ///
    /// `routes` are the vehicles with their visits in order, `absent` the visits without a route.
    pub(super) fn load<'r>(
        &mut self,
        routes: impl Iterator<Item = (u32, &'r [u32])>,
        absent: &[u32],
    ) {
        self.clear();
        for (vehicle, visits) in routes {
            self.take_up(vehicle, visits);
        }
        for &visit in absent {
            self.visits.push(visit);
            self.absent.push(visit);
            self.cost += self.field.penalty[visit as usize];
        }
        self.keep();
    }

    fn clear(&mut self) {
        for visit in std::mem::take(&mut self.visits) {
            self.forget(visit);
        }
        for &vehicle in &self.vehicles {
            let kind = self.field.kind_of[vehicle as usize] as usize;
            self.fleet[kind].clear();
            self.idle[kind] = 0;
            self.hint[kind] = 0;
        }
        self.forget_extras();
        self.vehicles.clear();
        self.absent.clear();
        self.cost = 0;
        self.broken = false;
    }

    /// Takes the nodes of vehicles at work that are no visits off their routes.
    fn forget_extras(&mut self) {
        if self.exact.is_some() {
            for vehicle in self.vehicles.clone() {
                let nodes: Vec<u32> =
                    self.visits_of(vehicle).filter(|&node| node >= self.field.jobs).collect();
                for node in nodes {
                    self.forget(node);
                }
            }
        }
    }

    pub(super) fn forget(&mut self, visit: u32) {
        self.nodes[visit as usize].route = NONE;
        self.ahead[visit as usize].depart = NEVER;
        self.behind[visit as usize].latest = TOO_LATE;
    }

    fn take_up(&mut self, vehicle: u32, visits: &[u32]) {
        let field = self.field;
        let kind_index = field.kind_of[vehicle as usize];
        let kind = &field.kinds[kind_index as usize];
        self.vehicles.push(vehicle);
        self.fleet[kind_index as usize].push(vehicle);
        self.tallies[vehicle as usize].size = count(visits.len());
        let at = vehicle as usize * field.resources;
        self.loads[at..at + field.resources].fill(0);
        let (start, end) = (field.start(vehicle), field.end(vehicle));
        let mut last = start;
        for &visit in visits {
            self.link(last, visit);
            self.nodes[visit as usize].route = vehicle;
            for (load, demand) in self.loads[at..].iter_mut().zip(field.demand_of(visit)) {
                *load += demand;
            }
            if visit < field.jobs {
                self.visits.push(visit);
            }
            last = visit;
        }
        self.link(last, end);
        self.nodes[start as usize].route = vehicle;
        self.nodes[end as usize].route = vehicle;
        self.ahead[start as usize].depart = kind.earliest;
        self.behind[start as usize].latest = NEVER;
        self.behind[end as usize].latest = kind.latest;
        self.ahead[end as usize].depart = TOO_LATE;
        self.retime(start, end);
        self.recargo(start);
        if visits.is_empty() {
            self.idle[kind_index as usize] += 1;
        } else {
            let legs = visits.len() + 1;
            let mut node = start;
            self.pay(kind.fixed);
            for _ in 0..legs {
                self.pay(i64::from(self.ahead[node as usize].onward));
                node = self.nodes[node as usize].next;
            }
        }
        self.take_up_exactly(vehicle);
    }

    /// Adds to the cost of the routes, unless the walk does.
    #[inline]
    pub(super) fn pay(&mut self, cost: i64) {
        if self.exact.is_none() {
            self.cost += cost;
        }
    }

    pub(super) fn link(&mut self, from: u32, to: u32) {
        let cost = self.cost_between(from, to);
        self.nodes[from as usize].next = to;
        self.ahead[from as usize].onward = cost;
        self.nodes[to as usize].prev = from;
        self.behind[to as usize].inward = cost;
    }

    /// Computes all moments between two nodes, from nothing.
    fn retime(&mut self, start: u32, end: u32) {
        let mut node = start;
        while node != end {
            node = self.nodes[node as usize].next;
            let depart = self.departure_at(node);
            self.ahead[node as usize].depart = depart;
        }
        while node != start {
            node = self.nodes[node as usize].prev;
            if node != start {
                let latest = self.latest_at(node);
                self.behind[node as usize].latest = latest;
            }
        }
    }

    #[inline]
    pub(super) fn time_between(&self, from: u32, to: u32) -> i32 {
        let (from, to) = (self.nodes[from as usize].row, self.nodes[to as usize].row);
        self.field.legs.time(from, to)
    }

    #[inline]
    pub(super) fn cost_between(&self, from: u32, to: u32) -> i32 {
        let (from, to) = (self.nodes[from as usize].row, self.nodes[to as usize].row);
        self.field.legs.cost(from, to)
    }

    #[inline]
    fn onward_time(&self, from: u32) -> i32 {
        if L::SAME {
            self.ahead[from as usize].onward
        } else {
            self.time_between(from, self.nodes[from as usize].next)
        }
    }

    /// The earliest departure from a node after the one before it; notes a missed window.
    #[inline]
    pub(super) fn departure_at(&mut self, node: u32) -> i32 {
        let prev = self.nodes[node as usize].prev;
        let site = self.field.sites[node as usize];
        let arrival = self.ahead[prev as usize].depart + self.onward_time(prev);
        let start = arrival.max(site.opens);
        self.broken |= start > site.closes;
        start + site.service
    }

    #[inline]
    pub(super) fn latest_at(&self, node: u32) -> i32 {
        let site = self.field.sites[node as usize];
        let next = self.nodes[node as usize].next;
        let latest = self.behind[next as usize].latest - self.onward_time(node) - site.service;
        latest.min(site.closes)
    }

    /// The route of a visit, or [`NONE`].
    #[inline]
    pub(super) fn route_of(&self, node: u32) -> u32 {
        self.nodes[node as usize].route
    }

    pub(super) fn load_of(&self, route: u32) -> &[i64] {
        let at = route as usize * self.field.resources;
        &self.loads[at..at + self.field.resources]
    }

    #[inline]
    #[must_use]
    pub(super) fn has_room(&self, route: u32, node: u32) -> bool {
        let kind = self.field.kind_of[route as usize];
        if self.field.may.len() > 1 && !self.field.may_serve(kind, node) {
            return false;
        }
        let capacity = &self.field.kinds[kind as usize].capacity;
        let (asked, load) = (self.field.demand_of(node), self.load_of(route));
        (0..self.field.resources).all(|at| asked[at] + load[at] <= capacity[at])
    }

    /// An unused vehicle of a kind.
    pub(super) fn idle_of(&mut self, kind: u32) -> Option<u32> {
        let kind = kind as usize;
        if self.idle[kind] == 0 {
            return None;
        }
        let fleet = &self.fleet[kind];
        let from = self.hint[kind] as usize;
        let unused = |at: &usize| self.tallies[fleet[*at] as usize].size == 0;
        let at = (from..fleet.len()).chain(0..from).find(unused)?;
        self.hint[kind] = count(at);
        Some(fleet[at])
    }

    #[inline]
    pub(super) fn save(&mut self, node: u32) {
        let at = node as usize;
        if self.stamps[at] != self.stamp {
            self.log.nodes.push((node, self.nodes[at], self.ahead[at], self.behind[at]));
            self.stamps[at] = self.stamp;
            if self.field.cargo_dims > 0 {
                let dims = self.field.cargo_dims;
                self.log.cargo.extend_from_slice(&self.cargo[at * dims..(at + 1) * dims]);
            }
        }
    }

    pub(super) fn save_route(&mut self, route: u32) {
        let at = route as usize;
        if let Some(exact) = &mut self.exact {
            exact.delays.forget(route);
        }
        if self.tallies[at].stamp != self.stamp {
            self.log.routes.push((route, self.tallies[at].size));
            if let Some(exact) = &self.exact {
                self.log.bills.push(exact.bills[at]);
            }
            self.tallies[at].stamp = self.stamp;
            let loads = at * self.field.resources;
            self.log.loads.extend_from_slice(&self.loads[loads..loads + self.field.resources]);
        }
    }

    /// Accepts everything since the last [`Self::keep`].
    pub(super) fn keep(&mut self) {
        self.next_stamp();
        self.log.nodes.clear();
        self.log.cargo.clear();
        self.log.routes.clear();
        self.log.bills.clear();
        self.log.loads.clear();
        self.log.cost = self.cost;
        self.broken = false;
        self.log.absent.clear();
        self.log.absent.extend_from_slice(&self.absent);
    }

    fn next_stamp(&mut self) {
        if self.stamp == u32::MAX {
            self.stamps.fill(0);
            self.tallies.iter_mut().for_each(|tally| tally.stamp = 0);
            self.stamp = 0;
        }
        self.stamp += 1;
    }

    /// The routes changed since the last [`Self::keep`].
    pub(super) fn changed(&self) -> impl Iterator<Item = u32> + '_ {
        self.log.routes.iter().map(|&(route, _)| route)
    }

    /// Whether there is no need to try a visit on a route.
    #[inline]
    pub(super) fn is_known_full(&self, route: u32, visit: u32) -> bool {
        self.is_narrow
            && self.tallies[route as usize].stamp != self.stamp
            && self.log.absent.contains(&visit)
    }

    /// Cost at the last [`Self::keep`].
    pub(super) fn kept_cost(&self) -> i64 {
        self.log.cost
    }

    /// Visits absent at the last [`Self::keep`].
    pub(super) fn kept_absent(&self) -> usize {
        self.log.absent.len()
    }

    /// Takes back everything since the last [`Self::keep`].
    pub(super) fn undo(&mut self) {
        let dims = self.field.cargo_dims;
        for (index, &(node, links, ahead, behind)) in self.log.nodes.iter().enumerate() {
            let at = node as usize;
            (self.nodes[at], self.ahead[at], self.behind[at]) = (links, ahead, behind);
            let at = at * dims;
            self.cargo[at..at + dims]
                .copy_from_slice(&self.log.cargo[index * dims..(index + 1) * dims]);
        }
        let resources = self.field.resources;
        for (index, &(route, size)) in self.log.routes.iter().enumerate() {
            let at = route as usize;
            let kind = self.field.kind_of[at] as usize;
            let was = self.tallies[at].size;
            self.idle[kind] += u32::from(size == 0);
            self.idle[kind] -= u32::from(was == 0);
            self.tallies[at].size = size;
            if let Some(exact) = &mut self.exact {
                exact.bills[at] = self.log.bills[index];
                exact.delays.forget(route);
            }
            self.loads[at * resources..(at + 1) * resources]
                .copy_from_slice(&self.log.loads[index * resources..(index + 1) * resources]);
        }
        self.cost = self.log.cost;
        std::mem::swap(&mut self.absent, &mut self.log.absent);
        self.keep();
    }

    /// Whether some window on a route is missed.
    pub(super) fn is_late(&self, route: u32) -> bool {
        let mut node = self.field.start(route);
        while node != self.field.end(route) {
            let next = self.nodes[node as usize].next;
            let arrival = self.ahead[node as usize].depart + self.onward_time(node);
            if arrival > self.field.sites[next as usize].closes {
                return true;
            }
            node = next;
        }
        false
    }

    /// Removes everything loose from a route.
    pub(super) fn empty(&mut self, route: u32) {
        let start = self.field.start(route);
        let head = self.field.rich.as_ref().map_or(start, |rich| rich.heads[route as usize]);
        let first = self.nodes[head as usize].next;
        let last = self.nodes[self.field.end(route) as usize].prev;
        if first < self.field.visits {
            self.unlink(first, last);
            self.recargo(start);
        }
    }

    /// Empties routes that miss a window.
    pub(super) fn empty_late(&mut self) {
        for route in self.vehicles.clone() {
            if self.is_late(route) {
                self.empty(route);
            }
        }
    }

    /// Costs of the routes alone.
    pub(super) fn routes_cost(&self) -> i64 {
        let left = |&visit: &u32| self.field.penalty[visit as usize];
        self.cost - self.absent.iter().map(left).sum::<i64>()
    }

    /// Takes all unused vehicles out of reach.
    pub(super) fn park_idle(&mut self) {
        for (kind, fleet) in self.fleet.iter_mut().enumerate() {
            fleet.retain(|&vehicle| self.tallies[vehicle as usize].size > 0);
            self.hint[kind] = 0;
            self.idle[kind] = 0;
        }
        self.vehicles.retain(|&vehicle| self.tallies[vehicle as usize].size > 0);
    }

    /// The visits of a route in order.
    pub(super) fn visits_of(&self, route: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.nodes[self.field.start(route) as usize].next;
        let visits = self.field.visits;
        let step = move |&node: &u32| Some(self.nodes[node as usize].next);
        std::iter::successors(Some(first), step).take_while(move |&node| node < visits)
    }
}
