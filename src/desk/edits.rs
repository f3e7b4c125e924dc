//! The single changes that a batch's commands are made of: what is on a route, what has to be written,
//! what is to be told.

use super::working_day::{Excuse, WorkingDay};
use crate::model::{Booking, RouteId};
use crate::planning::{Committed, Entry, RoutePlan};
use crate::store::{BookingRow, NewEvent};
use serde_json::json;
use std::sync::Arc;

impl WorkingDay {
    /// Takes a booking off the plan with its last state.
    pub(super) fn take_out(&mut self, at: Committed, booking: Booking, kind: &str) {
        let version = self.plan.entry(at).version;
        self.vacate(at);
        self.tell_at(kind, at, &booking);
        self.note(BookingRow { booking, route: None, version });
    }

    /// Takes what is at a place off the plan.
    pub(super) fn vacate(&mut self, at: Committed) {
        match at {
            Committed::OnRoute { route, ordinal } => {
                let without = self.plan.routes[route].without(ordinal, self.now.timestamp());
                self.note_breach(route, &without);
                self.set_route(route, without);
            }
            Committed::Unassigned(index) => {
                self.plan.unassigned.remove(index);
                self.changed_pool = true;
            }
        }
    }

    /// Notes what a booking's row has to become. One that this batch brought and takes off again is
    /// never written.
    pub(super) fn note(&mut self, row: BookingRow) {
        let id = row.booking.id;
        if !self.fresh.contains(&id) {
            self.changed.insert(id, row);
        } else if row.route.is_none() && !row.booking.state.has_place() {
            self.fresh.remove(&id);
        }
    }

    /// Taking a visit out can, rarely, make a later one late: another visit at the same door then
    /// has to do the set-up. The place is given back all the same, and the breach is told.
    pub(super) fn note_breach(&mut self, index: usize, after: &RoutePlan) {
        let before = &self.plan.routes[index].schedule;
        if before.violations().is_empty() && !after.schedule.violations().is_empty() {
            self.tell_breach(after);
        }
    }

    /// Tells that a route does not keep all it promises, and which visits come too late.
    pub(super) fn tell_breach(&mut self, route: &RoutePlan) {
        self.excuse = Some(Excuse::Change);
        let late = route.entries.iter().enumerate().filter_map(|(ordinal, entry)| {
            let by_s = route.late_s(ordinal);
            (by_s > 0).then(|| json!({ "booking": entry.booking.id, "by_s": by_s }))
        });
        let late: Vec<serde_json::Value> = late.collect();
        let body = json!({ "route": route.id, "courier": route.of.courier.id, "late": late });
        self.event("route.breached", route.id.to_string(), body);
    }

    /// Puts a booking's new content where it is.
    pub(super) fn update(&mut self, at: Committed, booking: Booking) {
        let version = self.plan.entry(at).version;
        let route = self.put(at, Entry { booking: booking.clone(), version });
        self.note(BookingRow { booking, route, version });
    }

    /// Puts an entry in the place of another; on which route.
    pub(super) fn put(&mut self, at: Committed, entry: Entry) -> Option<RouteId> {
        let entry = Arc::new(entry);
        match at {
            Committed::OnRoute { route, ordinal } => {
                let updated = self.plan.routes[route].updated(ordinal, entry);
                self.set_route(route, updated);
                Some(self.route_id(route))
            }
            Committed::Unassigned(index) => {
                self.plan.unassigned[index] = entry;
                self.changed_pool = true;
                None
            }
        }
    }

    pub(super) fn set_route(&mut self, index: usize, route: RoutePlan) {
        let route = self.with_needed_calls(route);
        self.plan.routes[index] = Arc::new(route);
        self.changed_routes.insert(index);
    }

    /// The route of a place; nothing for what waits for one.
    pub(super) fn route_at(&self, at: Committed) -> Option<RouteId> {
        match at {
            Committed::OnRoute { route, .. } => Some(self.route_id(route)),
            Committed::Unassigned(_) => None,
        }
    }

    pub(super) fn route_id(&self, index: usize) -> RouteId {
        self.plan.routes[index].id
    }

    pub(super) fn tell(&mut self, kind: &str, booking: &Booking) {
        let body = json!({
            "state": booking.state,
            "programme": booking.programme,
            "window": booking.window,
        });
        self.event(kind, booking.id.to_string(), body);
    }

    /// Tells something of a booking, and whose route it is or was on.
    pub(super) fn tell_at(&mut self, kind: &str, at: Committed, booking: &Booking) {
        match at {
            Committed::OnRoute { route, .. } => {
                self.tell_of_courier(kind, route, booking, serde_json::Value::Null);
            }
            Committed::Unassigned(_) => self.tell(kind, booking),
        }
    }

    pub(super) fn event(&mut self, kind: &str, subject: String, body: serde_json::Value) {
        let (kind, actor) = (kind.to_owned(), self.actor.to_string());
        self.events.push(NewEvent { kind, subject, actor, body, at: self.now });
    }
}
