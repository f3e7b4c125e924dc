//! The independent check of a day plan: for reports, and in debug builds before each commit.

use crate::check::{self, Violation};
use crate::model::{Booking, BookingId, Courier, CourierId, Hub, HubId, Route};
use crate::planning::DayPlan;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};

/// Every violation of a plan, as [`check`] sees it.
#[must_use]
pub fn violations(plan: &DayPlan) -> Vec<Violation> {
    judged(plan, check::check)
}

/// What a change of a plan at `now` has couriers hand over without having it. What couriers have who are
/// out is for people to say.
fn goods_missing(before: &DayPlan, after: &DayPlan, now: DateTime<Utc>) -> Vec<Violation> {
    let going_on = before.routes.iter().filter(|route| !route.of.is_out);
    let known: Vec<Route> = going_on.map(|route| route.to_route(before)).collect();
    judged(after, |day, routes| check::check_goods(day, &known, routes, now))
}

/// Has the routes of a plan be judged.
fn judged<T>(plan: &DayPlan, judge: impl FnOnce(&check::Day<'_>, &[Route]) -> T) -> T {
    let bookings: HashMap<BookingId, &Booking> =
        plan.entries().map(|(_, entry)| (entry.booking.id, &entry.booking)).collect();
    let couriers: HashMap<CourierId, &Courier> =
        plan.routes.iter().map(|r| (r.of.courier.id.clone(), &*r.of.courier)).collect();
    let hubs = plan.routes.iter().flat_map(|r| std::iter::once(&r.of.hub).chain(&r.of.ends_at));
    let hubs: HashMap<HubId, &Hub> = hubs.map(|hub| (hub.id.clone(), &**hub)).collect();
    let unassigned: Vec<BookingId> = plan.unassigned.iter().map(|e| e.booking.id).collect();
    let day = check::Day {
        region: &plan.region,
        hubs: &hubs,
        couriers: &couriers,
        bookings: &bookings,
        unassigned: &unassigned,
    };
    let routes: Vec<Route> = plan.routes.iter().map(|route| route.to_route(plan)).collect();
    judge(&day, &routes)
}

/// In debug builds: nothing that holds is broken. What was broken from outside (a setting or a shift
/// was changed under it, or a courier told that they were late) is not held against the desk.
pub(super) fn assert_sound(before: &DayPlan, after: &DayPlan, now: DateTime<Utc>) {
    if cfg!(debug_assertions) {
        let about =
            |violation: &Violation| (violation.rule.name(), violation.route, violation.booking);
        let known: HashSet<_> = violations(before).iter().map(about).collect();
        let mut found = violations(after);
        found.retain(|violation| !known.contains(&about(violation)));
        found.extend(goods_missing(before, after, now));
        assert!(found.is_empty(), "the desk was about to commit a broken plan: {found:?}");
    }
}
