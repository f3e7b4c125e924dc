//! Who is a neighbour of whom: by cost, waiting, and windows that allow one after the other.

use super::field::{Near, NearLists, Site};
use super::legs::Legs;
use super::number::{count, real};
use rayon::ThreadPool;
use rayon::prelude::*;

/// The three kinds of neighbours of each visit.
pub(super) struct Neighbours {
    pub(super) before: NearLists,
    pub(super) after: NearLists,
    pub(super) around: NearLists,
    pub(super) spacing: f64,
}

/// How many neighbours are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) around: usize,
    /// Cost of a second that a vehicle has to wait between two neighbours.
    pub(super) wait: f64,
}

/// Neighbours among candidates: `candidates(visit)` are the visits near it in cost. They are looked
/// for by the threads of `pool`, or by the caller's.
pub(super) fn find<L: Legs>(
    pool: Option<&ThreadPool>,
    visits: u32,
    sites: &[Site],
    legs: &L,
    reach: &Reach,
    candidates: &(dyn Fn(u32) -> Vec<u32> + Sync),
) -> Neighbours {
    let of_one = |visit| of_one(visit, sites, legs, reach, &candidates(visit));
    let of_all = || (0..visits).into_par_iter().map(of_one).collect();
    let lists: Vec<[Vec<Near>; 3]> = match pool {
        Some(pool) => pool.install(of_all),
        None => of_all(),
    };
    let first = |lists: &[Vec<Near>; 3]| lists[2].first().map(|near| near.node);
    let nearest: Vec<f64> = lists
        .iter()
        .enumerate()
        .filter_map(|(visit, lists)| Some(f64::from(legs.cost(count(visit), first(lists)?))))
        .collect();
    let spacing = nearest.iter().sum::<f64>() / real(nearest.len().max(1));
    let column = |index: usize| -> NearLists {
        let lists: Vec<&Vec<Near>> = lists.iter().map(|lists| &lists[index]).collect();
        NearLists::new(&lists)
    };
    Neighbours { before: column(0), after: column(1), around: column(2), spacing }
}

fn of_one<L: Legs>(
    visit: u32,
    sites: &[Site],
    legs: &L,
    reach: &Reach,
    candidates: &[u32],
) -> [Vec<Near>; 3] {
    let mut before = Vec::with_capacity(candidates.len());
    let mut after = Vec::with_capacity(candidates.len());
    let mut around = Vec::with_capacity(candidates.len());
    let here = sites[visit as usize];
    for &other in candidates.iter().filter(|&&other| other != visit) {
        let there = sites[other as usize];
        let to = legs.time(visit, other);
        let from = if L::SYMMETRIC { to } else { legs.time(other, visit) };
        let (cost_to, cost_from) =
            if L::SAME { (to, from) } else { (legs.cost(visit, other), legs.cost(other, visit)) };
        around.push((f64::from(cost_to.min(cost_from)), Near { node: other, time: to }));
        if let Some(wait) = waiting(there, here, from) {
            let score = f64::from(cost_from) + reach.wait * f64::from(wait);
            before.push((score, Near { node: other, time: from }));
        }
        if let Some(wait) = waiting(here, there, to) {
            let score = f64::from(cost_to) + reach.wait * f64::from(wait);
            after.push((score, Near { node: other, time: to }));
        }
    }
    [nearest(before, reach.before), nearest(after, reach.after), nearest(around, reach.around)]
}

/// Seconds a vehicle waits at least from one visit to the next; `None` where it must be late.
fn waiting(first: Site, second: Site, time: i32) -> Option<i32> {
    let soonest = first.opens.saturating_add(first.service).saturating_add(time);
    let latest = first.closes.saturating_add(first.service).saturating_add(time);
    (soonest <= second.closes).then(|| second.opens.saturating_sub(latest).max(0))
}

/// The `most` with the best scores, in the order of time.
fn nearest(mut scored: Vec<(f64, Near)>, most: usize) -> Vec<Near> {
    let order =
        |a: &(f64, Near), b: &(f64, Near)| a.0.total_cmp(&b.0).then(a.1.node.cmp(&b.1.node));
    if scored.len() > most && most > 0 {
        scored.select_nth_unstable_by(most - 1, order);
    }
    scored.truncate(most);
    let mut nearest: Vec<Near> = scored.iter().map(|&(_, near)| near).collect();
    nearest.sort_unstable_by_key(|near| (near.time, near.node));
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::search::legs::Grid;

    #[test]
    fn lists_are_made_by_the_threads_that_are_given() {
        let site = Site { opens: 0, closes: 99, service: 0 };
        let legs = Grid::of(5, |from, to| from.abs_diff(to).cast_signed());
        let reach = Reach { before: 2, after: 2, around: 2, wait: 0.0 };
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let candidates = |_| {
                assert_eq!(rayon::current_num_threads(), threads);
                (0..5).collect()
            };
            let found = find(Some(&pool), 5, &[site; 5], &legs, &reach, &candidates);
            let near: Vec<u32> = found.around.of(0).iter().map(|near| near.node).collect();
            assert_eq!(near, [1, 2]);
        }
    }
}
