//! Calls at the hub in the middle of routes, and routes that a removal left infeasible.

use super::dice::Dice;
use super::edits::Edits;
use super::exact::Spot;
use super::field::NONE;
use super::legs::Legs;
use super::plan::Plan;
use super::ruin::SMALL;
use crate::solver::{Break, Constraint};

/// Where a call is looked for at most, cheapest first, for one place of a visit.
const CALLS: usize = 6;

/// How often a call that could be spared is dropped at once, and how often one is added by chance.
const DROP: f64 = 0.5;
const CALL: f64 = 0.1;

impl<L: Legs> Plan<'_, L> {
    /// A call that a vehicle may still make.
    pub(super) fn free_hub(&self, route: u32) -> Option<u32> {
        let (from, to) = self.rich().hubs[route as usize];
        (from..to).find(|&hub| self.nodes[hub as usize].route == NONE)
    }

    /// Whether a call at the hub may help a route with this breach.
    pub(super) fn may_call(&self, route: u32, breach: Option<Constraint>) -> bool {
        let (from, to) = self.rich().hubs[route as usize];
        let weighs = |pause: &Break| pause.max_load.is_some();
        let helps = match breach {
            Some(Constraint::Load { .. }) => true,
            Some(Constraint::Break { .. }) if self.rich().metric => {
                self.rich().problem.vehicles[route as usize].breaks.iter().any(weighs)
            }
            _ => !self.rich().metric,
        };
        from < to && helps
    }

    /// Tries a visit at one place together with a new call at the hub.
    pub(super) fn try_hubs(&mut self, route: u32, visit: u32, after: u32, best: &mut Option<Spot>) {
        let Some(hub) = self.free_hub(route) else { return };
        let alone = Edits::one(after, visit);
        self.try_edits(route, Edits::one(after, hub).and(hub, visit), best);
        self.try_edits(route, alone.and(visit, hub), best);
        let mut detours = self.detours(route, hub);
        let price = self.bill_of(route).price;
        let least = self.detour(route, after, visit) - price;
        for &(detour, at) in detours.iter().filter(|detour| detour.1 != after).take(CALLS) {
            if best.is_some_and(|best| least + detour >= best.cost) {
                break;
            }
            self.try_edits(route, alone.and(at, hub), best);
        }
        detours.clear();
        if let Some(exact) = &mut self.exact {
            exact.detours = detours;
        }
    }

    /// The detours by a call at each place of a route, cheapest first.
    fn detours(&mut self, route: u32, hub: u32) -> Vec<(i64, u32)> {
        let mut detours =
            self.exact.as_mut().map(|e| std::mem::take(&mut e.detours)).unwrap_or_default();
        detours.clear();
        let mut after = self.rich().heads[route as usize];
        while after != self.field.end(route) && self.tallies[route as usize].size > 0 {
            if self.may_follow(after) {
                detours.push((self.detour(route, after, hub), after));
            }
            after = self.nodes[after as usize].next;
        }
        detours.sort_unstable();
        detours
    }

    /// Calls on a route that are not frozen.
    fn calls(&self, route: u32) -> Vec<u32> {
        let (from, to) = self.rich().hubs[route as usize];
        let is_loose =
            |&hub: &u32| self.nodes[hub as usize].route != NONE && self.field.is_loose(hub);
        (from..to).filter(is_loose).collect()
    }

    /// Puts a call where the route is cheapest with it.
    fn add_call(&mut self, route: u32, best: &mut Option<Spot>) {
        let Some(hub) = self.free_hub(route) else { return };
        let detours = self.detours(route, hub);
        let price = self.bill_of(route).price;
        for &(detour, at) in &detours {
            if best.is_some_and(|best| detour - price >= best.cost) {
                break;
            }
            self.try_edits(route, Edits::one(at, hub), best);
        }
        if let Some(exact) = &mut self.exact {
            exact.detours = detours;
        }
    }

    /// Drops calls that make a route dearer.
    fn drop_calls(&mut self, route: u32) {
        for hub in self.calls(route) {
            let mut best = None;
            self.try_edits(route, Edits { skip: hub, ..Edits::NO }, &mut best);
            if let Some(spot) = best.filter(|spot| spot.cost <= 0) {
                self.apply(&spot);
            }
        }
    }

    /// Moves calls to where they are cheapest.
    fn move_calls(&mut self, route: u32) {
        for hub in self.calls(route) {
            let mut best = None;
            let prev = self.nodes[hub as usize].prev;
            let detours = self.detours(route, hub);
            for &(_, at) in detours.iter().filter(|&&(_, at)| at != hub && at != prev) {
                self.try_edits(route, Edits { skip: hub, ..Edits::one(at, hub) }, &mut best);
            }
            if let Some(exact) = &mut self.exact {
                exact.detours = detours;
            }
            if let Some(spot) = best.filter(|spot| spot.cost < 0) {
                self.apply(&spot);
            }
        }
    }
}

/// After a removal: charges the routes that were changed, and makes them feasible again.
pub(super) fn mend<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice) {
    plan.broken = false;
    let routes: Vec<u32> = plan.changed().collect();
    for route in routes {
        mend_route(plan, dice, route);
    }
}

fn mend_route<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice, route: u32) {
    let calls = plan.calls(route).len();
    let size = plan.tallies[route as usize].size;
    if calls > 0 && calls == size as usize {
        plan.empty(route);
        return;
    }
    if plan.settle(route) {
        if calls > 0 && dice.hit(DROP) {
            plan.drop_calls(route);
        }
        if plan.free_hub(route).is_some() && size > 1 && dice.hit(CALL) {
            call_by_chance(plan, dice, route);
        }
        return;
    }
    let mut best = None;
    plan.add_call(route, &mut best);
    if let Some(spot) = best {
        plan.apply(&spot);
        return;
    }
    if size <= SMALL {
        plan.empty(route);
    }
    plan.broken |= !plan.settle(route);
}

/// A call somewhere, for visits to come.
fn call_by_chance<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice, route: u32) {
    let Some(hub) = plan.free_hub(route) else { return };
    let mut after = plan.rich().heads[route as usize];
    for _ in 0..dice.below(plan.tallies[route as usize].size + 1) {
        let next = plan.nodes[after as usize].next;
        if next >= plan.field.visits {
            break;
        }
        after = next;
    }
    let mut best = None;
    plan.try_edits(route, Edits::one(after, hub), &mut best);
    if let Some(spot) = best {
        plan.apply(&spot);
    }
}

/// After insertions: calls that are not needed go, others go to where they are cheapest, route by
/// route until there is no time for one.
pub(super) fn tune<L: Legs>(plan: &mut Plan<'_, L>, mut is_time: impl FnMut() -> bool) {
    let rich = plan.rich();
    let has_hub = |route: &u32| rich.hubs[*route as usize].0 < rich.hubs[*route as usize].1;
    let routes: Vec<u32> = plan.changed().filter(has_hub).collect();
    for route in routes {
        if plan.tallies[route as usize].size == 0 {
            continue;
        }
        if !is_time() {
            return;
        }
        plan.drop_calls(route);
        plan.move_calls(route);
        if !rich.metric && plan.tallies[route as usize].size > 0 {
            let mut best = None;
            plan.add_call(route, &mut best);
            if let Some(spot) = best.filter(|spot| spot.cost < 0) {
                plan.apply(&spot);
            }
        }
    }
}
