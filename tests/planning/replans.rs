//! A replanned day loses nothing, leaves what is under way alone, and falls into closed groups.

use crate::world::World;
use doorstep::model::{BookingId, Leg, ReasonCode};
use doorstep::planning::{
    Control, DayPlan, Effort, Replan, RouteChange, RoutePlan, reasons, replan,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A replan by so many iterations, which no clock ends.
pub(crate) fn searched(world: &World, iterations: u64) -> Replan {
    let effort = Effort { seed: 1, threads: 1, iterations: Some(iterations), time_limit: None };
    let never = AtomicBool::new(false);
    let elapsed = || Duration::ZERO;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    replan(&world.day, world.now, &effort, control)
}

/// The world after a replan, which is judged on the way.
pub(crate) fn replanned(world: &World) -> Result<World, TestCaseError> {
    judged(world, searched(world, 200))
}

/// The world after a proposal, which keeps all that was promised.
pub(crate) fn judged(world: &World, proposal: Replan) -> Result<World, TestCaseError> {
    let Replan { groups, unassigned, before, after } = proposal;
    let mut whole = world.clone();
    for group in &groups {
        is_closed(&world.day, group)?;
        group.iter().try_for_each(|change| leaves_alone(world, change))?;
        let mut alone = world.clone();
        apply(&mut alone.day, group);
        alone.is_sound()?;
        apply(&mut whole.day, group);
    }
    prop_assert_eq!(before, travel(&world.day));
    prop_assert_eq!(after, travel(&whole.day));
    for route in &world.day.routes {
        for entry in &route.entries {
            let kept = whole.day.routes.iter().any(|r| r.ordinal(entry.booking.id).is_some());
            prop_assert!(kept, "{} lost its place", entry.booking.id);
        }
    }
    let left: BTreeSet<BookingId> =
        whole.day.unassigned.iter().map(|entry| entry.booking.id).collect();
    prop_assert_eq!(left, unassigned.iter().map(|(id, _)| *id).collect::<BTreeSet<_>>());
    for (id, given) in unassigned {
        let booking = &whole.entry(id).booking;
        prop_assert_eq!(whole.day.cheapest_place(booking, world.now), None);
        prop_assert!(!given.is_empty());
        let under_way = given.iter().filter(|reason| reason.code == ReasonCode::Frozen);
        for reason in under_way {
            let all = |route: &RoutePlan| {
                route.schedule.frozen(world.now.timestamp()) == route.schedule.elements().len()
            };
            let mut routes = whole.day.routes.iter();
            let route = routes.find(|route| Some(&route.of.courier.id) == reason.courier.as_ref());
            prop_assert!(route.is_some_and(|route| all(route)), "{:?} still has gaps", reason);
        }
        prop_assert_eq!(given, reasons(&whole.day, booking, world.now));
    }
    Ok(whole)
}

/// The group's routes have the same bookings as before, and some that had no place.
pub(crate) fn is_closed(day: &DayPlan, group: &[RouteChange]) -> Result<(), TestCaseError> {
    let ids = |route: &RoutePlan| -> Vec<BookingId> {
        route.entries.iter().map(|entry| entry.booking.id).collect()
    };
    let before: BTreeSet<BookingId> =
        group.iter().flat_map(|change| ids(&day.routes[change.route])).collect();
    let after: Vec<BookingId> = group.iter().flat_map(|change| ids(&change.plan)).collect();
    let unique: BTreeSet<BookingId> = after.iter().copied().collect();
    prop_assert_eq!(unique.len(), after.len());
    prop_assert!(before.is_subset(&unique));
    let free: BTreeSet<BookingId> = day.unassigned.iter().map(|entry| entry.booking.id).collect();
    prop_assert!(unique.difference(&before).all(|id| free.contains(id)));
    Ok(())
}

/// What the courier has set off to keeps its order and its times.
pub(crate) fn leaves_alone(world: &World, change: &RouteChange) -> Result<(), TestCaseError> {
    let old = &world.day.routes[change.route];
    let frozen = old.schedule.frozen(world.now.timestamp());
    let firm = |route: &RoutePlan| -> Vec<(Option<BookingId>, i64, i64)> {
        let stops = route.stops().into_iter().take(frozen);
        stops.map(|stop| (stop.booking, stop.start_at.timestamp(), stop.service_s.get())).collect()
    };
    prop_assert_eq!(firm(&change.plan)[1..].to_vec(), firm(old)[1..].to_vec());
    prop_assert!(old.can_become(&change.plan, world.now.timestamp()));
    prop_assert_eq!(change.plan.version, old.version);
    prop_assert_eq!(change.plan.id, old.id);
    Ok(())
}

pub(crate) fn apply(day: &mut DayPlan, group: &[RouteChange]) {
    for change in group {
        day.routes[change.route] = Arc::new(change.plan.clone());
    }
    let routes = &day.routes;
    let placed = |id| routes.iter().any(|route| route.ordinal(id).is_some());
    day.unassigned.retain(|entry| !placed(entry.booking.id));
}

fn travel(day: &DayPlan) -> Leg {
    let legs = day.routes.iter().map(|route| route.schedule.travel());
    legs.fold(Leg::default(), |sum, leg| Leg {
        travel_s: sum.travel_s + leg.travel_s,
        distance_m: sum.distance_m + leg.distance_m,
    })
}
