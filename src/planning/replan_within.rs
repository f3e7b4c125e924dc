//! A day routed anew as far as a budget of disruption allows.
//!
//! A search of the whole day ends in few large groups of routes, which no small budget takes. So parts
//! of the day are searched too, a few neighbouring routes at a time, and of all groups that were found
//! those are taken first that gain most for each promise they disturb, until nothing more fits.

use super::improve_near::improve_near;
use super::replan::with_changes;
use super::{
    BookingChange, DayPlan, Disruption, DisruptionBudget, ETA_SHIFT_S, Effort, Replan, RouteChange,
    disruption, reasons, replan,
};
use crate::geo::Point;
use crate::model::{Booking, BookingId, Leg, RouteId};
use crate::solver::Control;
use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// Routes in a part.
const ROUTES_EACH: usize = 3;
/// A booking that gets a place is worth so much travel, in seconds.
const ASSIGNED_S: i64 = 3_600;

/// As [`replan()`], as far as a budget allows. Who stays without a place for its sake alone has no reasons. Half of the effort goes into the whole day, the other half
/// into its parts. With iterations and no time limit, the same arguments give the same answer.
#[must_use]
pub fn replan_within(
    day: &DayPlan,
    now: DateTime<Utc>,
    budget: &DisruptionBudget,
    effort: &Effort,
    control: Control<'_>,
) -> Replan {
    let Control { elapsed, cancel, progress } = control;
    let half = effort.part(2);
    let whole = replan(day, now, &half, Control { elapsed, cancel, progress });
    let mut groups = whole.groups;
    let busy = day.routes.iter().filter(|route| !route.entries.is_empty());
    let middle = busy.map(|route| route.entries[route.entries.len() / 2].booking.place());
    let waiting = day.unassigned.iter().map(|entry| entry.booking.place());
    let points: Vec<Point> = waiting.chain(middle).collect();
    let shares = u32::try_from(points.len()).unwrap_or(u32::MAX).max(1);
    for (done, point) in (1..).zip(points) {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        let until = half.time_limit.map(|limit| limit + limit * done / shares);
        let part = Effort { time_limit: until, ..half.part(shares) };
        let watched = Control { elapsed, cancel, progress: &mut |_| {} };
        let found = improve_near(day, (point, ROUTES_EACH), now, &part, watched);
        groups.extend(found.into_iter().flat_map(|found| found.groups));
    }
    taken(day, now, budget, groups)
}

/// The groups to take, and what they come to.
fn taken(
    day: &DayPlan,
    now: DateTime<Utc>,
    budget: &DisruptionBudget,
    groups: Vec<Vec<RouteChange>>,
) -> Replan {
    let mut ranked: Vec<(Worth, Vec<RouteChange>)> = groups
        .into_iter()
        .map(|group| {
            (Worth::of(&disruption(day, &with_changes(day, &group), now.timestamp())), group)
        })
        .filter(|(worth, _)| worth.gain_s > 0)
        .collect();
    ranked.sort_by_key(|(worth, _)| Reverse(worth.each()));
    let mut chosen = Chosen { after: day.clone(), groups: Vec::new(), met: Met::default() };
    for (_, group) in ranked {
        if chosen.met.has_any(day, &group) {
            continue;
        }
        let after = with_changes(&chosen.after, &group);
        if budget.allows(&disruption(day, &after, now.timestamp())) {
            chosen.met.add(day, &group);
            chosen.after = after;
            chosen.groups.push(group);
        }
    }
    chosen.replan(day, now)
}

struct Chosen {
    after: DayPlan,
    groups: Vec<Vec<RouteChange>>,
    met: Met,
}

impl Chosen {
    fn replan(mut self, day: &DayPlan, now: DateTime<Utc>) -> Replan {
        let placed = self.met.placed;
        self.after.unassigned.retain(|entry| !placed.contains(&entry.booking.id));
        let left = self.after.unassigned.iter().map(|entry| &entry.booking);
        // Who could have a place, but for the budget, has no reason.
        let why = |booking: &Booking| match self.after.cheapest_place(booking, now) {
            Some(_) if day.stranded(booking.id).is_none() => Vec::new(),
            _ => reasons(&self.after, booking, now),
        };
        let unassigned = left.map(|booking| (booking.id, why(booking))).collect();
        let (before, after) = (travel(day), travel(&self.after));
        Replan { groups: self.groups, unassigned, before, after }
    }
}

fn travel(day: &DayPlan) -> Leg {
    day.routes.iter().fold(Leg::default(), |sum, route| {
        let leg = route.schedule.travel();
        Leg { travel_s: sum.travel_s + leg.travel_s, distance_m: sum.distance_m + leg.distance_m }
    })
}

/// What was taken already: a route is changed once, and a booking placed once.
#[derive(Default)]
struct Met {
    routes: BTreeSet<RouteId>,
    placed: BTreeSet<BookingId>,
}

impl Met {
    fn has_any(&self, day: &DayPlan, group: &[RouteChange]) -> bool {
        group.iter().any(|change| self.routes.contains(&change.plan.id))
            || placed(day, group).any(|id| self.placed.contains(&id))
    }

    fn add(&mut self, day: &DayPlan, group: &[RouteChange]) {
        self.routes.extend(group.iter().map(|change| change.plan.id));
        self.placed.extend(placed(day, group));
    }
}

/// The bookings that had no place and get one.
fn placed<'a>(day: &'a DayPlan, group: &'a [RouteChange]) -> impl Iterator<Item = BookingId> + 'a {
    let ids = group.iter().flat_map(|change| change.plan.entries.iter().map(|e| e.booking.id));
    ids.filter(|id| day.unassigned.iter().any(|entry| entry.booking.id == *id))
}

/// What a change brings, and how many promises it disturbs for that.
struct Worth {
    gain_s: i64,
    disturbed: i64,
}

impl Worth {
    fn of(change: &Disruption) -> Self {
        let totals = &change.totals;
        let assigned = i64::try_from(totals.assigned).unwrap_or(i64::MAX / ASSIGNED_S);
        let saved_s = totals.before.travel_s - totals.after.travel_s;
        let disturbs = |change: &&BookingChange| {
            let shift_s = change.shift_s().unwrap_or(0).abs();
            change.changes_courier() || shift_s > ETA_SHIFT_S
        };
        let disturbed = change.bookings.iter().filter(disturbs).count();
        Self {
            gain_s: assigned.saturating_mul(ASSIGNED_S).saturating_add(saved_s),
            disturbed: i64::try_from(disturbed).unwrap_or(i64::MAX),
        }
    }

    /// Thousandths of a second gained for each promise; what disturbs none counts as half of one.
    fn each(&self) -> i64 {
        self.gain_s.saturating_mul(2_000) / (2 * self.disturbed).max(1)
    }
}
