//! One search from start to end: construct, save routes, anneal in rounds.

use super::anneal::Cooling;
use super::answer::{answer, begin};
use super::breed::{Breeding, Elite, FEW, Generation, Population};
use super::build::{Layout, Task as FieldTask, with_field};
use super::construct::construct;
use super::dice::Dice;
use super::field::{Field, MANY};
use super::legs::Legs;
use super::local::{Polish, Spare};
use super::number::{count, real_i64};
use super::settings::{Budget, Control, Objective, Progress, Settings};
use super::split::{Group, Routes, split};
use super::worker::{Span, Work, Worker};
use crate::solver::{Problem, Solution};
use rayon::prelude::*;

/// Up to this many visits all threads work on all routes, and the best is followed.
const TOGETHER: u32 = 300;

/// Visits in a group, about, where there are more than one for each thread.
const GROUP: usize = 1_000;

/// Rounds of annealing: the routes are grouped anew before each.
const ROUNDS: usize = 100;

/// Rounds of looking for places: as soon as one of the threads has found all, the others stop.
const SERVING_ROUNDS: usize = 16;
/// The part of the budget in which it does not matter who is left out, as long as they are few.
const SWAPPING: Span = Span { from: 0.75, until: 0.92 };

/// Temperatures, in mean costs to the nearest neighbour.
const HOT: f64 = 10.0;
const COLD: f64 = 0.1;
/// The same where there are thousands of visits, and few iterations for each.
const COLD_WIDE: f64 = 0.3;

/// Seconds that the local search at the end is given for each visit, and the most of the budget.
const POLISH_S: f64 = 0.000_15;
const POLISH_MOST: f64 = 0.15;

/// Searches for the best routes within the budget.
#[must_use]
pub fn solve(problem: &Problem, settings: &Settings, control: Control<'_>) -> Solution {
    if problem.vehicles.is_empty() || problem.travel.is_empty() {
        let unserved = (0..).take(problem.visits.len()).collect();
        return Solution { routes: vec![Vec::new(); problem.vehicles.len()], unserved, cost: 0 };
    }
    let threads = settings.threads.clamp(1, 1_024);
    // Without threads of its own the search runs on the caller's, one group after the other.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok();
    with_field(
        problem,
        settings.objective,
        Drive { problem, settings, control, pool: pool.as_ref() },
    )
}

struct Drive<'a, 'c> {
    problem: &'a Problem,
    settings: &'a Settings,
    control: Control<'c>,
    pool: Option<&'a rayon::ThreadPool>,
}

impl FieldTask for Drive<'_, '_> {
    type Answer = Solution;

    fn pool(&self) -> Option<&rayon::ThreadPool> {
        self.pool
    }

    fn run<L: Legs>(self, field: &Field<'_, L>, layout: &Layout) -> Solution {
        let mut search = Search::new(field, self.settings, self.control, self.pool);
        search.start(begin(layout, field.vehicles()));
        match self.settings.objective {
            Objective::Served => search.serve(),
            Objective::Distance | Objective::Vehicles => {
                search.shrink();
                search.anneal();
                search.polish();
            }
        }
        answer(self.problem, layout, field, &search.best)
    }
}

/// The state between rounds.
struct Search<'f, 'c, L> {
    field: &'f Field<'f, L>,
    settings: &'f Settings,
    budget: Budget<'c>,
    progress: &'c mut dyn FnMut(Progress),
    dice: Dice,
    workers: Vec<Worker<'f, L>>,
    /// All but those whose frozen tasks are not feasible.
    vehicles: Vec<u32>,
    pool: Option<&'f rayon::ThreadPool>,
    /// The first complete plan.
    constructed: Routes,
    /// Where the search is.
    routes: Routes,
    /// The best it has been to, and the cost there.
    best: Routes,
    best_cost: i64,
}

impl<'f, 'c, L: Legs> Search<'f, 'c, L> {
    fn new(
        field: &'f Field<'f, L>,
        settings: &'f Settings,
        control: Control<'c>,
        pool: Option<&'f rayon::ThreadPool>,
    ) -> Self {
        let Control { elapsed, cancel, progress } = control;
        let budget = Budget::new(settings, elapsed, cancel);
        let threads = settings.threads.clamp(1, 1_024);
        let worker = |number| Worker::new(field, settings.seed, 1 + number as u64);
        Self {
            field,
            settings,
            budget,
            progress,
            dice: Dice::new(settings.seed, 0),
            workers: (0..threads).map(worker).collect(),
            vehicles: (0..field.vehicles()).filter(|&vehicle| !field.is_stuck(vehicle)).collect(),
            pool,
            constructed: Routes::default(),
            routes: Routes::default(),
            best: Routes::default(),
            best_cost: i64::MAX,
        }
    }

    /// The first complete plan.
    fn start(&mut self, given: Routes) {
        let plan = self.workers[0].plan();
        let at_work = self.vehicles.iter().map(|&v| (v, &given.of[v as usize][..]));
        plan.load(at_work, &given.absent);
        self.routes = given;
        construct(plan, &mut self.dice, &|| self.budget.is_over_for_first_plan());
        plan.keep();
        for &vehicle in &self.vehicles {
            self.routes.of[vehicle as usize] = plan.visits_of(vehicle).collect();
        }
        self.routes.absent.clone_from(&plan.absent);
        self.best_cost = plan.cost;
        self.best = self.routes.clone();
        self.constructed = self.routes.clone();
        self.report();
    }

    /// Looks for places for those without one: shorter routes have room for more. Where that is not enough,
    /// it does not matter for a while who is left out, as long as they are few; then it does again.
    fn serve(&mut self) {
        let hot = self.field.spacing;
        let shorter = Work::Anneal(Cooling { hot, cold: COLD * hot, span: Span::ALL });
        self.serve_by(shorter, Span { until: SWAPPING.from, ..Span::ALL });
        let kept = (self.best.clone(), self.best_cost);
        self.serve_by(Work::Serve { temperature: hot }, SWAPPING);
        self.serve_by(shorter, Span { from: SWAPPING.until, ..Span::ALL });
        if kept.1 < self.best_cost {
            (self.best, self.best_cost) = kept;
        }
    }

    /// Goes on from the best plan for a stretch of the budget, or until everybody has a place.
    fn serve_by(&mut self, work: Work, span: Span) {
        self.routes = self.best.clone();
        for round in 0..SERVING_ROUNDS {
            let span = span.part(round, SERVING_ROUNDS);
            if !self.best.absent.is_empty() && self.spent() < span.until {
                self.round(work, span);
            }
        }
    }

    /// Fewer routes: all of the first half of the budget where they come first, else a try.
    fn shrink(&mut self) {
        let (share, rounds) = match self.settings.objective {
            Objective::Vehicles => (0.5, 20),
            Objective::Served => return,
            Objective::Distance if self.field.is_wide() || self.field.may_be_late() => return,
            Objective::Distance => (0.05, 2),
        };
        let before = (self.best.clone(), self.best_cost);
        let work = Work::Shrink { temperature: self.field.spacing };
        for round in 0..rounds {
            let span = Span { from: 0.0, until: share }.part(round, rounds);
            if self.spent() < span.until {
                self.round(work, span);
                self.routes = self.best.clone();
            }
        }
        if self.settings.objective == Objective::Distance && self.best_cost > before.1 {
            // Fewer routes are a start that may lead on, no better plan by themselves.
            (self.best, self.best_cost) = before;
        }
    }

    fn anneal(&mut self) {
        let alike = self.field.kinds.len() == 1 && self.best.absent.is_empty();
        if self.settings.objective == Objective::Vehicles && alike {
            // Another vehicle would be of no use; where they differ, one may take another's place.
            let of = &self.best.of;
            self.vehicles.retain(|&vehicle| !of[vehicle as usize].is_empty());
        }
        let from = self.spent().min(1.0);
        let until = 1.0 - self.polish_share();
        let cold = if self.field.is_wide() { COLD_WIDE } else { COLD };
        let hot = HOT * self.field.spacing;
        let mut cooling = Cooling { hot, cold: cold * self.field.spacing, span: Span::ALL };
        if self.field.jobs < FEW {
            // Neighbours of so few tell little of what a change costs.
            let mean = real_i64(self.cost()) / f64::from(self.field.jobs.max(1));
            cooling.hot = hot.max(mean);
        }
        let span = Span { from, until };
        let breeding = Breeding::within(&self.budget, self.workers.len(), self.field);
        if let Some(breeding) = breeding {
            return self.breed(breeding.generations(span, cooling));
        }
        for round in 0..ROUNDS {
            let span = span.part(round, ROUNDS);
            if self.spent() < span.until {
                self.round(Work::Anneal(cooling), span);
            }
        }
    }

    /// Several plans, and children of the best of them: each thread has its own.
    fn breed(&mut self, generations: impl Iterator<Item = Generation>) {
        // Plans of more routes and of fewer: later on hardly any route is opened or closed. Where the fewest
        // come first, vehicles beyond them are not at work any more, nor what was constructed on them.
        let first = match self.settings.objective {
            Objective::Vehicles => &self.routes,
            Objective::Distance | Objective::Served => &self.constructed,
        };
        let begin = [first.clone(), self.routes.clone()];
        let mut population = Population::default();
        for generation in generations {
            if self.spent() >= generation.span.until {
                continue;
            }
            for (number, worker) in self.workers.iter_mut().enumerate() {
                let child = match generation.work {
                    Work::Raise(_) => population.child(self.field, &self.vehicles, &mut self.dice),
                    Work::Serve { .. } | Work::Shrink { .. } | Work::Anneal(_) => None,
                };
                let routes = child.unwrap_or_else(|| begin[number % 2].clone());
                worker.begin_with(routes, &self.vehicles);
            }
            self.raise(&generation);
            for worker in &self.workers {
                let mut routes = Routes::of_none(self.field.vehicles());
                worker.found.write(&mut routes);
                population.offer(Elite { routes, cost: worker.found.cost });
            }
        }
    }

    /// Lets all workers anneal their own plans, and looks in on them at times.
    fn raise(&mut self, generation: &Generation) {
        for slice in 0..generation.slices {
            if slice > 0 {
                let vehicles = self.field.vehicles();
                self.workers.iter_mut().for_each(|worker| worker.go_on(vehicles));
            }
            self.work(generation.work, generation.span.part(slice, generation.slices));
            if self.merge_rivals(generation.work) {
                self.report();
            }
        }
    }

    /// Lets each worker do its part, side by side.
    fn work(&mut self, work: Work, span: Span) {
        let Self { workers, routes, budget, pool, .. } = self;
        let mut all =
            || workers.par_iter_mut().for_each(|worker| worker.round(routes, work, span, budget));
        match pool {
            Some(pool) => pool.install(all),
            None => all(),
        }
    }

    /// The local search takes what is left: it is for plain problems that are not too large.
    fn polish_share(&self) -> f64 {
        if self.field.rich.is_some() || self.field.is_wide() {
            return 0.0;
        }
        self.budget.share(POLISH_S * f64::from(self.field.visits)).min(POLISH_MOST)
    }

    /// Brings the best routes to a local optimum.
    fn polish(&mut self) {
        let cut_short = self.settings.iterations == Some(0) || self.budget.is_over();
        if cut_short || self.field.rich.is_some() || self.field.is_wide() {
            return;
        }
        let spare = match self.settings.objective {
            Objective::Vehicles => Spare::Parked,
            Objective::Distance | Objective::Served => Spare::Usable,
        };
        let mut polish = Polish::new(self.field, spare);
        let gain = polish.improve(&mut self.best, None, &|| self.budget.is_over());
        self.best_cost -= gain;
        if gain > 0 {
            self.report();
        }
    }

    fn spent(&self) -> f64 {
        let most = self.workers.iter().map(|worker| worker.iterations).max().unwrap_or(0);
        self.budget.spent(most)
    }

    fn routes_used(routes: &Routes) -> usize {
        routes.of.iter().filter(|route| !route.is_empty()).count()
    }

    /// Lets each worker improve its part.
    fn round(&mut self, work: Work, span: Span) {
        let threads = self.workers.len();
        let few = match work {
            Work::Serve { .. } | Work::Shrink { .. } => MANY,
            Work::Anneal(_) | Work::Raise(_) => TOGETHER,
        };
        let together = threads > 1 && self.field.visits <= few;
        if together {
            let all = Group { vehicles: self.vehicles.clone(), absent: self.routes.absent.clone() };
            self.workers.iter_mut().for_each(|worker| worker.groups = vec![all.clone()]);
        } else {
            let each = (self.field.visits as usize).div_ceil(threads * GROUP).max(1);
            let groups =
                split(self.field, &self.routes, &self.vehicles, threads * each, &mut self.dice);
            for (worker, groups) in self.workers.iter_mut().zip(groups.chunks(each)) {
                worker.groups = groups.to_vec();
            }
        }
        self.work(work, span);
        let better = if together { self.merge_rivals(work) } else { self.merge_parts(work) };
        if better {
            self.report();
        }
    }

    /// All workers had all routes: the one that got farthest is followed.
    fn merge_rivals(&mut self, work: Work) -> bool {
        let leader = self.workers.iter().min_by_key(|worker| worker.ended.cost);
        let rank = |worker: &&Worker<'f, L>| worker.found.rank(work);
        let Some((leader, finder)) = leader.zip(self.workers.iter().min_by_key(rank)) else {
            return false;
        };
        self.routes.absent.clear();
        leader.ended.write(&mut self.routes);
        let rank = finder.found.rank(work);
        let better = rank < self.best_rank(work);
        if better {
            self.best_cost = rank.1;
            self.best.clear();
            finder.found.write(&mut self.best);
        }
        better
    }

    /// Each worker had its own routes: all of them together are the outcome.
    fn merge_parts(&mut self, work: Work) -> bool {
        self.routes.absent.clear();
        for worker in &self.workers {
            worker.ended.write(&mut self.routes);
        }
        let ranks = self.workers.iter().map(|worker| worker.found.rank(work));
        let rank = ranks.fold((0, 0), |sum, rank| (sum.0 + rank.0, sum.1 + rank.1));
        let better = rank < self.best_rank(work);
        if better {
            self.best_cost = rank.1;
            self.best.clear();
            for worker in &self.workers {
                worker.found.write(&mut self.best);
            }
        }
        better
    }

    /// What an outcome has to beat: routes come first where fewer are looked for.
    fn best_rank(&self, work: Work) -> (usize, i64) {
        (work.count(self.best.of.iter(), &self.best.absent), self.best_cost)
    }

    /// Cost of the best routes alone.
    fn cost(&self) -> i64 {
        let left = |&visit: &u32| self.field.penalty[visit as usize];
        let routes = i64::from(count(Self::routes_used(&self.best)));
        self.best_cost - self.best.absent.iter().map(left).sum::<i64>() - routes * self.field.fee
    }

    fn report(&mut self) {
        let progress = Progress {
            elapsed: self.budget.passed(),
            iteration: self.workers.iter().map(|worker| worker.iterations).sum(),
            unserved: self.best.absent.len(),
            routes: Self::routes_used(&self.best),
            cost: self.cost(),
        };
        (self.progress)(progress);
    }
}
