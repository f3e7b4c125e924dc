//! Several good plans, and what comes of crossing them: annealing alone freezes in one of many.

use super::anneal::Cooling;
use super::dice::Dice;
use super::field::{Field, NONE};
use super::legs::Legs;
use super::number::{count, real, whole};
use super::settings::Budget;
use super::split::Routes;
use super::worker::{Span, Work};

/// Iterations for each visit that make it worth while to anneal several plans: times the visits, and
/// more where there are more of them than this.
const WORTH: f64 = 20.0;
const WORTH_MORE: f64 = 400.0;

/// How many times longer an iteration of a rich problem takes, about.
const RICH: f64 = 10.0;

/// Iterations for each visit in which a child is annealed.
const CHILD: f64 = 300.0;

/// The part of the time that the first plans take.
const FIRST: f64 = 0.5;

/// First plans, at least, and where there are few visits: those take no time.
const PLANS: usize = 2;
const PLANS_OF_FEW: usize = 8;

/// Fewer visits than this are few.
pub(super) const FEW: u32 = 50;

/// How often the first plans are looked at while they are annealed.
const SLICES: usize = 25;

/// How many plans are kept.
const KEPT: usize = 8;

/// How much hotter than cold the annealing of a child begins.
const REHEAT: f64 = 10.0;

/// When which plans are made: the first ones from what was constructed, then children of the best.
#[derive(Clone, Copy, Debug)]
pub(super) struct Breeding {
    /// Generations, each of one plan a thread.
    first: usize,
    children: usize,
}

impl Breeding {
    /// `None` where the budget does for a single plan only.
    pub(super) fn within<L>(
        budget: &Budget<'_>,
        threads: usize,
        field: &Field<'_, L>,
    ) -> Option<Self> {
        let visits = f64::from(field.visits.max(1));
        let pace = if field.rich.is_some() { RICH } else { 1.0 };
        let each = budget.iterations(threads) / visits / pace;
        if each < WORTH * visits * (visits / WORTH_MORE).max(1.0) {
            return None;
        }
        let plans = if field.jobs < FEW { PLANS_OF_FEW } else { PLANS };
        let children = (1.0 - FIRST) * each / (CHILD * real(threads));
        Some(Self {
            first: plans.div_ceil(threads),
            children: whole(children.min(1e6)).max(1) as usize,
        })
    }

    /// Each generation's part of the time, and where its annealing begins.
    pub(super) fn generations(
        self,
        all: Span,
        cooling: Cooling,
    ) -> impl Iterator<Item = Generation> {
        let half = Span { until: all.from + (all.until - all.from) * FIRST, ..all };
        let rest = Span { from: half.until, ..all };
        let first = (0..self.first).map(move |index| {
            let span = half.part(index, self.first);
            Generation { span, slices: SLICES, work: Work::Anneal(Cooling { span, ..cooling }) }
        });
        let hot = (cooling.cold * REHEAT).min(cooling.hot);
        let children = (0..self.children).map(move |index| {
            let span = rest.part(index, self.children);
            Generation { span, slices: 1, work: Work::Raise(Cooling { hot, span, ..cooling }) }
        });
        first.chain(children)
    }
}

/// What all threads do at the same time.
pub(super) struct Generation {
    pub(super) span: Span,
    /// How often it is looked at meanwhile.
    pub(super) slices: usize,
    /// Anneal what was constructed, or raise a child.
    pub(super) work: Work,
}

/// A plan worth keeping.
pub(super) struct Elite {
    pub(super) routes: Routes,
    /// With what absent visits cost.
    pub(super) cost: i64,
}

/// The best plans of different costs, best first.
#[derive(Default)]
pub(super) struct Population(Vec<Elite>);

impl Population {
    /// Takes a plan, if it is new and not worse than all that are kept.
    pub(super) fn offer(&mut self, elite: Elite) {
        let at = self.0.partition_point(|known| known.cost < elite.cost);
        if self.0.get(at).is_none_or(|known| known.cost != elite.cost) {
            self.0.insert(at, elite);
            self.0.truncate(KEPT);
        }
    }

    /// A child of two plans chosen at random, on the vehicles at work; a copy of the only one; `None` of none.
    pub(super) fn child<L: Legs>(
        &self,
        field: &Field<'_, L>,
        at_work: &[u32],
        dice: &mut Dice,
    ) -> Option<Routes> {
        let plans = count(self.0.len());
        let first = dice.below(plans.max(1));
        let second = (first + 1 + dice.below(plans.max(2) - 1)) % plans.max(1);
        let [first, second] = [first, second].map(|at| self.0.get(at as usize));
        let (first, second) = first.zip(second)?;
        Some(cross(field, at_work, (&first.routes, &second.routes), dice))
    }
}

/// The first plan with some neighbouring routes of the second: each of them takes the place of the
/// one that shares most visits with it (selective route exchange, Nagata and Kobayashi 2010). Whoever
/// is on no route then is absent. Vehicles that are not at work are given none. Rich routes belong to their vehicles and are not exchanged.
fn cross<L: Legs>(
    field: &Field<'_, L>,
    at_work: &[u32],
    (first, second): (&Routes, &Routes),
    dice: &mut Dice,
) -> Routes {
    let mut child = first.clone();
    if field.rich.is_some() {
        return child;
    }
    let (mine, theirs) = (routes_of(field, first), routes_of(field, second));
    let mut taken = vec![false; field.visits as usize];
    let mut open = vec![false; first.of.len()];
    for &vehicle in at_work {
        open[vehicle as usize] = true;
    }
    let mut replaced = vec![false; first.of.len()];
    for route in neighbours(field, &theirs, second, dice) {
        let visits = &second.of[route as usize];
        if let Some(place) = place(field, first, &open, &mine, visits, route) {
            (open[place as usize], replaced[place as usize]) = (false, true);
            child.of[place as usize].clone_from(visits);
            for &visit in visits {
                taken[visit as usize] = true;
            }
        }
    }
    for (route, replaced) in child.of.iter_mut().zip(&replaced) {
        if !replaced {
            route.retain(|&visit| !taken[visit as usize]);
        }
    }
    let dropped = first.of.iter().zip(&replaced).filter(|(_, replaced)| **replaced);
    child.absent.extend(dropped.flat_map(|(route, _)| route));
    child.absent.retain(|&visit| !taken[visit as usize]);
    child
}

/// The route of each visit.
fn routes_of<L: Legs>(field: &Field<'_, L>, routes: &Routes) -> Vec<u32> {
    let mut of = vec![NONE; field.visits as usize];
    for (route, visits) in (0..).zip(&routes.of) {
        for &visit in visits {
            of[visit as usize] = route;
        }
    }
    of
}

/// Some routes around a random visit: up to half of them.
fn neighbours<L: Legs>(
    field: &Field<'_, L>,
    route_of: &[u32],
    routes: &Routes,
    dice: &mut Dice,
) -> Vec<u32> {
    let used = routes.of.iter().filter(|route| !route.is_empty()).count();
    let most = 1 + dice.below(count(used / 2).max(1)) as usize;
    let seed = dice.below(field.jobs.max(1));
    let around = field.around.of(seed).iter().map(|near| near.node);
    let mut found = Vec::new();
    for visit in std::iter::once(seed).chain(around) {
        let route = route_of[visit as usize];
        if route != NONE && !found.contains(&route) && found.len() < most {
            found.push(route);
        }
    }
    found
}

/// The open route of the same kind that shares most visits with these.
fn place<L: Legs>(
    field: &Field<'_, L>,
    routes: &Routes,
    open: &[bool],
    route_of: &[u32],
    visits: &[u32],
    route: u32,
) -> Option<u32> {
    let mut shared = vec![0_u32; routes.of.len()];
    for &visit in visits {
        if let Some(shared) = shared.get_mut(route_of[visit as usize] as usize) {
            *shared += 1;
        }
    }
    let kind = field.kind_of[route as usize];
    (0..count(routes.of.len()))
        .filter(|&other| open[other as usize] && field.kind_of[other as usize] == kind)
        .max_by_key(|&other| {
            let at = other as usize;
            (shared[at], routes.of[at].is_empty(), std::cmp::Reverse(other))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::search::build::{Layout, Task, with_field};
    use crate::solver::search::made::{PLAIN, Shape, problem};
    use crate::solver::search::plan::Plan;
    use crate::solver::search::recreate::recreate;
    use crate::solver::{Objective, Problem};

    /// Crosses plans made by chance; tells how many children took some of both parents.
    struct Crossed<'a>(&'a Problem);

    impl Task for Crossed<'_> {
        type Answer = usize;

        fn run<L: Legs>(self, field: &Field<L>, _: &Layout) -> usize {
            let mut dice = Dice::new(1, 0);
            let [first, second] = [0; 2].map(|_| made(field, &mut dice));
            let is_used = |&vehicle: &u32| {
                [&first, &second].iter().any(|p| !p.of[vehicle as usize].is_empty())
            };
            let (at_work, parked): (Vec<u32>, Vec<u32>) = (0..field.vehicles()).partition(is_used);
            let mut mixed = 0;
            for _ in 0..50 {
                let child = cross(field, &at_work, (&first, &second), &mut dice);
                assert!(parked.iter().all(|&vehicle| child.of[vehicle as usize].is_empty()));
                assert_eq!(
                    everybody(&child),
                    everybody(&first),
                    "of {} visits",
                    self.0.visits.len()
                );
                let used = || child.of.iter().filter(|route| !route.is_empty());
                let theirs = |route: &&Vec<u32>| second.of.contains(route);
                for route in used().filter(|route| !theirs(route)) {
                    assert!(first.of.iter().any(|mine| is_part(route, mine)), "{route:?}");
                }
                let kept = used().filter(|route| !theirs(route)).count();
                mixed += usize::from(used().any(|route| theirs(&route)) && kept > 0);
            }
            mixed
        }
    }

    fn made<L: Legs>(field: &Field<'_, L>, dice: &mut Dice) -> Routes {
        let mut plan = Plan::new(field);
        let all: Vec<u32> = (0..field.visits).collect();
        plan.load((0..field.vehicles()).map(|vehicle| (vehicle, &[][..])), &all);
        recreate(&mut plan, dice, 0.2, 0);
        let of = (0..field.vehicles()).map(|vehicle| plan.visits_of(vehicle).collect()).collect();
        Routes { of, absent: plan.absent }
    }

    fn everybody(routes: &Routes) -> Vec<u32> {
        let mut all: Vec<u32> = routes.of.iter().flatten().chain(&routes.absent).copied().collect();
        all.sort_unstable();
        all
    }

    /// Whether a route is another one with some visits left out.
    fn is_part(part: &[u32], whole: &[u32]) -> bool {
        let mut rest = whole.iter();
        part.iter().all(|visit| rest.any(|other| other == visit))
    }

    #[test]
    fn a_child_has_everybody_once_and_routes_of_both_plans() {
        let mut mixed = 0;
        for seed in 0..6 {
            for (table, different) in [(false, false), (true, true)] {
                let made = problem(seed, Shape { table, mixed: different, open: 2_000, ..PLAIN });
                mixed += with_field(&made, Objective::Distance, Crossed(&made));
            }
        }
        assert!(mixed > 100, "{mixed} children");
    }

    #[test]
    fn the_best_plans_of_different_costs_are_kept() {
        let mut population = Population::default();
        for cost in (0..20).chain(5..15).rev() {
            population.offer(Elite { routes: Routes::of_none(1), cost });
        }
        let costs: Vec<i64> = population.0.iter().map(|elite| elite.cost).collect();
        assert_eq!(costs, (0..8).collect::<Vec<i64>>());
    }

    #[test]
    fn generations_fill_their_part_of_the_budget() {
        let all = Span { from: 0.1, until: 0.9 };
        let cooling = Cooling { hot: 100.0, cold: 1.0, span: Span::ALL };
        let spans: Vec<Span> = Breeding { first: 2, children: 5 }
            .generations(all, cooling)
            .map(|generation| generation.span)
            .collect();
        assert_eq!(spans.len(), 7);
        assert!(
            (spans[0].from - all.from).abs() < 1e-9 && (spans[6].until - all.until).abs() < 1e-9
        );
        for pair in spans.windows(2) {
            assert!((pair[0].until - pair[1].from).abs() < 1e-9, "{pair:?}");
        }
    }
}
