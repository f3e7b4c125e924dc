//! A day that was upset, put right again with the fewest promises broken.
//!
//! What cannot stay where it is (its courier is out, or something on its route is now late) is taken off
//! and put elsewhere: by regret insertion first, then by a call at the hub or by others making way within
//! their windows, then by a search of the routes around. What finds no place in its window is served late
//! where that harms nobody else, or goes back where it was late before, and the rest waits. What is locked
//! stays unless its courier is out. What a courier has on board for a visit stays with that courier, who may
//! come at another time; where they are out, the visit waits. Routes that have nothing to do with it stay
//! as they are.

use super::improve_near::improve_near;
use super::open_day::OpenDay;
use super::replan::proposal;
use super::route_plan::{not_before, visit_of};
use super::spot::visit_at;
use super::squeeze::squeeze;
use super::trips::insert_with_call;
use super::{Committed, DayPlan, Effort, Entry, Replan, RouteChange, RoutePlan, reasons};
use crate::model::{Booking, BookingAction, BookingId, BookingState, Reason};
use crate::schedule::{ElementKind, Gap, Limit, Violation, Visit, WindowFit};
use crate::solver::Control;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Tries of others making way for one displaced visit: about a millisecond.
const SQUEEZE_TRIES: u32 = 400;
/// A search for a place looks at so many routes around the door.
const ROUTES_AROUND: usize = 12;

/// How an upset day is to become.
#[derive(Clone, Debug)]
pub struct Repair {
    /// All changed routes: taken together or not at all.
    pub changes: Vec<RouteChange>,
    /// The bookings that were taken off their routes.
    pub displaced: Vec<Arc<Entry>>,
    /// Of these, the ones that are served, but after their window.
    pub late: Vec<BookingId>,
    /// Of these, the ones that have no place now, and why.
    pub left: Vec<(Arc<Entry>, Vec<Reason>)>,
}

/// Puts a day right, as of `now`. The effort is for the search of the routes around; with a limit of
/// iterations and none of time, the same day and moment give the same answer.
#[must_use]
pub fn repair(day: &DayPlan, now: DateTime<Utc>, effort: &Effort, control: Control<'_>) -> Repair {
    let mut draft = Draft::new(day, now);
    draft.take_off();
    draft.seat_aboard();
    draft.insert();
    draft.squeeze_in();
    draft.search(effort, control);
    draft.serve_late();
    draft.repair()
}

struct Draft<'a> {
    before: &'a DayPlan,
    day: DayPlan,
    now: DateTime<Utc>,
    displaced: Vec<Arc<Entry>>,
    /// Of these, the ones whose goods are on board of the courier of a route, and have no place yet.
    aboard: Vec<(Arc<Entry>, usize)>,
    /// Of these, the ones whose goods are with a courier who is out.
    stranded: Vec<Arc<Entry>>,
    late: Vec<BookingId>,
}

impl<'a> Draft<'a> {
    /// Who waited already goes on waiting.
    fn new(before: &'a DayPlan, now: DateTime<Utc>) -> Self {
        let day = DayPlan { unassigned: Vec::new(), ..before.clone() };
        Self {
            before,
            day,
            now,
            displaced: Vec::new(),
            aboard: Vec::new(),
            stranded: Vec::new(),
            late: Vec::new(),
        }
    }

    fn take_off(&mut self) {
        let now = self.now.timestamp();
        for index in 0..self.day.routes.len() {
            let was = &self.before.routes[index];
            let (route, off) = without_broken(&self.day, was, now);
            if off.is_empty() {
                continue;
            }
            self.day.routes[index] = Arc::new(route);
            for entry in off.iter().map(waiting) {
                let id = entry.booking.id;
                self.displaced.push(Arc::clone(&entry));
                if was.ordinal(id).is_some_and(|ordinal| was.has_aboard(ordinal, now)) {
                    self.aboard.push((entry, index));
                } else if self.before.stranded(id).is_some() {
                    self.stranded.push(entry);
                } else {
                    self.day.unassigned.push(entry);
                }
            }
        }
        self.day.unassigned.sort_by_key(|entry| entry.booking.id);
    }

    /// Has couriers come at another time to those whose goods they have on board.
    fn seat_aboard(&mut self) {
        for (entry, index) in std::mem::take(&mut self.aboard) {
            let visit = Visit { is_aboard: true, ..visit_at(&self.day, &entry, self.now) };
            let route = &self.day.routes[index];
            match route.schedule.cheapest(&visit, self.now.timestamp()) {
                Some(gap) => {
                    let with = route.with(gap.at, entry, visit.not_before);
                    self.day.routes[index] = Arc::new(with);
                }
                None => self.aboard.push((entry, index)),
            }
        }
    }

    /// Puts those back whose goods are on board and who have no place in time: late, and others of the
    /// route only where there is no other way.
    fn put_back_aboard(&mut self) {
        for (entry, index) in std::mem::take(&mut self.aboard) {
            let route = &self.day.routes[index];
            let visit = Visit { is_aboard: true, ..visit_at(&self.day, &entry, self.now) };
            let places = route.schedule.open(&visit, self.now.timestamp());
            let with = places.map(|at| route.with(at, Arc::clone(&entry), visit.not_before));
            match with.min_by_key(|with| late_for_others(with, entry.booking.id)) {
                Some(with) => {
                    self.late.push(entry.booking.id);
                    self.day.routes[index] = Arc::new(with);
                }
                None => self.day.unassigned.push(entry),
            }
        }
    }

    fn insert(&mut self) {
        let open = OpenDay::new(&self.day, self.now, |route| route.schedule.elements().len() - 1);
        let filled = open.fill(std::slice::from_ref(&open.open), self.now);
        self.day.unassigned = filled.left();
        self.take(proposal(&self.day, filled));
    }

    fn squeeze_in(&mut self) {
        for entry in std::mem::take(&mut self.day.unassigned) {
            let mut tries = 0;
            let proceed = || {
                tries += 1;
                tries <= SQUEEZE_TRIES
            };
            let called = insert_with_call(&self.day, &entry.booking, self.now);
            match called.or_else(|| squeeze(&self.day, &entry.booking, self.now, proceed)) {
                Some(found) => {
                    for (index, mut plan) in found.routes {
                        if let Some(ordinal) = plan.ordinal(entry.booking.id) {
                            plan = plan.updated(ordinal, Arc::clone(&entry));
                        }
                        self.day.routes[index] = Arc::new(plan);
                    }
                }
                None => self.day.unassigned.push(entry),
            }
        }
    }

    /// Searches around each door that is left, each with its share of the effort: on the watch of the
    /// control, one after the other ends.
    fn search(&mut self, effort: &Effort, control: Control<'_>) {
        let Control { elapsed, cancel, progress } = control;
        let left: Vec<Arc<Entry>> = self.day.unassigned.clone();
        let shares = u32::try_from(left.len()).unwrap_or(u32::MAX).max(1);
        for (done, entry) in (1..).zip(&left) {
            let is_placed = !self.day.unassigned.iter().any(|e| e.booking.id == entry.booking.id);
            if is_placed || cancel.load(Ordering::Relaxed) {
                continue;
            }
            let time_limit = effort.time_limit.map(|limit| limit * done / shares);
            let part = Effort { time_limit, ..effort.part(shares) };
            let around = (entry.booking.place(), ROUTES_AROUND);
            let watched = Control { elapsed, cancel, progress: &mut *progress };
            if let Some(found) = improve_near(&self.day, around, self.now, &part, watched) {
                let plans = found.groups.iter().flatten().map(|change| &change.plan);
                let placed: BTreeSet<BookingId> =
                    plans.flat_map(|plan| plan.entries.iter().map(|e| e.booking.id)).collect();
                self.day.unassigned.retain(|entry| !placed.contains(&entry.booking.id));
                self.take(found);
            }
        }
    }

    fn serve_late(&mut self) {
        self.put_back_aboard();
        for entry in std::mem::take(&mut self.day.unassigned) {
            let not_before = not_before(&entry.booking, self.now);
            match self.least_late(&entry.booking) {
                Some((route, at)) => {
                    self.late.push(entry.booking.id);
                    let plan = self.day.routes[route].with(at, Arc::clone(&entry), not_before);
                    self.day.routes[route] = Arc::new(plan);
                }
                None => match self.back_where_it_was(&entry) {
                    Some((route, plan)) => {
                        self.late.push(entry.booking.id);
                        self.day.routes[route] = Arc::new(plan);
                    }
                    None => self.day.unassigned.push(entry),
                },
            }
        }
    }

    /// The route that a visit was taken off, with it again where that makes the route no later than it
    /// was before: who would come late comes late, rather than never. Not where the streets are blocked.
    fn back_where_it_was(&self, entry: &Arc<Entry>) -> Option<(usize, RoutePlan)> {
        let Committed::OnRoute { route, .. } = self.before.find(entry.booking.id)? else {
            return None;
        };
        let was = &self.before.routes[route];
        let door = entry.booking.place();
        let is_cut_off = was.of.is_out || self.day.blocked.iter().any(|area| area.contains(door));
        let most = lateness(was).filter(|_| !is_cut_off)?;
        let (plan, now) = (&self.day.routes[route], self.now.timestamp());
        let not_before = not_before(&entry.booking, self.now);
        let places = plan.schedule.open(&visit_at(&self.day, entry, self.now), now);
        let with = places.map(|at| plan.with(at, Arc::clone(entry), not_before));
        let fits = |with: RoutePlan| {
            let (promises_s, others_s) = lateness(&with)?;
            (promises_s <= most.0 && others_s <= most.1).then_some(((promises_s, others_s), with))
        };
        with.filter_map(fits).min_by_key(|(late, _)| *late).map(|(_, with)| (route, with))
    }

    /// Where a visit is served with the least lateness, and nobody else is late because of it.
    fn least_late(&self, booking: &Booking) -> Option<(usize, usize)> {
        let now = self.now.timestamp();
        let visit = visit_of(booking, not_before(booking, self.now), &self.day.blocked);
        let places = self.day.routes.iter().enumerate().flat_map(|(index, route)| {
            let schedule = &route.schedule;
            let takes = schedule.admits(&visit).is_ok();
            let gaps = schedule.gaps(&visit, now).filter(move |_| takes);
            let holds = |gap: &Gap| {
                matches!(gap.fit(visit.opens, i64::MAX / 4), WindowFit::Fits(_))
                    && schedule.carries(gap.at, &visit).is_ok()
            };
            gaps.filter(holds).map(move |gap| (gap, index)).collect::<Vec<_>>()
        });
        let cost = |(gap, index): &(Gap, usize)| {
            (gap.earliest.max(visit.opens), gap.extra.travel_s, *index, gap.at)
        };
        places.min_by_key(cost).map(|(gap, index)| (index, gap.at))
    }

    fn take(&mut self, found: Replan) {
        for change in found.groups.into_iter().flatten() {
            self.day.routes[change.route] = Arc::new(change.plan);
        }
    }

    fn repair(self) -> Repair {
        let changes = (0..self.day.routes.len())
            .filter(|&index| !Arc::ptr_eq(&self.day.routes[index], &self.before.routes[index]))
            .map(|route| RouteChange { route, plan: RoutePlan::clone(&self.day.routes[route]) })
            .collect();
        let why = |entry: &Arc<Entry>| reasons(&self.day, &entry.booking, self.now);
        let left = self.day.unassigned.iter().chain(&self.stranded);
        let left = left.map(|entry| (Arc::clone(entry), why(entry)));
        Repair { changes, left: left.collect(), displaced: self.displaced, late: self.late }
    }
}

/// By how many seconds promises, and breaks and the end, are late in all; nothing where there is too much
/// on board.
fn lateness(route: &RoutePlan) -> Option<(i64, i64)> {
    route.schedule.violations().into_iter().try_fold((0, 0), |(promises_s, others_s), violation| {
        match violation {
            Violation::Late { limit: Limit::Window, by_s, .. } => {
                Some((promises_s + by_s, others_s))
            }
            Violation::Late { by_s, .. } => Some((promises_s, others_s + by_s)),
            Violation::Overload { .. } => None,
        }
    })
}

/// By how many seconds others, and breaks and the end, are late on a route with a guest, then the guest;
/// too much on board is worse than any of it.
fn late_for_others(route: &RoutePlan, guest: BookingId) -> (usize, i64, i64) {
    let own = route.ordinal(guest).map(|ordinal| route.element_of(ordinal));
    let mut late = (0, 0, 0);
    for violation in route.schedule.violations() {
        match violation {
            Violation::Overload { .. } => late.0 += 1,
            Violation::Late { at, by_s, .. } if own == Some(at) => late.2 += by_s,
            Violation::Late { by_s, .. } => late.1 += by_s,
        }
    }
    late
}

/// The booking of a visit that its courier does not come to any more.
fn waiting(entry: &Arc<Entry>) -> Arc<Entry> {
    match entry.booking.state.told(BookingAction::Divert) {
        Ok(state) if entry.booking.state == BookingState::EnRoute => {
            let booking = Booking { state, ..entry.booking.clone() };
            Arc::new(Entry { booking, version: entry.version })
        }
        _ => Arc::clone(entry),
    }
}

/// A route with what cannot stay on it taken off: everything that a courier who is out has not come to;
/// otherwise what is late and can still be moved, and, where the break or the end is late, visits before
/// it, until it is not.
fn without_broken(day: &DayPlan, route: &RoutePlan, now: i64) -> (RoutePlan, Vec<Arc<Entry>>) {
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
        Violation::Late { at, limit, .. } if at >= first => culprit(day, route, first, (at, limit)),
        // What is loaded at the hub is for the visits after it.
        Violation::Overload { at, .. } if at >= first => {
            let is_call = schedule.elements()[at].kind == ElementKind::Hub;
            culprit(day, route, first, (at + usize::from(is_call), Limit::Window))
        }
        _ => None,
    })
}

/// The visit to take off for something that is late, of those that are not locked: itself, or, for the
/// break and the end, one before it.
fn culprit(
    day: &DayPlan,
    route: &RoutePlan,
    first: usize,
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
    let before = (first..=at).filter(|&at| ordinal(at).as_ref().is_some_and(may_leave));
    before.max_by_key(spent).and_then(ordinal)
}
