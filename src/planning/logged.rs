//! A route as its courier told that it went.

use super::courier_log::{CourierLog, LoggedStop};
use super::route_plan::{index_of, visit_of};
use super::{Entry, RoutePlan};
use crate::model::BookingId;
use crate::schedule::{Element, ElementKind, Facts, HubCall, Rest, Schedule, Task, Visit};
use std::collections::BTreeMap;
use std::sync::Arc;

impl RoutePlan {
    /// The route with what its courier told of: those stops come first, in the order in which they
    /// were come to; the others follow in the order in which they are. `entries` are the bookings of
    /// the log in their new content, also those that were not on this route. What the log does not
    /// tell of any more is as if it had never been told of.
    ///
    /// Who called at the hub called there as planned, where it was planned: the first told call is the
    /// first planned one. Any other is history of its own.
    ///
    /// A break that was not told of, but for which there was the time between two stops, was taken
    /// then.
    #[must_use]
    pub fn logged(&self, log: &CourierLog, entries: &BTreeMap<BookingId, Arc<Entry>>) -> Self {
        let planned = self.as_planned();
        let mut rebuilt = Rebuilt::new(self, &planned);
        for (index, stop) in log.stops.iter().enumerate() {
            match stop {
                LoggedStop::Visit(visit) => {
                    let Some(entry) = entries.get(&visit.booking) else { continue };
                    rebuilt.add_visit(Arc::clone(entry), visit.facts);
                }
                LoggedStop::Rest(facts) => rebuilt.add_rest(*facts),
                LoggedStop::Hub(facts) => rebuilt.add_hub_call(*facts),
            }
            let is_rest_open = !log.stops.iter().any(|stop| matches!(stop, LoggedStop::Rest(_)));
            if let (Some(next), true) = (log.stops.get(index + 1), is_rest_open) {
                rebuilt.take_rest_between(stop.facts(), next.facts());
            }
        }
        for (rank, element) in planned.iter().copied() {
            match element.kind {
                ElementKind::Visit(ordinal) => {
                    rebuilt.add_waiting(&self.entries[ordinal as usize], element, rank);
                }
                ElementKind::Rest => rebuilt.add_waiting_rest(element, rank),
                ElementKind::Hub => rebuilt.add_waiting_hub_call(element, rank),
                ElementKind::Start | ElementKind::End => {}
            }
        }
        rebuilt.end_where_called_at();
        rebuilt.route()
    }

    /// The visits, the break and the calls at the hub in the order in which they were planned, with their
    /// ranks in it. What was told may have changed that order; a plan since then makes a new one. A call
    /// that was made without being planned is not among them.
    fn as_planned(&self) -> Vec<(u32, &Element)> {
        let elements = self.schedule.elements();
        let inner = elements[1..elements.len() - 1].iter().filter(|element| !is_unplanned(element));
        let inner: Vec<&Element> = inner.collect();
        let is_ranked = inner.iter().all(|element| element.facts.rank.is_some());
        let rank = |place: u32, element: &Element| {
            element.facts.rank.filter(|_| is_ranked).unwrap_or(place)
        };
        let ranked = (0..).zip(inner).map(|(place, element)| (rank(place, element), element));
        let mut ranked: Vec<(u32, &Element)> = ranked.collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked
    }
}

/// Whether it is a call at the hub that was made without being planned.
fn is_unplanned(element: &Element) -> bool {
    let Facts { rank, .. } = element.facts;
    element.kind == ElementKind::Hub && element.facts.is_touched() && rank.is_none()
}

/// A route while it is put together.
struct Rebuilt<'a> {
    old: &'a RoutePlan,
    entries: Vec<Arc<Entry>>,
    visits: Vec<Visit>,
    tasks: Vec<Task>,
    rest_not_before: i64,
    rest_facts: Facts,
    /// The planned calls at the hub, in their order, that no told one was taken for yet.
    calls: Vec<(u32, &'a Element)>,
}

impl<'a> Rebuilt<'a> {
    fn new(old: &'a RoutePlan, planned: &[(u32, &'a Element)]) -> Self {
        let calls = planned.iter().filter(|(_, element)| element.kind == ElementKind::Hub);
        Self {
            old,
            calls: calls.copied().collect(),
            entries: Vec::new(),
            visits: Vec::new(),
            tasks: Vec::new(),
            rest_not_before: i64::MIN,
            rest_facts: Facts::default(),
        }
    }

    fn add_visit(&mut self, entry: Arc<Entry>, facts: Facts) {
        let old = self.old.ordinal(entry.booking.id);
        let old = old.map(|ordinal| &self.old.schedule.elements()[self.old.element_of(ordinal)]);
        let not_before = old.map_or(i64::MIN, |element| element.not_before);
        let at_risk = old.is_some_and(|element| element.facts.at_risk);
        // Who comes from elsewhere has no rank here, and goes first in the order as planned.
        self.push(entry, not_before, Facts { at_risk, rank: Some(0), ..facts });
    }

    fn add_waiting(&mut self, entry: &Arc<Entry>, element: &Element, rank: u32) {
        let is_it = |other: &Arc<Entry>| other.booking.id == entry.booking.id;
        let rank = Some(rank);
        if let Some(told) = self.entries.iter().position(is_it) {
            self.visits[told].facts.rank = rank;
        } else {
            let Facts { expected, at_risk, .. } = element.facts;
            let facts = Facts { expected, rank, at_risk, ..Facts::default() };
            self.push(Arc::clone(entry), element.not_before, facts);
        }
    }

    fn push(&mut self, entry: Arc<Entry>, not_before: i64, facts: Facts) {
        self.tasks.push(Task::Visit(index_of(self.visits.len())));
        self.visits
            .push(Visit { facts, ..visit_of(&entry.booking, not_before, &self.old.of.blocked) });
        self.entries.push(entry);
    }

    fn rest(&self) -> Option<&'a Rest> {
        self.old.schedule.vehicle.rest.as_ref()
    }

    fn has_rest(&self) -> bool {
        self.tasks.contains(&Task::Rest)
    }

    /// A courier without a break on the roster may take one all the same: it is no stop.
    fn add_rest(&mut self, facts: Facts) {
        if self.rest().is_some() && !self.has_rest() {
            self.tasks.push(Task::Rest);
            self.rest_facts = facts;
        }
    }

    fn add_waiting_rest(&mut self, element: &Element, rank: u32) {
        if !self.has_rest() {
            self.tasks.push(Task::Rest);
            self.rest_not_before = element.not_before;
            self.rest_facts = Facts { expected: element.facts.expected, ..Facts::default() };
        }
        self.rest_facts.rank = Some(rank);
    }

    fn add_hub_call(&mut self, facts: Facts) {
        let planned = (!self.calls.is_empty()).then(|| self.calls.remove(0));
        let rank = planned.map(|(rank, _)| rank);
        let not_before = planned.map_or(i64::MIN, |(_, element)| element.not_before);
        self.tasks.push(Task::Hub(HubCall { not_before, facts: Facts { rank, ..facts } }));
    }

    fn add_waiting_hub_call(&mut self, element: &Element, rank: u32) {
        if self.calls.iter().any(|(waiting, _)| *waiting == rank) {
            let Element { not_before, facts: Facts { expected, .. }, .. } = *element;
            let facts = Facts { expected, rank: Some(rank), ..Facts::default() };
            self.tasks.push(Task::Hub(HubCall { not_before, facts }));
        }
    }

    /// Who is at the hub with nothing more to do is back, and does not have to unload on the way. A break
    /// for which it is too late by then was taken before, or never.
    fn end_where_called_at(&mut self) {
        let rest_until = self.rest().map(|rest| rest.latest);
        if let [.., Task::Hub(HubCall { facts, .. }), Task::Rest] = self.tasks[..]
            && !self.rest_facts.is_touched()
            && facts.arrived > rest_until
        {
            let last = self.tasks.len() - 1;
            self.tasks.swap(last - 1, last);
        }
        if let Some(Task::Hub(HubCall { facts, .. })) = self.tasks.last_mut() {
            facts.left = facts.left.or(facts.arrived);
        }
    }

    fn take_rest_between(&mut self, stop: &Facts, next: &Facts) {
        let (Some(rest), Some(left)) = (self.rest(), stop.left) else { return };
        let Some(gone) = next.departed.or(next.arrived) else { return };
        let began = left.max(rest.earliest);
        if began <= rest.latest && began + rest.duration_s <= gone {
            let (arrived, left) = (Some(began), Some(began + rest.duration_s));
            self.add_rest(Facts { arrived, left, ..Facts::default() });
        }
    }

    fn route(self) -> RoutePlan {
        let vehicle = Arc::clone(&self.old.schedule.vehicle);
        let schedule = Schedule::new(vehicle, &self.visits, &self.tasks, self.rest_not_before);
        self.old.changed(self.entries, schedule.with_rest_facts(self.rest_facts))
    }
}
