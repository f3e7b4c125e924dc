//! Whole plans of a few couriers.

use crate::plain_route::PlainRoute;
use crate::problems::{cases, now, travel, vehicle, visit};
use doorstep::schedule::{Problem, Schedule, Solution, Task, Vehicle, construct};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;

/// The moment `now` of a day that has not begun.
const BEFORE_ALL: i64 = 0;

fn problem(
    vehicles: std::ops::RangeInclusive<usize>,
    visits: std::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = Problem> {
    (travel(), 0..600_i64).prop_flat_map(move |(travel, setup_s)| {
        let couriers = vec(vehicle(travel), vehicles.clone());
        (couriers, vec(visit(setup_s), visits.clone())).prop_map(|(couriers, visits)| Problem {
            vehicles: couriers.into_iter().map(Arc::new).collect(),
            visits,
        })
    })
}

/// A problem whose visits are divided into groups by the numbers beside them.
fn grouped_problem() -> impl Strategy<Value = (Problem, Vec<Vec<u32>>)> {
    (problem(1..=4, 0..=20), vec(0..3_usize, 20)).prop_map(|(problem, group_of)| {
        let mut groups = vec![Vec::new(); 3];
        for visit in 0..u32::try_from(problem.visits.len()).unwrap() {
            groups[group_of[visit as usize]].push(visit);
        }
        (problem, groups)
    })
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_plan_keeps_every_promise_and_every_visit_has_one_place(
        (problem, groups) in grouped_problem(),
    ) {
        let solution = construct(&problem, idle(&problem), &groups, BEFORE_ALL);
        for route in &solution.routes {
            prop_assert!(PlainRoute::of(route, &problem.visits).is_feasible());
            prop_assert!(route.violations().is_empty());
        }
        let mut seen: Vec<u32> = solution.routes.iter().flat_map(Schedule::visits).collect();
        seen.extend(&solution.unserved);
        seen.sort_unstable();
        prop_assert!(seen.into_iter().eq(0..u32::try_from(problem.visits.len()).unwrap()));
    }

    #[test]
    fn what_is_unserved_has_no_position_anywhere((problem, groups) in grouped_problem()) {
        let solution = construct(&problem, idle(&problem), &groups, BEFORE_ALL);
        for &left in &solution.unserved {
            for route in &solution.routes {
                let route = PlainRoute::of(route, &problem.visits);
                let places = route.insertions(&problem.visits[left as usize]).len();
                prop_assert_eq!(places, 0, "visit {} was left out", left);
            }
        }
    }

    #[test]
    fn the_answer_depends_on_nothing_but_the_question(
        (problem, groups) in grouped_problem(),
        by in 0..20_usize,
    ) {
        let first = construct(&problem, idle(&problem), &groups, BEFORE_ALL);
        let again = construct(&problem, idle(&problem), &groups, BEFORE_ALL);
        prop_assert_eq!(content(&first), content(&again));
        let mut turned = groups;
        for group in &mut turned {
            group.reverse();
            let turn = if group.is_empty() { 0 } else { by % group.len() };
            group.rotate_left(turn);
        }
        let turned = construct(&problem, idle(&problem), &turned, BEFORE_ALL);
        prop_assert_eq!(content(&first), content(&turned));
    }

    #[test]
    fn what_is_done_or_under_way_stays(
        (mut problem, groups) in grouped_problem(),
        now in now(),
    ) {
        let [morning, later @ ..] = &groups[..] else { unreachable!("there are three groups") };
        let early = construct(&problem, idle(&problem), std::slice::from_ref(morning), BEFORE_ALL);
        for &visit in later.iter().flatten() {
            let visit = &mut problem.visits[visit as usize];
            visit.not_before = visit.not_before.max(now);
        }
        let solution = construct(&problem, early.routes.clone(), later, now);
        for (before, after) in early.routes.iter().zip(&solution.routes) {
            let frozen = before.frozen(now);
            prop_assert_eq!(&before.elements()[..frozen], &after.elements()[..frozen]);
            prop_assert!(PlainRoute::of(after, &problem.visits).is_feasible());
            prop_assert!(before.visits().all(|kept| after.visits().any(|visit| visit == kept)));
        }
    }

    #[test]
    fn nothing_beats_trying_everything(problem in problem(1..=2, 0..=6)) {
        let all: Vec<u32> = (0..u32::try_from(problem.visits.len()).unwrap()).collect();
        let solution = construct(&problem, idle(&problem), &[all], BEFORE_ALL);
        let served = problem.visits.len() - solution.unserved.len();
        let (found, best) = ((served, -travel_s(&solution)), most_served(&problem));
        prop_assert!(found <= best, "{:?} beats {:?}", found, best);
        prop_assert!(served > 0 || best.0 == 0, "one visit alone is always placed");
    }

    #[test]
    fn one_visit_more_goes_where_it_adds_least(
        problem in problem(1..=3, 1..=10),
    ) {
        let last = u32::try_from(problem.visits.len() - 1).unwrap();
        let before = construct(&problem, idle(&problem), &[(0..last).collect()], BEFORE_ALL);
        let after = construct(&problem, before.routes.clone(), &[vec![last]], BEFORE_ALL);
        let added = travel_s(&after) - travel_s(&before);
        let visit = &problem.visits[last as usize];
        let cheapest = before.routes.iter().flat_map(|schedule| {
            let route = PlainRoute::of(schedule, &problem.visits);
            let old = route.travel().travel_s;
            let added = route.insertions(visit).into_iter();
            added.map(|longer| (longer.travel().travel_s - old).get()).collect::<Vec<_>>()
        }).min();
        prop_assert_eq!(cheapest.is_none(), after.unserved == vec![last]);
        prop_assert_eq!(cheapest.unwrap_or(0), added);
    }
}

fn idle(problem: &Problem) -> Vec<Schedule> {
    problem.vehicles.iter().map(|vehicle| Schedule::idle(Arc::clone(vehicle))).collect()
}

fn content(solution: &Solution) -> (Vec<Vec<u32>>, Vec<i64>, Vec<u32>) {
    let visits = solution.routes.iter().map(|route| route.visits().collect()).collect();
    let starts = solution.routes.iter().flat_map(|route| route.timings().iter().map(|t| t.start));
    (visits, starts.collect(), solution.unserved.clone())
}

fn travel_s(solution: &Solution) -> i64 {
    solution.routes.iter().map(|route| route.travel().travel_s.get()).sum()
}

/// The most visits that can be served, and the least travel (negated) that serves them: for each
/// vehicle the best order of each subset, then the best division of the visits.
fn most_served(problem: &Problem) -> (usize, i64) {
    let subsets = 1_usize << problem.visits.len();
    let mut best = vec![Some(0); subsets];
    best[1..].fill(None);
    for vehicle in &problem.vehicles {
        let alone = least_travel(vehicle, problem);
        best = (0..subsets).map(|all| divided(all, &best, &alone)).collect();
    }
    let served = |subset: usize| subset.count_ones() as usize;
    let found = best.iter().enumerate();
    found.filter_map(|(subset, s)| Some((served(subset), -(*s)?))).max().unwrap()
}

/// The least travel that serves `all`, some by the vehicles so far and the rest by one more.
fn divided(all: usize, before: &[Option<i64>], alone: &[Option<i64>]) -> Option<i64> {
    let parts = (0..=all).filter(|part| part & all == *part);
    parts.filter_map(|part| Some(before[all & !part]? + alone[part]?)).min()
}

/// Index `subset` is the least travel with which the vehicle makes these visits, in any order.
fn least_travel(vehicle: &Arc<Vehicle>, problem: &Problem) -> Vec<Option<i64>> {
    let mut best = vec![None; 1 << problem.visits.len()];
    let idle = PlainRoute::idle(Arc::clone(vehicle));
    let mut open = vec![(PlainRoute { visits: problem.visits.clone(), ..idle }, 0_usize)];
    let mut known = HashSet::new();
    while let Some((route, subset)) = open.pop() {
        let travel_s = route.travel().travel_s.get();
        best[subset] = Some(best[subset].map_or(travel_s, |least: i64| least.min(travel_s)));
        for index in (0..problem.visits.len()).filter(|index| subset & (1 << index) == 0) {
            for longer in with_visit(&route, index) {
                if known.insert(longer.tasks.clone()) {
                    open.push((longer, subset | (1 << index)));
                }
            }
        }
    }
    best
}

/// All feasible routes with one of the problem's visits more.
fn with_visit(route: &PlainRoute, index: usize) -> Vec<PlainRoute> {
    let task = Task::Visit(u32::try_from(index).unwrap());
    let all = (0..=route.tasks.len()).map(|at| {
        let mut longer = route.clone();
        longer.tasks.insert(at, task);
        longer
    });
    all.filter(PlainRoute::is_feasible).collect()
}
