//! Insertion in rich problems: what slack allows and ways alone do not make too dear, a walk decides.
//!
//! For each place of a visit there is a bound on what it costs: the ways of the detour, less what a
//! route pays for being late so far. Places are tried in the order of that bound, and no more once it
//! reaches the best exact cost: then nothing better can come.

use super::delays::Delays;
use super::dice::Dice;
use super::edits::{Edits, Path};
use super::field::NONE;
use super::legs::Legs;
use super::plan::Plan;
use super::rich::Rich;
use crate::solver::{Breach, Constraint, RouteCost, Walker};

/// At most so many places of a visit are tried together with a call at the hub, cheapest first.
const CALLED: u32 = 16;

/// With more special nodes than this, a visit looks at those on the routes of its neighbours alone.
const SPECIAL: usize = 256;

/// What a route is charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bill {
    /// All of it.
    pub(super) total: i64,
    /// What a detour may save of it, beyond ways.
    pub(super) price: i64,
}

/// What a plan keeps for a rich problem.
pub(super) struct Exact<'f> {
    pub(super) walker: Walker<'f>,
    /// By vehicle.
    pub(super) bills: Vec<Bill>,
    /// Nodes besides visits that visits may go next to: calls at the hub, ends of what is frozen.
    pub(super) special: Vec<u32>,
    /// Memory for the routes of one visit's neighbours, each once.
    near: Once,
    pub(super) delays: Delays,
    /// Memory for the places of one visit.
    places: Vec<Place>,
    /// Memory for detours by the hub.
    pub(super) detours: Vec<(i64, u32)>,
}

impl<'f> Exact<'f> {
    pub(super) fn new(rich: &'f Rich<'f>) -> Self {
        Self {
            walker: Walker::lenient(&rich.rules),
            bills: vec![Bill::default(); rich.problem.vehicles.len()],
            special: Vec::new(),
            near: Once::new(rich.problem.vehicles.len()),
            delays: Delays::new(rich),
            places: Vec::new(),
            detours: Vec::new(),
        }
    }
}

/// Routes in the order in which they come, each once.
struct Once {
    routes: Vec<u32>,
    /// By vehicle: the round in which it last came.
    seen: Vec<u32>,
    round: u32,
}

impl Once {
    fn new(vehicles: usize) -> Self {
        Self { routes: Vec::new(), seen: vec![0; vehicles], round: 0 }
    }

    fn clear(&mut self) {
        self.routes.clear();
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.round = 1;
        }
    }

    fn add(&mut self, route: u32) {
        if let Some(seen) = self.seen.get_mut(route as usize)
            && std::mem::replace(seen, self.round) != self.round
        {
            self.routes.push(route);
        }
    }
}

/// A place for a visit, and the least it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    bound: i64,
    after: u32,
}

/// The best edits so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) route: u32,
    pub(super) edits: Edits,
    pub(super) bill: Bill,
    /// By how much the route gets dearer.
    pub(super) cost: i64,
}

impl<'f, L: Legs> Plan<'f, L> {
    /// The rules of a rich problem.
    #[expect(clippy::expect_used, reason = "asked only where the plan has a walker")]
    #[inline]
    pub(super) fn rich(&self) -> &'f Rich<'f> {
        self.field.rich.as_ref().expect("a rich problem")
    }

    /// The exact cost of a route with edits.
    #[inline]
    pub(super) fn walk(&mut self, route: u32, edits: &Edits) -> Result<Bill, Breach> {
        let rich = self.rich();
        let Some(exact) = &mut self.exact else { return Ok(Bill::default()) };
        let path = Path::new(&self.nodes, &rich.tasks, edits, self.field.start(route));
        let cost: RouteCost = exact.walker.evaluate_iter(route, path)?;
        Ok(Bill { total: cost.total() + rich.fee, price: rich.price(&cost) })
    }

    pub(super) fn bill_of(&self, route: u32) -> Bill {
        self.exact.as_ref().map_or(Bill::default(), |exact| exact.bills[route as usize])
    }

    /// Charges a route anew.
    pub(super) fn charge(&mut self, route: u32, bill: Bill) {
        self.save_route(route);
        if let Some(exact) = &mut self.exact {
            let old = std::mem::replace(&mut exact.bills[route as usize], bill);
            self.cost += bill.total - old.total;
        }
    }

    /// Charges nothing for a route that has become empty.
    pub(super) fn bill_empty(&mut self, route: u32) {
        if self.exact.is_some() {
            self.charge(route, Bill::default());
        }
    }

    /// Walks a route and charges what it costs. Tells whether it is feasible.
    pub(super) fn settle(&mut self, route: u32) -> bool {
        if self.tallies[route as usize].size == 0 {
            self.bill_empty(route);
            return true;
        }
        let bill = self.walk(route, &Edits::NO);
        if let Ok(bill) = bill {
            self.charge(route, bill);
        }
        bill.is_ok()
    }

    /// The first bill of a route taken up.
    pub(super) fn take_up_exactly(&mut self, route: u32) {
        let Some(exact) = &mut self.exact else { return };
        exact.bills[route as usize] = Bill::default();
        exact.delays.forget(route);
        let rich = self.rich();
        let head = rich.heads[route as usize];
        let (from, to) = rich.hubs[route as usize];
        if let Some(exact) = &mut self.exact {
            if self.vehicles.len() == 1 {
                exact.special.clear();
            }
            exact.special.extend((from..to).filter(|&hub| !rich.locked[hub as usize]));
            if head < self.field.visits {
                exact.special.push(head);
            }
        }
        self.broken |= !self.settle(route);
    }

    /// Whether the slack along a route allows a visit after a node. Necessary, not sufficient.
    #[inline]
    pub(super) fn seems_open(&self, visit: u32, after: u32) -> bool {
        let (node, site) = (self.nodes[after as usize], self.field.sites[visit as usize]);
        if node.route == NONE || !self.may_follow(after) {
            return false;
        }
        let start =
            (self.ahead[after as usize].depart + self.time_between(after, visit)).max(site.opens);
        let onward = start + site.service + self.time_between(visit, node.next);
        start <= site.closes && onward <= self.behind[node.next as usize].latest
    }

    /// Whether anything may be put after a node: it is on a route, and what follows is not frozen.
    #[inline]
    pub(super) fn may_follow(&self, after: u32) -> bool {
        let next = self.nodes[after as usize].next;
        next >= self.field.visits || !self.rich().locked[next as usize]
    }

    /// What the ways of a detour by a node cost.
    #[inline]
    pub(super) fn detour(&self, route: u32, after: u32, node: u32) -> i64 {
        let (rich, next) = (self.rich(), self.nodes[after as usize].next);
        let there = rich.arc(route, after, node) + rich.arc(route, node, next);
        if self.tallies[route as usize].size == 0 {
            return there + rich.problem.vehicles[route as usize].costs.fixed + rich.fee;
        }
        there - rich.arc(route, after, next)
    }

    /// The least a visit costs after a node, on a route whose [delays](Self::know_delays) are known.
    #[inline]
    pub(super) fn bound(&self, route: u32, after: u32, visit: u32) -> i64 {
        let (next, site) = (self.nodes[after as usize].next, self.field.sites[visit as usize]);
        let begins = self.ahead[after as usize].depart + self.time_between(after, visit);
        let begins = begins.max(site.opens);
        let late = self.rich().lateness(visit, begins);
        let onward = begins + site.service + self.time_between(visit, next);
        self.detour(route, after, visit) + late + self.delay_cost(route, next, onward)
    }

    /// The places next to neighbours and special nodes, and one unused vehicle of each kind, that
    /// `seem` right; in no order, some twice.
    pub(super) fn around(&mut self, visit: u32, mut place: impl FnMut(&Self, u32)) {
        let field = self.field;
        for near in field.before.of(visit) {
            place(self, near.node);
        }
        for near in field.after.of(visit) {
            if self.nodes[near.node as usize].route != NONE {
                place(self, self.nodes[near.node as usize].prev);
            }
        }
        self.around_special(visit, &mut place);
        for kind in (0..).take(field.kinds.len()) {
            if let Some(vehicle) = self.idle_of(kind) {
                place(self, field.start(vehicle));
            }
        }
    }

    /// The places next to special nodes.
    fn around_special(&mut self, visit: u32, place: &mut impl FnMut(&Self, u32)) {
        let field = self.field;
        let mut beside = |plan: &Self, node: u32| {
            if plan.nodes[node as usize].route != NONE {
                place(plan, node);
                place(plan, plan.nodes[node as usize].prev);
            }
        };
        let special = self.exact.as_ref().map_or(&[][..], |exact| &exact.special);
        if special.len() <= SPECIAL {
            for &node in special {
                beside(self, node);
            }
            return;
        }
        let Some(exact) = &mut self.exact else { return };
        exact.near.clear();
        for near in field.before.of(visit).iter().chain(field.after.of(visit)) {
            exact.near.add(self.nodes[near.node as usize].route);
        }
        let (rich, routes) = (self.rich(), self.exact.as_ref().map_or(&[][..], |e| &e.near.routes));
        for &route in routes {
            let (from, to) = rich.hubs[route as usize];
            for hub in (from..to).filter(|&hub| field.is_loose(hub)) {
                beside(self, hub);
            }
            let head = rich.heads[route as usize];
            if head < field.visits {
                beside(self, head);
            }
        }
    }

    /// The cheapest place of a visit, on one route alone if `only` names it.
    pub(super) fn best_spot(
        &mut self,
        dice: &mut Dice,
        blink: f64,
        visit: u32,
        only: Option<u32>,
    ) -> Option<Spot> {
        let mut places = self.take_places();
        self.around(visit, |plan, after| {
            let route = plan.nodes[after as usize].route;
            if plan.seems_open(visit, after)
                && only.is_none_or(|only| only == route)
                && !plan.is_known_full(route, visit)
                && plan.has_room(route, visit)
            {
                places.push(Place { bound: 0, after });
            }
        });
        if let Some(route) = only {
            self.along(visit, route, &mut places);
        }
        self.rate(visit, &mut places);
        let (mut best, mut tried): (Option<Spot>, u32) = (None, 0);
        for &Place { bound, after } in &places {
            if best.is_some_and(|best| bound >= best.cost) {
                break;
            }
            if blink > 0.0 && dice.hit(blink) {
                continue;
            }
            let route = self.nodes[after as usize].route;
            let breach = self.try_edits(route, Edits::one(after, visit), &mut best);
            if tried < CALLED && self.may_call(route, breach) {
                tried += 1;
                self.try_hubs(route, visit, after, &mut best);
            }
        }
        if let Some(exact) = &mut self.exact {
            exact.places = places;
        }
        best
    }

    /// Bounds of a visit's places, each once, least first.
    fn rate(&mut self, visit: u32, places: &mut Vec<Place>) {
        places.sort_unstable();
        places.dedup();
        for place in places.iter_mut() {
            let route = self.nodes[place.after as usize].route;
            self.know_delays(route);
            place.bound = self.bound(route, place.after, visit);
        }
        places.sort_unstable();
    }

    fn take_places(&mut self) -> Vec<Place> {
        let mut places = self.exact.as_mut().map(|e| std::mem::take(&mut e.places));
        let mut places = places.take().unwrap_or_default();
        places.clear();
        places
    }

    /// All places of a visit on a route.
    fn along(&self, visit: u32, route: u32, places: &mut Vec<Place>) {
        let mut after = self.rich().heads[route as usize];
        while after != self.field.end(route) {
            if self.seems_open(visit, after) && self.has_room(route, visit) {
                places.push(Place { bound: 0, after });
            }
            after = self.nodes[after as usize].next;
        }
    }

    /// Walks a route with edits, and keeps them if they are the cheapest so far.
    pub(super) fn try_edits(
        &mut self,
        route: u32,
        edits: Edits,
        best: &mut Option<Spot>,
    ) -> Option<Constraint> {
        match self.walk(route, &edits) {
            Ok(bill) => {
                let cost = bill.total - self.bill_of(route).total;
                if best.is_none_or(|best| cost < best.cost) {
                    *best = Some(Spot { route, edits, bill, cost });
                }
                None
            }
            Err(breach) => Some(breach.what),
        }
    }

    /// Makes the edits of a spot.
    pub(super) fn apply(&mut self, spot: &Spot) {
        let from = spot.edits.iter().next().map_or(NONE, |(after, _)| after);
        if spot.edits.skip != NONE {
            self.unlink(spot.edits.skip, spot.edits.skip);
        }
        for (after, node) in spot.edits.iter() {
            self.insert(node, after);
            if node < self.field.jobs {
                self.cost -= self.field.penalty[node as usize];
            }
        }
        if from != NONE {
            self.recargo(self.field.start(spot.route));
        }
        self.charge(spot.route, spot.bill);
    }
}
