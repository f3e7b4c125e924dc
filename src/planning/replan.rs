//! A whole day routed anew.

use super::improve::improved;
use super::open_day::{Attempt, OpenDay};
use super::{DayPlan, Effort, Entry, RoutePlan, reasons};
use crate::model::{BookingId, Leg, Reason};
use crate::solver::{Control, Objective};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// A route as it should become.
#[derive(Clone, Debug)]
pub struct RouteChange {
    /// Index into the routes of the plan it was computed on.
    pub route: usize,
    /// The new content; its version is the one it was computed on.
    pub plan: RoutePlan,
}

/// A proposal for the whole day.
#[derive(Clone, Debug)]
pub struct Replan {
    /// Changed routes. The routes of a group exchanged visits, so a group is taken whole or not
    /// at all; groups do not depend on each other.
    pub groups: Vec<Vec<RouteChange>>,
    /// Bookings that still have no place, with the reasons.
    pub unassigned: Vec<(BookingId, Vec<Reason>)>,
    /// Travel of all routes before.
    pub before: Leg,
    /// Travel of all routes after.
    pub after: Leg,
}

/// Up to this many open visits they are also inserted all at once: regret over a whole day takes
/// time that grows with the square of their number.
const AT_ONCE_MAX: usize = 2_000;

/// Routes the day anew: what couriers have set off to stays, everything else may move within its
/// window. The best of these plans is built first: all open visits inserted afresh, zone by zone
/// and (on a day of moderate size) all at once; or only those without a place added to the routes
/// as they are. From there the whole-day search goes on, as far as the effort allows. A visit that
/// has a place keeps one.
///
/// The same day, moment, seed, threads and iterations give the same answer; a time limit does not.
#[must_use]
pub fn replan(day: &DayPlan, now: DateTime<Utc>, effort: &Effort, control: Control<'_>) -> Replan {
    let afresh = OpenDay::new(day, now, |route| route.schedule.frozen(now.timestamp()));
    let constructed = constructed(day, &afresh, now);
    let search = (Objective::Distance, effort);
    let improved = improved(&afresh, &constructed.solution, now.timestamp(), search, control);
    let best = match improved {
        Some(solution) => constructed.or(afresh.attempt(solution)),
        None => constructed,
    };
    let stranded = day.unassigned.iter().filter(|e| day.stranded(e.booking.id).is_some()).cloned();
    let left: Vec<Arc<Entry>> = best.left().into_iter().chain(stranded).collect();
    let proposal = proposal(day, best);
    let planned = with_changes(day, proposal.groups.iter().flatten());
    let explained = left.iter().map(|entry| &entry.booking);
    let unassigned = explained.map(|booking| (booking.id, reasons(&planned, booking, now)));
    Replan { unassigned: unassigned.collect(), ..proposal }
}

/// The best plan that insertion alone finds.
fn constructed(day: &DayPlan, afresh: &OpenDay, now: DateTime<Utc>) -> Attempt {
    let added = OpenDay::new(day, now, |route| route.schedule.elements().len() - 1);
    let added = added.fill(&added.zones(day), now);
    let best = added.or(afresh.fill(&afresh.zones(day), now));
    if afresh.open.len() > AT_ONCE_MAX {
        return best;
    }
    best.or(afresh.fill(std::slice::from_ref(&afresh.open), now))
}

/// What an attempt changes, without a word on whom it leaves out.
pub(super) fn proposal(day: &DayPlan, attempt: Attempt) -> Replan {
    let Attempt { solution, origin } = attempt;
    let mut links = Links::new(day.routes.len());
    let mut changes: Vec<RouteChange> = Vec::new();
    for (index, schedule) in solution.routes.into_iter().enumerate() {
        let old = &day.routes[index];
        let visits: Vec<u32> = schedule.visits().collect();
        for source in visits.iter().filter_map(|&visit| origin[visit as usize].1) {
            links.join(index, source);
        }
        let entries: Vec<Arc<Entry>> =
            visits.iter().map(|&visit| Arc::clone(&origin[visit as usize].0)).collect();
        let plan = old.changed(entries, schedule);
        if old.order() != plan.order() {
            changes.push(RouteChange { route: index, plan });
        }
    }
    let (before, after) = (day_travel(day), day_travel(&with_changes(day, &changes)));
    Replan { groups: links.groups(changes), unassigned: Vec::new(), before, after }
}

/// The day as it would be: what fits nowhere is explained by these routes, not by the old ones.
pub(super) fn with_changes<'a>(
    day: &DayPlan,
    changes: impl IntoIterator<Item = &'a RouteChange>,
) -> DayPlan {
    let mut planned = day.clone();
    for change in changes {
        planned.routes[change.route] = Arc::new(change.plan.clone());
    }
    planned
}

fn day_travel(day: &DayPlan) -> Leg {
    day.routes.iter().fold(Leg::default(), |sum, route| add(sum, route.schedule.travel()))
}

fn add(a: Leg, b: Leg) -> Leg {
    Leg { travel_s: a.travel_s + b.travel_s, distance_m: a.distance_m + b.distance_m }
}

/// Which routes exchanged visits: a union-find over route indices.
struct Links(Vec<usize>);

impl Links {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&self, mut at: usize) -> usize {
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    /// The lower root stays, so that the result does not depend on the order of joins.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn groups(&self, changes: Vec<RouteChange>) -> Vec<Vec<RouteChange>> {
        let mut groups: std::collections::BTreeMap<usize, Vec<RouteChange>> =
            std::collections::BTreeMap::new();
        for change in changes {
            groups.entry(self.root(change.route)).or_default().push(change);
        }
        groups.into_values().collect()
    }
}
