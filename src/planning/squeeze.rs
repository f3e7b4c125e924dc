//! Room for a booking where no position is free: a few others make way, each within its window.
//!
//! A bounded ruin and recreate around the address (Schrimpf et al. 2000), as short ejection chains
//! (Glover 1996): visits leave a route near by, the booking takes their place, and they are put
//! back where they cost least; where they in turn find no place, others make way for them once
//! more. What is locked makes way for nobody. Nobody loses a place, nothing that a courier has set off to moves, no route gets late.
//!
//! The tries come in an order that depends on the day, the booking and the moment alone, cheap
//! ones first, and the first that works is taken. A budget only cuts the sequence short: whoever
//! has more finds whatever somebody with less has found.

use super::route_plan::{not_before, visit_of};
use super::vicinity::{Removal, in_order, removals, routes_near};
use super::{DayPlan, Entry, RoutePlan};
use crate::model::{Booking, Leg};
use crate::schedule::Visit;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// How many routes around a door are looked at.
const ROUTES_NEAR: usize = 12;

/// Of how many routes the break is tried elsewhere.
const RESTS_MOVED: usize = 6;

/// How many of the first tries are gone into deeper, where others have to make way twice.
const DEEPER: usize = 32;

/// How many tries each of them is worth then.
const DEEPER_EACH: usize = 24;

/// Routes as they would become.
#[derive(Clone, Debug)]
pub struct Rearrangement {
    /// By index into the routes of the plan it was computed on, ascending. Their versions are those
    /// they were computed on; the booking is on one of them, as an entry of version 0.
    pub routes: Vec<(usize, RoutePlan)>,
    /// Travel added to all of them together.
    pub extra: Leg,
}

/// Finds a place for a booking that plain insertion has none for. `proceed` is asked before each
/// try, of some microseconds; the search ends at its first no.
///
/// A hold taken later than its search succeeds for sure only if it asks as of the same `now`, with
/// the same window and expiry, on the same routes, and for no fewer tries.
#[must_use]
pub fn squeeze(
    day: &DayPlan,
    booking: &Booking,
    now: DateTime<Utc>,
    proceed: impl FnMut() -> bool,
) -> Option<Rearrangement> {
    let entry = Arc::new(Entry { booking: booking.clone(), version: 0 });
    let guest = Guest::new(entry, day, now);
    let mut search = Search { draft: Draft { day, now, changed: Vec::new() }, proceed };
    let near = search.draft.near(&guest);
    let found = search.rest_moved(&guest, &near)
        || search.exchanged(&guest, &near)
        || search.exchanged_twice(&guest, &near);
    found.then(|| search.draft.rearrangement())
}

/// Somebody in search of a place.
struct Guest {
    entry: Arc<Entry>,
    visit: Visit,
}

impl Guest {
    fn new(entry: Arc<Entry>, day: &DayPlan, now: DateTime<Utc>) -> Self {
        let visit = visit_of(&entry.booking, not_before(&entry.booking, now), &day.blocked);
        Self { entry, visit }
    }
}

/// The day with changes that may be taken back.
struct Draft<'a> {
    day: &'a DayPlan,
    now: DateTime<Utc>,
    /// The last content of a route counts.
    changed: Vec<(usize, RoutePlan)>,
}

impl Draft<'_> {
    fn route(&self, index: usize) -> &RoutePlan {
        let changed = self.changed.iter().rev().find(|(changed, _)| *changed == index);
        changed.map_or_else(|| &*self.day.routes[index], |(_, plan)| plan)
    }

    fn near(&self, guest: &Guest) -> Vec<usize> {
        let routes = self.day.routes.iter().map(|route| &**route);
        let near = routes_near(routes, guest.visit.place, ROUTES_NEAR);
        near.into_iter().filter(|&route| self.is_open(route)).collect()
    }

    /// Whether a route is sound, and not locked.
    fn is_open(&self, route: usize) -> bool {
        let route = self.route(route);
        !route.of.is_locked && route.schedule.violations().is_empty()
    }

    /// Puts a guest where it costs least on one of the routes; whether there was a place.
    fn seat(&mut self, guest: &Guest, routes: &[usize]) -> bool {
        let now = self.now.timestamp();
        let places = routes.iter().filter_map(|&route| {
            let gap = self.route(route).schedule.cheapest(&guest.visit, now)?;
            Some((gap.extra.travel_s, route, gap.at))
        });
        let Some((_, route, at)) = places.min() else { return false };
        let plan = self.route(route).with(at, Arc::clone(&guest.entry), guest.visit.not_before);
        self.changed.push((route, plan));
        true
    }

    /// Puts a guest on the route of some visits that leave it; nothing where it finds no place
    /// even so.
    fn exchange(&mut self, guest: &Guest, removal: &Removal) -> Option<Vec<Guest>> {
        let now = self.now.timestamp();
        let mut route = self.route(removal.route).clone();
        let leaving = removal.first..removal.first + removal.count;
        let left = route.entries[leaving.clone()].to_vec();
        for ordinal in leaving.rev() {
            route = route.without(ordinal, now);
        }
        if !route.schedule.violations().is_empty() {
            return None;
        }
        let gap = route.schedule.cheapest(&guest.visit, now)?;
        let entry = Arc::clone(&guest.entry);
        self.changed.push((removal.route, route.with(gap.at, entry, guest.visit.not_before)));
        Some(left.into_iter().map(|entry| Guest::new(entry, self.day, self.now)).collect())
    }

    /// Puts back who has left, those with the least time to choose from first.
    fn seat_all(&mut self, mut left: Vec<Guest>) -> bool {
        left.sort_by_key(|guest| guest.visit.closes - guest.visit.opens - guest.visit.service_s);
        left.iter().all(|guest| {
            let near = self.near(guest);
            self.seat(guest, &near)
        })
    }

    fn rearrangement(self) -> Rearrangement {
        let day = self.day;
        let mut routes: Vec<(usize, RoutePlan)> = Vec::new();
        for (index, plan) in self.changed.into_iter().rev() {
            if routes.iter().all(|(other, _)| *other != index) {
                routes.push((index, plan));
            }
        }
        routes.sort_by_key(|(index, _)| *index);
        let extra = routes.iter().fold(Leg::default(), |sum, (index, plan)| {
            let (old, new) = (day.routes[*index].schedule.travel(), plan.schedule.travel());
            Leg {
                travel_s: sum.travel_s + new.travel_s - old.travel_s,
                distance_m: sum.distance_m + new.distance_m - old.distance_m,
            }
        });
        Rearrangement { routes, extra }
    }
}

/// The sequence of tries. Each leaves its changes in the draft where it works, and none otherwise.
struct Search<'a, F> {
    draft: Draft<'a>,
    proceed: F,
}

impl<F: FnMut() -> bool> Search<'_, F> {
    /// Nobody leaves: a courier takes the break at another time.
    fn rest_moved(&mut self, guest: &Guest, near: &[usize]) -> bool {
        let now = self.draft.now.timestamp();
        for &index in near.iter().take(RESTS_MOVED) {
            let day = self.draft.day;
            let route = &day.routes[index];
            if !route.schedule.may_fit_without_rest(&guest.visit, now) {
                continue;
            }
            for schedule in route.schedule.rests_moved(now) {
                if !(self.proceed)() {
                    return false;
                }
                self.draft.changed.push((index, route.changed(route.entries.clone(), schedule)));
                if self.draft.seat(guest, &[index]) {
                    return true;
                }
                self.draft.changed.clear();
            }
        }
        false
    }

    /// Some leave a route for the guest, and find places elsewhere or at other times.
    fn exchanged(&mut self, guest: &Guest, near: &[usize]) -> bool {
        let removals = self.removals(guest, near, guest);
        self.first_that_works(guest, &removals)
    }

    /// One leaves for the guest, and others for that one.
    fn exchanged_twice(&mut self, guest: &Guest, near: &[usize]) -> bool {
        let removals = self.removals(guest, near, guest);
        let singles = removals.iter().filter(|removal| removal.count == 1);
        for removal in singles.take(DEEPER) {
            if !(self.proceed)() {
                return false;
            }
            let before = self.draft.changed.len();
            let left = self.draft.exchange(guest, removal);
            if let Some(next) = left.as_ref().and_then(|left| left.first()) {
                let near = self.draft.near(next);
                let mut others = self.removals(next, &near, guest);
                others.truncate(DEEPER_EACH);
                if self.first_that_works(next, &others) {
                    return true;
                }
            }
            self.draft.changed.truncate(before);
        }
        false
    }

    fn first_that_works(&mut self, guest: &Guest, removals: &[Removal]) -> bool {
        let before = self.draft.changed.len();
        for removal in removals {
            if !(self.proceed)() {
                return false;
            }
            let left = self.draft.exchange(guest, removal);
            if left.is_some_and(|left| self.draft.seat_all(left)) {
                return true;
            }
            self.draft.changed.truncate(before);
        }
        false
    }

    fn removals(&self, guest: &Guest, near: &[usize], kept: &Guest) -> Vec<Removal> {
        let (now, kept) = (self.draft.now.timestamp(), kept.entry.booking.id);
        let of_route = |&index: &usize| {
            let route = (index, self.draft.route(index));
            removals(self.draft.day, route, &guest.visit, kept, now)
        };
        in_order(near.iter().flat_map(of_route).collect())
    }
}
