//! Goods from the hub: who has them on board, and what that leaves undecided.
//!
//! A courier leaves the hub with what the plan then has them hand over. From there on such a visit stays
//! with its courier, and no other comes to that trip (`schedule/goods.rs`). Whatever puts visits on routes
//! asks [`Schedule::open`](crate::schedule::Schedule::open); whatever takes them off asks
//! [`DayPlan::is_held`]; and what was computed elsewhere, or asked for by hand, is judged by
//! [`RoutePlan::goods_missing`] against the route as it is.
//!
//! The goods of a courier who is out are with them, wherever that is. Nothing automatic gives their visits
//! to another, until the disturbance is taken back; a dispatcher who has the goods again may.

use super::{Committed, DayPlan, RoutePlan};
use crate::model::{BookingId, CourierId};
use crate::schedule::ElementKind;
use chrono::{DateTime, Utc};
use std::ops::Range;

impl RoutePlan {
    /// Whether what the `ordinal`-th visit hands over is on board at `now`, of a courier who goes on.
    #[must_use]
    pub fn has_aboard(&self, ordinal: usize, now: i64) -> bool {
        !self.of.is_out && self.schedule.has_aboard(self.element_of(ordinal), now)
    }

    /// The bookings whose goods are on board at `now`, whether the courier goes on or not.
    #[must_use]
    pub fn aboard(&self, now: i64) -> Vec<BookingId> {
        let is_aboard = |ordinal: &usize| self.schedule.has_aboard(self.element_of(*ordinal), now);
        let aboard = (0..self.entries.len()).filter(is_aboard);
        aboard.map(|ordinal| self.entries[ordinal].booking.id).collect()
    }

    /// The bookings that another content of this route has without goods: what would be handed over on
    /// the trip under way at `now` without being on board, and what is on board for visits that are not
    /// made any more.
    #[must_use]
    pub fn goods_missing(&self, after: &Self, now: i64) -> Vec<BookingId> {
        let was_loaded = |id| {
            let at = self.ordinal(id).map(|ordinal| self.element_of(ordinal));
            at.is_some_and(|at| at < self.schedule.loads_from(now))
        };
        let trip = self.trip_under_way(after, now);
        let brought = after.schedule.elements()[trip].iter().filter(|element| element.brings());
        let brought = brought.filter_map(|element| match element.kind {
            ElementKind::Visit(ordinal) => Some(after.entries[ordinal as usize].booking.id),
            _ => None,
        });
        let left = (0..self.entries.len())
            .filter(|&ordinal| self.has_aboard(ordinal, now))
            .map(|ordinal| self.entries[ordinal].booking.id)
            .filter(|&id| after.ordinal(id).is_none());
        brought.filter(|&id| !was_loaded(id)).chain(left).collect()
    }

    /// The elements of another content of this route to which nothing can be loaded any more, of those
    /// that the courier has not set off to.
    fn trip_under_way(&self, after: &Self, now: i64) -> Range<usize> {
        let (first, all) = (self.schedule.frozen(now), after.schedule.elements().len());
        if self.schedule.loads_from(now) == first || first >= all {
            return 0..0;
        }
        let call = after.schedule.hub_calls_after(first).first().copied();
        first..call.unwrap_or(all)
    }
}

impl DayPlan {
    /// Whether nothing automatic may take a visit off its route at `now`: it is locked, or what it brings
    /// is on board.
    #[must_use]
    pub fn is_held(&self, route: &RoutePlan, ordinal: usize, now: i64) -> bool {
        self.is_locked(route, ordinal)
            || route.has_aboard(ordinal, now)
            || self.stranded(route.entries[ordinal].booking.id).is_some()
    }

    /// The courier who is out and has on board what a booking is to be brought.
    #[must_use]
    pub fn stranded(&self, booking: BookingId) -> Option<&CourierId> {
        self.disturbances.iter().find_map(|disturbance| disturbance.strands(booking))
    }

    /// The route whose courier has on board what a booking is to be brought.
    pub(super) fn carrier(&self, at: Committed, now: DateTime<Utc>) -> Option<usize> {
        match at {
            Committed::OnRoute { route, ordinal } => {
                self.routes[route].has_aboard(ordinal, now.timestamp()).then_some(route)
            }
            Committed::Unassigned(_) => None,
        }
    }
}
