//! A few neighbouring routes, searched anew between bookings.
//!
//! A whole day's search ends in one group of nearly all routes, and a booking meanwhile drops it.
//! Here only the routes around a point are searched: that takes milliseconds, and only a booking
//! on one of those is in the way.

use super::improve::improved;
use super::open_day::OpenDay;
use super::replan::proposal;
use super::vicinity::{entries_near, routes_near};
use super::{DayPlan, Effort, Replan};
use crate::geo::Point;
use crate::solver::{Control, Objective};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// So many bookings without a place are tried for each route.
const OPEN_EACH: usize = 2;

/// Searches the `most` routes nearest to a point: more of the bookings near by that have no place,
/// then less travel, which leaves room for those to come. What couriers have set off to stays;
/// everything else may move among these routes, within its window; a visit that has a place keeps
/// one. Nothing where no better is found.
///
/// The proposal's indices are those of the whole day, its travel is that of the routes searched, and
/// it does not say why others stay without a place. The same day, moment, seed, threads and
/// iterations give the same answer; a time limit does not.
#[must_use]
pub fn improve_near(
    day: &DayPlan,
    (point, most): (Point, usize),
    now: DateTime<Utc>,
    effort: &Effort,
    control: Control<'_>,
) -> Option<Replan> {
    let near = routes_near(day.routes.iter().map(|route| &**route), point, most);
    let mut waiting = entries_near(&day.unassigned, point, OPEN_EACH * near.len());
    waiting.sort_unstable();
    let part = Part { routes: &near, waiting: &waiting };
    improve_part(day, &part, now, (Objective::Distance, effort), control)
}

/// Searches some routes of a day, and who waits for a place on them.
pub(super) fn improve_part(
    day: &DayPlan,
    part: &Part<'_>,
    now: DateTime<Utc>,
    search: (Objective, &Effort),
    control: Control<'_>,
) -> Option<Replan> {
    let alone = part.of(day);
    let added = OpenDay::new(&alone, now, |route| route.schedule.elements().len() - 1);
    let added = added.fill(std::slice::from_ref(&added.open), now);
    let afresh = OpenDay::new(&alone, now, |route| route.schedule.frozen(now.timestamp()));
    let best = match improved(&afresh, &added.solution, now.timestamp(), search, control) {
        Some(solution) => added.or(afresh.attempt(solution)),
        None => added,
    };
    let mut replan = proposal(&alone, best);
    for change in replan.groups.iter_mut().flatten() {
        change.route = part.routes[change.route];
    }
    (!replan.groups.is_empty()).then_some(replan)
}

/// A part of a day, by its indices.
pub(super) struct Part<'a> {
    /// Routes.
    pub(super) routes: &'a [usize],
    /// Who waits, ascending.
    pub(super) waiting: &'a [usize],
}

impl Part<'_> {
    /// The day as if there were nothing else.
    fn of(&self, day: &DayPlan) -> DayPlan {
        DayPlan {
            routes: self.routes.iter().map(|&route| Arc::clone(&day.routes[route])).collect(),
            unassigned: self.waiting.iter().map(|&at| Arc::clone(&day.unassigned[at])).collect(),
            region: Arc::clone(&day.region),
            disturbances: Arc::clone(&day.disturbances),
            blocked: Arc::clone(&day.blocked),
            locks: Arc::clone(&day.locks),
            ..*day
        }
    }
}
