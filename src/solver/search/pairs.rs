//! Shipments go back as pairs: both ends on one route, the pickup first.

use super::dice::Dice;
use super::field::NONE;
use super::legs::Legs;
use super::number::count;
use super::plan::Plan;

/// Where both ends go: the delivery's predecessor is the pickup itself where they are equal.
#[derive(Clone, Copy)]
struct PairPlace {
    after_pickup: u32,
    after_delivery: u32,
    cost: i64,
}

/// A shipment, and the least that its delivery adds to a route.
#[derive(Clone, Copy)]
struct Pair {
    pickup: u32,
    delivery: u32,
    least: i64,
}

/// Puts a shipment, named by either end, at its cheapest place. Tells whether it found one.
pub(super) fn insert<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    blink: f64,
    visit: u32,
) -> bool {
    let mate = plan.field.mate[visit as usize];
    let pickup = plan.field.is_pickup[visit as usize];
    let (pickup, delivery) = if pickup { (visit, mate) } else { (mate, visit) };
    let Some(place) = best(plan, dice, blink, pickup, delivery) else { return false };
    plan.insert(pickup, place.after_pickup);
    plan.insert(delivery, place.after_delivery);
    plan.cost -= plan.field.penalty[pickup as usize] + plan.field.penalty[delivery as usize];
    plan.recargo(place.after_pickup);
    true
}

fn best<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    blink: f64,
    pickup: u32,
    delivery: u32,
) -> Option<PairPlace> {
    let field = plan.field;
    let pair = Pair { pickup, delivery, least: least_detour(plan, delivery) };
    let mut best = PairPlace { after_pickup: NONE, after_delivery: NONE, cost: i64::MAX };
    near_legs(plan, pickup, |after, bound| {
        if bound < best.cost && !dice.hit(blink) {
            scan(plan, pair, after, &mut best);
        }
    });
    for kind in 0..count(field.kinds.len()) {
        if let Some(vehicle) = plan.idle_of(kind) {
            scan(plan, pair, field.start(vehicle), &mut best);
        }
    }
    (best.after_pickup != NONE).then_some(best)
}

/// Shows the legs next to a visit's neighbours that it may break in time, each by the node it leaves, with a
/// bound on what the detour costs: at least twice what the neighbour is farther away than the leg.
fn near_legs<L: Legs>(plan: &Plan<'_, L>, visit: u32, mut show: impl FnMut(u32, i64)) {
    let field = plan.field;
    let site = field.sites[visit as usize];
    let bound = |time: i32, leg: i32| if L::SAME { 2 * i64::from(time - leg) } else { i64::MIN };
    for near in field.before.of(visit) {
        if plan.reaches(*near, site) {
            show(near.node, bound(near.time, plan.ahead[near.node as usize].onward));
        }
    }
    for near in field.after.of(visit) {
        if plan.waits_for(*near, site) {
            let leg = plan.behind[near.node as usize].inward;
            show(plan.nodes[near.node as usize].prev, bound(near.time, leg));
        }
    }
}

/// The least that a visit adds to any route next to its neighbours; 0 where that is not known.
fn least_detour<L: Legs>(plan: &Plan<'_, L>, visit: u32) -> i64 {
    let mut least = i64::MAX;
    if L::SAME {
        near_legs(plan, visit, |after, bound| {
            if bound < least {
                let next = plan.nodes[after as usize].next;
                let with = plan.cost_between(after, visit) + plan.cost_between(visit, next);
                least = least.min(i64::from(with - plan.ahead[after as usize].onward));
            }
        });
    }
    if least == i64::MAX { 0 } else { least }
}

/// Tries the pickup after a node with the delivery at each place behind it.
fn scan<L: Legs>(plan: &Plan<'_, L>, pair: Pair, after: u32, best: &mut PairPlace) {
    let Pair { pickup, delivery, least } = pair;
    let field = plan.field;
    let (first, last) = (field.sites[pickup as usize], field.sites[delivery as usize]);
    let p = &plan.nodes[after as usize];
    let (route, next) = (p.route, p.next);
    let kind = field.kind_of[route as usize];
    let fixed = if plan.tallies[route as usize].size == 0 {
        field.kinds[kind as usize].fixed + i64::from(plan.ahead[after as usize].onward)
    } else {
        0
    };
    let into = i64::from(plan.cost_between(after, pickup))
        - i64::from(plan.ahead[after as usize].onward)
        + fixed;
    let onto = into + i64::from(plan.cost_between(pickup, next));
    // A delivery makes no way shorter.
    if L::SAME && onto >= best.cost {
        return;
    }
    if field.may.len() > 1 && !(field.may_serve(kind, pickup) && field.may_serve(kind, delivery)) {
        return;
    }
    if !fits(plan, kind, after, pickup) {
        return;
    }
    let start =
        (plan.ahead[after as usize].depart + plan.time_between(after, pickup)).max(first.opens);
    if start > first.closes {
        return;
    }
    let ready = start + first.service;
    // Both in a row.
    let there = (ready + plan.time_between(pickup, delivery)).max(last.opens);
    let onward = there + last.service + plan.time_between(delivery, next);
    if there <= last.closes && onward <= plan.behind[next as usize].latest {
        let cost = into
            + i64::from(plan.cost_between(pickup, delivery))
            + i64::from(plan.cost_between(delivery, next));
        if cost < best.cost {
            *best = PairPlace { after_pickup: after, after_delivery: pickup, cost };
        }
    }
    if L::SAME && onto + least >= best.cost {
        return;
    }
    let mut depart = ready + plan.time_between(pickup, next);
    let mut node = next;
    while node < field.visits {
        // `depart` is the arrival at `node` with the pickup before it.
        let n = &plan.nodes[node as usize];
        let site = field.sites[node as usize];
        let begin = depart.max(site.opens);
        if begin > plan.behind[node as usize].latest || !fits(plan, kind, node, pickup) {
            return;
        }
        let leave = begin + site.service;
        let there = (leave + plan.time_between(node, delivery)).max(last.opens);
        if there > last.closes {
            return;
        }
        let onward = there + last.service + plan.time_between(delivery, n.next);
        if onward <= plan.behind[n.next as usize].latest {
            let cost = onto - i64::from(plan.ahead[node as usize].onward)
                + i64::from(plan.cost_between(node, delivery))
                + i64::from(plan.cost_between(delivery, n.next));
            if cost < best.cost {
                *best = PairPlace { after_pickup: after, after_delivery: node, cost };
            }
        }
        depart = leave + plan.time_between(node, n.next);
        node = n.next;
    }
}

/// Whether the shipment's load can be on board on leaving a node, as far as other shipments go.
pub(super) fn fits<L: Legs>(plan: &Plan<'_, L>, kind: u32, node: u32, pickup: u32) -> bool {
    let field = plan.field;
    let dims = field.cargo_dims;
    let (at, adds) = (node as usize * dims, pickup as usize * dims);
    let capacity = &field.cargo_capacity[kind as usize * dims..];
    (0..dims).all(|dim| plan.cargo[at + dim] + field.cargo[adds + dim] <= capacity[dim])
}
