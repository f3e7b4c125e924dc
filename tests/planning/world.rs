//! A day plan that is worked on as the desk would, with the judge beside it.

use crate::cities::{City, place};
use crate::naive;
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::check::{self, check, check_goods};
use doorstep::geo::Point;
use doorstep::model::{
    Booking, BookingId, BookingKind, BookingState, Category, Device, Load, Route, Seconds, Slot,
    VisitDemand, VisitRequest,
};
use doorstep::planning::{Committed, DayPlan, Entry, RoutePlan, RouteShift, reasons};
use proptest::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// How long a hold keeps its place.
pub(crate) const HOLD: TimeDelta = TimeDelta::minutes(10);

/// What a customer asks for, and which slot of the day they take.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) place: Point,
    pub(crate) demand: VisitDemand,
    pub(crate) slot: usize,
}

pub(crate) fn ask() -> impl Strategy<Value = Ask> {
    let parcels = prop_oneof![Just((0, 1)), Just((1, 0)), Just((1, 1)), (0..3_i64, 0..3_i64)];
    let skilled = prop::bool::weighted(0.15);
    (place(), parcels, 120..1_500_i64, skilled, 0..12_usize).prop_map(
        |(place, (delivery, pickup), service_s, skilled, slot)| {
            let load = |parcels| Load { parcels, value: 250 * parcels, ..Load::ZERO };
            let demand = VisitDemand {
                service_s: Seconds(service_s),
                setup_s: Seconds(180),
                delivery: load(delivery),
                pickup: load(pickup),
                skills: if skilled { BTreeSet::from(["desktop".into()]) } else { BTreeSet::new() },
            };
            Ask { place, demand, slot }
        },
    )
}

/// A day plan and the moment it is.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) day: DayPlan,
    pub(crate) now: DateTime<Utc>,
    pub(crate) slots: Vec<Slot>,
    asked: u128,
}

impl World {
    /// An hour before the first slot, with nothing to do.
    pub(crate) fn new(city: &City) -> Self {
        let City { region, date, shifts } = city;
        let idle = |of: &_| Arc::new(RoutePlan::idle(region, *date, RouteShift::clone(of)));
        let mut routes: Vec<Arc<RoutePlan>> = shifts.iter().map(idle).collect();
        routes.sort_by_key(|route| route.id);
        let slots = region.slots.slots(region.time_zone, *date);
        let now = slots[0].window.start - TimeDelta::hours(1);
        let (region, date) = (Arc::clone(region), *date);
        let day = DayPlan { routes, ..DayPlan::idle(region, date, Vec::new()) };
        Self { day, now, slots, asked: 0 }
    }

    /// A booking as it would be asked for now, in its slot.
    pub(crate) fn booking(&mut self, ask: &Ask) -> Booking {
        self.asked += 1;
        Booking {
            id: BookingId(Uuid::from_u128(self.asked)),
            region: self.day.region.id.clone(),
            date: self.day.date,
            programme: "shop".parse().unwrap(),
            external_id: None,
            state: BookingState::Confirmed,
            request: VisitRequest {
                place: ask.place,
                kind: BookingKind::Exchange,
                devices: vec![Device::of(Category::Phone)],
                handover: Vec::new(),
                skills: BTreeSet::new(),
            },
            demand: ask.demand.clone(),
            window: self.slots[ask.slot % self.slots.len()].window,
            hold_expires_at: None,
            flexible: None,
            outcome: None,
            replaces: None,
            requested_at: self.now,
            contact: None,
        }
    }

    pub(crate) fn entry(&self, id: BookingId) -> &Arc<Entry> {
        self.day.entry(self.day.find(id).unwrap())
    }

    /// Gives the booking the cheapest place, or none with the reasons for it.
    pub(crate) fn take(&mut self, booking: Booking) {
        let entry = Arc::new(Entry { booking, version: 0 });
        let place = self.day.cheapest_place(&entry.booking, self.now);
        assert_eq!(place, naive::cheapest_place(&self.day, &entry.booking, self.now));
        if let Some(place) = place {
            let route = self.day.routed(place, entry, self.now);
            self.day.routes[place.route] = Arc::new(route);
            return;
        }
        assert!(!reasons(&self.day, &entry.booking, self.now).is_empty());
        if entry.booking.state == BookingState::Confirmed {
            self.day.unassigned.push(entry);
        }
    }

    /// Takes a booking off the plan, unless its courier has set off to it or another promise would
    /// suffer (see `Schedule::without`). Whether it did.
    pub(crate) fn remove(&mut self, id: BookingId) -> bool {
        match self.day.find(id).unwrap() {
            Committed::Unassigned(at) => {
                self.day.unassigned.remove(at);
            }
            Committed::OnRoute { route, ordinal } => {
                let plan = &self.day.routes[route];
                if plan.is_frozen(ordinal, self.now.timestamp()) {
                    return false;
                }
                let shorter = plan.without(ordinal, self.now.timestamp());
                if !shorter.schedule.violations().is_empty() {
                    return false;
                }
                self.day.routes[route] = Arc::new(shorter);
            }
        }
        true
    }

    /// The customer keeps a held place.
    pub(crate) fn confirm(&mut self, id: BookingId) {
        let Some(Committed::OnRoute { route, ordinal }) = self.day.find(id) else { return };
        let mut entry = (**self.entry(id)).clone();
        entry.booking.state = BookingState::Confirmed;
        entry.booking.hold_expires_at = None;
        let updated = self.day.routes[route].updated(ordinal, Arc::new(entry));
        self.day.routes[route] = Arc::new(updated);
    }

    /// Time passes; holds run out one after the other, each at its own moment.
    pub(crate) fn advance(&mut self, by: TimeDelta) {
        let until = self.now + by;
        let mut overdue: Vec<(DateTime<Utc>, BookingId)> = self
            .day
            .entries()
            .filter_map(|(_, entry)| Some((entry.booking.hold_expires_at?, entry.booking.id)))
            .filter(|(expires_at, _)| *expires_at <= until)
            .collect();
        overdue.sort_unstable();
        for (expires_at, id) in overdue {
            self.now = self.now.max(expires_at);
            if !self.remove(id) {
                self.confirm(id);
            }
        }
        self.now = until;
    }

    pub(crate) fn routes(&self) -> Vec<Route> {
        self.day.routes.iter().map(|route| route.to_route(&self.day)).collect()
    }

    /// What the judge finds in the plan.
    pub(crate) fn violations(&self) -> Vec<check::Violation> {
        self.judged(|day| check(day, &self.routes()))
    }

    /// What the judge finds in the change from another plan: goods that couriers do not have.
    pub(crate) fn goods_missing(&self, before: &DayPlan) -> Vec<check::Violation> {
        let going_on = before.routes.iter().filter(|route| !route.of.is_out);
        let known: Vec<Route> = going_on.map(|route| route.to_route(before)).collect();
        self.judged(|day| check_goods(day, &known, &self.routes(), self.now))
    }

    fn judged<T>(&self, judge: impl FnOnce(&check::Day<'_>) -> T) -> T {
        let shifts = || self.day.routes.iter().map(|route| &route.of);
        let unassigned: Vec<BookingId> =
            self.day.unassigned.iter().map(|entry| entry.booking.id).collect();
        let day = check::Day {
            region: &self.day.region,
            hubs: &shifts().map(|of| (of.hub.id.clone(), &*of.hub)).collect(),
            couriers: &shifts().map(|of| (of.courier.id.clone(), &*of.courier)).collect(),
            bookings: &self
                .day
                .entries()
                .map(|(_, entry)| (entry.booking.id, &entry.booking))
                .collect(),
            unassigned: &unassigned,
        };
        judge(&day)
    }

    /// The judge finds nothing, and each route is the same when stored and read back.
    pub(crate) fn is_sound(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.violations(), vec![]);
        let bookings: HashMap<BookingId, Arc<Entry>> =
            self.day.entries().map(|(_, entry)| (entry.booking.id, Arc::clone(entry))).collect();
        for (plan, route) in self.day.routes.iter().zip(self.routes()) {
            let of = RouteShift::clone(&plan.of);
            let read = RoutePlan::stored(&self.day.region, &route, of, &bookings);
            prop_assert_eq!(read.to_route(&self.day), route);
        }
        Ok(())
    }
}
