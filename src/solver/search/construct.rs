//! Construction: every visit once to its cheapest place, in the order of the field's nodes. Large
//! fields number them along a curve through the city, which keeps neighbours together.

use super::dice::Dice;
use super::field::NONE;
use super::legs::Legs;
use super::places::near_place;
use super::plan::Plan;
use super::recreate::{Place, put, unused};

/// Visits between two looks at the clock. A plan that is this small is made whole, however late.
const STRIDE: u32 = 64;

/// Looks at the clock now and then.
pub(super) struct Patience<'a> {
    is_over: &'a dyn Fn() -> bool,
    tries: u32,
    lost: bool,
}

impl<'a> Patience<'a> {
    /// `is_over` tells whether to stop.
    pub(super) fn new(is_over: &'a dyn Fn() -> bool) -> Self {
        Self { is_over, tries: 0, lost: false }
    }

    /// Whether there is time for one try more.
    pub(super) fn allows_try(&mut self) -> bool {
        self.tries += 1;
        if self.tries.is_multiple_of(STRIDE) && !self.lost {
            self.lost = (self.is_over)();
        }
        !self.lost
    }

    /// Whether the last look at the clock said so.
    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }
}

/// Puts absent visits in, as many as fit, until `is_over`: others stay absent.
pub(super) fn construct<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    is_over: &dyn Fn() -> bool,
) {
    let mut patience = Patience::new(is_over);
    if plan.exact.is_some() {
        return super::refill::construct(plan, dice, &mut patience);
    }
    let mut waiting = std::mem::take(&mut plan.absent);
    let field = plan.field;
    waiting.sort_unstable();
    let mut left = Vec::new();
    let mut wide = Wide::new(plan);
    for visit in waiting {
        if plan.route_of(visit) != NONE {
            continue;
        }
        if !patience.allows_try() {
            left.push(visit);
            continue;
        }
        if field.cargo_dims > 0 && field.mate[visit as usize] != NONE {
            if !super::pairs::insert(plan, dice, 0.0, visit) {
                left.push(visit);
            }
            continue;
        }
        let near = near_place(plan, dice, 0.0, visit);
        let place = near
            .or_else(|| wide.place(plan, visit))
            .or_else(|| unused(plan, dice, 0.0, visit, i64::MAX));
        match place {
            Some(place) => put(plan, visit, place),
            None => left.push(visit),
        }
    }
    left.retain(|&visit| plan.route_of(visit) == NONE);
    plan.absent = left;
}

/// Looks at whole routes around a visit, where its neighbours alone have no place.
struct Wide {
    seen: Vec<u32>,
    mark: u32,
}

/// Routes looked at.
const ROUTES: usize = 40;

impl Wide {
    fn new<L>(plan: &Plan<'_, L>) -> Self {
        Self { seen: vec![0; plan.tallies.len()], mark: 0 }
    }

    fn place<L: Legs>(&mut self, plan: &Plan<'_, L>, visit: u32) -> Option<Place> {
        self.mark += 1;
        let mut found = 0;
        let mut best: Option<Place> = None;
        for near in plan.field.reach(visit) {
            let route = plan.route_of(near);
            if route == NONE || self.seen[route as usize] == self.mark {
                continue;
            }
            self.seen[route as usize] = self.mark;
            if plan.has_room(route, visit) {
                along(plan, visit, route, &mut best);
                found += 1;
            }
            if found >= ROUTES {
                break;
            }
        }
        best
    }
}

/// The cheapest place for a visit on one route.
fn along<L: Legs>(plan: &Plan<'_, L>, visit: u32, route: u32, best: &mut Option<Place>) {
    let field = plan.field;
    let site = field.sites[visit as usize];
    let mut after = field.start(route);
    while after != field.end(route) {
        let next = plan.nodes[after as usize].next;
        let ahead = plan.ahead[after as usize];
        let start = (ahead.depart + plan.time_between(after, visit)).max(site.opens);
        if start > site.closes {
            return;
        }
        let onward = start + site.service + plan.time_between(visit, next);
        if onward <= plan.behind[next as usize].latest {
            let cost = i64::from(plan.cost_between(after, visit))
                + i64::from(plan.cost_between(visit, next))
                - i64::from(ahead.onward);
            if best.is_none_or(|best| cost < best.cost) {
                *best = Some(Place { after, cost });
            }
        }
        after = next;
    }
}
