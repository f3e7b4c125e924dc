//! One courier's route of a day, with its bookings and its evaluated schedule.

use crate::model::{
    Booking, BookingId, BookingState, Courier, Hub, Region, Route, RouteId, Shift, StopKind,
};
use crate::schedule::{ElementKind, Rest, Schedule, Task, Vehicle, Visit};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashMap;
use std::sync::Arc;

/// A booking with the version of its row.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The booking.
    pub booking: Booking,
    /// Counts the changes of the booking; every write names the one it was computed on.
    pub version: i64,
}

/// Whose shift a route is.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteShift {
    /// Who.
    pub courier: Arc<Courier>,
    /// Where it starts and ends.
    pub hub: Arc<Hub>,
    /// From when to when.
    pub shift: Shift,
}

impl RouteShift {
    /// The solver's view of it on a date.
    #[must_use]
    pub fn vehicle(&self, region: &Region, date: NaiveDate) -> Vehicle {
        let hours = self.hub.hours(region, date);
        Vehicle {
            depot: self.hub.place,
            shift_starts: self.shift.starts.timestamp(),
            shift_ends: self.shift.ends.timestamp(),
            hub_opens: hours.start.timestamp(),
            hub_closes: hours.end.timestamp(),
            rest: self.shift.rest.map(|rest| Rest {
                earliest: rest.window.start.timestamp(),
                latest: rest.window.end.timestamp(),
                duration_s: rest.duration_s.get(),
            }),
            capacity: self.courier.capacity,
            skills: self.courier.skills.clone(),
            max_stops: self.courier.max_stops,
            kind: self.courier.vehicle,
            travel: Arc::new(region.travel),
        }
    }
}

/// A route ready to judge insertions. Whoever replaces an entry in place leaves its identity and its
/// [`Booking::due_at`] alone.
#[derive(Clone, Debug)]
pub struct RoutePlan {
    /// Derived from the shift.
    pub id: RouteId,
    /// Counts the committed changes.
    pub version: i64,
    /// Whose it is.
    pub of: Arc<RouteShift>,
    /// Bookings in visiting order: visit `n` of the schedule is `entries[n]`.
    pub entries: Vec<Arc<Entry>>,
    /// Times and slack.
    pub schedule: Schedule,
    index: Index,
}

/// What is often asked about a route's bookings, beside the bookings themselves.
#[derive(Clone, Debug, Default)]
struct Index {
    /// Index `n` is visit `n`.
    ids: Vec<BookingId>,
    /// When the first of them falls due.
    first_due: Option<DateTime<Utc>>,
}

impl Index {
    fn of(entries: &[Arc<Entry>]) -> Self {
        let ids = entries.iter().map(|entry| entry.booking.id).collect();
        let first_due = entries.iter().filter_map(|entry| entry.booking.due_at()).min();
        Self { ids, first_due }
    }
}

impl RoutePlan {
    /// The route of a shift that has nothing to do yet.
    #[must_use]
    pub fn idle(region: &Region, date: NaiveDate, of: RouteShift) -> Self {
        let id = RouteId::of_shift(&region.id, &of.courier.id, of.shift.starts);
        let schedule = Schedule::idle(Arc::new(of.vehicle(region, date)));
        let index = Index::default();
        Self { id, version: 0, of: Arc::new(of), entries: Vec::new(), schedule, index }
    }

    /// A stored route, evaluated anew under today's settings. A stop whose booking is not among
    /// `bookings` is left out; so is a break that the shift no longer has, and one that it has
    /// gained is put first.
    #[must_use]
    pub fn stored(
        region: &Region,
        stored: &Route,
        of: RouteShift,
        bookings: &HashMap<BookingId, Arc<Entry>>,
    ) -> Self {
        let vehicle = Arc::new(of.vehicle(region, stored.date));
        let mut entries: Vec<Arc<Entry>> = Vec::new();
        let mut visits = Vec::new();
        let mut tasks = Vec::new();
        let mut rest_not_before = i64::MIN;
        for stop in &stored.stops {
            let not_before = stop.not_before.map_or(i64::MIN, |moment| moment.timestamp());
            match (stop.kind, stop.booking.and_then(|id| bookings.get(&id))) {
                (StopKind::Visit, Some(entry)) => {
                    tasks.push(Task::Visit(index_of(visits.len())));
                    visits.push(visit_of(&entry.booking, not_before));
                    entries.push(Arc::clone(entry));
                }
                (StopKind::Break, _) => {
                    tasks.push(Task::Rest);
                    rest_not_before = not_before;
                }
                _ => {}
            }
        }
        if vehicle.rest.is_some() && !tasks.contains(&Task::Rest) {
            tasks.insert(0, Task::Rest);
        }
        let schedule = Schedule::new(vehicle, &visits, &tasks, rest_not_before);
        let (id, version, index) = (stored.id, stored.version, Index::of(&entries));
        Self { id, version, of: Arc::new(of), entries, schedule, index }
    }

    /// The route with one more visit, right before element `at`.
    #[must_use]
    pub fn with(&self, at: usize, entry: Arc<Entry>, not_before: i64) -> Self {
        let visit = visit_of(&entry.booking, not_before);
        let ordinal = self.ordinal_of_element(at);
        let mut entries = self.entries.clone();
        entries.insert(ordinal, entry);
        self.changed(entries, self.schedule.with(at, 0, &visit))
    }

    /// The route without its `ordinal`-th visit; what follows is not set off to before `now`. Where
    /// the break that follows would then make something late, it is taken elsewhere.
    #[must_use]
    pub fn without(&self, ordinal: usize, now: i64) -> Self {
        let at = self.element_of(ordinal);
        let mut entries = self.entries.clone();
        entries.remove(ordinal);
        let shorter = self.schedule.without(at, now);
        let mended =
            if shorter.violations().is_empty() { None } else { shorter.with_rest_moved(now) };
        self.changed(entries, mended.unwrap_or(shorter))
    }

    /// Another content of the same route: visit `n` of the renumbered schedule is `entries[n]`.
    pub(super) fn changed(&self, entries: Vec<Arc<Entry>>, schedule: Schedule) -> Self {
        let (id, version, of) = (self.id, self.version, Arc::clone(&self.of));
        let index = Index::of(&entries);
        Self { id, version, of, entries, schedule: schedule.renumbered(), index }
    }

    /// The route with a booking's new row in the same place.
    #[must_use]
    pub fn updated(&self, ordinal: usize, entry: Arc<Entry>) -> Self {
        let mut entries = self.entries.clone();
        entries[ordinal] = entry;
        self.changed(entries, self.schedule.clone())
    }

    /// Which visit a booking is.
    #[must_use]
    pub fn ordinal(&self, id: BookingId) -> Option<usize> {
        self.index.ids.iter().position(|&other| other == id)
    }

    /// When the first hold of the route runs out or the first flexible promise is to be fixed.
    #[must_use]
    pub fn first_due(&self) -> Option<DateTime<Utc>> {
        self.index.first_due
    }

    /// Whether the courier has set off to the `ordinal`-th visit at `now`.
    #[must_use]
    pub fn is_frozen(&self, ordinal: usize, now: i64) -> bool {
        self.element_of(ordinal) < self.schedule.frozen(now)
    }

    /// Whether another content of this route leaves alone what the courier has set off to at `now`:
    /// the same stops at the same times.
    #[must_use]
    pub fn begins_like(&self, other: &Self, now: i64) -> bool {
        let first = |route: &Self| {
            let stops = route.schedule.elements().iter().zip(route.schedule.timings());
            let named = stops.map(|(element, timing)| match element.kind {
                ElementKind::Visit(ordinal) => {
                    (Some(route.entries[ordinal as usize].booking.id), timing.start)
                }
                _ => (None, timing.start),
            });
            named.take(self.schedule.frozen(now)).collect::<Vec<_>>()
        };
        first(self) == first(other)
    }

    /// The element of the `ordinal`-th visit.
    ///
    /// # Panics
    /// Where the route has no such visit.
    #[must_use]
    pub fn element_of(&self, ordinal: usize) -> usize {
        let wanted = ElementKind::Visit(index_of(ordinal));
        let found = self.schedule.elements().iter().position(|element| element.kind == wanted);
        found.expect("a route plan has one element for each entry")
    }

    pub(super) fn ordinal_of_element(&self, at: usize) -> usize {
        let before = &self.schedule.elements()[..at];
        before.iter().filter(|element| matches!(element.kind, ElementKind::Visit(_))).count()
    }
}

/// A booking as the solver sees it.
#[must_use]
pub(super) fn visit_of(booking: &Booking, not_before: i64) -> Visit {
    Visit {
        place: booking.place(),
        opens: booking.window.start.timestamp(),
        closes: booking.window.end.timestamp(),
        service_s: booking.demand.service_s.get(),
        setup_s: booking.demand.setup_s.get(),
        not_before,
        delivery: booking.demand.delivery,
        pickup: booking.demand.pickup,
        skills: booking.demand.skills.clone(),
    }
}

/// No courier sets off to a visit that is only held, nor into the past.
#[must_use]
pub(super) fn not_before(booking: &Booking, now: DateTime<Utc>) -> i64 {
    match (booking.state, booking.hold_expires_at) {
        (BookingState::Held, Some(expires_at)) => expires_at.max(now).timestamp(),
        _ => now.timestamp(),
    }
}

pub(super) fn index_of(position: usize) -> u32 {
    u32::try_from(position).expect("a day has fewer than 2^32 visits")
}
