//! A day that was upset, put right again with the fewest promises broken.
//!
//! What cannot stay where it is (its courier is out, or something on its route is now late) is taken off
//! and put elsewhere: by regret insertion first, then by a call at the hub or by others making way within
//! their windows, then by one search of the routes around for all of them. What finds no place in its window is served late
//! where that harms nobody else, or goes back where it was late before, and the rest waits. What is locked
//! stays unless its courier is out. What a courier has on board for a visit stays with that courier, who may
//! come at another time; where they are out, the visit waits. Routes that have nothing to do with it stay
//! as they are.

use super::broken::without_broken;
use super::open_day::OpenDay;
use super::replan::proposal;
use super::spot::visit_at;
use super::squeeze::squeeze;
use super::trips::insert_with_call;
use super::{DayPlan, Effort, Entry, Replan, RouteChange, RoutePlan, reasons};
use crate::model::{Booking, BookingAction, BookingId, BookingState, Reason};
use crate::schedule::Visit;
use crate::solver::Control;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// Tries of others making way for one displaced visit: about a millisecond.
const SQUEEZE_TRIES: u32 = 400;

/// How an upset day is to become.
#[derive(Clone, Debug)]
pub struct Repair {
    /// All changed routes: taken together or not at all.
    pub changes: Vec<RouteChange>,
    /// The bookings that were taken off their routes.
    pub displaced: Vec<Arc<Entry>>,
    /// The bookings that are served after their window and were not before: of those displaced, and others
    /// where goods on board left no other way.
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
    draft.put_back_aboard();
    draft.insert();
    draft.squeeze_in();
    draft.serve(effort, control);
    draft.serve_late();
    draft.repair()
}

/// The day while it is put right.
pub(super) struct Draft<'a> {
    pub(super) before: &'a DayPlan,
    pub(super) day: DayPlan,
    pub(super) now: DateTime<Utc>,
    pub(super) displaced: Vec<Arc<Entry>>,
    /// Of these, the ones whose goods are on board of the courier of a route, and have no place yet.
    pub(super) aboard: Vec<(Arc<Entry>, usize)>,
    /// Of these, the ones whose goods are with a courier who is out.
    stranded: Vec<Arc<Entry>>,
    pub(super) late: Vec<BookingId>,
}

impl<'a> Draft<'a> {
    /// Who waited already goes on waiting.
    pub(super) fn new(before: &'a DayPlan, now: DateTime<Utc>) -> Self {
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

    pub(super) fn insert(&mut self) {
        let open = OpenDay::new(&self.day, self.now, |route| route.schedule.elements().len() - 1);
        let filled = open.fill(std::slice::from_ref(&open.open), self.now);
        self.day.unassigned = filled.left();
        self.take(proposal(&self.day, filled));
    }

    pub(super) fn squeeze_in(&mut self) {
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

    pub(super) fn take(&mut self, found: Replan) {
        for change in found.groups.into_iter().flatten() {
            self.day.routes[change.route] = Arc::new(change.plan);
        }
    }

    pub(super) fn repair(self) -> Repair {
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
