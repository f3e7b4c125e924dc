//! One search from start to end.

use super::answer::{answer, begin};
use super::anneal::{Best, Cooling, anneal};
use super::split::{Group, Routes, split};
use rayon::prelude::*;
use super::budget::Budget;
use super::build::{Layout, Task as FieldTask, with_field};
use super::dice::Dice;
use super::field::Field;
use super::legs::Legs;
use super::plan::Plan;
use super::recreate::recreate;
use crate::solver::{Problem, Solution};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What comes first, once everybody is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The least cost.
    Distance,
    /// The fewest routes, then the least cost.
    Vehicles,
}

/// What to search for, and for how long.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What comes first.
    pub objective: Objective,
    /// The same seed, threads and iterations give the same answer.
    pub seed: u64,
    /// At least one.
    pub threads: usize,
    /// `Some(0)` stops at the constructed plan, as no limit at all does.
    pub iterations: Option<u64>,
    /// Counted by [`Control::elapsed`].
    pub time_limit: Option<Duration>,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Since the search was asked for.
    pub elapsed: Duration,
    /// Iterations done.
    pub iteration: u64,
    /// Visits on no route.
    pub unserved: usize,
    /// Routes used.
    pub routes: usize,
    /// Cost of the best routes so far.
    pub cost: i64,
}

/// How a search is told the time, stopped, and watched.
pub struct Control<'a> {
    /// Time since the budget began.
    pub elapsed: &'a (dyn Fn() -> Duration + Sync),
    /// Once set, the search ends with what it has.
    pub cancel: &'a AtomicBool,
    /// Called with each step forward.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// Searches for the best routes within the budget.
#[must_use]
pub fn solve(problem: &Problem, settings: &Settings, control: Control<'_>) -> Solution {
    if problem.vehicles.is_empty() || problem.travel.is_empty() {
        let unserved = (0..).take(problem.visits.len()).collect();
        return Solution { routes: vec![Vec::new(); problem.vehicles.len()], unserved, cost: 0 };
    }
    with_field(problem, settings.objective, Drive { problem, settings, control })
}

struct Drive<'a, 'c> {
    problem: &'a Problem,
    settings: &'a Settings,
    control: Control<'c>,
}

/// One thread's plan and chance, kept from round to round.
struct Worker<'f, L> {
    plan: Plan<'f, L>,
    dice: Dice,
    best: Best,
    /// What it has to do in this round, and what came of it: the routes it ended with.
    groups: Vec<Group>,
    ended: Vec<(u32, Vec<u32>)>,
    ended_absent: Vec<u32>,
    bests: Vec<(u32, Vec<u32>)>,
    bests_absent: Vec<u32>,
    cost: i64,
    iterations: u64,
}

impl<'f, L: Legs> Worker<'f, L> {
    fn round(&mut self, routes: &Routes, cooling: Cooling, from: f64, until: f64, done: &(dyn Fn(u64) -> f64 + Sync)) {
        let groups = std::mem::take(&mut self.groups);
        self.ended.clear(); self.ended_absent.clear(); self.bests.clear(); self.bests_absent.clear(); self.cost = 0;
        let count = groups.len();
        for (index, group) in groups.iter().enumerate() {
            self.plan.load(group.vehicles.iter().map(|&v| (v, &routes.of[v as usize][..])), &group.absent);
            let until = from + (until - from) * (index + 1) as f64 / count as f64;
            let before = self.iterations;
            self.iterations += anneal(&mut self.plan, &mut self.dice, cooling, &|i| done(before + i), until, &mut self.best);
            for &vehicle in &group.vehicles { self.ended.push((vehicle, self.plan.visits_of(vehicle).collect())); }
            self.ended_absent.extend_from_slice(&self.plan.absent);
            self.bests.append(&mut self.best.routes);
            self.bests_absent.append(&mut self.best.absent);
            self.cost += self.best.cost;
        }
    }
}

impl FieldTask for Drive<'_, '_> {
    type Answer = Solution;

    fn run<L: Legs>(self, field: &Field<'_, L>, layout: &Layout) -> Solution {
        let env = |k: &str, d: f64| std::env::var(k).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
        let threads = self.settings.threads.max(1);
        let seed = self.settings.seed;
        let mut dice = Dice::new(seed, 0);
        let mut workers: Vec<Worker<'_, L>> = (0..threads).map(|t| Worker { plan: Plan::new(field), dice: Dice::new(seed, 1 + t as u64), best: Best::default(), groups: vec![], ended: vec![], ended_absent: vec![], bests: vec![], bests_absent: vec![], cost: 0, iterations: 0 }).collect();
        let plan = &mut workers[0].plan;
        let begun = begin(layout, field.vehicles());
        plan.load((0..).zip(&begun.of).map(|(v, r)| (v, &r[..])), &begun.absent);
        if field.rich.is_some() {
            super::refill::construct(plan, &mut dice);
        }
        while field.rich.is_none() && !plan.absent.is_empty() {
            let before = plan.absent.len();
            recreate(plan, &mut dice, 0.0, 0);
            if plan.absent.len() == before { break }
        }
        plan.keep();
        let mut routes = Routes { of: (0..field.vehicles()).map(|v| if layout.start.stuck[v as usize] { vec![] } else { plan.visits_of(v).collect() }).collect(), absent: plan.absent.clone() };
        let mut best = (plan.cost, routes.clone());
        let mut rounds_done = 0u64;
        let budget = Budget::new(self.settings, self.control.elapsed, self.control.cancel);
        let done = |iterations: u64| budget.done(iterations);
        let elapsed = self.control.elapsed;
        (self.control.progress)(Progress { elapsed: elapsed(), iteration: 0, unserved: best.1.absent.len(), routes: 0, cost: best.0 });
        let mut cooling = Cooling { hot: env("T0", 10.0) * field.spacing, cold: env("T1", 0.1) * field.spacing, cycles: 1.0 };
        if field.jobs < 50 {
            // Neighbours of so few tell little of what a change costs, and there is time to begin anew.
            let mean = workers[0].plan.routes_cost() as f64 / f64::from(field.jobs.max(1));
            cooling.hot = cooling.hot.max(env("MEANT", 1.0) * mean);
            cooling.cycles = env("CYCLES", 8.0);
        }
        let rounds = env("ROUNDS", 100.0) as u64;
        let chains = env("CHAIN", 0.0) > 0.0;
        let size = env("GROUP", 1000.0) as usize;
        let share = env("FLEET", 0.1);
        let fewer = field.rich.is_none() || self.settings.objective == Objective::Vehicles;
        if share > 0.0 && fewer && done(0) < share {
            let worker = &mut workers[0];
            worker.plan.load(routes.of.iter().enumerate().map(|(v, r)| (v as u32, &r[..])), &routes.absent);
            worker.plan.park_idle();
            let mut leftovers = super::fleet::Leftovers::new(field.visits);
            let its = super::fleet::shrink(&mut worker.plan, &mut worker.dice, &mut leftovers, field.spacing, &|i| done(i) >= share, &mut worker.best);
            worker.iterations += its;
            for r in &mut routes.of { r.clear(); }
            for (v, r) in &worker.best.routes { routes.of[*v as usize].clone_from(r); }
            routes.absent.clone_from(&worker.best.absent);
            best = (worker.best.cost, routes.clone());
            (self.control.progress)(Progress { elapsed: elapsed(), iteration: its, unserved: best.1.absent.len(), routes: routes.of.iter().filter(|r| !r.is_empty()).count(), cost: best.0 });
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        for round in 0..rounds {
            let (from, until) = (round as f64 / rounds as f64, (round + 1) as f64 / rounds as f64);
            if done(workers[0].iterations) >= until { continue }
            if chains {
                for worker in &mut workers { worker.groups = vec![Group { vehicles: (0..field.vehicles()).collect(), absent: routes.absent.clone() }]; }
            } else {
                let per = (field.visits as usize).div_ceil(threads * size).max(1);
                let groups = split(field, &routes, threads * per, &mut dice);
                for (worker, groups) in workers.iter_mut().zip(groups.chunks(per)) { worker.groups = groups.to_vec(); }
            }
            pool.install(|| workers.par_iter_mut().for_each(|worker| worker.round(&routes, cooling, from, until, &done)));
            if chains {
                let worker = workers.iter().min_by_key(|w| w.plan.cost).unwrap();
                for (v, r) in &worker.ended { routes.of[*v as usize].clone_from(r); }
                routes.absent.clone_from(&worker.ended_absent);
                let worker = workers.iter().min_by_key(|w| w.cost).unwrap();
                if worker.cost < best.0 { best.0 = worker.cost; for (v, r) in &worker.bests { best.1.of[*v as usize].clone_from(r); } best.1.absent.clone_from(&worker.bests_absent); }
            } else {
                routes.absent.clear();
                let cost: i64 = workers.iter().map(|w| w.cost).sum();
                for worker in &workers { for (v, r) in &worker.ended { routes.of[*v as usize].clone_from(r); } routes.absent.extend_from_slice(&worker.ended_absent); }
                if cost < best.0 { best.0 = cost; best.1.absent.clear(); for worker in &workers { for (v, r) in &worker.bests { best.1.of[*v as usize].clone_from(r); } best.1.absent.extend_from_slice(&worker.bests_absent); } }
            }
            rounds_done = workers.iter().map(|w| w.iterations).sum();
            (self.control.progress)(Progress { elapsed: elapsed(), iteration: rounds_done, unserved: best.1.absent.len(), routes: 0, cost: best.0 });
        }
        let _ = rounds_done;
        answer(self.problem, layout, field, &best.1)
    }
}
