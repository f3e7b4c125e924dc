//! Recreate in rich problems.

use super::construct::Patience;
use super::couples;
use super::dice::Dice;
use super::field::NONE;
use super::hubs;
use super::legs::Legs;
use super::plan::Plan;
use super::recreate::sort;

/// Visits absent for longer that are tried in one recreation, near the ruins and anywhere.
const NEAR: usize = 12;
const ANY: usize = 4;
/// How often they are tried on routes too on which they had no place before.
const WIDE: f64 = 0.02;

/// Puts absent visits back, as many as fit: those just removed, those near `seed`, a few others.
pub(super) fn recreate<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice, blink: f64, seed: u32) {
    let mut waiting = std::mem::take(&mut plan.absent);
    let removed = plan.kept_absent().min(waiting.len());
    let from = choose(plan, dice, &mut waiting, seed);
    plan.is_narrow = removed > 0 && !dice.hit(WIDE);
    couples::try_to_follow(plan, dice, &waiting[..removed], &waiting[removed..]);
    sort(plan, dice, &mut waiting[from..]);
    put_all(plan, dice, blink, &mut waiting[from..], || true);
    waiting.retain(|&visit| plan.route_of(visit) == NONE);
    plan.absent = waiting;
    if plan.absent.len() > 1 {
        couples::try_two(plan, dice);
    }
    plan.is_narrow = false;
    hubs::tune(plan, || true);
}

/// From here on visits are put in by number, which keeps neighbours together, and only once.
const MANY: u32 = 3_000;

/// Puts all absent visits in, as many as fit, for as long as that helps and there is patience.
pub(super) fn construct<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    patience: &mut Patience<'_>,
) {
    let site = |plan: &Plan<'_, L>, visit: u32| plan.field.sites[visit as usize];
    plan.absent.sort_unstable();
    // Who found no place may find one once others have come; that takes long where many are left.
    let rounds = if plan.field.jobs < MANY { 3 } else { 1 };
    for _ in 0..rounds {
        let mut waiting = std::mem::take(&mut plan.absent);
        let count = waiting.len();
        if plan.field.jobs < MANY {
            waiting.sort_by_key(|&visit| {
                let site = site(plan, visit);
                (std::cmp::Reverse(plan.field.penalty[visit as usize]), site.closes, visit)
            });
        }
        put_all(plan, dice, 0.0, &mut waiting, || patience.allows_try());
        waiting.retain(|&visit| plan.route_of(visit) == NONE);
        plan.absent = waiting;
        hubs::tune(plan, || patience.allows_try());
        plan.keep();
        if plan.absent.is_empty() || plan.absent.len() == count || patience.is_lost() {
            break;
        }
    }
}

/// Puts visits in their cheapest places, until there is no time for one.
fn put_all<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    blink: f64,
    visits: &mut [u32],
    mut is_time: impl FnMut() -> bool,
) {
    let field = plan.field;
    if plan.rich().bound {
        // Somebody waits for what is on board.
        visits.sort_by_key(|&visit| {
            let mate = field.mate[visit as usize];
            mate == NONE || plan.route_of(mate) == NONE
        });
    }
    for &visit in visits.iter() {
        if plan.route_of(visit) != NONE {
            continue;
        }
        if !is_time() {
            break;
        }
        let mate = field.mate[visit as usize];
        let only = if mate == NONE { NONE } else { plan.route_of(mate) };
        let spot = if mate != NONE && only == NONE {
            let is_pickup = field.is_pickup[visit as usize];
            let (pickup, delivery) = if is_pickup { (visit, mate) } else { (mate, visit) };
            couples::best(plan, dice, blink, pickup, delivery)
        } else {
            plan.best_spot(dice, blink, visit, (only != NONE).then_some(only))
        };
        if let Some(spot) = spot {
            plan.apply(&spot);
        }
    }
}

/// Puts the visits to be tried at the end; tells where they begin.
fn choose<L: Legs>(plan: &Plan<'_, L>, dice: &mut Dice, waiting: &mut [u32], seed: u32) -> usize {
    let removed = plan.kept_absent().min(waiting.len());
    if removed <= NEAR + ANY {
        return 0;
    }
    let mut from = removed;
    for near in plan.field.around.of(seed) {
        if from + NEAR == removed {
            break;
        }
        if plan.route_of(near.node) == NONE
            && let Some(at) = waiting[..from].iter().position(|&visit| visit == near.node)
        {
            from -= 1;
            waiting.swap(at, from);
        }
    }
    for _ in 0..ANY {
        let at = dice.below(u32::try_from(from).unwrap_or(u32::MAX)) as usize;
        from -= 1;
        waiting.swap(at, from);
    }
    from
}
