//! A random exchange of tails (2-opt*) as a move of simulated annealing, on linked routes.

use super::dice::Dice;
use super::field::{NONE, Site};
use super::legs::Legs;
use super::number::count as number_of;
use super::plan::Plan;
use crate::solver::DIMENSIONS;

/// What a field sums up at most: each dimension, collected and delivered.
type Sums = [i64; 2 * DIMENSIONS];

/// Two routes cut: what is behind `cuts[i]` goes behind `cuts[1 - i]`, and ends where that route does.
#[derive(Clone, Copy)]
struct Cross {
    routes: [u32; 2],
    cuts: [u32; 2],
    /// First of each tail; its route's end, if there is none.
    tails: [u32; 2],
    /// Whether both routes end at the same place and hour.
    alike: bool,
}

impl Cross {
    fn new<L>(plan: &Plan<'_, L>, routes: [u32; 2], cuts: [u32; 2], tails: [u32; 2]) -> Self {
        let field = plan.field;
        let kinds = routes.map(|route| &field.kinds[field.kind_of[route as usize] as usize]);
        let ends = kinds.map(|kind| (kind.end_row, kind.latest));
        Self { routes, cuts, tails, alike: ends[0] == ends[1] }
    }
}

/// What moves with a tail.
#[derive(Clone, Copy, Default)]
struct Tail {
    visits: u32,
    load: Sums,
}

/// How often a tail goes to an unused vehicle instead, and how often then to a vehicle of any kind.
const SPLITS: f64 = 0.3;
const ELSEWHERE: f64 = 0.1;

/// Exchanges the tails behind a random visit and before one of its neighbours, if both routes stay
/// feasible and the cost may rise by as much at this temperature; whether it has. The plan can still be undone.
///
/// Cost is checked in constant time, and so are windows where both routes end at the same place and
/// hour; else, and for loads, both tails are walked. Where there are shipments, all routes are left alone.
pub(super) fn try_tails<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    temperature: f64,
) -> bool {
    let drawn = if dice.hit(SPLITS) { draw_split(plan, dice) } else { draw(plan, dice) };
    let Some(cross) = drawn else { return false };
    let delta = added(plan, &cross, 0) + added(plan, &cross, 1);
    let threshold = dice.rise(temperature);
    if plan.exact.is_none() && dear(delta, threshold) {
        return false;
    }
    if plan.exact.is_some() && !cross.tails.iter().all(|&first| moves(plan, first)) {
        return false;
    }
    if !cross.alike && !(0..2).all(|side| in_time(plan, &cross, side)) {
        return false;
    }
    let tails = cross.tails.map(|first| tail(plan, first));
    if !has_room(plan, &cross, &tails) || !may_serve(plan, &cross) {
        return false;
    }
    apply(plan, &cross, &tails);
    plan.pay(delta);
    plan.exact.is_none() || settle(plan, &cross, threshold)
}

/// Whether a rich problem's tail is of visits alone: calls at the hub and what is frozen stay.
fn moves<L: Legs>(plan: &Plan<'_, L>, first: u32) -> bool {
    let field = plan.field;
    let step = |&node: &u32| Some(plan.nodes[node as usize].next);
    std::iter::successors(Some(first), step)
        .take_while(|&node| node < field.visits)
        .all(|node| node < field.jobs && field.is_loose(node))
}

/// Walks both routes of a rich problem: takes the exchange back where they are too dear.
fn settle<L: Legs>(plan: &mut Plan<'_, L>, cross: &Cross, threshold: f64) -> bool {
    plan.broken = false;
    let feasible = cross.routes.iter().all(|&route| plan.settle(route));
    if feasible && !dear(plan.cost - plan.kept_cost(), threshold) {
        return true;
    }
    plan.undo();
    false
}

#[expect(clippy::cast_precision_loss, reason = "a bound by chance needs no last digit")]
fn dear(delta: i64, threshold: f64) -> bool {
    delta as f64 >= threshold
}

/// A random one; `None` of none.
fn pick<T: Copy>(dice: &mut Dice, all: &[T]) -> Option<T> {
    all.get(dice.below(number_of(all.len())) as usize).copied()
}

/// A visit and one that may follow it on another route; `None` where one of the two new joints is late.
fn draw<L: Legs>(plan: &Plan<'_, L>, dice: &mut Dice) -> Option<Cross> {
    let field = plan.field;
    let u = pick(dice, &plan.visits)?;
    let near = pick(dice, field.after.of(u))?;
    let v = near.node;
    let routes = [plan.route_of(u), plan.route_of(v)];
    if field.cargo_dims > 0 || routes.contains(&NONE) || routes[0] == routes[1] {
        return None;
    }
    if plan.ahead[u as usize].depart + near.time > field.sites[v as usize].closes {
        return None;
    }
    let (next, prev) = (plan.nodes[u as usize].next, plan.nodes[v as usize].prev);
    let cross = Cross::new(plan, routes, [u, prev], [next, v]);
    let late =
        cross.alike && plan.ahead[u as usize].depart + near.time > plan.behind[v as usize].latest;
    (!late && joins(plan, &cross, 1)).then_some(cross)
}

/// A visit with which an unused vehicle might begin, and all behind it: of the same kind, or of any.
fn draw_split<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice) -> Option<Cross> {
    let field = plan.field;
    let first = pick(dice, &plan.visits)?;
    let route = plan.route_of(first);
    if field.cargo_dims > 0 || route == NONE {
        return None;
    }
    let cut = plan.nodes[first as usize].prev;
    let own = field.kind_of[route as usize];
    let kinds = number_of(field.kinds.len());
    let kind = if kinds > 1 && dice.hit(ELSEWHERE) { dice.below(kinds) } else { own };
    if kind == own && cut >= field.visits {
        return None;
    }
    let unused = plan.idle_of(kind)?;
    let (start, end) = (field.start(unused), field.end(unused));
    let cross = Cross::new(plan, [route, unused], [cut, start], [first, end]);
    (0..2).all(|side| joins(plan, &cross, side)).then_some(cross)
}

/// What is linked behind a route's cut: the other's tail, or this route's end.
fn follower<L: Legs>(plan: &Plan<'_, L>, cross: &Cross, side: usize) -> u32 {
    let first = cross.tails[1 - side];
    if first < plan.field.visits { first } else { plan.field.end(cross.routes[side]) }
}

/// Whether what is linked behind a route's cut may be in time, by what is known in constant time:
/// certain where the routes end alike.
fn joins<L: Legs>(plan: &Plan<'_, L>, cross: &Cross, side: usize) -> bool {
    let (cut, next) = (cross.cuts[side], follower(plan, cross, side));
    let is_known = cross.alike || next >= plan.field.visits;
    if cut >= plan.field.visits && next >= plan.field.visits {
        return true;
    }
    let closes = plan.field.sites[next as usize].closes;
    let latest = if is_known { plan.behind[next as usize].latest } else { closes };
    plan.ahead[cut as usize].depart + plan.time_between(cut, next) <= latest
}

/// Whether a route is in time with the other's tail behind its cut.
fn in_time<L: Legs>(plan: &Plan<'_, L>, cross: &Cross, side: usize) -> bool {
    let field = plan.field;
    let (mut node, mut next) = (cross.cuts[side], cross.tails[1 - side]);
    let mut depart = plan.ahead[node as usize].depart;
    while next < field.visits {
        let Site { opens, closes, service } = field.sites[next as usize];
        let start = (depart + plan.time_between(node, next)).max(opens);
        if start > closes {
            return false;
        }
        depart = start + service;
        (node, next) = (next, plan.nodes[next as usize].next);
    }
    let end = field.end(cross.routes[side]);
    node >= field.visits
        || depart + plan.time_between(node, end) <= plan.behind[end as usize].latest
}

/// What an exchange adds to the cost of one of the two routes.
fn added<L: Legs>(plan: &Plan<'_, L>, cross: &Cross, side: usize) -> i64 {
    let field = plan.field;
    let onward = |node: u32| i64::from(plan.ahead[node as usize].onward);
    let (route, cut) = (cross.routes[side], cross.cuts[side]);
    let fixed = field.kinds[field.kind_of[route as usize] as usize].fixed;
    let was = if plan.tallies[route as usize].size > 0 { fixed + onward(cut) } else { 0 };
    let next = follower(plan, cross, side);
    if cut >= field.visits && next >= field.visits {
        return -was;
    }
    let mut cost = fixed + i64::from(plan.cost_between(cut, next));
    if next < field.visits && !cross.alike {
        let last = plan.nodes[field.end(cross.routes[1 - side]) as usize].prev;
        cost += i64::from(plan.cost_between(last, field.end(route))) - onward(last);
    }
    cost - was
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
    for side in 0..2 {
        plan.push_forward(plan.nodes[cross.cuts[side] as usize].next);
        if !cross.alike && cross.tails[1 - side] < field.visits {
            plan.pull_back(lasts[1 - side]);
        }
        plan.pull_back(cross.cuts[side]);
    }
}

/// Sizes and loads once a tail has gone and another has come.
fn count<L: Legs>(plan: &mut Plan<'_, L>, route: u32, goes: &Tail, comes: &Tail) {
    let at = route as usize;
    let size = &mut plan.tallies[at].size;
    let idle = &mut plan.idle[plan.field.kind_of[at] as usize];
    *idle -= u32::from(*size == 0);
    *size = *size - goes.visits + comes.visits;
    *idle += u32::from(*size == 0);
    let resources = plan.field.resources;
    let loads = plan.loads[at * resources..(at + 1) * resources].iter_mut();
    for (load, (goes, comes)) in loads.zip(goes.load.iter().zip(&comes.load)) {
        *load += comes - goes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::search::build::{Layout, Task as FieldTask, with_field};
    use crate::solver::search::field::Field;
    use crate::solver::search::made::{PLAIN, Shape, problem};
    use crate::solver::search::recreate::recreate;
    use crate::solver::{Objective, Problem, Task, evaluate};

    /// Exchanges tails again and again; each plan is walked, and each second one taken back.
    struct Exchanged<'a>(&'a Problem);

    impl FieldTask for Exchanged<'_> {
        /// How many there were, and how many of them between routes with different ends.
        type Answer = [usize; 2];

        fn run<L: Legs>(self, field: &Field<L>, layout: &Layout) -> [usize; 2] {
            let mut dice = Dice::new(1, 0);
            let mut plan = Plan::new(field);
            let all: Vec<u32> = (0..field.visits).collect();
            plan.load((0..field.vehicles()).map(|vehicle| (vehicle, &[][..])), &all);
            recreate(&mut plan, &mut dice, 0.0, 0);
            plan.keep();
            let mut done = [0; 2];
            for attempt in 0..4_000 {
                let before = routes(&plan);
                if !try_tails(&mut plan, &mut dice, 400.0) {
                    assert_eq!(routes(&plan), before);
                    continue;
                }
                let changed: Vec<u32> = plan.changed().collect();
                done[0] += 1;
                done[1] += usize::from(ends(field, changed[0]) != ends(field, changed[1]));
                assert!(!plan.broken);
                check(self.0, &plan, layout);
                if attempt % 2 == 0 {
                    plan.undo();
                    assert_eq!(routes(&plan), before);
                }
                plan.keep();
                check(self.0, &plan, layout);
            }
            done
        }
    }

    fn ends<L>(field: &Field<'_, L>, route: u32) -> (u32, i32) {
        let kind = &field.kinds[field.kind_of[route as usize] as usize];
        (kind.end_row, kind.latest)
    }

    fn routes<L: Legs>(plan: &Plan<'_, L>) -> Vec<Vec<u32>> {
        (0..plan.field.vehicles()).map(|vehicle| plan.visits_of(vehicle).collect()).collect()
    }

    /// Compares what the plan has kept up to date with the walk, and with a plan made anew.
    fn check<L: Legs>(problem: &Problem, plan: &Plan<'_, L>, layout: &Layout) {
        let routes = routes(plan);
        let walked = (0..).zip(&routes).map(|(vehicle, visits)| {
            let tasks: Vec<Task> =
                visits.iter().map(|&visit| Task::Visit(layout.visit_of[visit as usize])).collect();
            evaluate(problem, vehicle, &tasks).expect("a feasible route").total()
        });
        assert_eq!(walked.sum::<i64>(), plan.routes_cost());
        let mut anew = Plan::new(plan.field);
        anew.load((0..).zip(routes.iter().map(Vec::as_slice)), &plan.absent);
        assert_eq!((&anew.loads, &anew.idle), (&plan.loads, &plan.idle));
        for &visit in &plan.visits {
            let known = |plan: &Plan<'_, L>| {
                let (ahead, behind) = (plan.ahead[visit as usize], plan.behind[visit as usize]);
                (plan.route_of(visit), ahead.depart, ahead.onward, behind.latest, behind.inward)
            };
            if plan.route_of(visit) != NONE {
                assert_eq!(known(&anew), known(plan), "visit {visit}");
            }
        }
    }

    #[test]
    fn exchanged_tails_leave_the_plan_as_if_made_anew() {
        let mut done = [0; 2];
        for seed in 0..6 {
            for (table, mixed) in [(false, false), (true, false), (true, true)] {
                let made = problem(seed, Shape { table, mixed, open: 2_000, ..PLAIN });
                let more = with_field(&made, Objective::Distance, Exchanged(&made));
                done = [done[0] + more[0], done[1] + more[1]];
            }
        }
        assert!(done[0] > 100 && done[1] > 20, "{done:?} exchanges");
    }
}
