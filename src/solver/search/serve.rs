//! Everybody served: ruin and recreate finds places for visits that have none, steered by how often each
//! has been left over (Christiaens and Vanden Berghe 2020). Others may lose their places meanwhile, as
//! long as they find new ones: a chain of ejections of any length.

use super::anneal::Best;
use super::dice::Dice;
use super::fleet::Leftovers;
use super::legs::Legs;
use super::plan::Plan;

/// Iterations between two looks at the clock.
const STRIDE: u64 = 64;

/// Looks for places until all visits have one, or `stop`; `best` is the plan with the fewest absent visits,
/// whoever they are, and of those alike the cheapest. Returns the iterations.
pub(super) fn serve<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    leftovers: &mut Leftovers,
    temperature: f64,
    stop: &dyn Fn(u64) -> bool,
    best: &mut Best,
) -> u64 {
    best.take(plan);
    let mut iteration = 0;
    while !plan.absent.is_empty() {
        if iteration % STRIDE == 0 && stop(iteration) {
            break;
        }
        iteration += 1;
        if leftovers.try_once(plan, dice, temperature)
            && (plan.absent.len(), plan.cost) < (best.absent.len(), best.cost)
        {
            best.take(plan);
        }
    }
    iteration
}
