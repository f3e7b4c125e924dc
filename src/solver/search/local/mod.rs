//! Local search: small changes to one or two routes, made as long as one of them pays.
//!
//! All moves keep all windows, loads, skills and fleets. Each file below is one kind of move with
//! the same shape: it is asked whether one visit should follow another, bounds what that costs in
//! constant time, and proposes a [`Change`] only where it gains and fits. Routes with shipments are
//! left alone. The search stops where no move among near visits gains: a local optimum.

mod bench;
mod change;
mod exchange;
mod relocate;
mod reverse;
mod segment;
mod swap;
mod tails;
#[cfg(test)]
mod tests;
mod tours;

use super::field::Field;
use super::legs::Legs;
use super::split::Routes;
pub(super) use bench::Bench;
use change::Change;
use exchange::Exchange;
use relocate::relocate;
use reverse::reverse;
use swap::swap;
use tails::tails;
use tours::Tours;

/// What becomes of vehicles without a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spare {
    /// They may get one where that costs less.
    Usable,
    /// They stay without.
    Parked,
}

/// A local search that remembers what it has tried: only what has changed since is tried again.
pub(super) struct Polish<'f, L> {
    tours: Tours<'f, L>,
    spare: Spare,
    /// Counts changes.
    clock: u32,
    /// The change that last touched each route.
    changed: Vec<u32>,
    /// The last change before each visit, and each route's exchanges, were tried.
    tested: Vec<u32>,
    exchanged: Vec<u32>,
    exchange: Exchange,
    gain: i64,
}

impl<'f, L: Legs> Polish<'f, L> {
    /// No routes yet. Linear in the field.
    pub(super) fn new(field: &'f Field<L>, spare: Spare) -> Self {
        Self {
            tours: Tours::new(field),
            spare,
            clock: 1,
            changed: vec![0; field.vehicles() as usize],
            tested: vec![0; field.visits as usize],
            exchanged: vec![0; field.vehicles() as usize],
            exchange: Exchange::default(),
            gain: 0,
        }
    }

    /// Improves routes until no move gains or `stop`; returns how much less they cost.
    ///
    /// With `touched`, only moves that have a part in one of these routes are tried, and those that
    /// follow from them; otherwise all in routes that are not as this search last left them. Visits
    /// on no route stay there.
    pub(super) fn improve(
        &mut self,
        routes: &mut Routes,
        touched: Option<&[u32]>,
        stop: &dyn Fn() -> bool,
    ) -> i64 {
        self.take_up(routes, touched);
        self.gain = 0;
        let loaded = self.clock;
        while self.descend(stop) || self.exchange_all(stop) {}
        for (route, visits) in (0..).zip(&mut routes.of) {
            if self.changed[route as usize] > loaded {
                visits.clear();
                visits.extend(self.tours.visits(route));
            }
        }
        self.gain
    }

    fn take_up(&mut self, routes: &Routes, touched: Option<&[u32]>) {
        let differs = |&(route, visits): &(u32, &Vec<u32>)| {
            !self.tours.visits(route).eq(visits.iter().copied())
        };
        let other: Vec<u32> =
            (0..).zip(&routes.of).filter(differs).map(|(route, _)| route).collect();
        for &route in &other {
            let old: Vec<u32> = self.tours.visits(route).collect();
            self.tours.forget(&old);
        }
        self.clock += 1;
        for &route in &other {
            self.tours.rebuild(route, &routes.of[route as usize]);
            if touched.is_none() {
                self.changed[route as usize] = self.clock;
            }
        }
        for &route in touched.unwrap_or_default() {
            self.changed[route as usize] = self.clock;
        }
    }

    /// Tries all visits until none has a move that gains; whether any had.
    fn descend(&mut self, stop: &dyn Fn() -> bool) -> bool {
        let mut any = false;
        loop {
            let before = self.clock;
            for visit in 0..self.tours.field.visits {
                if !self.tours.is_free(visit) {
                    continue;
                }
                if stop() {
                    return false;
                }
                let last = std::mem::replace(&mut self.tested[visit as usize], self.clock);
                self.try_around(visit, last);
            }
            if self.clock == before {
                return any;
            }
            any = true;
        }
    }

    /// Tries to put a visit next to each of its neighbours, where one of the routes has changed
    /// since `last`.
    fn try_around(&mut self, visit: u32, last: u32) {
        let field = self.tours.field;
        for near in field.before.of(visit) {
            self.try_leg(near.node, visit, last);
        }
        for near in field.after.of(visit) {
            self.try_leg(visit, near.node, last);
        }
        if self.spare == Spare::Parked || self.changed_at(visit) <= last {
            return;
        }
        for kind in 0..field.kinds.len() {
            if let Some(vehicle) = self.tours.unused(kind) {
                let (tours, start) = (&self.tours, field.start(vehicle));
                let found = relocate(tours, start, visit).or_else(|| tails(tours, start, visit));
                self.apply(found);
            }
        }
    }

    fn changed_at(&self, visit: u32) -> u32 {
        self.changed[self.tours.route(visit) as usize]
    }

    fn try_leg(&mut self, p: u32, u: u32, last: u32) {
        if !self.tours.is_free(p) || !self.tours.is_free(u) || self.tours.next(p) == u {
            return;
        }
        if self.changed_at(p).max(self.changed_at(u)) <= last {
            return;
        }
        let tours = &self.tours;
        let found = relocate(tours, p, u)
            .or_else(|| tails(tours, p, u))
            .or_else(|| reverse(tours, p, u))
            .or_else(|| swap(tours, p, u));
        self.apply(found);
    }

    fn apply(&mut self, found: Option<Change>) {
        let Some(change) = found else { return };
        self.tours.apply(&change);
        self.clock += 1;
        self.gain += change.gain;
        self.changed[change.first.route as usize] = self.clock;
        if let Some(rebuilt) = &change.second {
            self.changed[rebuilt.route as usize] = self.clock;
        }
    }

    /// Tries to exchange visits between routes that lie across each other; whether any gained.
    fn exchange_all(&mut self, stop: &dyn Fn() -> bool) -> bool {
        let boxes: Vec<(u32, [f64; 4])> = (0..self.tours.field.vehicles())
            .filter(|&route| !self.tours.is_empty(route) && !self.tours.is_locked(route))
            .map(|route| (route, self.frame(route)))
            .collect();
        let before = self.clock;
        for (index, (one, frame)) in boxes.iter().enumerate() {
            let (last, now) = (self.exchanged[*one as usize], self.clock);
            for (other, _) in boxes[index + 1..].iter().filter(|(_, other)| overlap(frame, other)) {
                let newest = self.changed[*one as usize].max(self.changed[*other as usize]);
                if newest <= last {
                    continue;
                }
                if stop() {
                    return false;
                }
                let found = self.exchange.best(&self.tours, [*one, *other]);
                self.apply(found);
            }
            self.exchanged[*one as usize] = now;
        }
        self.clock > before
    }

    /// The least and the most of a route's points on each axis.
    fn frame(&self, route: u32) -> [f64; 4] {
        let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        self.tours.visits(route).fold(none, |[left, low, right, high], visit| {
            let [x, y] = self.tours.field.plane[visit as usize];
            [left.min(x), low.min(y), right.max(x), high.max(y)]
        })
    }
}

fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}
