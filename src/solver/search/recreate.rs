//! Recreate: removed visits go back, one after the other, each to its cheapest place.

use super::dice::Dice;
use super::field::NONE;
use super::legs::Legs;
use super::number::count;
use super::places::near_place;
use super::plan::Plan;
use std::cmp::Reverse;

/// A place for a visit: after a node, at a cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) after: u32,
    pub(super) cost: i64,
}

/// Visits absent for longer that are tried in one recreation.
const FEW: usize = 10;

/// The orders in which visits go back.
pub(super) fn sort<L: Legs>(plan: &Plan<'_, L>, dice: &mut Dice, visits: &mut [u32]) {
    let field = plan.field;
    let depot = field.visits; // the first start: near enough to tell far from close
    dice.shuffle(visits);
    let site = |visit: u32| field.sites[visit as usize];
    match dice.below(17) {
        0..=3 => {}
        4..=7 => visits.sort_by_key(|&visit| Reverse(field.weight[visit as usize])),
        8..=9 => visits.sort_by_cached_key(|&visit| Reverse(plan.cost_between(depot, visit))),
        10 => visits.sort_by_cached_key(|&visit| plan.cost_between(depot, visit)),
        11..=12 => visits.sort_by_key(|&visit| site(visit).closes - site(visit).opens),
        13..=14 => visits.sort_by_key(|&visit| site(visit).opens),
        _ => visits.sort_by_key(|&visit| Reverse(site(visit).closes)),
    }
}

/// Puts absent visits back, as many as fit: those just removed, and of those absent for longer
/// the ones near `seed`.
pub(super) fn recreate<L: Legs>(plan: &mut Plan<'_, L>, dice: &mut Dice, blink: f64, seed: u32) {
    if plan.exact.is_some() {
        return super::refill::recreate(plan, dice, blink, seed);
    }
    let mut waiting = std::mem::take(&mut plan.absent);
    let removed = plan.kept_absent();
    let mut from = removed;
    if removed <= FEW {
        from = 0;
    } else {
        for near in plan.field.around.of(seed) {
            if from + FEW == removed {
                break;
            }
            if plan.route_of(near.node) == NONE
                && let Some(at) = waiting[..from].iter().position(|&visit| visit == near.node)
            {
                from -= 1;
                waiting.swap(at, from);
            }
        }
        for _ in 0..2.min(from) {
            let at = dice.below(count(from)) as usize;
            from -= 1;
            waiting.swap(at, from);
        }
    }
    sort(plan, dice, &mut waiting[from..]);
    let mut kept = from;
    for index in from..waiting.len() {
        let visit = waiting[index];
        let pair = plan.field.cargo_dims > 0 && plan.field.mate[visit as usize] != NONE;
        if pair && plan.route_of(visit) != NONE {
            continue;
        }
        if !(pair && super::pairs::insert(plan, dice, blink, visit)) {
            let place = if pair { None } else { best_place(plan, dice, blink, visit) };
            if let Some(place) = place {
                put(plan, visit, place);
            } else {
                waiting[kept] = visit;
                kept += 1;
            }
        }
    }
    waiting.truncate(kept);
    waiting.retain(|&visit| plan.route_of(visit) == NONE);
    plan.absent = waiting;
}

/// Puts a visit at its place, which may be an unused vehicle's start.
pub(super) fn put<L: Legs>(plan: &mut Plan<'_, L>, visit: u32, place: Place) {
    plan.insert(visit, place.after);
    plan.recargo(place.after);
    plan.cost -= plan.field.penalty[visit as usize];
}

/// The cheapest place for a visit among its neighbours and the unused vehicles.
pub(super) fn best_place<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    blink: f64,
    visit: u32,
) -> Option<Place> {
    let near = near_place(plan, dice, blink, visit);
    let most = near.map_or(i64::MAX, |place| place.cost);
    unused(plan, dice, blink, visit, most).or(near)
}

/// A place on an unused vehicle that is cheaper than `most`.
pub(super) fn unused<L: Legs>(
    plan: &mut Plan<'_, L>,
    dice: &mut Dice,
    blink: f64,
    visit: u32,
    most: i64,
) -> Option<Place> {
    let field = plan.field;
    if field.alone[visit as usize] >= most {
        return None;
    }
    let site = field.sites[visit as usize];
    let row = plan.nodes[visit as usize].row;
    let mut best: Option<(u32, i64)> = None;
    let blinks = blink > 0.0 && field.kinds.len() > 1;
    for (index, kind) in field.kinds.iter().enumerate() {
        if plan.idle[index] == 0 {
            continue;
        }
        let there = i64::from(field.legs.cost(kind.start_row, row));
        let cost = kind.fixed + there + i64::from(field.legs.cost(row, kind.end_row));
        if cost >= best.map_or(most, |(_, cost)| cost) || (blinks && dice.hit(blink)) {
            continue;
        }
        let start = (kind.earliest + field.legs.time(kind.start_row, row)).max(site.opens);
        let end = start + site.service + field.legs.time(row, kind.end_row);
        let fits =
            field.demand_of(visit).iter().zip(&kind.capacity).all(|(asked, most)| asked <= most);
        if start <= site.closes
            && end <= kind.latest
            && fits
            && field.may_serve(count(index), visit)
        {
            best = Some((count(index), cost));
        }
    }
    let (kind, cost) = best?;
    let vehicle = plan.idle_of(kind)?;
    Some(Place { after: field.start(vehicle), cost })
}
