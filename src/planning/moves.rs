//! Stops moved by hand: what the day would be, and which rules would not hold.
//!
//! What a courier has on board for a visit is with them: it goes to no other, and nobody brings what they
//! have left the hub without. That is the violation `precedence`.
//!
//! Every moved visit is taken out first, so that visits may change places with each other. Then those
//! with a place of their own are put there in the order of the moves, and last those that may be
//! anywhere: of all that are left, each time the one that adds the least travel, so that their order
//! does not matter. Who finds no place on the route asked for is put where it does the least harm, and
//! the harm is told; who finds none on any route has none, and is told why.

use super::moving::check_moves;
use super::spot::visit_at;
use super::violations::{PlanViolation, of_route};
use super::{Committed, DayPlan, Entry, Move, MoveFault, MoveTo, Proposal, RoutePlan, reasons};
use crate::model::{BookingId, Reason, ReasonCode, RouteId, Seconds};
use crate::schedule::Visit;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the day would be with these moves made.
///
/// What a courier has set off to is not moved, nor is anything put before it: that is the violation
/// `frozen`. Breaks are taken elsewhere where a moved visit would not leave them in their windows. Takes
/// time with the routes named, and for visits that may go to any route with the day, for each of them.
///
/// # Errors
/// [`MoveFault`] where the moves make no sense on this day.
pub fn proposed(day: &DayPlan, moves: &[Move], now: DateTime<Utc>) -> Result<Proposal, MoveFault> {
    check_moves(day, moves)?;
    let mut draft = Draft { plan: day.clone(), now, refused: Vec::new() };
    let mut guests = draft.take_all(day, moves);
    let mut open = Vec::new();
    for (at, asked) in moves.iter().enumerate() {
        let Some(guest) = guests.remove(&asked.booking) else { continue };
        match asked.to {
            MoveTo::Unassigned => draft.leave(guest.entry),
            MoveTo::Cheapest(route) => {
                let route = route.and_then(|id| draft.index(id)).or(guest.carrier);
                open.push(Open { guest, route });
            }
            MoveTo::First(route) | MoveTo::Last(route) => draft.put_at_end(guest, route, asked.to),
            MoveTo::Before(anchor) | MoveTo::After(anchor) => {
                let found = draft.plan.find(anchor);
                let Some(Committed::OnRoute { route, ordinal }) = found else {
                    return Err(MoveFault::Anchor { at, anchor });
                };
                let element = draft.plan.routes[route].element_of(ordinal);
                let is_after = matches!(asked.to, MoveTo::After(_));
                draft.put(guest, route, element + usize::from(is_after));
            }
        }
    }
    draft.put_cheapest(open);
    draft.plan.unassigned.sort_by_key(|entry| entry.booking.id);
    let who = moves.iter().map(|asked| asked.booking).collect();
    Ok(Proposal::new(day, draft.plan, who, draft.refused, now))
}

/// A visit on its way.
struct Guest {
    entry: Arc<Entry>,
    visit: Visit,
    /// The route whose courier has on board what it brings.
    carrier: Option<usize>,
}

impl Guest {
    /// The visit as a route would take it.
    fn visit_on(&self, route: usize) -> Visit {
        Visit { is_aboard: self.carrier == Some(route), ..self.visit.clone() }
    }
}

/// A visit that may be anywhere on a route, or on any.
struct Open {
    guest: Guest,
    route: Option<usize>,
}

/// The day while it is changed.
struct Draft {
    plan: DayPlan,
    now: DateTime<Utc>,
    refused: Vec<PlanViolation>,
}

impl Draft {
    fn index(&self, route: RouteId) -> Option<usize> {
        self.plan.routes.iter().position(|plan| plan.id == route)
    }

    /// Takes all of them out, in the order of their ids: where a break is taken after that may depend on
    /// the order.
    fn take_all(&mut self, day: &DayPlan, moves: &[Move]) -> BTreeMap<BookingId, Guest> {
        let who: BTreeSet<BookingId> = moves.iter().map(|asked| asked.booking).collect();
        who.into_iter().filter_map(|id| Some((id, self.take(day, id)?))).collect()
    }

    /// Takes a booking out; nothing where it may no longer be moved, which is noted.
    fn take(&mut self, day: &DayPlan, booking: BookingId) -> Option<Guest> {
        let at = self.plan.find(booking)?;
        if self.plan.is_fixed(at, self.now) {
            self.refused.push(match at {
                Committed::OnRoute { route, .. } => {
                    let route = &self.plan.routes[route];
                    PlanViolation::new(ReasonCode::Frozen, route, Some(booking), None)
                }
                Committed::Unassigned(_) => nowhere(booking, Reason::of(ReasonCode::Frozen)),
            });
            return None;
        }
        let entry = self.plan.take_out(at, self.now);
        let visit = visit_at(&self.plan, &entry, self.now);
        let carrier = day.find(booking).and_then(|at| day.carrier(at, self.now));
        Some(Guest { entry, visit, carrier })
    }

    fn leave(&mut self, entry: Arc<Entry>) {
        self.plan.unassigned.push(entry);
    }

    fn put_at_end(&mut self, guest: Guest, route: RouteId, to: MoveTo) {
        let Some(index) = self.index(route) else { return self.leave(guest.entry) };
        let schedule = &self.plan.routes[index].schedule;
        let at = match to {
            MoveTo::First(_) => schedule.frozen(self.now.timestamp()),
            _ => schedule.elements().len() - 1,
        };
        self.put(guest, index, at);
    }

    /// Puts a guest right before an element, unless the courier has set off to that.
    fn put(&mut self, guest: Guest, route: usize, at: usize) {
        let plan = &self.plan.routes[route];
        let elements = plan.schedule.elements().len();
        if at < plan.schedule.frozen(self.now.timestamp()) || at >= elements {
            return self.refuse(guest, route);
        }
        let changed = self.with(plan, &guest, at);
        self.plan.routes[route] = Arc::new(changed);
    }

    fn refuse(&mut self, guest: Guest, route: usize) {
        let (route, booking) = (&self.plan.routes[route], guest.entry.booking.id);
        let refused = PlanViolation::new(ReasonCode::Frozen, route, Some(booking), None);
        self.refused.push(refused);
        self.leave(guest.entry);
    }

    /// The route with a guest right before an element; with the break elsewhere where that helps.
    fn with(&self, route: &RoutePlan, guest: &Guest, at: usize) -> RoutePlan {
        let with = route.with(at, Arc::clone(&guest.entry), guest.visit.not_before);
        if with.schedule.violations().is_empty() {
            return with;
        }
        match with.schedule.with_rest_moved(self.now.timestamp()) {
            Some(mended) => with.changed(with.entries.clone(), mended),
            None => with,
        }
    }

    /// Puts everybody where they add the least travel, the least first; who then has no place is put
    /// where it does the least harm.
    fn put_cheapest(&mut self, mut open: Vec<Open>) {
        open.sort_by_key(|open| open.guest.entry.booking.id);
        while let Some((index, route, at)) = self.cheapest(&open) {
            let Open { guest, .. } = open.remove(index);
            self.put(guest, route, at);
        }
        for Open { guest, route } in open {
            match route {
                Some(route) => self.put_somehow(guest, route),
                None => self.leave_with_reason(guest),
            }
        }
    }

    /// Which of them adds the least travel, on which route and before which element.
    fn cheapest(&self, open: &[Open]) -> Option<(usize, usize, usize)> {
        let places = open.iter().enumerate().filter_map(|(index, Open { guest, route })| {
            let (route, gap) = if let Some(route) = *route {
                let schedule = &self.plan.routes[route].schedule;
                (route, schedule.cheapest(&guest.visit_on(route), self.now.timestamp())?)
            } else {
                let place = self.plan.cheapest_place(&guest.entry.booking, self.now)?;
                (place.route, place.gap)
            };
            Some((gap.extra.travel_s, index, route, gap.at))
        });
        let (_, index, route, at) = places.min()?;
        Some((index, route, at))
    }

    /// Puts a guest on a route that has no place for it as it is: with the break elsewhere if that makes
    /// one, otherwise where it does the least harm.
    fn put_somehow(&mut self, guest: Guest, route: usize) {
        let (plan, now) = (&self.plan.routes[route], self.now.timestamp());
        let (visit, not_before) = (guest.visit_on(route), guest.visit.not_before);
        let rested = plan.schedule.rests_moved(now).filter_map(|schedule| {
            let gap = schedule.cheapest(&visit, now)?;
            let plan = plan.changed(plan.entries.clone(), schedule);
            Some(plan.with(gap.at, Arc::clone(&guest.entry), not_before))
        });
        let rested = rested.min_by_key(|plan| plan.schedule.travel().travel_s);
        let least = rested.or_else(|| {
            let places = plan.schedule.frozen(now)..plan.schedule.elements().len();
            let tries = places.map(|at| plan.with(at, Arc::clone(&guest.entry), not_before));
            tries.min_by_key(harm)
        });
        match least {
            Some(least) => self.plan.routes[route] = Arc::new(least),
            None => self.refuse(guest, route),
        }
    }

    fn leave_with_reason(&mut self, guest: Guest) {
        let booking = &guest.entry.booking;
        let closest = reasons(&self.plan, booking, self.now).swap_remove(0);
        self.refused.push(nowhere(booking.id, closest));
        self.leave(guest.entry);
    }
}

fn nowhere(booking: BookingId, reason: Reason) -> PlanViolation {
    PlanViolation { reason, route: None, booking: Some(booking) }
}

/// The smaller, the less harm: rules other than promises, then the promises missed, then travel.
fn harm(route: &RoutePlan) -> (usize, Seconds, Seconds) {
    let others = of_route(route).iter().filter(|violation| !violation.is_lateness()).count();
    (others, route.lateness_s(), route.schedule.travel().travel_s)
}
