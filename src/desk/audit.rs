//! The independent check of a day plan: for reports, and in debug builds before each commit.

use crate::check::{self, Violation};
use crate::model::{Booking, BookingId, Courier, CourierId, Hub, HubId, Route};
use crate::planning::DayPlan;
use std::collections::HashMap;

/// Every violation of a plan, as [`check`] sees it.
#[must_use]
pub fn violations(plan: &DayPlan) -> Vec<Violation> {
    let routes: Vec<Route> = plan.routes.iter().map(|route| route.to_route(plan)).collect();
    let bookings: HashMap<BookingId, &Booking> =
        plan.entries().map(|(_, entry)| (entry.booking.id, &entry.booking)).collect();
    let couriers: HashMap<CourierId, &Courier> =
        plan.routes.iter().map(|r| (r.of.courier.id.clone(), &*r.of.courier)).collect();
    let hubs: HashMap<HubId, &Hub> =
        plan.routes.iter().map(|r| (r.of.hub.id.clone(), &*r.of.hub)).collect();
    let unassigned: Vec<BookingId> = plan.unassigned.iter().map(|e| e.booking.id).collect();
    let day = check::Day {
        region: &plan.region,
        hubs: &hubs,
        couriers: &couriers,
        bookings: &bookings,
        unassigned: &unassigned,
    };
    check::check(&day, &routes)
}

/// In debug builds: a sound plan stays sound. A day that was broken from outside (a setting or a
/// shift was changed under it) is not held against the desk.
pub(super) fn assert_sound(before: &DayPlan, after: &DayPlan) {
    if cfg!(debug_assertions) && violations(before).is_empty() {
        let found = violations(after);
        assert!(found.is_empty(), "the desk was about to commit a broken plan: {found:?}");
    }
}
