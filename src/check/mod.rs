//! An independent judge of a day's routes.
//!
//! [`check()`] recomputes every stop of every route from the region's settings, the shifts and the
//! bookings, and returns all that does not hold, by name. It shares no code with the rooms that
//! build routes: only the nouns of [`model`](crate::model) and the distances of
//! [`geo`](crate::geo). Tests, `doorstep plan` and, in debug builds, every commit of the desk
//! ask it. [`check_goods()`] judges a change: nobody is to hand over what was not on board.

mod goods;
mod load;
mod membership;
mod timing;
mod violation;

pub use goods::check_goods;
pub use violation::{Rule, Violation};

use crate::model::{Booking, BookingId, Courier, CourierId, Hub, HubId, Region, Route};
use std::collections::HashMap;

/// Everything that a day's routes are judged by.
#[derive(Clone, Copy, Debug)]
pub struct Day<'a> {
    /// Time zone, travel profile.
    pub region: &'a Region,
    /// The hubs by id.
    pub hubs: &'a HashMap<HubId, &'a Hub>,
    /// The couriers by id.
    pub couriers: &'a HashMap<CourierId, &'a Courier>,
    /// The bookings of the day by id.
    pub bookings: &'a HashMap<BookingId, &'a Booking>,
    /// Bookings known to have no place.
    pub unassigned: &'a [BookingId],
}

/// Every violation of the routes. Nothing found means: each stop's times follow from the one
/// before, windows, shifts, hub hours, breaks, capacities, skills and stop limits hold, and each
/// booking with a place is on exactly one route or known to have none. Linear in the stops.
#[must_use]
pub fn check(day: &Day<'_>, routes: &[Route]) -> Vec<Violation> {
    let mut found = membership::violations(day, routes);
    for route in routes {
        match Judged::new(day, route) {
            Ok(judged) => {
                found.extend(timing::violations(&judged));
                found.extend(load::violations(&judged));
            }
            Err(violation) => found.push(violation),
        }
    }
    found
}

/// A route with what it refers to.
struct Judged<'a> {
    region: &'a Region,
    route: &'a Route,
    courier: &'a Courier,
    hub: &'a Hub,
    /// Where it ends.
    end: &'a Hub,
    bookings: &'a HashMap<BookingId, &'a Booking>,
}

impl<'a> Judged<'a> {
    fn new(day: &Day<'a>, route: &'a Route) -> Result<Self, Violation> {
        let unknown = |what: String| Violation::of_route(route, Rule::Unknown { what });
        let courier = day.couriers.get(&route.courier);
        let hub = day.hubs.get(&route.hub);
        let ends_at = route.ends_at.as_ref().unwrap_or(&route.hub);
        let end = day.hubs.get(ends_at);
        Ok(Self {
            region: day.region,
            route,
            courier: courier.ok_or_else(|| unknown(format!("courier {}", route.courier)))?,
            hub: hub.ok_or_else(|| unknown(format!("hub {}", route.hub)))?,
            end: end.ok_or_else(|| unknown(format!("hub {ends_at}")))?,
            bookings: day.bookings,
        })
    }

    fn booking(&self, at: usize) -> Option<&'a Booking> {
        self.bookings.get(&self.route.stops[at].booking?).copied()
    }
}

#[cfg(test)]
mod tests;
