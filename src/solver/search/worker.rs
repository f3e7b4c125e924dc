//! What one thread does in one round: improve its groups of routes, one after the other.

use super::anneal::{Best, Cooling, anneal};
use super::construct::construct;
use super::dice::Dice;
use super::field::Field;
use super::fleet::{Leftovers, shrink};
use super::legs::Legs;
use super::number::real;
use super::plan::Plan;
use super::serve::serve;
use super::settings::Budget;
use super::split::{Group, Routes};

/// What is done with a group.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// Fewer routes.
    Shrink {
        /// How much longer routes may get meanwhile.
        temperature: f64,
    },
    /// More visits served.
    Serve {
        /// How much longer routes may get meanwhile.
        temperature: f64,
    },
    /// Cheaper routes.
    Anneal(Cooling),
    /// The same, once absent visits are put in.
    Raise(Cooling),
}

impl Work {
    /// What comes before cost, less is better: routes used, or visits left out, where their number matters.
    pub(super) fn count<'r>(
        self,
        routes: impl Iterator<Item = &'r Vec<u32>>,
        absent: &[u32],
    ) -> usize {
        match self {
            Self::Shrink { .. } => routes.filter(|route| !route.is_empty()).count(),
            Self::Serve { .. } => absent.len(),
            Self::Anneal(_) | Self::Raise(_) => 0,
        }
    }
}

/// A stretch of the budget.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) from: f64,
    pub(super) until: f64,
}

impl Span {
    /// The whole budget.
    pub(super) const ALL: Self = Self { from: 0.0, until: 1.0 };

    /// Part `index` of `count` equal ones.
    pub(super) fn part(self, index: usize, count: usize) -> Self {
        let at = |index: usize| self.from + (self.until - self.from) * real(index) / real(count);
        Self { from: at(index), until: at(index + 1) }
    }
}

/// Some vehicles' routes as a round left them.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) routes: Vec<(u32, Vec<u32>)>,
    pub(super) absent: Vec<u32>,
    pub(super) cost: i64,
}

impl Outcome {
    fn clear(&mut self) {
        self.routes.clear();
        self.absent.clear();
        self.cost = 0;
    }

    /// Smaller is better.
    pub(super) fn rank(&self, work: Work) -> (usize, i64) {
        (work.count(self.routes.iter().map(|(_, route)| route), &self.absent), self.cost)
    }

    /// Writes the routes back; absent visits are added.
    pub(super) fn write(&self, routes: &mut Routes) {
        for (vehicle, visits) in &self.routes {
            routes.of[*vehicle as usize].clone_from(visits);
        }
        routes.absent.extend_from_slice(&self.absent);
    }
}

/// One thread's plan and chance, kept from round to round.
pub(super) struct Worker<'f, L> {
    plan: Plan<'f, L>,
    dice: Dice,
    best: Best,
    leftovers: Leftovers,
    /// Routes of its own to begin with, instead of those that all share.
    own: Option<Routes>,
    /// To do in this round.
    pub(super) groups: Vec<Group>,
    /// The routes this round ended with, and the best it saw.
    pub(super) ended: Outcome,
    pub(super) found: Outcome,
    pub(super) iterations: u64,
}

impl<'f, L: Legs> Worker<'f, L> {
    pub(super) fn new(field: &'f Field<'f, L>, seed: u64, number: u64) -> Self {
        Self {
            plan: Plan::new(field),
            dice: Dice::new(seed, number),
            best: Best::default(),
            leftovers: Leftovers::new(field.visits),
            own: None,
            groups: Vec::new(),
            ended: Outcome::default(),
            found: Outcome::default(),
            iterations: 0,
        }
    }

    pub(super) fn plan(&mut self) -> &mut Plan<'f, L> {
        &mut self.plan
    }

    /// In the next round, works on all of these routes.
    pub(super) fn begin_with(&mut self, routes: Routes, vehicles: &[u32]) {
        self.groups = vec![Group { vehicles: vehicles.to_vec(), absent: routes.absent.clone() }];
        self.own = Some(routes);
    }

    /// In the next round, goes on with all the routes that the last one ended with.
    pub(super) fn go_on(&mut self, vehicles: u32) {
        let mut routes = Routes::of_none(vehicles);
        self.ended.write(&mut routes);
        let all: Vec<u32> = self.ended.routes.iter().map(|&(vehicle, _)| vehicle).collect();
        self.begin_with(routes, &all);
    }

    /// Works on each group for an equal part of the span.
    pub(super) fn round(&mut self, routes: &Routes, work: Work, span: Span, budget: &Budget<'_>) {
        self.ended.clear();
        self.found.clear();
        let groups = std::mem::take(&mut self.groups);
        let own = self.own.take();
        let routes = own.as_ref().unwrap_or(routes);
        for (index, group) in groups.iter().enumerate() {
            let of = |&vehicle: &u32| (vehicle, &routes.of[vehicle as usize][..]);
            self.plan.load(group.vehicles.iter().map(of), &group.absent);
            let span = span.part(index, groups.len());
            self.improve(work, span, budget);
            for &vehicle in &group.vehicles {
                self.ended.routes.push((vehicle, self.plan.visits_of(vehicle).collect()));
            }
            self.ended.absent.extend_from_slice(&self.plan.absent);
            self.ended.cost += self.plan.cost;
            self.found.routes.append(&mut self.best.routes);
            self.found.absent.append(&mut self.best.absent);
            self.found.cost += self.best.cost;
        }
    }

    fn improve(&mut self, work: Work, span: Span, budget: &Budget<'_>) {
        let before = self.iterations;
        let spent = |iterations: u64| budget.spent(before + iterations);
        let Self { plan, dice, best, .. } = self;
        self.iterations += match work {
            Work::Anneal(cooling) => anneal(plan, dice, cooling, &spent, span.until, best),
            Work::Raise(cooling) => {
                // Rich routes are not crossed: there is nothing to mend, and what is frozen stays.
                if plan.exact.is_none() {
                    plan.empty_late();
                    construct(plan, dice, &|| budget.is_over());
                    plan.keep();
                }
                anneal(plan, dice, cooling, &spent, span.until, best)
            }
            Work::Serve { temperature } => {
                let stop = |iterations: u64| spent(iterations) >= span.until;
                serve(plan, dice, &mut self.leftovers, temperature, &stop, best)
            }
            Work::Shrink { temperature } => {
                plan.park_idle();
                let stop = |iterations: u64| spent(iterations) >= span.until;
                shrink(plan, dice, &mut self.leftovers, temperature, &stop, best)
            }
        };
    }
}
