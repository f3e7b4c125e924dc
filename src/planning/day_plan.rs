//! All routes of one region and service date.

use super::candidates::Candidates;
use super::route_plan::{not_before, visit_of};
use super::{Entry, Locks, RoutePlan, RouteShift};
use crate::model::{BlockedArea, Booking, BookingId, Disturbance, Leg, Region};
use crate::schedule::Gap;
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

/// All routes of one region and service date, and the bookings that have none.
#[derive(Clone, Debug)]
pub struct DayPlan {
    /// The settings it was evaluated under.
    pub region: Arc<Region>,
    /// Service date in the region's time zone.
    pub date: NaiveDate,
    /// Version of the day's own row: counts the changes of `unassigned`.
    pub day_version: i64,
    /// In the order of their ids.
    pub routes: Vec<Arc<RoutePlan>>,
    /// Bookings without a place, in the order of their ids.
    pub unassigned: Vec<Arc<Entry>>,
    /// What upsets it.
    pub disturbances: Arc<[Disturbance]>,
    /// Of these, where nobody can be visited for some time.
    pub blocked: Arc<[BlockedArea]>,
    /// What nothing automatic may move.
    pub locks: Arc<Locks>,
}

/// A place on a route for a visit that is not on it yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index into [`DayPlan::routes`].
    pub route: usize,
    /// The position and what it costs.
    pub gap: Gap,
}

impl Place {
    /// Travel that the visit adds to the route.
    #[must_use]
    pub fn marginal(&self) -> Leg {
        self.gap.extra
    }
}

/// Where a booking of the plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// On a route.
    OnRoute {
        /// Index into [`DayPlan::routes`].
        route: usize,
        /// Which visit of the route.
        ordinal: usize,
    },
    /// In [`DayPlan::unassigned`], at this index.
    Unassigned(usize),
}

impl DayPlan {
    /// A day on which nothing is planned yet: a route for each shift.
    #[must_use]
    pub fn idle(region: Arc<Region>, date: NaiveDate, shifts: Vec<RouteShift>) -> Self {
        let route = |of| Arc::new(RoutePlan::idle(&region, date, of));
        let mut routes: Vec<Arc<RoutePlan>> = shifts.into_iter().map(route).collect();
        routes.sort_by_key(|route| route.id);
        Self {
            region,
            date,
            day_version: 0,
            routes,
            unassigned: Vec::new(),
            disturbances: Arc::new([]),
            blocked: Arc::new([]),
            locks: Arc::default(),
        }
    }

    /// Counts every committed change of the day; the same on every replica.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.day_version + self.routes.iter().map(|route| route.version).sum::<i64>()
    }

    /// Where a booking is. Linear in the day's visits, though only their ids are looked at.
    #[must_use]
    pub fn find(&self, id: BookingId) -> Option<Committed> {
        let on_route = self.routes.iter().enumerate().find_map(|(route, plan)| {
            plan.ordinal(id).map(|ordinal| Committed::OnRoute { route, ordinal })
        });
        on_route.or_else(|| {
            let at = self.unassigned.iter().position(|entry| entry.booking.id == id);
            at.map(Committed::Unassigned)
        })
    }

    /// A booking of the plan.
    #[must_use]
    pub fn entry(&self, at: Committed) -> &Arc<Entry> {
        match at {
            Committed::OnRoute { route, ordinal } => &self.routes[route].entries[ordinal],
            Committed::Unassigned(index) => &self.unassigned[index],
        }
    }

    /// Every booking of the plan, with the index of its route.
    pub fn entries(&self) -> impl Iterator<Item = (Option<usize>, &Arc<Entry>)> {
        let routed = self.routes.iter().enumerate();
        routed
            .flat_map(|(index, route)| route.entries.iter().map(move |entry| (Some(index), entry)))
            .chain(self.unassigned.iter().map(|entry| (None, entry)))
    }

    /// When the first hold of the day runs out, the first lock ends, the first flexible promise is to be
    /// fixed, or the first promise of a route under way to be looked at.
    #[must_use]
    pub fn first_due(&self) -> Option<DateTime<Utc>> {
        let routed = self.routes.iter().filter_map(|route| route.first_due());
        let waiting = self.unassigned.iter().filter_map(|entry| entry.booking.due_at());
        routed.chain(waiting).chain(self.first_watch()).chain(self.locks.first_end()).min()
    }

    /// The bookings to which something happens by itself by `now`, in the order of
    /// [`DayPlan::entries`].
    #[must_use]
    pub fn due(&self, now: DateTime<Utc>) -> Vec<BookingId> {
        let has_due = |route: &&Arc<RoutePlan>| route.first_due().is_some_and(|at| at <= now);
        let routed = self.routes.iter().filter(has_due).flat_map(|route| &route.entries);
        let entries = routed.chain(&self.unassigned);
        let due = entries.filter(|entry| entry.booking.due_at().is_some_and(|at| at <= now));
        due.map(|entry| entry.booking.id).collect()
    }

    /// The place with the least added travel for a booking, over all routes and positions.
    #[must_use]
    pub fn cheapest_place(&self, booking: &Booking, now: DateTime<Utc>) -> Option<Place> {
        let visit = visit_of(booking, not_before(booking, now), &self.blocked);
        Candidates::new(self, &visit, now.timestamp()).cheapest(visit.opens, visit.closes)
    }

    /// The route of `place` with the booking in it.
    #[must_use]
    pub fn routed(&self, place: Place, entry: Arc<Entry>, now: DateTime<Utc>) -> RoutePlan {
        let not_before = not_before(&entry.booking, now);
        self.routes[place.route].with(place.gap.at, entry, not_before)
    }
}
