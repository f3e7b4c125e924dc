//! Who finds no place in time: late rather than never, where that harms nobody else.

use super::repair::Draft;
use super::spot::visit_at;
use super::{Committed, Entry, RoutePlan};
use crate::model::BookingId;
use crate::schedule::{ElementKind, Limit, Violation, Visit, WindowFit};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Later than any moment of a day.
const ANY_TIME: i64 = i64::MAX / 4;

impl Draft<'_> {
    /// Places who is left where they are least late, else where they were.
    pub(super) fn serve_late(&mut self) {
        for entry in std::mem::take(&mut self.day.unassigned) {
            let found = self.least_late(&entry).or_else(|| self.back_where_it_was(&entry));
            self.come_late(entry, found);
        }
        self.note_who_became_late();
    }

    /// Places who is left where they were, else where they are least late.
    pub(super) fn stay_late(&mut self) {
        for entry in std::mem::take(&mut self.day.unassigned) {
            let found = self.back_where_it_was(&entry).or_else(|| self.least_late(&entry));
            self.come_late(entry, found);
        }
        self.note_who_became_late();
    }

    fn come_late(&mut self, entry: Arc<Entry>, found: Option<(usize, RoutePlan)>) {
        match found {
            Some((route, plan)) => {
                self.late.push(entry.booking.id);
                self.day.routes[route] = Arc::new(plan);
            }
            None => self.day.unassigned.push(entry),
        }
    }

    /// Whoever is late now and was not is told, be it somebody who stays where they were; who came to be
    /// in time after all is not.
    fn note_who_became_late(&mut self) {
        let now: BTreeSet<BookingId> =
            self.day.routes.iter().flat_map(|route| late_bookings(route)).collect();
        self.late.retain(|id| now.contains(id));
        let routes = self.before.routes.iter().zip(&self.day.routes);
        for (was, is) in routes.filter(|(was, is)| !Arc::ptr_eq(was, is)) {
            let known = self.late.iter().copied().collect();
            let new = became_late(was, is);
            self.late.extend(new.difference(&known));
        }
    }

    /// The route that a visit was taken off, with it again where that makes the route no later than it
    /// was before, and nobody else late: who would come late comes late, rather than never. Not where the
    /// streets are blocked, nor beyond the most visits that were on it or may be.
    fn back_where_it_was(&self, entry: &Arc<Entry>) -> Option<(usize, RoutePlan)> {
        let Committed::OnRoute { route, .. } = self.before.find(entry.booking.id)? else {
            return None;
        };
        let was = &self.before.routes[route];
        let door = entry.booking.place();
        let is_cut_off = was.of.is_out || self.day.blocked.iter().any(|area| area.contains(door));
        let most = lateness(was).filter(|_| !is_cut_off)?;
        let (plan, now) = (&self.day.routes[route], self.now.timestamp());
        let visit = visit_at(&self.day, entry, self.now);
        // Others may have taken its place among the most visits that the courier makes.
        let is_shorter = plan.schedule.visit_count() < was.schedule.visit_count();
        if !is_shorter && plan.schedule.admits(&visit).is_err() {
            return None;
        }
        let places = plan.schedule.open(&visit, now);
        let with = places.map(|at| plan.with(at, Arc::clone(entry), visit.not_before));
        let fits = |with: RoutePlan| {
            let (promises_s, others_s) = lateness(&with)?;
            let is_own = |id: &BookingId| *id == entry.booking.id;
            if !became_late(was, &with).iter().all(is_own) {
                return None;
            }
            (promises_s <= most.0 && others_s <= most.1).then_some(((promises_s, others_s), with))
        };
        with.filter_map(fits).min_by_key(|(late, _)| *late).map(|(_, with)| (route, with))
    }

    /// The route on which a visit is served with the least lateness, and nobody else is late because of it.
    fn least_late(&self, entry: &Arc<Entry>) -> Option<(usize, RoutePlan)> {
        let visit = &visit_at(&self.day, entry, self.now);
        let routes = self.day.routes.iter().enumerate();
        let places = routes.filter(|(_, route)| route.schedule.admits(visit).is_ok()).flat_map(
            |(index, route)| {
                let open = route.schedule.open(visit, self.now.timestamp());
                open.filter_map(move |at| {
                    let visit = self.while_reachable(visit, entry, route, at);
                    let gap = route.schedule.gap(at, &visit, self.now.timestamp());
                    let holds = matches!(gap.fit(visit.opens, ANY_TIME), WindowFit::Fits(_))
                        && route.schedule.carries(at, &visit).is_ok();
                    let starts = gap.earliest.max(visit.opens);
                    let cost = (starts, gap.extra.travel_s, index, at);
                    holds.then_some((cost, visit.not_before))
                })
            },
        );
        let ((_, _, index, at), not_before) = places.min_by_key(|(cost, _)| *cost)?;
        Some((index, self.day.routes[index].with(at, Arc::clone(entry), not_before)))
    }

    /// The visit as it is made right before element `at`, be it after its window: where its service would be
    /// while the door's area is blocked, it is set off to once that is over.
    fn while_reachable(&self, visit: &Visit, entry: &Entry, route: &RoutePlan, at: usize) -> Visit {
        let (schedule, mut visit) = (&route.schedule, visit.clone());
        let at_door_s = visit.service_s + visit.setup_s;
        loop {
            let gap = schedule.gap(at, &visit, self.now.timestamp());
            let starts = gap.earliest.max(visit.opens);
            let ends = self.day.blocked.iter().find_map(|area| {
                let (from, until) = (area.during.start.timestamp(), area.during.end.timestamp());
                let is_touched = starts < until && starts + at_door_s > from;
                (is_touched && area.contains(entry.booking.place())).then_some(until)
            });
            match ends {
                Some(until) => visit.not_before = until,
                None => return visit,
            }
        }
    }

    /// Puts those back whose goods are on board and who have no place in time: late, and others of the
    /// route only where there is no other way. Before anybody else is placed, since they have nowhere else
    /// to go.
    pub(super) fn put_back_aboard(&mut self) {
        for (entry, index) in std::mem::take(&mut self.aboard) {
            let route = &self.day.routes[index];
            let visit = Visit { is_aboard: true, ..visit_at(&self.day, &entry, self.now) };
            let places = route.schedule.open(&visit, self.now.timestamp());
            let with = places.map(|at| {
                let visit = self.while_reachable(&visit, &entry, route, at);
                route.with(at, Arc::clone(&entry), visit.not_before)
            });
            match with.min_by_key(|with| late_for_others(with, entry.booking.id)) {
                Some(with) => {
                    self.late.push(entry.booking.id);
                    self.day.routes[index] = Arc::new(with);
                }
                None => self.day.unassigned.push(entry),
            }
        }
    }
}

/// The bookings of a route that are served after their window and were not before.
fn became_late(was: &RoutePlan, is: &RoutePlan) -> BTreeSet<BookingId> {
    let before = late_bookings(was);
    late_bookings(is).into_iter().filter(|id| !before.contains(id)).collect()
}

/// The bookings of a route that are served after their window.
pub(super) fn late_bookings(route: &RoutePlan) -> BTreeSet<BookingId> {
    let elements = route.schedule.elements();
    let booking = |at: usize| match elements[at].kind {
        ElementKind::Visit(ordinal) => Some(route.entries[ordinal as usize].booking.id),
        _ => None,
    };
    let violations = route.schedule.violations().into_iter();
    violations
        .filter_map(|violation| match violation {
            Violation::Late { at, limit: Limit::Window, .. } => booking(at),
            _ => None,
        })
        .collect()
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
