//! One courier's route of a day, with its bookings and its evaluated schedule.

use super::DayPlan;
use crate::model::{
    BlockedArea, Booking, BookingId, BookingState, Courier, Hub, Progress, Region, Route, RouteId,
    Shift, StopKind, TimeWindow,
};
use crate::schedule::{ElementKind, Facts, HubCall, Rest, Schedule, Task, Vehicle, Visit};
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
    /// Another hub at which it ends.
    pub ends_at: Option<Arc<Hub>>,
    /// The courier cannot go on.
    pub is_out: bool,
    /// Nothing automatic changes the route.
    pub is_locked: bool,
    /// Where nobody can be visited for some time.
    pub blocked: Arc<[BlockedArea]>,
}

impl RouteShift {
    /// A shift that nothing upsets.
    #[must_use]
    pub fn new(courier: Arc<Courier>, hub: Arc<Hub>, shift: Shift) -> Self {
        Self {
            courier,
            hub,
            shift,
            ends_at: None,
            is_out: false,
            is_locked: false,
            blocked: Arc::new([]),
        }
    }

    /// The solver's view of it on a date.
    #[must_use]
    pub fn vehicle(&self, region: &Region, date: NaiveDate) -> Vehicle {
        let hours = self.hub.hours(region, date);
        let end = self.ends_at.as_ref().unwrap_or(&self.hub);
        Vehicle {
            depot: self.hub.place,
            end: end.place,
            is_out: self.is_out,
            is_locked: self.is_locked,
            shift_starts: self.shift.starts.timestamp(),
            shift_ends: self.shift.ends.timestamp(),
            hub_opens: hours.start.timestamp(),
            hub_closes: end.hours(region, date).end.timestamp(),
            hub_call_s: region.live.hub_call_s.get(),
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
    /// When the first window ends of those of which it is not known whether they are kept.
    first_deadline: Option<i64>,
}

impl Index {
    fn of(entries: &[Arc<Entry>], schedule: &Schedule) -> Self {
        let ids = entries.iter().map(|entry| entry.booking.id).collect();
        let first_due = entries.iter().filter_map(|entry| entry.booking.due_at()).min();
        let first_deadline = Self::first_deadline(entries, schedule);
        Self { ids, first_due, first_deadline }
    }

    fn first_deadline(entries: &[Arc<Entry>], schedule: &Schedule) -> Option<i64> {
        let open = schedule.elements().iter().filter(|element| match element.kind {
            ElementKind::Visit(ordinal) => {
                let state = entries[ordinal as usize].booking.state;
                let is_open = !element.facts.is_reached() && !element.facts.at_risk;
                is_open && state != BookingState::Held
            }
            _ => false,
        });
        open.map(|element| element.closes).min()
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
        let (mut rest_not_before, mut rest_facts) = (i64::MIN, Facts::default());
        for stop in &stored.stops {
            let not_before = stop.not_before.map_or(i64::MIN, |moment| moment.timestamp());
            match (stop.kind, stop.booking.and_then(|id| bookings.get(&id))) {
                (StopKind::Visit, Some(entry)) => {
                    tasks.push(Task::Visit(index_of(visits.len())));
                    let facts = facts_of(&stop.progress);
                    let visit = visit_of(&entry.booking, not_before, &of.blocked);
                    visits.push(Visit { facts, ..visit });
                    entries.push(Arc::clone(entry));
                }
                (StopKind::Break, _) => {
                    tasks.push(Task::Rest);
                    rest_not_before = not_before;
                    rest_facts = facts_of(&stop.progress);
                }
                (StopKind::Hub, _) => tasks.push(hub_call(not_before, &stop.progress)),
                // The courier is back: a call at the hub with nothing after it.
                (StopKind::End, _) if stop.progress.is_told() => {
                    tasks.push(hub_call(not_before, &stop.progress));
                }
                _ => {}
            }
        }
        if vehicle.rest.is_some() && !tasks.contains(&Task::Rest) {
            tasks.insert(0, Task::Rest);
        }
        let schedule = Schedule::new(vehicle, &visits, &tasks, rest_not_before);
        let schedule = schedule.with_rest_facts(rest_facts);
        let (id, version) = (stored.id, stored.version);
        // The index is about visits as the schedule numbers them.
        let index = Index::of(&entries, &schedule);
        Self { id, version, of: Arc::new(of), entries, schedule, index }
    }

    /// The same stops under other circumstances: another end, other hours, an area that is blocked.
    #[must_use]
    pub fn under(&self, day: &DayPlan, of: RouteShift) -> Self {
        let bookings = self.entries.iter().map(|entry| (entry.booking.id, Arc::clone(entry)));
        Self::stored(&day.region, &self.to_route(day), of, &bookings.collect())
    }

    /// The route with one more visit, right before element `at`.
    #[must_use]
    pub fn with(&self, at: usize, entry: Arc<Entry>, not_before: i64) -> Self {
        let visit = visit_of(&entry.booking, not_before, &self.of.blocked);
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
        let schedule = schedule.renumbered();
        let index = Index::of(&entries, &schedule);
        Self { id, version, of, entries, schedule, index }
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

    /// When the first window of the route ends, in Unix seconds, of which it is not known whether the
    /// promise is kept.
    #[must_use]
    pub fn first_deadline(&self) -> Option<i64> {
        self.index.first_deadline
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

    /// Whether the route can still become another content of it at `now`: that leaves alone what the
    /// courier has set off to and has on board.
    #[must_use]
    pub fn can_become(&self, other: &Self, now: i64) -> bool {
        self.begins_like(other, now) && self.goods_missing(other, now).is_empty()
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

fn hub_call(not_before: i64, progress: &Progress) -> Task {
    Task::Hub(HubCall { not_before, facts: facts_of(progress) })
}

/// What was told of a stop, as schedules know it.
#[must_use]
pub(super) fn facts_of(progress: &Progress) -> Facts {
    let seconds = |moment: DateTime<Utc>| moment.timestamp();
    Facts {
        departed: progress.departed_at.map(seconds),
        arrived: progress.arrived_at.map(seconds),
        left: progress.left_at.map(seconds),
        expected: progress.expected_at.map(seconds),
        rank: progress.rank,
        at_risk: progress.at_risk,
    }
}

/// A booking as the solver sees it: with the most that may be on board because of it, at times at which
/// its door can be reached.
#[must_use]
pub(super) fn visit_of(booking: &Booking, not_before: i64, blocked: &[BlockedArea]) -> Visit {
    let (opens, closes) = reachable(booking, booking.window, blocked);
    Visit {
        place: booking.place(),
        opens,
        closes,
        service_s: booking.demand.service_s.get(),
        setup_s: booking.demand.setup_s.get(),
        not_before,
        delivery: booking.brought(),
        is_aboard: false,
        pickup: booking.taken_at_most(),
        skills: booking.demand.skills.clone(),
        facts: Facts::default(),
    }
}

/// When service can begin in a window, in Unix seconds: all of it, or what is left where the door is in
/// an area that is blocked for some time. The end is before the beginning where nothing is left.
#[must_use]
pub(super) fn reachable(
    booking: &Booking,
    window: TimeWindow,
    blocked: &[BlockedArea],
) -> (i64, i64) {
    let around = blocked.iter().filter(|blocked| blocked.contains(booking.place()));
    let at_door_s = booking.demand.service_s + booking.demand.setup_s;
    let promised = (window.start.timestamp(), window.end.timestamp());
    around.fold(promised, |window, blocked| blocked.leaves_of(window, at_door_s))
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
