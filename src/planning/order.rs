//! Routes as the order of their stops: kept for a while, and put back.
//!
//! A proposal for many routes, and what a change left behind, are kept as nothing but who comes after
//! whom. Times, loads and what holds follow from the plan at the time that it is put in force.

use super::route_plan::{index_of, not_before, visit_of};
use super::{DayPlan, Entry, Proposal, RoutePlan};
use crate::model::{BookingId, RouteId, StopKind};
use crate::schedule::{ElementKind, Facts, HubCall, Schedule, Task, Visit};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The order of a route's stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteOrder {
    /// Which route.
    pub route: RouteId,
    /// Whom it visits, and where the courier takes the break or calls at the hub.
    pub stops: Vec<(StopKind, Option<BookingId>)>,
}

impl RouteOrder {
    /// Whom it visits, in order.
    pub fn visits(&self) -> impl Iterator<Item = BookingId> {
        self.stops.iter().filter_map(|(_, booking)| *booking)
    }
}

/// Why routes cannot be put into an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderFault {
    /// The day has no such route any more.
    #[error("{0} is not a route of this day any more")]
    UnknownRoute(RouteId),
    /// The booking is gone, or is on a route that the order does not name.
    #[error("{0} is not there any more")]
    UnknownBooking(BookingId),
    /// The courier has set off to something that would come elsewhere.
    #[error("the courier of {0} has set off to a stop that would be moved")]
    Frozen(RouteId),
}

impl RoutePlan {
    /// The order of its stops.
    #[must_use]
    pub fn order(&self) -> RouteOrder {
        let elements = self.schedule.elements().iter();
        let inner = elements.filter(|element| match element.kind {
            ElementKind::Visit(_) | ElementKind::Rest | ElementKind::Hub => true,
            ElementKind::Start | ElementKind::End => false,
        });
        let stops = inner.map(|element| self.stop_kind(element.kind)).collect();
        RouteOrder { route: self.id, stops }
    }
}

/// The day with some routes in these orders. Who is on one of them and in none of the orders has no
/// place then.
///
/// # Errors
/// [`OrderFault`].
pub fn reordered(
    day: &DayPlan,
    orders: &[RouteOrder],
    now: DateTime<Utc>,
) -> Result<Proposal, OrderFault> {
    let mut after = day.clone();
    let mut free = BTreeMap::new();
    for entry in &day.unassigned {
        free.insert(entry.booking.id, (Arc::clone(entry), None));
    }
    let mut changed = Vec::new();
    for order in orders {
        let index = day.routes.iter().position(|route| route.id == order.route);
        let index = index.ok_or(OrderFault::UnknownRoute(order.route))?;
        let entries = day.routes[index].entries.iter();
        free.extend(entries.map(|entry| (entry.booking.id, (Arc::clone(entry), Some(index)))));
        changed.push((index, order));
    }
    let mut moved = Vec::new();
    for (index, order) in changed {
        let route = &day.routes[index];
        let mut entries = BTreeMap::new();
        for id in order.stops.iter().filter_map(|(_, booking)| booking.as_ref()) {
            let (entry, from) = free.remove(id).ok_or(OrderFault::UnknownBooking(*id))?;
            if from != Some(index) {
                moved.push(*id);
            }
            entries.insert(*id, entry);
        }
        if route.order() != *order {
            after.routes[index] = Arc::new(route.in_order(day, order, &entries, now)?);
        }
    }
    moved.extend(free.iter().filter(|(_, (_, from))| from.is_some()).map(|(id, _)| *id));
    after.unassigned = free.into_values().map(|(entry, _)| entry).collect();
    Ok(Proposal::new(day, after, moved, Vec::new(), now))
}

impl RoutePlan {
    /// The route with these stops. What the courier has set off to has to be where it is.
    fn in_order(
        &self,
        day: &DayPlan,
        order: &RouteOrder,
        entries: &BTreeMap<BookingId, Arc<Entry>>,
        now: DateTime<Utc>,
    ) -> Result<Self, OrderFault> {
        let frozen = self.schedule.frozen(now.timestamp());
        let is_home = frozen == self.schedule.elements().len();
        let first = self.order().stops.into_iter().take(frozen - 1);
        if is_home || !first.eq(order.stops.iter().take(frozen - 1).copied()) {
            return Err(OrderFault::Frozen(self.id));
        }
        let mut draft =
            Ordered { now, day, tasks: Vec::new(), visits: Vec::new(), entries: Vec::new() };
        let waiting = (now.timestamp(), Facts::default());
        let mut rest = waiting;
        for (at, stop) in (1..).zip(&order.stops) {
            let under_way = self.schedule.elements().get(at).filter(|_| at < frozen);
            let told = under_way.map(|element| (element.not_before, element.facts));
            match stop {
                (_, Some(id)) => draft.visit(&entries[id], told),
                (StopKind::Hub, None) => {
                    let (not_before, facts) = told.unwrap_or(waiting);
                    draft.tasks.push(Task::Hub(HubCall { not_before, facts }));
                }
                (_, None) if self.schedule.vehicle.rest.is_some() => {
                    draft.tasks.push(Task::Rest);
                    rest = told.unwrap_or(rest);
                }
                (_, None) => {}
            }
        }
        let vehicle = Arc::clone(&self.schedule.vehicle);
        let gained_rest = vehicle.rest.is_some() && !draft.tasks.contains(&Task::Rest);
        if gained_rest {
            draft.tasks.insert(frozen - 1, Task::Rest);
        }
        let schedule = Schedule::new(vehicle, &draft.visits, &draft.tasks, rest.0);
        let schedule = schedule.with_rest_facts(rest.1);
        // A break that the order does not know is taken where it makes nothing late.
        let is_late = gained_rest && !schedule.violations().is_empty();
        let mended = if is_late { schedule.with_rest_moved(now.timestamp()) } else { None };
        Ok(self.changed(draft.entries, mended.unwrap_or(schedule)))
    }
}

/// A route while it is put in order.
struct Ordered<'a> {
    now: DateTime<Utc>,
    day: &'a DayPlan,
    tasks: Vec<Task>,
    visits: Vec<Visit>,
    entries: Vec<Arc<Entry>>,
}

impl Ordered<'_> {
    /// One more visit, with what is known of it where the courier has set off to it.
    fn visit(&mut self, entry: &Arc<Entry>, told: Option<(i64, Facts)>) {
        let waiting = || (not_before(&entry.booking, self.now), Facts::default());
        let (not_before, facts) = told.unwrap_or_else(waiting);
        self.tasks.push(Task::Visit(index_of(self.visits.len())));
        self.visits
            .push(Visit { facts, ..visit_of(&entry.booking, not_before, &self.day.blocked) });
        self.entries.push(Arc::clone(entry));
    }
}
