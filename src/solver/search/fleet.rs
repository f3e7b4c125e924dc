//! Fewer routes: one is dissolved, and ruin and recreate finds places for its visits elsewhere,
//! steered by how often each visit has been left over (Christiaens and Vanden Berghe 2020).

use super::anneal::Best;
use super::dice::Dice;
use super::field::NONE;
use super::legs::Legs;
use super::number::{count, real_i64};
use super::plan::Plan;
use super::recreate::recreate;
use super::ruin::{FORCE, ruin};

/// Iterations between two looks at the clock.
const STRIDE: u64 = 64;

/// How often each visit was left over.
pub(super) struct Leftovers(Vec<u64>);

impl Leftovers {
    pub(super) fn new(visits: u32) -> Self {
        Self(vec![1; visits as usize])
    }

    fn sum(&self, visits: &[u32]) -> u64 {
        visits.iter().map(|&visit| self.0[visit as usize]).sum()
    }

    /// One ruin and recreation, kept where those left over then have been so more seldom, or where they
    /// are as many, have been as often, and the routes get hardly longer. Tells whether it was kept.
    pub(super) fn try_once<L: Legs>(
        &mut self,
        plan: &mut Plan<'_, L>,
        dice: &mut Dice,
        temperature: f64,
    ) -> bool {
        let waiting = plan.absent.len();
        let seed = if waiting > 0 && dice.hit(0.5) {
            plan.absent[dice.below(count(waiting)) as usize]
        } else {
            plan.visits[dice.below(count(plan.visits.len())) as usize]
        };
        let (before, cost) = (self.sum(&plan.absent), plan.routes_cost());
        ruin(plan, dice, &FORCE, seed);
        recreate(plan, dice, 0.01, seed);
        let after = self.sum(&plan.absent);
        for &visit in &plan.absent {
            self.0[visit as usize] += 1;
        }
        let worse = real_i64(plan.routes_cost() - cost);
        let alike = plan.absent.len() <= waiting && worse < dice.rise(temperature);
        let is_kept = !plan.broken && (after < before || (after == before && alike));
        if is_kept {
            plan.keep();
        } else {
            plan.undo();
        }
        is_kept
    }
}

/// Dissolves one route after the other until `stop`; `best` is the last plan that serves as many as
/// the first one did. Returns the iterations.
pub(super) fn shrink<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    leftovers: &mut Leftovers,
    temperature: f64,
    stop: &dyn Fn(u64) -> bool,
    best: &mut Best,
) -> u64 {
    best.take(plan);
    let given_up = penalty(plan);
    let mut iteration = 0;
    if !dissolve(plan, leftovers) {
        return iteration;
    }
    loop {
        if iteration % STRIDE == 0 && stop(iteration) {
            return iteration;
        }
        iteration += 1;
        if leftovers.try_once(plan, dice, temperature) && penalty(plan) <= given_up {
            best.take(plan);
            if !dissolve(plan, leftovers) {
                return iteration;
            }
        }
    }
}

/// What the visits left out cost.
fn penalty<L: Legs>(plan: &Plan<'_, L>) -> i64 {
    plan.cost - plan.routes_cost()
}

/// Takes all visits of the route that is easiest to spare off it, and its vehicle away.
fn dissolve<L: Legs>(plan: &mut Plan<'_, L>, leftovers: &Leftovers) -> bool {
    let effort = |vehicle: u32| {
        let visits: Vec<u32> = plan.visits_of(vehicle).collect();
        (leftovers.sum(&visits), visits.len(), vehicle)
    };
    let is_spare = |&&vehicle: &&u32| {
        let first = plan.nodes[plan.field.start(vehicle) as usize].next;
        plan.tallies[vehicle as usize].size > 0 && plan.field.is_loose(first)
    };
    let used = plan.vehicles.iter().filter(is_spare);
    let Some((_, _, vehicle)) = used.map(|&vehicle| effort(vehicle)).min() else { return false };
    let start = plan.field.start(vehicle);
    let (first, last) = (plan.nodes[start as usize].next, plan.nodes[start as usize + 1].prev);
    if first == NONE || plan.vehicles.len() < 2 {
        return false;
    }
    plan.unlink(first, last);
    plan.park_idle();
    plan.keep();
    true
}
