//! Two visits at once in rich problems: the ends of a shipment, or two that need each other.

use super::dice::Dice;
use super::edits::Edits;
use super::exact::Spot;
use super::field::NONE;
use super::legs::Legs;
use super::number::count;
use super::pairs;
use super::plan::Plan;

/// Starts that are looked at although the first visit alone is too dear there.
const BEYOND: usize = 16;

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
    let mut starts = starts(plan, first);
    starts.retain(|&(_, after)| {
        let route = plan.route_of(after);
        !plan.is_known_full(route, first) && !plan.is_known_full(route, second)
    });
    let metric = plan.rich().metric;
    let mut places: Vec<Places> = Vec::new();
    let (mut best, mut beyond): (Option<Spot>, usize) = (None, 0);
    for (least, after) in starts {
        if best.is_some_and(|best| least >= best.cost) {
            // A second visit makes no way shorter, and in a table seldom.
            if metric || beyond == BEYOND {
                break;
            }
            beyond += 1;
        }
        places.clear();
        let most = best.map_or(i64::MAX, |best| best.cost);
        scan(plan, (first, second), after, most, &mut places);
        places.sort_unstable();
        for place in &places {
            try_place(plan, dice, blink, (first, second), place, &mut best);
        }
    }
    best
}

/// The nodes that a visit may go after, with the least that costs, least first.
fn starts<L: Legs>(plan: &mut Plan<'_, L>, visit: u32) -> Vec<(i64, u32)> {
    let mut starts: Vec<(i64, u32)> = Vec::new();
    plan.around(visit, |plan, after| {
        if plan.nodes[after as usize].route != NONE {
            starts.push((0, after));
        }
    });
    starts.sort_unstable();
    starts.dedup();
    for (bound, after) in &mut starts {
        let route = plan.nodes[*after as usize].route;
        plan.know_delays(route);
        *bound = plan.bound(route, *after, visit);
    }
    starts.sort_unstable();
    starts
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

/// Notes where `second` may go if `first` goes after a node, for less than `most`.
fn scan<L: Legs>(
    plan: &Plan<'_, L>,
    (first, second): (u32, u32),
    after: u32,
    most: i64,
    places: &mut Vec<Places>,
) {
    let (field, rich) = (plan.field, plan.rich());
    let node = plan.nodes[after as usize];
    let route = node.route;
    let kind = field.kind_of[route as usize];
    if !plan.may_follow(after)
        || !plan.has_room(route, first)
        || !plan.has_room(route, second)
        || !pairs::fits(plan, kind, after, first)
    {
        return;
    }
    let sites = [first, second].map(|visit| field.sites[visit as usize]);
    let start = plan.ahead[after as usize].depart + plan.time_between(after, first);
    let start = start.max(sites[0].opens);
    if start > sites[0].closes {
        return;
    }
    let price = plan.bill_of(route).price;
    let leg = |from: u32, to: u32| rich.arc(route, from, to);
    let leave = start + sites[0].service;
    // Whether the second one is in time after a node that is left at a moment, and what all costs if
    // what comes before costs so much.
    let rate = |from: u32, leave: i32, next: u32, cost: i64| {
        let there = (leave + plan.time_between(from, second)).max(sites[1].opens);
        let onward = there + sites[1].service + plan.time_between(second, next);
        if there > sites[1].closes || onward > plan.behind[next as usize].latest {
            return (there <= sites[1].closes, None);
        }
        let cost = cost + leg(from, second) + leg(second, next) + rich.lateness(second, there);
        if cost - price >= most {
            return (true, None);
        }
        let cost = cost + plan.delay_cost(route, next, onward);
        (true, (cost < most).then_some(cost))
    };
    let idle = plan.tallies[route as usize].size == 0;
    let late = rich.lateness(first, start);
    let into = leg(after, first) - if idle { 0 } else { leg(after, node.next) } + late;
    let opening = if idle { plan.detour(route, after, first) - leg(first, node.next) } else { 0 };
    let row = if idle { opening + late } else { into };
    if let (_, Some(bound)) = rate(first, leave, node.next, row) {
        places.push(Places { bound, first: after, second: first });
    }
    let mut onto = into + leg(first, node.next);
    let shipped = field.mate[first as usize] == second;
    let mut arrival = leave + plan.time_between(first, node.next);
    let mut at = node.next;
    while at < field.visits {
        // A shipment does not pass the hub.
        let stays = !shipped || at < field.jobs;
        let begin = arrival.max(field.sites[at as usize].opens);
        onto += plan.delay_of(route, at, begin);
        if !stays
            || begin > plan.behind[at as usize].latest
            || (rich.metric && onto >= most)
            || !pairs::fits(plan, kind, at, first)
        {
            return;
        }
        let leave = begin + field.sites[at as usize].service;
        let next = plan.nodes[at as usize].next;
        match rate(at, leave, next, onto - leg(at, next)) {
            (_, Some(bound)) => places.push(Places { bound, first: after, second: at }),
            (false, None) if rich.metric => return,
            (_, None) => {}
        }
        arrival = leave + plan.time_between(at, next);
        at = next;
    }
}

/// How often two visits are tried that may need each other.
const OFTEN: f64 = 0.2;

/// Tries two visits that are absent together. Only where one may [need](super::rich::Rich::needy)
/// another.
pub(super) fn try_two<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice) {
    if !plan.rich().needy || !dice.hit(OFTEN) {
        return;
    }
    let absent = std::mem::take(&mut plan.absent);
    let [a, b] = [(); 2].map(|()| pick(dice, &absent));
    plan.absent = absent;
    if try_pair(plan, dice, [[a, b]; 1]) {
        plan.absent.retain(|&visit| visit != a && visit != b);
    }
}

/// Tries a visit absent for longer together with one just removed, which would else go back to where
/// it is cheapest alone.
pub(super) fn try_to_follow<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    absent: &[u32],
    removed: &[u32],
) {
    if plan.rich().needy && !absent.is_empty() && !removed.is_empty() && dice.hit(OFTEN) {
        let [a, b] = [absent, removed].map(|visits| pick(dice, visits));
        try_pair(plan, dice, [[a, b], [b, a]]);
    }
}

fn pick(dice: &mut Dice, visits: &[u32]) -> u32 {
    visits[dice.below(count(visits.len())) as usize]
}

/// Puts two visits on one route, in the order that is cheaper. Tells whether they went in.
fn try_pair<L: Legs, const N: usize>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    orders: [[u32; 2]; N],
) -> bool {
    let lone = |visit: u32| plan.field.mate[visit as usize] == NONE;
    if orders.iter().any(|&[a, b]| a == b || !lone(a) || !lone(b)) {
        return false;
    }
    let spots = orders.map(|[a, b]| best(plan, dice, 0.0, a, b));
    let spot = spots.into_iter().flatten().min_by_key(|spot| spot.cost);
    if let Some(spot) = &spot {
        plan.apply(spot);
    }
    spot.is_some()
}
