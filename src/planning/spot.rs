//! Visits taken out of a plan, and places for them told so that people can follow.

use super::route_plan::{not_before, visit_of};
use super::{Committed, DayPlan, Entry, RoutePlan};
use crate::model::{BookingId, BookingState, CourierId, Leg, RouteId};
use crate::schedule::{Gap, Visit, WindowFit};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// A free place for a visit on somebody's route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The route.
    pub route: RouteId,
    /// Who drives it.
    pub courier: CourierId,
    /// Which of the route's visits it would become, from 1.
    pub position: usize,
    /// The visit before it, if there is one.
    pub after: Option<BookingId>,
    /// The visit after it, if there is one.
    pub before: Option<BookingId>,
    /// Travel added to the route.
    pub extra: Leg,
    /// When its service would begin: Unix time in seconds.
    pub start_s: i64,
}

impl Spot {
    /// The place of a gap that the visit fits into.
    pub(super) fn of(route: &RoutePlan, gap: &Gap, visit: &Visit) -> Self {
        let ordinal = route.ordinal_of_element(gap.at);
        let id_at = |ordinal: usize| route.entries.get(ordinal).map(|entry| entry.booking.id);
        let start_s = match gap.fit(visit.opens, visit.closes) {
            WindowFit::Fits(start_s) => start_s,
            WindowFit::Misses(..) | WindowFit::NoRoom(..) => gap.earliest,
        };
        Self {
            route: route.id,
            courier: route.of.courier.id.clone(),
            position: ordinal + 1,
            after: ordinal.checked_sub(1).and_then(id_at),
            before: id_at(ordinal),
            extra: gap.extra,
            start_s,
        }
    }
}

impl DayPlan {
    /// Takes a booking off the plan; what follows it is not set off to before `now`.
    pub(super) fn take_out(&mut self, at: Committed, now: DateTime<Utc>) -> Arc<Entry> {
        let entry = Arc::clone(self.entry(at));
        match at {
            Committed::OnRoute { route, ordinal } => {
                let without = self.routes[route].without(ordinal, now.timestamp());
                self.routes[route] = Arc::new(without);
            }
            Committed::Unassigned(index) => {
                self.unassigned.remove(index);
            }
        }
        entry
    }

    /// Whether a booking may no longer be moved: its courier has set off to it, or it has ended.
    #[must_use]
    pub fn is_fixed(&self, at: Committed, now: DateTime<Utc>) -> bool {
        let state = self.entry(at).booking.state;
        let is_open = matches!(state, BookingState::Held | BookingState::Confirmed);
        let is_frozen = match at {
            Committed::OnRoute { route, ordinal } => {
                self.routes[route].is_frozen(ordinal, now.timestamp())
            }
            Committed::Unassigned(_) => false,
        };
        !is_open || is_frozen
    }
}

/// A booking's visit as a route would take it at `now`.
pub(super) fn visit_at(day: &DayPlan, entry: &Entry, now: DateTime<Utc>) -> Visit {
    visit_of(&entry.booking, not_before(&entry.booking, now), &day.blocked)
}

/// The cheapest free places for a booking of the plan, one for each courier who has one and at most
/// `most`, with the visit taken out of where it is. None where it may no longer be moved.
#[must_use]
pub fn alternatives(
    day: &DayPlan,
    booking: BookingId,
    now: DateTime<Utc>,
    most: usize,
) -> Vec<Spot> {
    let Some(at) = day.find(booking).filter(|&at| !day.is_fixed(at, now)) else {
        return Vec::new();
    };
    let mut without = day.clone();
    let carrier = day.carrier(at, now);
    let entry = without.take_out(at, now);
    let visit = Visit { is_aboard: carrier.is_some(), ..visit_at(day, &entry, now) };
    let routes = without.routes.iter().enumerate();
    let routes = routes.filter(|(index, _)| carrier.is_none_or(|carrier| carrier == *index));
    let cheapest = routes
        .filter_map(|(_, route)| Some((route, route.schedule.cheapest(&visit, now.timestamp())?)));
    let mut found: Vec<(&Arc<RoutePlan>, Gap)> = cheapest.collect();
    found.sort_by_key(|(_, gap)| gap.extra.travel_s);
    found.truncate(most);
    found.iter().map(|(route, gap)| Spot::of(route, gap, &visit)).collect()
}
