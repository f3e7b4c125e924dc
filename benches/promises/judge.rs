//! A finished plan, judged by `check`.

use doorstep::check::{Day, check};
use doorstep::model::{BookingId, Route};
use doorstep::planning::DayPlan;

/// How many the plan serves.
///
/// # Panics
/// Where any of them is not served as promised.
pub(crate) fn served(plan: &DayPlan) -> usize {
    let shifts = || plan.routes.iter().map(|route| &route.of);
    let unassigned: Vec<BookingId> = plan.unassigned.iter().map(|entry| entry.booking.id).collect();
    let day = Day {
        region: &plan.region,
        hubs: &shifts().map(|of| (of.hub.id.clone(), &*of.hub)).collect(),
        couriers: &shifts().map(|of| (of.courier.id.clone(), &*of.courier)).collect(),
        bookings: &plan.entries().map(|(_, entry)| (entry.booking.id, &entry.booking)).collect(),
        unassigned: &unassigned,
    };
    let routes: Vec<Route> = plan.routes.iter().map(|route| route.to_route(plan)).collect();
    assert_eq!(check(&day, &routes), vec![]);
    plan.routes.iter().map(|route| route.entries.len()).sum()
}
