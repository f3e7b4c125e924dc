//! Changes of a plan: visits linked in and taken off, with all that follows along the route.

use super::legs::Legs;
use super::plan::{Ahead, Behind, NEVER, Plan, TOO_LATE};

impl<L: Legs> Plan<'_, L> {
    /// Links a visit in after another node; the caller has checked that it fits.
    pub(super) fn insert(&mut self, visit: u32, after: u32) {
        let next = self.nodes[after as usize].next;
        let route = self.nodes[after as usize].route;
        self.save(visit);
        self.save(after);
        self.save(next);
        self.resize(route, visit, 1);
        let removed = self.ahead[after as usize].onward;
        let (before, behind) = (self.cost_between(after, visit), self.cost_between(visit, next));
        let kind = &self.field.kinds[self.field.kind_of[route as usize] as usize];
        let added = i64::from(before) + i64::from(behind);
        if self.tallies[route as usize].size == 1 {
            self.pay(kind.fixed + added);
        } else {
            self.pay(added - i64::from(removed));
        }
        self.nodes[after as usize].next = visit;
        self.ahead[after as usize].onward = before;
        self.nodes[next as usize].prev = visit;
        self.behind[next as usize].inward = behind;
        let node = &mut self.nodes[visit as usize];
        (node.prev, node.next, node.route) = (after, next, route);
        self.ahead[visit as usize] = Ahead { depart: NEVER, onward: behind };
        self.behind[visit as usize] = Behind { latest: TOO_LATE, inward: before };
        self.push_forward(visit);
        self.pull_back(visit);
    }

    /// Takes a string of visits off their route, `first` to `last`.
    pub(super) fn unlink(&mut self, first: u32, last: u32) {
        let (prev, next) = (self.nodes[first as usize].prev, self.nodes[last as usize].next);
        let route = self.nodes[first as usize].route;
        self.save(prev);
        self.save(next);
        let mut saved = i64::from(self.ahead[prev as usize].onward);
        let mut visit = first;
        loop {
            self.save(visit);
            self.resize(route, visit, -1);
            saved += i64::from(self.ahead[visit as usize].onward);
            self.forget(visit);
            if visit < self.field.jobs {
                self.absent.push(visit);
                self.cost += self.field.penalty[visit as usize];
            }
            if visit == last {
                break;
            }
            visit = self.nodes[visit as usize].next;
        }
        self.link(prev, next);
        if self.tallies[route as usize].size == 0 {
            let kind = &self.field.kinds[self.field.kind_of[route as usize] as usize];
            self.pay(-saved - kind.fixed);
            self.bill_empty(route);
        } else {
            self.pay(i64::from(self.ahead[prev as usize].onward) - saved);
        }
        self.push_forward(next);
        self.pull_back(prev);
    }

    fn resize(&mut self, route: u32, visit: u32, by: i32) {
        self.save_route(route);
        let at = route as usize;
        let kind = self.field.kind_of[at] as usize;
        self.idle[kind] -= u32::from(self.tallies[at].size == 0);
        self.tallies[at].size = self.tallies[at].size.wrapping_add_signed(by);
        self.idle[kind] += u32::from(self.tallies[at].size == 0);
        let loads = self.loads[at * self.field.resources..].iter_mut();
        for (load, demand) in loads.zip(self.field.demand_of(visit)) {
            *load += i64::from(by) * demand;
        }
    }

    /// Departures from a node on, until one stays as it was.
    pub(super) fn push_forward(&mut self, from: u32) {
        let mut node = from;
        loop {
            let depart = self.departure_at(node);
            if depart == self.ahead[node as usize].depart {
                return;
            }
            self.save(node);
            self.ahead[node as usize].depart = depart;
            if node >= self.field.visits {
                return;
            }
            node = self.nodes[node as usize].next;
        }
    }

    /// Latest starts from a node back, until one stays as it was.
    pub(super) fn pull_back(&mut self, from: u32) {
        let mut node = from;
        while node < self.field.visits {
            let latest = self.latest_at(node);
            if latest == self.behind[node as usize].latest {
                return;
            }
            self.save(node);
            self.behind[node as usize].latest = latest;
            node = self.nodes[node as usize].prev;
        }
    }

    /// What shipments have on board, from a node to the end of its route.
    pub(super) fn recargo(&mut self, from: u32) {
        let dims = self.field.cargo_dims;
        if dims == 0 {
            return;
        }
        let mut node = from;
        if node >= self.field.visits {
            let at = node as usize * dims;
            self.cargo[at..at + dims].fill(0);
        }
        loop {
            let next = self.nodes[node as usize].next;
            if next >= self.field.visits {
                return;
            }
            self.save(next);
            for dim in 0..dims {
                let at = next as usize * dims + dim;
                self.cargo[at] = self.cargo[node as usize * dims + dim] + self.field.cargo[at];
            }
            node = next;
        }
    }
}
