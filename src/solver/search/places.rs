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

impl<L> Plan<'_, L> {
    /// Whether a visit behind a neighbour is reached before it closes; it is not from one on no route.
    #[inline]
    pub(super) fn reaches(&self, near: Near, site: Site) -> bool {
        self.ahead[near.node as usize].depart + near.time <= site.closes
    }

    /// Whether a neighbour may be reached in time from a visit before it; one on no route may not.
    #[inline]
    pub(super) fn waits_for(&self, near: Near, site: Site) -> bool {
        self.behind[near.node as usize].latest - near.time >= site.opens + site.service
    }
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
        let (plan, site) = (self.plan, self.site);
        let neighbours = plan.field.before.of(self.visit);
        self.look(neighbours, |near| plan.reaches(*near, site), Self::try_behind);
    }

    fn before_neighbours(&mut self) {
        let (plan, site) = (self.plan, self.site);
        let neighbours = plan.field.after.of(self.visit);
        self.look(neighbours, |near| plan.waits_for(*near, site), Self::try_before);
    }

    /// Tries neighbours that are in time on their own side, until they are too far.
    #[inline]
    fn look(
        &mut self,
        neighbours: &[Near],
        in_time: impl Fn(&Near) -> bool,
        attempt: impl Fn(&mut Self, Near),
    ) {
        for (index, some) in neighbours.chunks(ALWAYS).enumerate() {
            if index > 0 && self.is_far(some[0]) {
                return;
            }
            let (hits, count) = sift(some, &in_time);
            hits[..count].iter().for_each(|near| attempt(self, *near));
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
        let plan = self.plan;
        let ahead = plan.ahead[near.node as usize];
        if self.is_dear(near, ahead.onward) {
            return;
        }
        let next = plan.nodes[near.node as usize].next;
        let start = (ahead.depart + near.time).max(self.site.opens);
        let slack = plan.behind[next as usize].latest - (start + self.site.service);
        let other = [self.row, plan.nodes[next as usize].row];
        self.weigh(near.node, other, slack, near.time - ahead.onward);
    }

    #[inline]
    fn try_before(&mut self, near: Near) {
        let plan = self.plan;
        let behind = plan.behind[near.node as usize];
        if self.is_dear(near, behind.inward) {
            return;
        }
        let prev = plan.nodes[near.node as usize].prev;
        let latest = self.site.closes.min(behind.latest - self.site.service - near.time);
        let slack = latest - plan.ahead[prev as usize].depart;
        let other = [plan.nodes[prev as usize].row, self.row];
        self.weigh(prev, other, slack, near.time - behind.inward);
    }

    /// Weighs a place of which only the other leg, between two rows, is not known: it may take `slack`, and
    /// the leg to the neighbour costs `spent` more than the leg that is broken.
    #[inline]
    fn weigh(&mut self, after: u32, other: [u32; 2], slack: i32, spent: i32) {
        let (plan, legs) = (self.plan, &self.plan.field.legs);
        let most = if L::SAME { slack.min(self.least - 1 - spent) } else { slack };
        let Some(time) = legs.time_within(other[0], other[1], most) else { return };
        let p = &plan.nodes[after as usize];
        let cost = if L::SAME {
            spent + time
        } else {
            let next = plan.nodes[p.next as usize].row;
            let with = legs.cost(p.row, self.row) + legs.cost(self.row, next);
            with - plan.ahead[after as usize].onward
        };
        self.offer(after, p.route, cost);
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
