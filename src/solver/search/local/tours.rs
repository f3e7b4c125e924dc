//! Routes with what is known of each beginning and each rest of them.

use super::change::{Change, Piece, Rebuilt};
use super::segment::Segment;
use crate::solver::search::field::{Field, Kind, NONE};
use crate::solver::search::legs::Legs;

/// What is known of a node from its place on its route.
#[derive(Clone, Copy, Debug)]
struct Known {
    prev: u32,
    next: u32,
    route: u32,
    /// Its number on the route: 0 is the start.
    at: u32,
    /// Earliest departure.
    depart: i32,
    /// Latest start of service with which everything after it is in time.
    latest: i32,
    /// From this visit to the last of its route.
    rest: Segment,
    /// Cost from the start to here, and of the way back.
    there: i64,
    back: i64,
}

/// All routes, by node. What is asked is answered in constant time unless it says otherwise.
pub(super) struct Tours<'f, L> {
    pub(super) field: &'f Field<'f, L>,
    known: Vec<Known>,
    /// Sum from the start to each node, by node and resource.
    loads: Vec<i64>,
    costs: Vec<i64>,
    /// By kind: its vehicles, how many are unused, and where to look for one first.
    fleet: Vec<(Vec<u32>, usize, usize)>,
    /// Routes that are left alone.
    locked: Vec<bool>,
    fresh: [Vec<u32>; 2],
}

impl<'f, L: Legs> Tours<'f, L> {
    /// Empty routes.
    pub(super) fn new(field: &'f Field<'f, L>) -> Self {
        let blank = |&site| Known {
            prev: NONE,
            next: NONE,
            route: NONE,
            at: 0,
            depart: 0,
            latest: 0,
            rest: Segment::new(site),
            there: 0,
            back: 0,
        };
        let vehicles = field.vehicles();
        let of_kind = |kind| (0..vehicles).filter(|&v| field.kind_of[v as usize] == kind).collect();
        let fleet: Vec<Vec<u32>> = (0..).map(of_kind).take(field.kinds.len()).collect();
        let mut tours = Self {
            field,
            known: field.sites.iter().map(blank).collect(),
            loads: vec![0; field.sites.len() * field.resources],
            costs: vec![0; vehicles as usize],
            fleet: fleet.into_iter().map(|all| (all, 0, 0)).collect(),
            locked: vec![false; vehicles as usize],
            fresh: [Vec::new(), Vec::new()],
        };
        for (all, unused, _) in &mut tours.fleet {
            *unused = all.len();
        }
        for vehicle in 0..vehicles {
            let (start, end) = (field.start(vehicle), field.end(vehicle));
            tours.known[start as usize].next = end;
            tours.rebuild(vehicle, &[]);
        }
        tours
    }

    #[inline]
    pub(super) fn next(&self, node: u32) -> u32 {
        self.known[node as usize].next
    }

    #[inline]
    pub(super) fn prev(&self, node: u32) -> u32 {
        self.known[node as usize].prev
    }

    /// The route of a node, or [`NONE`].
    #[inline]
    pub(super) fn route(&self, node: u32) -> u32 {
        self.known[node as usize].route
    }

    /// Whether a visit is on a route that may change.
    #[inline]
    pub(super) fn is_free(&self, visit: u32) -> bool {
        let route = self.route(visit);
        route != NONE && !self.locked[route as usize]
    }

    #[inline]
    pub(super) fn is_locked(&self, route: u32) -> bool {
        self.locked[route as usize]
    }

    #[inline]
    pub(super) fn is_visit(&self, node: u32) -> bool {
        node < self.field.visits
    }

    /// The number of a node on its route.
    #[inline]
    pub(super) fn at(&self, node: u32) -> u32 {
        self.known[node as usize].at
    }

    #[inline]
    pub(super) fn depart(&self, node: u32) -> i32 {
        self.known[node as usize].depart
    }

    #[inline]
    pub(super) fn latest(&self, node: u32) -> i32 {
        self.known[node as usize].latest
    }

    /// From a visit to the last of its route.
    pub(super) fn rest(&self, visit: u32) -> Segment {
        self.known[visit as usize].rest
    }

    pub(super) fn is_empty(&self, route: u32) -> bool {
        self.next(self.field.start(route)) == self.field.end(route)
    }

    /// The visits of a route in order.
    pub(super) fn visits(&self, route: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.next(self.field.start(route));
        std::iter::successors(Some(first), |&node| Some(self.next(node)))
            .take_while(|&node| self.is_visit(node))
    }

    /// The last visit of a route; its start, if it has none.
    #[inline]
    pub(super) fn last(&self, route: u32) -> u32 {
        self.prev(self.field.end(route))
    }

    #[inline]
    pub(super) fn kind(&self, route: u32) -> &'f Kind {
        &self.field.kinds[self.field.kind_of[route as usize] as usize]
    }

    /// Costs of a route as it is.
    pub(super) fn cost_of(&self, route: u32) -> i64 {
        self.costs[route as usize]
    }

    #[inline]
    pub(super) fn time(&self, from: u32, to: u32) -> i32 {
        let rows = &self.field.rows;
        self.field.legs.time(rows[from as usize], rows[to as usize])
    }

    /// Cost of a leg. From a start to an end it saves what using the vehicle costs.
    #[inline]
    pub(super) fn leg(&self, from: u32, to: u32) -> i64 {
        if from >= self.field.visits && to >= self.field.visits {
            return -self.kind((from - self.field.visits) / 2).fixed;
        }
        let rows = &self.field.rows;
        i64::from(self.field.legs.cost(rows[from as usize], rows[to as usize]))
    }

    /// Cost from one end of a piece to the other, in its new direction.
    #[inline]
    pub(super) fn inner(&self, piece: Piece) -> i64 {
        let (first, last) = (&self.known[piece.first as usize], &self.known[piece.last as usize]);
        if piece.turned { last.back - first.back } else { last.there - first.there }
    }

    /// The visit so many steps further on; `None` behind the last.
    pub(super) fn ahead(&self, visit: u32, steps: u32) -> Option<u32> {
        let node = (0..steps).fold(
            visit,
            |node, _| {
                if self.is_visit(node) { self.next(node) } else { node }
            },
        );
        self.is_visit(node).then_some(node)
    }

    /// The visit so many steps back; `None` before the first.
    pub(super) fn behind(&self, visit: u32, steps: u32) -> Option<u32> {
        let node = (0..steps).fold(
            visit,
            |node, _| {
                if self.is_visit(node) { self.prev(node) } else { node }
            },
        );
        self.is_visit(node).then_some(node)
    }

    /// An unused vehicle of a kind. Linear in the kind's fleet, mostly at once.
    pub(super) fn unused(&mut self, kind: usize) -> Option<u32> {
        let (all, unused, hint) = &self.fleet[kind];
        if *unused == 0 {
            return None;
        }
        let empty = |at: &usize| self.is_empty(all[*at]);
        let at = (*hint..all.len()).chain(0..*hint).find(empty)?;
        let vehicle = all[at];
        self.fleet[kind].2 = at;
        Some(vehicle)
    }

    /// The change, if both routes are feasible. Linear in the pieces' visits.
    pub(super) fn accept(&self, change: Change) -> Option<Change> {
        let fits = self.fits(&change.first) && change.second.as_ref().is_none_or(|r| self.fits(r));
        fits.then_some(change)
    }

    /// Linear in the visits of the pieces, and of the tail where the other route's vehicle may
    /// differ in skills.
    fn fits(&self, rebuilt: &Rebuilt) -> bool {
        self.has_room(rebuilt) && self.in_time(rebuilt) && self.may_serve(rebuilt)
    }

    fn has_room(&self, rebuilt: &Rebuilt) -> bool {
        let capacity = &self.kind(rebuilt.route).capacity;
        (0..self.field.resources).all(|resource| {
            let head = self.loaded(rebuilt.head, resource);
            let run =
                |first, last| self.loaded(last, resource) - self.loaded(self.prev(first), resource);
            let middle: i64 = rebuilt.pieces().iter().map(|p| run(p.first, p.last)).sum();
            let tail = if self.is_visit(rebuilt.tail) {
                run(rebuilt.tail, self.last(self.route(rebuilt.tail)))
            } else {
                0
            };
            head + middle + tail <= capacity[resource]
        })
    }

    #[inline]
    fn loaded(&self, node: u32, resource: usize) -> i64 {
        self.loads[node as usize * self.field.resources + resource]
    }

    fn in_time(&self, rebuilt: &Rebuilt) -> bool {
        let (mut from, mut depart) = (rebuilt.head, self.depart(rebuilt.head));
        for &piece in rebuilt.pieces() {
            let (first, last) = (piece.first, piece.last);
            let (mut node, last) = if piece.turned { (last, first) } else { (first, last) };
            loop {
                let site = self.field.sites[node as usize];
                let start = (depart + self.time(from, node)).max(site.opens);
                if start > site.closes {
                    return false;
                }
                (from, depart) = (node, start + site.service);
                if node == last {
                    break;
                }
                node = if piece.turned { self.prev(node) } else { self.next(node) };
            }
        }
        let (tail, end) = (rebuilt.tail, self.field.end(rebuilt.route));
        if !self.is_visit(tail) {
            return depart + self.time(from, end) <= self.latest(end);
        }
        let (arrival, route) = (depart + self.time(from, tail), self.route(tail));
        if self.field.kind_of[route as usize] == self.field.kind_of[rebuilt.route as usize] {
            return arrival <= self.latest(tail);
        }
        let left = self.known[tail as usize].rest.leave(arrival);
        left.is_some_and(|left| left + self.time(self.last(route), end) <= self.latest(end))
    }

    fn may_serve(&self, rebuilt: &Rebuilt) -> bool {
        if self.field.may.len() < 2 {
            return true;
        }
        let kind = self.field.kind_of[rebuilt.route as usize];
        let foreign = |node: u32| {
            self.is_visit(node) && self.field.kind_of[self.route(node) as usize] != kind
        };
        let run = |first: u32, last: u32| {
            let step = |&node: &u32| (node != last).then(|| self.next(node));
            std::iter::successors(Some(first), step).all(|node| self.field.may_serve(kind, node))
        };
        let pieces = rebuilt.pieces().iter();
        pieces.filter(|piece| foreign(piece.first)).all(|piece| run(piece.first, piece.last))
            && (!foreign(rebuilt.tail) || run(rebuilt.tail, self.last(self.route(rebuilt.tail))))
    }

    /// Makes a change. Linear in the routes' visits.
    pub(super) fn apply(&mut self, change: &Change) {
        let [mut first, mut second] = std::mem::take(&mut self.fresh);
        self.collect(&change.first, &mut first);
        if let Some(rebuilt) = &change.second {
            self.collect(rebuilt, &mut second);
        }
        let before = self.cost_of(change.first.route)
            + change.second.map_or(0, |rebuilt| self.cost_of(rebuilt.route));
        let mut after = self.rebuild(change.first.route, &first);
        if let Some(rebuilt) = &change.second {
            after += self.rebuild(rebuilt.route, &second);
        }
        debug_assert_eq!(before - after, change.gain, "{change:?}");
        self.fresh = [first, second];
    }

    fn collect(&self, rebuilt: &Rebuilt, visits: &mut Vec<u32>) {
        visits.clear();
        let mut node = self.next(self.field.start(rebuilt.route));
        if self.is_visit(rebuilt.head) {
            while node != rebuilt.head {
                visits.push(node);
                node = self.next(node);
            }
            visits.push(node);
        }
        for piece in rebuilt.pieces() {
            let from = visits.len();
            let step = |&node: &u32| (node != piece.last).then(|| self.next(node));
            visits.extend(std::iter::successors(Some(piece.first), step));
            if piece.turned {
                visits[from..].reverse();
            }
        }
        let mut node = rebuilt.tail;
        while self.is_visit(node) {
            visits.push(node);
            node = self.next(node);
        }
    }

    /// Forgets that visits are on a route.
    pub(super) fn forget(&mut self, visits: &[u32]) {
        for &visit in visits {
            self.known[visit as usize].route = NONE;
        }
    }

    /// Gives a route its visits and computes all that is known of them; returns its cost.
    pub(super) fn rebuild(&mut self, route: u32, visits: &[u32]) -> i64 {
        let was_empty = self.is_empty(route);
        let unused = &mut self.fleet[self.field.kind_of[route as usize] as usize].1;
        *unused = *unused + usize::from(visits.is_empty()) - usize::from(was_empty);
        self.locked[route as usize] =
            visits.iter().any(|&visit| self.field.mate[visit as usize] != NONE);
        self.forward(route, visits);
        self.backward(route);
        let kind = self.kind(route);
        let cost = kind.fixed + self.known[self.field.end(route) as usize].there;
        self.costs[route as usize] = cost;
        cost
    }

    fn forward(&mut self, route: u32, visits: &[u32]) {
        let field = self.field;
        let (start, end) = (field.start(route), field.end(route));
        let known = &mut self.known[start as usize];
        (known.route, known.at, known.depart) =
            (route, 0, self.field.kinds[field.kind_of[route as usize] as usize].earliest);
        let mut prev = start;
        for &node in visits.iter().chain([&end]) {
            let site = field.sites[node as usize];
            let begin = (self.depart(prev) + self.time(prev, node)).max(site.opens);
            let there = self.known[prev as usize].there + self.leg(prev, node);
            let back = if self.is_visit(prev) && self.is_visit(node) {
                self.known[prev as usize].back + self.leg(node, prev)
            } else {
                0
            };
            let at = self.at(prev) + 1;
            self.known[prev as usize].next = node;
            let known = &mut self.known[node as usize];
            (known.prev, known.route, known.at) = (prev, route, at);
            (known.depart, known.there, known.back) = (begin + site.service, there, back);
            let (from, to) = (prev as usize * field.resources, node as usize * field.resources);
            for resource in 0..field.resources {
                let asked = if node < field.visits { field.demand[to + resource] } else { 0 };
                self.loads[to + resource] = self.loads[from + resource] + asked;
            }
            prev = node;
        }
    }

    fn backward(&mut self, route: u32) {
        let field = self.field;
        let (start, end) = (field.start(route), field.end(route));
        self.known[end as usize].latest = self.kind(route).latest;
        let mut node = self.prev(end);
        while node != start {
            let next = self.next(node);
            let site = field.sites[node as usize];
            let time = self.time(node, next);
            let single = Segment::new(site);
            let rest = if next == end {
                single
            } else {
                single.merge(time, self.known[next as usize].rest)
            };
            let latest = site.closes.min(self.latest(next) - time - site.service);
            let known = &mut self.known[node as usize];
            (known.rest, known.latest) = (rest, latest);
            node = self.prev(node);
        }
    }
}
