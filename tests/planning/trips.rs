//! Several trips: calls at the hub where a courier would carry too much, and none that nobody needs.

use crate::cities::{City, city};
use crate::replans::replanned;
use crate::world::{World, ask};
use chrono::TimeDelta;
use doorstep::model::{Booking, BookingState, Courier, Load, VisitOutcome};
use doorstep::planning::{Entry, RoutePlan, RouteShift, insert_with_call};
use doorstep::schedule::Violation;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::sync::Arc;

/// Couriers who carry two or three parcels, and so have to unload often.
fn small_city() -> impl Strategy<Value = City> {
    (city(), 2..=3_i64).prop_map(|(city, parcels)| {
        let shifts = city.shifts.iter().map(|of| {
            let capacity = Load { parcels, value: 250 * parcels, ..of.courier.capacity };
            let courier = Courier { capacity, ..Courier::clone(&of.courier) };
            RouteShift { courier: Arc::new(courier), ..RouteShift::clone(of) }
        });
        City { shifts: shifts.collect(), ..city }
    })
}

/// A day on which everybody got a place who could, be it by a call at the hub; how many did so.
fn filled(city: &City, asks: &[crate::world::Ask]) -> Result<(World, usize), TestCaseError> {
    let mut world = World::new(city);
    let mut calls = 0;
    for ask in asks {
        let booking = world.booking(ask);
        if world.day.cheapest_place(&booking, world.now).is_some() {
            world.take(booking);
        } else if let Some(room) = insert_with_call(&world.day, &booking, world.now) {
            calls += 1;
            for (index, plan) in room.routes {
                let travel = |route: &RoutePlan| route.schedule.travel().travel_s;
                let added = travel(&plan) - travel(&world.day.routes[index]);
                prop_assert_eq!(room.extra.travel_s, added);
                world.day.routes[index] = Arc::new(plan);
            }
        }
    }
    Ok((world, calls))
}

fn has_needless_call(world: &World) -> bool {
    let now = world.now.timestamp();
    world.day.routes.iter().any(|route| route.without_needless_calls(now).is_some())
}

/// Every visit of every route.
fn visits(world: &World) -> impl Iterator<Item = (&RoutePlan, usize)> {
    let routes = world.day.routes.iter();
    routes.flat_map(|route| (0..route.entries.len()).map(move |ordinal| (&**route, ordinal)))
}

/// What was booked turns out to be worth more at the door.
fn requoted(world: &World, route: &RoutePlan, ordinal: usize, value: i64) -> RoutePlan {
    let entry = Entry::clone(&route.entries[ordinal]);
    let collected = Load { value, ..entry.booking.demand.pickup };
    let outcome = VisitOutcome {
        devices: Vec::new(),
        handed_over: true,
        failed: None,
        evidence: None,
        ended_at: Some(world.now),
        collected,
    };
    let state = BookingState::Completed;
    let booking = Booking { outcome: Some(outcome), state, ..entry.booking };
    let updated = route.updated(ordinal, Arc::new(Entry { booking, ..entry }));
    // Loads follow from the bookings when a route is evaluated.
    updated.under(&world.day, RouteShift::clone(&route.of))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_place_by_a_call_at_the_hub_is_sound(city in small_city(), asks in vec(ask(), 1..30)) {
        let (world, _) = filled(&city, &asks)?;
        world.is_sound()?;
    }

    #[test]
    fn a_day_of_several_trips_is_replanned_soundly(
        city in small_city(),
        asks in vec(ask(), 1..30),
        later_min in 0..600_i64,
    ) {
        let (mut world, _) = filled(&city, &asks)?;
        world.advance(TimeDelta::minutes(later_min));
        replanned(&world)?.is_sound()?;
    }

    #[test]
    fn what_nobody_needs_to_unload_is_no_reason_to_call(
        city in small_city(),
        asks in vec(ask(), 1..30),
        gone in vec(any::<bool>(), 30),
    ) {
        let (mut world, _) = filled(&city, &asks)?;
        let ids: Vec<_> = world.day.entries().map(|(_, entry)| entry.booking.id).collect();
        for (id, _) in ids.into_iter().zip(gone).filter(|(_, gone)| *gone) {
            world.remove(id);
        }
        let now = world.now.timestamp();
        for index in 0..world.day.routes.len() {
            if let Some(shorter) = world.day.routes[index].without_needless_calls(now) {
                world.day.routes[index] = Arc::new(shorter);
            }
        }
        prop_assert!(!has_needless_call(&world));
        world.is_sound()?;
    }

    #[test]
    fn who_would_carry_too_much_calls_at_the_hub_and_nobody_is_late(
        city in small_city(),
        asks in vec(ask(), 4..30),
        value in 0..800_i64,
    ) {
        let (world, _) = filled(&city, &asks)?;
        for (route, ordinal) in visits(&world) {
            let after = requoted(&world, route, ordinal, value);
            let Some(called) = after.with_hub_calls(world.now.timestamp()) else { continue };
            prop_assert!(after.excess().is_some());
            prop_assert_eq!(called.excess(), None);
            let is_late = |v: &Violation| matches!(v, Violation::Late { .. });
            prop_assert!(!called.schedule.violations().iter().any(is_late));
            prop_assert_eq!(called.entries.len(), after.entries.len());
            prop_assert!(called.schedule.has_hub_call());
        }
    }
}

/// The random days are worth judging: calls are made, and help.
#[test]
fn calls_at_the_hub_are_made() {
    let mut runner = TestRunner::deterministic();
    let (mut by_insertion, mut by_quote) = (0, 0);
    for _ in 0..64 {
        let city = small_city().new_tree(&mut runner).unwrap().current();
        let asks = vec(ask(), 30).new_tree(&mut runner).unwrap().current();
        let (world, calls) = filled(&city, &asks).unwrap();
        by_insertion += calls;
        for (route, ordinal) in visits(&world) {
            let after = requoted(&world, route, ordinal, 450);
            by_quote += usize::from(after.with_hub_calls(world.now.timestamp()).is_some());
        }
    }
    assert!(by_insertion > 50, "{by_insertion} places by calls at the hub");
    assert!(by_quote > 5, "{by_quote} calls after a higher quote");
}
