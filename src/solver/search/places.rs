//! The cheapest place for a visit next to one of its neighbours.

use super::dice::Dice;
use super::field::{NONE, Near, Site};
use super::legs::Legs;
use super::plan::Plan;
use super::recreate::Place;

/// Neighbours that are looked at however far they are: in a cluster, the next one is among them.
const ALWAYS: usize = 24;

/// More than any detour costs.
const MOST: i32 = i32::MAX / 2;

/// The cheapest place for a visit next to one of its neighbours.
pub(super) fn near_place<L: Legs>(
    plan: &Plan<'_, L>,
    dice: &mut Dice,
    blink: f64,
    visit: u32,
) -> Option<Place> {
    let site = plan.field.sites[visit as usize];
    let row = plan.nodes[visit as usize].row;
    let mut scan = Scan { plan, dice, blink, visit, site, row, best: NONE, least: MOST };
    scan.behind_neighbours();
    scan.before_neighbours();
    let Scan { best, least, .. } = scan;
    (best != NONE).then_some(Place { after: best, cost: i64::from(least) })
}

/// The best place for a visit so far.
struct Scan<'s, 'f, L> {
    plan: &'s Plan<'f, L>,
    dice: &'s mut Dice,
    blink: f64,
    visit: u32,
    site: Site,
    row: u32,
    best: u32,
    least: i32,
}

impl<L: Legs> Scan<'_, '_, L> {
    fn behind_neighbours(&mut self) {
        let (plan, closes) = (self.plan, self.site.closes);
        let in_time = |near: &Near| plan.ahead[near.node as usize].depart + near.time <= closes;
        for (index, some) in plan.field.before.of(self.visit).chunks(ALWAYS).enumerate() {
            if index > 0 && self.is_far(some[0]) {
                break;
            }
            let (hits, count) = sift(some, in_time);
            hits[..count].iter().for_each(|near| self.try_behind(*near));
        }
    }

    fn before_neighbours(&mut self) {
        let plan = self.plan;
        let begins = self.site.opens + self.site.service;
        let in_time = |near: &Near| plan.behind[near.node as usize].latest - near.time >= begins;
        for (index, some) in plan.field.after.of(self.visit).chunks(ALWAYS).enumerate() {
            if index > 0 && self.is_far(some[0]) {
                break;
            }
            let (hits, count) = sift(some, in_time);
            hits[..count].iter().for_each(|near| self.try_before(*near));
        }
    }

    /// Whether a neighbour is much farther than the best place so far allows.
    #[inline]
    fn is_far(&self, near: Near) -> bool {
        L::SAME && near.time > (self.least / 2).saturating_add(self.plan.field.far)
    }

    /// Whether a detour by a neighbour is dearer than the best place: it costs at least twice what the
    /// neighbour is farther than the leg it would break.
    #[inline]
    fn is_dear(&self, near: Near, leg: i32) -> bool {
        L::SAME && near.time - leg > self.least / 2
    }

    #[inline]
    fn try_behind(&mut self, near: Near) {
        let (plan, legs) = (self.plan, &self.plan.field.legs);
        let ahead = plan.ahead[near.node as usize];
        if self.is_dear(near, ahead.onward) {
            return;
        }
        let p = &plan.nodes[near.node as usize];
        let n = &plan.nodes[p.next as usize];
        let start = (ahead.depart + near.time).max(self.site.opens);
        let slack = plan.behind[p.next as usize].latest - (start + self.site.service);
        let spent = near.time - ahead.onward;
        let Some(time) = legs.time_within(self.row, n.row, self.most(slack, spent)) else { return };
        let cost = if L::SAME {
            spent + time
        } else {
            legs.cost(p.row, self.row) + legs.cost(self.row, n.row) - ahead.onward
        };
        self.offer(near.node, p.route, cost);
    }

    #[inline]
    fn try_before(&mut self, near: Near) {
        let (plan, legs) = (self.plan, &self.plan.field.legs);
        let behind = plan.behind[near.node as usize];
        if self.is_dear(near, behind.inward) {
            return;
        }
        let n = &plan.nodes[near.node as usize];
        let p = &plan.nodes[n.prev as usize];
        let latest = self.site.closes.min(behind.latest - self.site.service - near.time);
        let slack = latest - plan.ahead[n.prev as usize].depart;
        let spent = near.time - behind.inward;
        let Some(time) = legs.time_within(p.row, self.row, self.most(slack, spent)) else { return };
        let cost = if L::SAME {
            spent + time
        } else {
            legs.cost(p.row, self.row) + legs.cost(self.row, n.row) - behind.inward
        };
        self.offer(n.prev, n.route, cost);
    }

    /// The most that the other leg may take, with so much slack, and so much cost spent already.
    #[inline]
    fn most(&self, slack: i32, spent: i32) -> i32 {
        if L::SAME { slack.min(self.least - 1 - spent) } else { slack }
    }

    /// Takes a place in time, if it is cheaper than the best, has room, and no blink passes it over.
    #[inline]
    fn offer(&mut self, after: u32, route: u32, cost: i32) {
        if cost < self.least
            && self.plan.has_room(route, self.visit)
            && !(self.blink > 0.0 && self.dice.hit(self.blink))
        {
            (self.best, self.least) = (after, cost);
        }
    }
}

/// Those for which it holds, and how many: without a branch for each, which no processor foretells.
#[inline]
fn sift(some: &[Near], holds: impl Fn(&Near) -> bool) -> ([Near; ALWAYS], usize) {
    let mut hits = [Near { node: NONE, time: 0 }; ALWAYS];
    let mut count = 0;
    for near in some {
        hits[count] = *near;
        count += usize::from(holds(near));
    }
    (hits, count)
}
