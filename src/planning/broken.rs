//! What cannot stay on a route: what its courier does not come to any more, or comes to late.

use super::{DayPlan, Entry, RoutePlan};
use crate::schedule::{ElementKind, Limit, Violation};
use std::sync::Arc;

/// A route with what cannot stay on it taken off: everything that a courier who is out has not come to;
/// otherwise what is late and can still be moved, and, where the break or the end is late, visits before
/// it, until it is not.
pub(super) fn without_broken(
    day: &DayPlan,
    route: &RoutePlan,
    now: i64,
) -> (RoutePlan, Vec<Arc<Entry>>) {
    let (mut route, mut off) = (route.clone(), Vec::new());
    let is_out = route.of.is_out;
    loop {
        let found = if is_out { last_open(&route) } else { first_broken(day, &route, now) };
        let Some(ordinal) = found else { return (route, off) };
        off.push(Arc::clone(&route.entries[ordinal]));
        route = route.without(ordinal, now);
    }
}

/// The last visit that the courier has not been at.
fn last_open(route: &RoutePlan) -> Option<usize> {
    route.schedule.elements().iter().rev().find_map(|element| match element.kind {
        ElementKind::Visit(ordinal) if !element.facts.is_reached() => Some(ordinal as usize),
        _ => None,
    })
}

/// The visit to take off so that the first thing that is late is so no more, or less.
fn first_broken(day: &DayPlan, route: &RoutePlan, now: i64) -> Option<usize> {
    let (schedule, first) = (&route.schedule, route.schedule.frozen(now));
    schedule.violations().into_iter().find_map(|violation| match violation {
        Violation::Late { at, limit, .. } if at >= first => culprit(day, route, now, (at, limit)),
        // What is loaded at the hub is for the visits after it.
        Violation::Overload { at, .. } if at >= first => {
            let is_call = schedule.elements()[at].kind == ElementKind::Hub;
            culprit(day, route, now, (at + usize::from(is_call), Limit::Window))
        }
        _ => None,
    })
}

/// The visit to take off for something that is late, of those that are not locked: itself, or, for the
/// break and the end, one before it, if there is one whose goods are not on board: that would have to go back.
fn culprit(
    day: &DayPlan,
    route: &RoutePlan,
    now: i64,
    (at, limit): (usize, Limit),
) -> Option<usize> {
    let schedule = &route.schedule;
    let ordinal = |at: usize| match schedule.elements()[at].kind {
        ElementKind::Visit(ordinal) => Some(ordinal as usize),
        _ => None,
    };
    let may_leave = |ordinal: &usize| {
        let is_stranded = day.stranded(route.entries[*ordinal].booking.id).is_some();
        !is_stranded && !day.is_locked(route, *ordinal)
    };
    if limit == Limit::Window && ordinal(at).is_some() {
        return ordinal(at).filter(may_leave);
    }
    // The visit before it that takes the most time.
    let spent = |at: &usize| {
        let timing = &schedule.timings()[*at];
        timing.ready - timing.arrive + timing.leg.travel_s.get()
    };
    let before = schedule.frozen(now)..=at;
    let before = before.filter(|&at| ordinal(at).as_ref().is_some_and(may_leave));
    before.max_by_key(|at| (!schedule.has_aboard(*at, now), spent(at))).and_then(ordinal)
}
