//! Two visits at once in rich problems: the ends of a shipment, or two that need each other.

use super::dice::Dice;
use super::exact::{Edits, Spot};
use super::field::NONE;
use super::legs::Legs;
use super::plan::Plan;

/// Places for both: after which nodes, and the least they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Places {
    bound: i64,
    first: u32,
    second: u32,
}

/// The cheapest places for two visits on one route, `first` before `second`.
pub(super) fn best<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    blink: f64,
    first: u32,
    second: u32,
) -> Option<Spot> {
    let mut starts: Vec<(i64, u32)> = Vec::new();
    plan.around(first, |plan, after| {
        let route = plan.nodes[after as usize].route;
        if route != NONE {
            starts.push((plan.bound(route, after, first), after));
        }
    });
    starts.sort_unstable();
    starts.dedup();
    let metric = plan.rich().metric;
    let mut places: Vec<Places> = Vec::new();
    let mut best: Option<Spot> = None;
    for (least, after) in starts {
        if metric && best.is_some_and(|best| least >= best.cost) {
            // A second visit makes no way shorter.
            break;
        }
        places.clear();
        scan(plan, first, second, after, &mut places);
        if let Some(best) = best {
            places.retain(|place| place.bound < best.cost);
        }
        places.sort_unstable();
        for place in &places {
            try_place(plan, dice, blink, (first, second), place, &mut best);
        }
    }
    best
}

/// Walks a route with both at their places, unless they cannot be cheap enough.
fn try_place<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    blink: f64,
    (first, second): (u32, u32),
    place: &Places,
    best: &mut Option<Spot>,
) {
    let is_dear = best.is_some_and(|best| place.bound >= best.cost);
    if is_dear || (blink > 0.0 && dice.hit(blink)) {
        return;
    }
    let route = plan.nodes[place.first as usize].route;
    let edits = Edits::one(place.first, first).and(place.second, second);
    let breach = plan.try_edits(route, edits, best);
    if plan.may_call(route, breach) {
        try_hubs(plan, route, place, (first, second), best);
    }
}

/// Tries both with a call at the hub before or behind them.
fn try_hubs<L: Legs>(
    plan: &mut Plan<'_, L>,
    route: u32,
    place: &Places,
    (first, second): (u32, u32),
    best: &mut Option<Spot>,
) {
    let Some(hub) = plan.free_hub(route) else { return };
    let both = Edits::one(place.first, first).and(place.second, second);
    plan.try_edits(route, both.and(second, hub), best);
    let before = Edits::one(place.first, hub).and(hub, first).and(place.second, second);
    plan.try_edits(route, before, best);
}

/// Notes where `second` may go if `first` goes after a node.
fn scan<L: Legs>(
    plan: &Plan<'_, L>,
    first: u32,
    second: u32,
    after: u32,
    places: &mut Vec<Places>,
) {
    let field = plan.field;
    let node = plan.nodes[after as usize];
    let route = node.route;
    if !plan.may_follow(after) || !plan.has_room(route, first) || !plan.has_room(route, second) {
        return;
    }
    let sites = [first, second].map(|visit| field.sites[visit as usize]);
    let start = plan.ahead[after as usize].depart + plan.time_between(after, first);
    let start = start.max(sites[0].opens);
    if start > sites[0].closes {
        return;
    }
    let rich = plan.rich();
    let idle = plan.tallies[route as usize].size == 0;
    let leg = |from: u32, to: u32| rich.arc(route, from, to);
    let opening = if idle { plan.detour(route, after, first) - leg(first, node.next) } else { 0 };
    let price = plan.bill_of(route).price - rich.lateness(first, start);
    let into = leg(after, first) - if idle { 0 } else { leg(after, node.next) } - price;
    let leave = start + sites[0].service;
    // Whether the second one can go after a node that is left at a moment.
    let fits = |from: u32, leave: i32, next: u32| {
        let there = (leave + plan.time_between(from, second)).max(sites[1].opens);
        let onward = there + sites[1].service + plan.time_between(second, next);
        let fits = onward <= plan.behind[next as usize].latest;
        (there <= sites[1].closes, fits, rich.lateness(second, there))
    };
    if let (true, true, late) = fits(first, leave, node.next) {
        let bound = if idle { opening - price } else { into };
        let bound = bound + late + leg(first, second) + leg(second, node.next);
        places.push(Places { bound, first: after, second: first });
    }
    let onto = into + leg(first, node.next);
    let shipped = field.mate[first as usize] == second;
    let mut arrival = leave + plan.time_between(first, node.next);
    let mut at = node.next;
    while at < field.visits {
        if shipped && at >= field.jobs {
            // A shipment does not pass the hub.
            return;
        }
        let begin = arrival.max(field.sites[at as usize].opens);
        if begin > plan.behind[at as usize].latest {
            return;
        }
        let leave = begin + field.sites[at as usize].service;
        let next = plan.nodes[at as usize].next;
        match fits(at, leave, next) {
            (true, true, late) => {
                let detour = late + leg(at, second) + leg(second, next) - leg(at, next);
                places.push(Places { bound: onto + detour, first: after, second: at });
            }
            (false, ..) if rich.metric => return,
            _ => {}
        }
        arrival = leave + plan.time_between(at, next);
        at = next;
    }
}

/// Two visits may be feasible together and not one by one: one where breaks are taken, or on a way
/// that is shorter with a detour.
pub(super) fn try_two<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice) {
    const OFTEN: f64 = 0.2;
    if !dice.hit(OFTEN) {
        return;
    }
    let count = u32::try_from(plan.absent.len()).unwrap_or(u32::MAX);
    let [a, b] = [(); 2].map(|()| plan.absent[dice.below(count) as usize]);
    let lone = |visit: u32| plan.field.mate[visit as usize] == NONE;
    if a == b || !lone(a) || !lone(b) {
        return;
    }
    if let Some(spot) = best(plan, dice, 0.0, a, b) {
        plan.apply(&spot);
        plan.absent.retain(|&visit| visit != a && visit != b);
    }
}
