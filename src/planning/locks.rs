//! What nothing automatic may move.
//!
//! A locked booking stays on the route that it is on: others may come before and after it, and it may be
//! served at another time of its window. A locked courier's route stays as it is: nobody is taken off, and
//! nobody comes. Whatever takes visits off routes asks [`DayPlan::is_held`]; whatever puts them on
//! routes is refused by [`Block::Locked`](crate::schedule::Block::Locked). A courier who is out holds
//! nobody, and a dispatcher's move that names a booking or a route is not automatic.

use super::{DayPlan, RoutePlan};
use crate::model::{BookingId, CourierId, Lock};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// The locks of a day, and what those in force hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locks {
    all: Vec<Lock>,
    bookings: BTreeSet<BookingId>,
    couriers: BTreeSet<CourierId>,
}

impl Locks {
    /// These locks, in the order of their numbers.
    #[must_use]
    pub fn new(all: Vec<Lock>) -> Self {
        let in_force = || all.iter().filter(|lock| !lock.is_over);
        let bookings = in_force().flat_map(|lock| lock.bookings.iter().copied()).collect();
        let couriers = in_force().flat_map(|lock| lock.couriers.iter().cloned()).collect();
        Self { all, bookings, couriers }
    }

    /// All locks of the day, those that are over too.
    #[must_use]
    pub fn all(&self) -> &[Lock] {
        &self.all
    }

    /// Whether a booking is locked by itself.
    #[must_use]
    pub fn holds(&self, booking: BookingId) -> bool {
        self.bookings.contains(&booking)
    }

    /// Whether a courier's route is locked.
    #[must_use]
    pub fn holds_courier(&self, courier: &CourierId) -> bool {
        self.couriers.contains(courier)
    }

    /// When the first lock that is in force ends by itself.
    #[must_use]
    pub fn first_end(&self) -> Option<DateTime<Utc>> {
        self.all.iter().filter(|lock| !lock.is_over).filter_map(|lock| lock.until).min()
    }
}

impl DayPlan {
    /// Whether a lock keeps a visit on its route.
    #[must_use]
    pub(super) fn is_locked(&self, route: &RoutePlan, ordinal: usize) -> bool {
        let of = &route.of;
        !of.is_out && (of.is_locked || self.locks.holds(route.entries[ordinal].booking.id))
    }
}
