//! Routes that were computed elsewhere, taken over.

use super::command::Outcome;
use super::working_day::WorkingDay;
use crate::model::BookingId;
use crate::planning::{Disruption, Entry, Replan, RouteChange, RoutePlan, disruption};
use crate::store::BookingRow;
use serde_json::json;
use std::sync::Arc;

/// What was taken of a re-plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Routes that were changed.
    pub routes: usize,
    /// Routes that were not, since they had moved on.
    pub dropped: usize,
    /// What the change means, from the plan as it was at that moment.
    pub disruption: Disruption,
}

impl WorkingDay {
    /// Takes each group whose routes are all at the version it was computed on, and whose couriers
    /// have set off to nothing new in the meantime that it would move, or with goods that it would need elsewhere.
    pub(super) fn take_replan(&mut self, replan: &Replan) -> Outcome {
        let before = self.plan.clone();
        let (mut routes, mut dropped) = (0, 0);
        for group in &replan.groups {
            let current = self.is_current(group, None);
            if !current {
                dropped += group.len();
                continue;
            }
            routes += group.len();
            for change in group {
                self.adopt(change.route, &change.plan, "route.replanned");
            }
        }
        let disruption = disruption(&before, &self.plan, self.now.timestamp());
        Outcome::Replanned(Box::new(Taken { routes, dropped, disruption }))
    }

    /// Whether a group of routes can be taken: they are at the versions they were computed on, and their
    /// couriers have set off to nothing new that would move. `guest` is a booking that the plan does not
    /// have yet.
    pub(super) fn is_current(&self, group: &[RouteChange], guest: Option<BookingId>) -> bool {
        group.iter().all(|change| {
            let untouched = !self.changed_routes.contains(&change.route);
            let route = self.plan.routes.get(change.route);
            let same = |route: &Arc<RoutePlan>| {
                (route.id, route.version) == (change.plan.id, change.plan.version)
                    && route.can_become(&change.plan, self.now.timestamp())
            };
            let known = |entry: &&Arc<Entry>| guest != Some(entry.booking.id);
            let entries = change.plan.entries.iter().filter(known);
            untouched && route.is_some_and(same) && self.still_waits(entries)
        })
    }

    /// Whether every visit is in the plan in the version that was planned with.
    pub(super) fn still_waits<'a>(
        &self,
        mut entries: impl Iterator<Item = &'a Arc<Entry>>,
    ) -> bool {
        entries.all(|entry| {
            let at = self.plan.find(entry.booking.id);
            at.is_some_and(|at| self.plan.entry(at).version == entry.version)
        })
    }

    /// Takes a route over, tells so by an event of this kind, and notes for each booking that came to it where it now is.
    pub(super) fn adopt(&mut self, index: usize, plan: &RoutePlan, kind: &str) {
        let old = Arc::clone(&self.plan.routes[index]);
        for entry in &plan.entries {
            let id = entry.booking.id;
            if old.ordinal(id).is_some() {
                continue;
            }
            let waiting = self.plan.unassigned.len();
            self.plan.unassigned.retain(|other| other.booking.id != id);
            self.changed_pool |= self.plan.unassigned.len() < waiting;
            let row = BookingRow {
                booking: entry.booking.clone(),
                route: Some(plan.id),
                version: entry.version,
            };
            self.note(row);
        }
        self.set_route(index, plan.clone());
        let body = json!({ "route": plan.id, "courier": plan.of.courier.id });
        self.event(kind, plan.id.to_string(), body);
    }
}
