//! A random exchange of tails (2-opt*) as a move of simulated annealing, on linked routes.

use super::dice::Dice;
use super::field::NONE;
use super::legs::Legs;
use super::plan::Plan;
use crate::solver::DIMENSIONS;

/// What a field sums up at most: each dimension, collected and delivered.
type Sums = [i64; 2 * DIMENSIONS];

/// Two routes cut: what is behind `cuts[i]` goes behind `cuts[1 - i]`.
#[derive(Clone, Copy)]
struct Cross {
    routes: [u32; 2],
    cuts: [u32; 2],
    /// First of each tail; its route's end, if there is none.
    tails: [u32; 2],
    delta: i64,
}

/// What moves with a tail.
#[derive(Clone, Copy, Default)]
struct Tail {
    visits: u32,
    load: Sums,
}

/// Exchanges the tails behind a random visit and before one of its neighbours, if both routes stay
/// feasible and it costs less than `threshold` more; whether it has. The plan can still be undone.
///
/// Windows and cost are checked in constant time, loads by walking both tails. Routes that end at
/// different places or hours are left alone, and all where there are shipments.
pub(super) fn try_tails<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice, threshold: f64) -> bool {
    let Some(cross) = draw(plan, dice) else { return false };
    if dear(cross.delta, threshold) {
        return false;
    }
    let tails = cross.tails.map(|first| tail(plan, first));
    if !has_room(plan, &cross, &tails) || !may_serve(plan, &cross) {
        return false;
    }
    apply(plan, &cross, &tails);
    true
}

#[expect(clippy::cast_precision_loss, reason = "a bound by chance needs no last digit")]
fn dear(delta: i64, threshold: f64) -> bool {
    delta as f64 >= threshold
}

/// A random one; `None` of none.
#[expect(clippy::cast_possible_truncation, reason = "nodes are numbered by u32")]
fn pick<T: Copy>(dice: &mut Dice, all: &[T]) -> Option<T> {
    all.get(dice.below(all.len() as u32) as usize).copied()
}

/// A visit, one that may follow it on another route, and what it costs; `None` where one of the two
/// new joints is late.
fn draw<L: Legs>(plan: &Plan<'_, L>, dice: &mut Dice) -> Option<Cross> {
    let field = plan.field;
    let u = pick(dice, &plan.visits)?;
    let near = pick(dice, field.after.of(u))?;
    let v = near.node;
    let routes = [plan.route_of(u), plan.route_of(v)];
    if field.cargo_dims > 0 || routes.contains(&NONE) || routes[0] == routes[1] {
        return None;
    }
    let kinds = routes.map(|route| &field.kinds[field.kind_of[route as usize] as usize]);
    let ends = kinds.map(|kind| (kind.end_row, kind.latest));
    let late = plan.ahead[u as usize].depart + near.time > plan.behind[v as usize].latest;
    if ends[0] != ends[1] || late {
        return None;
    }
    let (next, prev) = (plan.nodes[u as usize].next, plan.nodes[v as usize].prev);
    let arrival = plan.ahead[prev as usize].depart + plan.time_between(prev, next);
    let empties = prev >= field.visits && next >= field.visits;
    if !empties && arrival > plan.behind[next as usize].latest {
        return None;
    }
    let joint = if empties { -kinds[1].fixed } else { i64::from(plan.cost_between(prev, next)) };
    let old = [u, prev].map(|node| i64::from(plan.ahead[node as usize].onward));
    let delta = i64::from(plan.cost_between(u, v)) + joint - old[0] - old[1];
    Some(Cross { routes, cuts: [u, prev], tails: [next, v], delta })
}

fn tail<L: Legs>(plan: &Plan<'_, L>, first: u32) -> Tail {
    let mut tail = Tail::default();
    let mut node = first;
    while node < plan.field.visits {
        tail.visits += 1;
        for (sum, demand) in tail.load.iter_mut().zip(plan.field.demand_of(node)) {
            *sum += demand;
        }
        node = plan.nodes[node as usize].next;
    }
    tail
}

fn has_room<L: Legs>(plan: &Plan<'_, L>, cross: &Cross, tails: &[Tail; 2]) -> bool {
    (0..2).all(|side| {
        let route = cross.routes[side];
        let capacity = &plan.field.kinds[plan.field.kind_of[route as usize] as usize].capacity;
        let load = plan.load_of(route).iter().zip(capacity).enumerate();
        let [goes, comes] = [tails[side].load, tails[1 - side].load];
        load.into_iter().all(|(at, (load, most))| load - goes[at] + comes[at] <= *most)
    })
}

fn may_serve<L: Legs>(plan: &Plan<'_, L>, cross: &Cross) -> bool {
    let field = plan.field;
    let kinds = cross.routes.map(|route| field.kind_of[route as usize]);
    if field.may.len() < 2 || kinds[0] == kinds[1] {
        return true;
    }
    (0..2).all(|side| {
        let step = |&node: &u32| Some(plan.nodes[node as usize].next);
        std::iter::successors(Some(cross.tails[1 - side]), step)
            .take_while(|&node| node < field.visits)
            .all(|node| field.may_serve(kinds[side], node))
    })
}

fn apply<L: Legs>(plan: &mut Plan<'_, L>, cross: &Cross, tails: &[Tail; 2]) {
    let field = plan.field;
    let ends = cross.routes.map(|route| field.end(route));
    let lasts = ends.map(|end| plan.nodes[end as usize].prev);
    for side in 0..2 {
        plan.save_route(cross.routes[side]);
        for node in [cross.cuts[side], lasts[side], ends[side]] {
            plan.save(node);
        }
    }
    for side in 0..2 {
        let (route, other) = (cross.routes[side], 1 - side);
        let mut node = cross.tails[other];
        while node < field.visits {
            plan.save(node);
            plan.nodes[node as usize].route = route;
            node = plan.nodes[node as usize].next;
        }
        count(plan, route, &tails[side], &tails[other]);
    }
    for side in 0..2 {
        let other = 1 - side;
        if cross.tails[other] == ends[other] {
            plan.link(cross.cuts[side], ends[side]);
        } else {
            plan.link(cross.cuts[side], cross.tails[other]);
            plan.link(lasts[other], ends[side]);
        }
    }
    plan.cost += cross.delta;
    for side in 0..2 {
        plan.push_forward(plan.nodes[cross.cuts[side] as usize].next);
        plan.pull_back(cross.cuts[side]);
    }
}

/// Sizes and loads once a tail has gone and another has come.
fn count<L: Legs>(plan: &mut Plan<'_, L>, route: u32, goes: &Tail, comes: &Tail) {
    let at = route as usize;
    let size = &mut plan.tallies[at].size;
    *size = *size - goes.visits + comes.visits;
    if *size == 0 {
        plan.idle[plan.field.kind_of[at] as usize] += 1;
    }
    let resources = plan.field.resources;
    let loads = plan.loads[at * resources..(at + 1) * resources].iter_mut();
    for (load, (goes, comes)) in loads.zip(goes.load.iter().zip(&comes.load)) {
        *load += comes - goes;
    }
}
