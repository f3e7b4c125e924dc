//! Simulated annealing over one plan.

use super::audit::SELDOM;
use super::dice::Dice;
use super::field::NONE;
use super::legs::Legs;
use super::number::{count, real, real_i64};
use super::plan::Plan;
use super::recreate::recreate;
use super::ruin::{FORCE, ruin};
use super::tails::try_tails;
use super::worker::Span;

/// How hot a search is, by how far it has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cooling {
    pub(super) hot: f64,
    pub(super) cold: f64,
    /// The part of the budget in which it cools.
    pub(super) span: Span,
}

impl Cooling {
    fn temperature(self, done: f64) -> f64 {
        let Span { from, until } = self.span;
        let done = ((done - from) / (until - from)).clamp(0.0, 1.0);
        self.hot * (self.cold / self.hot).powf(done)
    }
}

/// The best routes of a run.
#[derive(Default)]
pub(super) struct Best {
    pub(super) cost: i64,
    pub(super) routes: Vec<(u32, Vec<u32>)>,
    pub(super) absent: Vec<u32>,
}

impl Best {
    pub(super) fn take<L: Legs>(&mut self, plan: &Plan<'_, L>) {
        self.cost = plan.cost;
        self.routes.resize_with(plan.vehicles.len(), Default::default);
        self.routes.truncate(plan.vehicles.len());
        for (slot, &vehicle) in self.routes.iter_mut().zip(&plan.vehicles) {
            slot.0 = vehicle;
            slot.1.clear();
            slot.1.extend(plan.visits_of(vehicle));
        }
        self.absent.clone_from(&plan.absent);
    }
}

/// Tries at an exchange of tails in each iteration of a plain problem: nearly free, as most are late.
const TAILS: u32 = 30;

/// Visits that each iteration's seed is chosen from where there are many, and few iterations for each.
const RIVALS: u32 = 5;

/// Iterations between two looks at the clock.
const STRIDE: u64 = 64;

/// Runs until `done`, told the iterations so far, has come to `until`; returns the iterations.
pub(super) fn anneal<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    cooling: Cooling,
    done: &dyn Fn(u64) -> f64,
    until: f64,
    best: &mut Best,
) -> u64 {
    best.take(plan);
    // Few visits have few places: the best of them is passed over more often.
    let blink = (1.0 / real(plan.visits.len())).clamp(0.01, 0.3);
    if plan.visits.is_empty() {
        return 0;
    }
    let tails = if plan.field.rich.is_some() { 1 } else { TAILS };
    let rivals = if plan.field.is_wide() { RIVALS } else { 1 };
    let (mut iteration, mut accepted) = (0, 0);
    let mut temperature = cooling.hot;
    loop {
        if iteration % STRIDE == 0 {
            let done = done(iteration);
            if done >= until {
                return iteration;
            }
            temperature = cooling.temperature(done);
        }
        iteration += 1;
        let seed = worst_of(rivals, plan, dice);
        ruin(plan, dice, &FORCE, seed);
        recreate(plan, dice, blink, seed);
        let worse = real_i64(plan.cost - plan.kept_cost());
        if worse < dice.rise(temperature) {
            settle(plan, best);
            if cfg!(debug_assertions) {
                accepted += 1;
                if accepted % SELDOM == 1 {
                    plan.audit();
                }
            }
        } else {
            plan.undo();
        }
        // Ruin and recreate seldom finds that two routes had better go on as each other.
        for _ in 0..tails {
            if try_tails(plan, dice, temperature) {
                settle(plan, best);
            }
        }
    }
}

/// Of so many visits drawn, the one with the longest leg: there most can be gained. The first, where it is on
/// no route: such visits are worked at as often as any.
fn worst_of<L: Legs>(rivals: u32, plan: &Plan<'_, L>, dice: &mut Dice) -> u32 {
    let mut draw = || plan.visits[dice.below(count(plan.visits.len())) as usize];
    let leg = |visit: u32| match plan.route_of(visit) {
        NONE => 0,
        _ => plan.behind[visit as usize].inward.max(plan.ahead[visit as usize].onward),
    };
    let mut worst = draw();
    if plan.route_of(worst) == NONE {
        return worst;
    }
    for _ in 1..rivals {
        let other = draw();
        if leg(other) > leg(worst) {
            worst = other;
        }
    }
    worst
}

/// Keeps an accepted change, and remembers the plan if it is the best so far.
fn settle<L: Legs>(plan: &mut Plan<'_, L>, best: &mut Best) {
    if plan.broken {
        plan.undo();
        return;
    }
    plan.keep();
    if plan.cost < best.cost {
        best.take(plan);
    }
}
