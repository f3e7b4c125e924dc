//! Who is a neighbour of whom: by cost, waiting, and windows that allow one after the other.

use super::cells::Around;
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
    /// Cost of ten seconds that a vehicle has to wait between two neighbours.
    pub(super) wait: u32,
}

/// Neighbours among candidates: `candidates` writes down the visits near one in cost. They are looked
/// for by the threads of `pool`, or by the caller's.
pub(super) fn find<L: Legs>(
    pool: Option<&ThreadPool>,
    visits: u32,
    sites: &[Site],
    legs: &L,
    reach: &Reach,
    candidates: &(dyn Fn(u32, &mut Around) + Sync),
) -> Neighbours {
    let of_one = |desk: &mut Desk, visit| {
        candidates(visit, &mut desk.candidates);
        desk.of_one(visit, sites, legs, reach)
    };
    let of_all = || (0..visits).into_par_iter().map_init(Desk::default, of_one).collect();
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

/// What is written down while the neighbours of one visit are looked for.
#[derive(Default)]
struct Desk {
    candidates: Around,
    pairs: Vec<Pair>,
    before: Vec<Scored>,
    after: Vec<Scored>,
    around: Vec<Scored>,
}

/// The ways to a candidate and from it.
#[derive(Clone, Copy)]
struct Pair {
    to: i32,
    from: i32,
    cost_to: i32,
    cost_from: i32,
}

impl Pair {
    #[inline]
    fn of<L: Legs>(legs: &L, visit: u32, other: u32) -> Self {
        let to = legs.time(visit, other);
        let from = if L::SYMMETRIC { to } else { legs.time(other, visit) };
        if L::SAME {
            return Self { to, from, cost_to: to, cost_from: from };
        }
        let (cost_to, cost_from) = (legs.cost(visit, other), legs.cost(other, visit));
        Self { to, from, cost_to, cost_from }
    }
}

/// A candidate's score and, in the bits below, its number among the candidates: one number to compare.
type Scored = u64;

/// Bits of a candidate's number.
const NUMBER_BITS: u32 = 29;

/// The score of one that is no neighbour.
const NEVER: Scored = Scored::MAX;

impl Desk {
    /// The lists of one visit. All ways are computed first, and all candidates are scored, without a
    /// branch: processors work on several at once then.
    fn of_one<L: Legs>(
        &mut self,
        visit: u32,
        sites: &[Site],
        legs: &L,
        reach: &Reach,
    ) -> [Vec<Near>; 3] {
        let Self { candidates, pairs, before, after, around } = self;
        let candidates = &candidates.points;
        [&mut *before, &mut *after, &mut *around].into_iter().for_each(Vec::clear);
        pairs.clear();
        pairs.extend(candidates.iter().map(|&other| Pair::of(legs, visit, other)));
        let here = sites[visit as usize];
        for ((number, &other), pair) in (0..1 << NUMBER_BITS).zip(candidates).zip(&*pairs) {
            if other == visit {
                continue;
            }
            let there = sites[other as usize];
            let Pair { to, from, cost_to, cost_from } = *pair;
            around.push(scored(number, cost_to.min(cost_from), Some(0), reach.wait));
            before.push(scored(number, cost_from, waiting(there, here, from), reach.wait));
            after.push(scored(number, cost_to, waiting(here, there, to), reach.wait));
        }
        let to = |other| legs.time(visit, other);
        let from = |other| legs.time(other, visit);
        [
            nearest(before, reach.before, candidates, from),
            nearest(after, reach.after, candidates, to),
            nearest(around, reach.around, candidates, to),
        ]
    }
}

/// A score in tenths of the cost: eleven times what 31 bits hold fits above the number.
#[inline]
fn scored(number: u64, cost: i32, wait: Option<i32>, price: u32) -> Scored {
    let positive = |part: i32| u64::from(part.max(0).cast_unsigned());
    let score = 10 * positive(cost) + u64::from(price) * positive(wait.unwrap_or(0));
    if wait.is_some() { (score << NUMBER_BITS) | number } else { NEVER }
}

/// Seconds a vehicle waits at least from one visit to the next; `None` where it must be late.
#[inline]
fn waiting(first: Site, second: Site, time: i32) -> Option<i32> {
    let soonest = first.opens.saturating_add(first.service).saturating_add(time);
    let latest = first.closes.saturating_add(first.service).saturating_add(time);
    (soonest <= second.closes).then(|| second.opens.saturating_sub(latest).max(0))
}

/// The `most` with the best scores, in the order of time.
fn nearest(
    scored: &mut Vec<Scored>,
    most: usize,
    candidates: &[u32],
    time: impl Fn(u32) -> i32,
) -> Vec<Near> {
    if scored.len() > most && most > 0 {
        scored.select_nth_unstable(most - 1);
    }
    scored.truncate(most);
    let known = scored.iter().filter(|&&scored| scored != NEVER);
    let node = |scored: &Scored| candidates[(scored & ((1 << NUMBER_BITS) - 1)) as usize];
    let near = |node| Near { node, time: time(node) };
    let mut nearest: Vec<Near> = known.map(|scored| near(node(scored))).collect();
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
        let reach = Reach { before: 2, after: 2, around: 2, wait: 0 };
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let candidates = |_: u32, found: &mut Around| {
                assert_eq!(rayon::current_num_threads(), threads);
                found.points.clear();
                found.points.extend(0..5);
            };
            let found = find(Some(&pool), 5, &[site; 5], &legs, &reach, &candidates);
            let near: Vec<u32> = found.around.of(0).iter().map(|near| near.node).collect();
            assert_eq!(near, [1, 2]);
        }
    }
}
