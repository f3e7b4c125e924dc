//! Ruin by strings of neighbouring routes (Christiaens and Vanden Berghe 2020, "Slack induction by
//! string removals").

use super::dice::Dice;
use super::field::NONE;
use super::legs::Legs;
use super::number::{real, whole};
use super::plan::Plan;

/// How much is torn out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Force {
    /// Visits on average.
    pub(super) mean: f64,
    /// The longest string.
    pub(super) longest: f64,
    /// How often a string keeps some visits in its middle.
    pub(super) split: f64,
    /// How often the part kept grows by one more.
    pub(super) grow: f64,
}

pub(super) const FORCE: Force = Force { mean: 10.0, longest: 10.0, split: 0.5, grow: 0.01 };

/// Tears strings out of the routes around `seed`.
pub(super) fn ruin<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice, force: &Force, seed: u32) {
    let routed = plan.visits.len() - plan.absent.len();
    let used = plan.vehicles.len() - plan.idle.iter().sum::<u32>() as usize;
    if used == 0 {
        return;
    }
    let longest = force.longest.min(real(routed) / real(used)).max(1.0);
    let most_strings = 4.0 * force.mean / (1.0 + longest) - 1.0;
    let strings = whole(1.0 + dice.unit() * most_strings);
    let field = plan.field;
    let mut touched = [NONE; 48];
    let mut count = 0;
    let around = field.around.of(seed).iter().map(|near| near.node);
    for visit in std::iter::once(seed).chain(around) {
        let route = plan.route_of(visit);
        if route == NONE || touched[..count].contains(&route) || !field.is_loose(visit) {
            continue;
        }
        tear(plan, dice, force, longest, visit);
        touched[count] = route;
        count += 1;
        if count >= strings as usize || count == touched.len() {
            break;
        }
    }
    if field.cargo_dims > 0 {
        remove_widows(plan);
    }
    if plan.exact.is_some() {
        super::hubs::mend(plan, dice);
    } else if plan.broken {
        empty_broken(plan);
    }
}

/// Routes up to this size are emptied where a removal made them infeasible.
pub(super) const SMALL: u32 = 40;

/// Empties routes that are late without what was removed: their ways are no metric.
fn empty_broken<L: Legs>(plan: &mut Plan<'_, L>) {
    plan.broken = false;
    let routes: Vec<u32> = plan.changed().collect();
    for route in routes {
        if !plan.is_late(route) {
            continue;
        }
        if plan.tallies[route as usize].size > SMALL {
            plan.broken = true;
            return;
        }
        plan.empty(route);
    }
    plan.broken = false;
}

/// Takes one string that holds `visit` out of its route.
fn tear<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice, force: &Force, longest: f64, visit: u32) {
    let size = plan.tallies[plan.route_of(visit) as usize].size;
    let length = whole(1.0 + dice.unit() * longest.min(f64::from(size)));
    let length = length.min(size);
    let mut kept = 0;
    if length > 1 && length < size && dice.hit(force.split) {
        kept = 1;
        while length + kept < size && dice.hit(force.grow) {
            kept += 1;
        }
    }
    cut(plan, dice, visit, length, kept);
}

/// Removes `length` visits around `visit`, keeping `kept` in the middle.
fn cut<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice, visit: u32, length: u32, kept: u32) {
    let field = plan.field;
    let span = length + kept;
    let back = dice.below(span);
    let mut first = visit;
    let mut behind = 0;
    while behind < back {
        let prev = plan.nodes[first as usize].prev;
        if !field.is_loose(prev) {
            break;
        }
        first = prev;
        behind += 1;
    }
    let mut last = visit;
    let mut total = behind + 1;
    while total < span {
        let next = plan.nodes[last as usize].next;
        if !field.is_loose(next) {
            break;
        }
        last = next;
        total += 1;
    }
    while total < span {
        let prev = plan.nodes[first as usize].prev;
        if !field.is_loose(prev) {
            break;
        }
        first = prev;
        total += 1;
    }
    if kept == 0 || total <= kept + 1 {
        plan.unlink(first, last);
        return;
    }
    let head = 1 + dice.below(total - kept - 1);
    let mut end = first;
    for _ in 1..head {
        end = plan.nodes[end as usize].next;
    }
    let mut resume = plan.nodes[end as usize].next;
    for _ in 0..kept {
        resume = plan.nodes[resume as usize].next;
    }
    plan.unlink(first, end);
    plan.unlink(resume, last);
}

/// Takes the other ends of removed shipments out, too, and counts what is on board anew.
fn remove_widows<L: Legs>(plan: &mut Plan<'_, L>) {
    let mut index = 0;
    while index < plan.absent.len() {
        let mate = plan.field.mate[plan.absent[index] as usize];
        if mate != NONE && plan.route_of(mate) != NONE && plan.field.is_loose(mate) {
            plan.unlink(mate, mate);
        }
        index += 1;
    }
    let routes: Vec<u32> = plan.changed().collect();
    for route in routes {
        plan.recargo(plan.field.start(route));
    }
}
