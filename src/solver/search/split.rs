//! Groups of neighbouring routes, to be improved side by side.

use super::dice::Dice;
use super::field::{Field, NONE};
use super::legs::Legs;
use super::number::count;

/// Routes of all vehicles, by node, and the visits on none.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes {
    pub(super) of: Vec<Vec<u32>>,
    pub(super) absent: Vec<u32>,
}

impl Routes {
    /// Empty routes.
    pub(super) fn of_none(vehicles: u32) -> Self {
        Self { of: vec![Vec::new(); vehicles as usize], absent: Vec::new() }
    }

    /// Leaves all routes empty and nobody absent.
    pub(super) fn clear(&mut self) {
        self.of.iter_mut().for_each(Vec::clear);
        self.absent.clear();
    }
}

/// Some of the vehicles, and absent visits near their routes.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) vehicles: Vec<u32>,
    pub(super) absent: Vec<u32>,
}

/// Cuts the routes into `count` groups of about as many visits each.
pub(super) fn split<L: Legs>(
    field: &Field<'_, L>,
    routes: &Routes,
    vehicles: &[u32],
    count: usize,
    dice: &mut Dice,
) -> Vec<Group> {
    let mut groups = vec![Group::default(); count];
    let mut used: Vec<(u32, [f64; 2])> = Vec::new();
    let mut idle: Vec<u32> = Vec::new();
    for &vehicle in vehicles {
        let visits = &routes.of[vehicle as usize];
        if visits.is_empty() {
            idle.push(vehicle);
        } else {
            used.push((vehicle, field.centre(visits)));
        }
    }
    let round = field.kinds.len() == 1 && count <= 8;
    if round {
        by_angle(field, routes, &mut used, &mut groups, dice);
    } else {
        bisect(routes, &mut used, &mut groups, dice);
    }
    deal(field, &idle, &mut groups, dice);
    assign_absent(field, routes, &mut groups, dice);
    groups
}

/// Slices of a cake around the depot, cut anew each time.
fn by_angle<L: Legs>(
    field: &Field<'_, L>,
    routes: &Routes,
    used: &mut [(u32, [f64; 2])],
    groups: &mut [Group],
    dice: &mut Dice,
) {
    let offset = dice.unit() * std::f64::consts::TAU;
    let middle = field.middle;
    let angle = |point: [f64; 2]| {
        let angle = (point[1] - middle[1]).atan2(point[0] - middle[0]);
        (angle + offset).rem_euclid(std::f64::consts::TAU)
    };
    used.sort_by(|a, b| angle(a.1).total_cmp(&angle(b.1)).then(a.0.cmp(&b.0)));
    fill(routes, used, groups);
}

/// Halves along random directions.
fn bisect(routes: &Routes, used: &mut [(u32, [f64; 2])], groups: &mut [Group], dice: &mut Dice) {
    if groups.len() < 2 {
        fill(routes, used, groups);
        return;
    }
    let (sin, cos) = (dice.unit() * std::f64::consts::TAU).sin_cos();
    let along = |point: [f64; 2]| point[0] * cos + point[1] * sin;
    used.sort_by(|a, b| along(a.1).total_cmp(&along(b.1)).then(a.0.cmp(&b.0)));
    let half = groups.len() / 2;
    let visits: usize = used.iter().map(|&(vehicle, _)| routes.of[vehicle as usize].len()).sum();
    let share = visits * half / groups.len();
    let mut sum = 0;
    let cut = used.iter().position(|&(vehicle, _)| {
        sum += routes.of[vehicle as usize].len();
        sum > share
    });
    let (left, right) = used.split_at_mut(cut.unwrap_or(used.len()));
    let (first, second) = groups.split_at_mut(half);
    bisect(routes, left, first, dice);
    bisect(routes, right, second, dice);
}

fn fill(routes: &Routes, used: &[(u32, [f64; 2])], groups: &mut [Group]) {
    let visits: usize = used.iter().map(|&(vehicle, _)| routes.of[vehicle as usize].len()).sum();
    let mut sum = 0;
    for &(vehicle, _) in used {
        let group = (sum * groups.len() / visits.max(1)).min(groups.len() - 1);
        groups[group].vehicles.push(vehicle);
        sum += routes.of[vehicle as usize].len();
    }
}

/// Unused vehicles of each kind in turn, so that each group can open routes of each kind.
fn deal<L: Legs>(field: &Field<'_, L>, idle: &[u32], groups: &mut [Group], dice: &mut Dice) {
    let most = count(groups.len());
    let mut next: Vec<u32> = field.kinds.iter().map(|_| dice.below(most)).collect();
    for &vehicle in idle {
        let turn = &mut next[field.kind_of[vehicle as usize] as usize];
        groups[*turn as usize].vehicles.push(vehicle);
        *turn = (*turn + 1) % most;
    }
}

fn assign_absent<L: Legs>(
    field: &Field<'_, L>,
    routes: &Routes,
    groups: &mut [Group],
    dice: &mut Dice,
) {
    if routes.absent.is_empty() {
        return;
    }
    let mut group_of = vec![NONE; field.visits as usize];
    for (index, group) in groups.iter().enumerate() {
        for &vehicle in &group.vehicles {
            for &visit in &routes.of[vehicle as usize] {
                group_of[visit as usize] = count(index);
            }
        }
    }
    for &visit in &routes.absent {
        let mate = field.mate[visit as usize];
        let lead = if mate == NONE { visit } else { visit.min(mate) };
        let near = field.around.of(lead).iter().map(|near| group_of[near.node as usize]);
        let known = near.into_iter().find(|&group| group != NONE);
        let group =
            known.unwrap_or_else(|| if mate == NONE { dice.below(count(groups.len())) } else { 0 });
        groups[group as usize].absent.push(visit);
    }
}
