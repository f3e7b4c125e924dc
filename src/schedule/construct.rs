//! Greedy regret insertion, group by group.
//!
//! Of all visits still open in a group, the one that would lose most by waiting is inserted
//! first: the difference between its cheapest route and the next best ones (regret; Potvin and
//! Rousseau 1993, Pisinger and Ropke 2007). Groups are zones of neighbouring visits with about
//! one shift's work each, so a round compares visits that compete for the same couriers.

use super::{Gap, Problem, Schedule};
use rayon::prelude::*;

/// How many of the best routes a visit's regret looks at.
const REGRET_ROUTES: usize = 3;

/// A missing alternative counts as this much travel, so that visits with few routes left go first.
const NO_ROUTE_S: i64 = 100_000;

/// Schedules, and the visits that fit nowhere.
#[derive(Clone, Debug)]
pub struct Solution {
    /// Index `v` is vehicle `v`.
    pub routes: Vec<Schedule>,
    /// Visit numbers, ascending.
    pub unserved: Vec<u32>,
}

/// Inserts the visits of each group into the given routes, one group after the other.
///
/// `routes[v]` belongs to vehicle `v` and keeps what it has; nothing is inserted before what is
/// frozen at `now`. A group with `m` visits over `r` routes of `n` stops costs about `m·r·n` at
/// first and `m·n` for each insertion. The answer depends on its arguments alone.
///
/// An unserved visit has no position in the routes returned: those left over are tried once more
/// at the end, since an insertion can open a position for another visit (one that may not be set
/// off to before some moment is in time only from near by).
#[must_use]
pub fn construct(
    problem: &Problem,
    mut routes: Vec<Schedule>,
    groups: &[Vec<u32>],
    now: i64,
) -> Solution {
    let mut unserved = Vec::new();
    for group in groups {
        unserved.extend(fill(problem, &mut routes, group, now));
    }
    loop {
        let left = fill(problem, &mut routes, &unserved, now);
        if left.len() == unserved.len() {
            unserved.sort_unstable();
            return Solution { routes, unserved };
        }
        unserved = left;
    }
}

/// A visit that is still open, with its cheapest gap in each route.
struct Candidate {
    visit: u32,
    gaps: Vec<Option<Gap>>,
}

impl Candidate {
    fn new(problem: &Problem, routes: &[Schedule], visit: u32, now: i64) -> Self {
        let wanted = &problem.visits[visit as usize];
        Self { visit, gaps: routes.iter().map(|route| route.cheapest(wanted, now)).collect() }
    }

    fn best_route(&self) -> Option<usize> {
        let cost = |route: &usize| self.gaps[*route].map(|gap| gap.extra.travel_s);
        (0..self.gaps.len()).filter(|route| cost(route).is_some()).min_by_key(cost)
    }

    /// How much the visit would lose if its best routes were taken by others.
    fn regret(&self) -> i64 {
        let mut best = [NO_ROUTE_S; REGRET_ROUTES];
        for cost in self.gaps.iter().flatten().map(|gap| gap.extra.travel_s.get()) {
            let place = best.partition_point(|&other| other <= cost);
            if place < REGRET_ROUTES {
                best[place..].rotate_right(1);
                best[place] = cost;
            }
        }
        best.iter().map(|cost| cost - best[0]).sum()
    }
}

/// Fills one group; returns the visits that fit nowhere.
fn fill(problem: &Problem, routes: &mut [Schedule], group: &[u32], now: i64) -> Vec<u32> {
    let mut open: Vec<Candidate> =
        group.par_iter().map(|&visit| Candidate::new(problem, routes, visit, now)).collect();
    let mut unserved = Vec::new();
    while let Some(next) = most_regretted(&open) {
        let Candidate { visit, gaps } = open.swap_remove(next);
        let chosen = Candidate { visit, gaps };
        match chosen.best_route() {
            Some(route) => {
                insert(problem, &mut routes[route], &chosen, route);
                refresh(problem, routes, &mut open, route, now);
            }
            None => unserved.push(chosen.visit),
        }
    }
    unserved
}

/// Ties go to the lower visit number, so that the order of the list does not matter.
fn most_regretted(open: &[Candidate]) -> Option<usize> {
    let urgency = |&at: &usize| (open[at].regret(), std::cmp::Reverse(open[at].visit));
    (0..open.len()).max_by_key(urgency)
}

fn insert(problem: &Problem, route: &mut Schedule, chosen: &Candidate, index: usize) {
    if let Some(gap) = chosen.gaps[index] {
        *route = route.with(gap.at, chosen.visit, &problem.visits[chosen.visit as usize]);
    }
}

/// Only the changed route's gaps are computed again.
fn refresh(
    problem: &Problem,
    routes: &[Schedule],
    open: &mut [Candidate],
    changed: usize,
    now: i64,
) {
    for candidate in open {
        let visit = &problem.visits[candidate.visit as usize];
        candidate.gaps[changed] = routes[changed].cheapest(visit, now);
    }
}
