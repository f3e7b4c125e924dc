//! Room made for a booking: sound, nobody lost, the same each time, and no less with more budget.

use crate::cities::{City, city};
use crate::days::cases;
use crate::naive::visit_of;
use crate::world::{Ask, HOLD, World, ask};
use chrono::TimeDelta;
use doorstep::model::{Booking, BookingId, BookingState, Leg};
use doorstep::planning::{DayPlan, Rearrangement, squeeze};
use doorstep::schedule::{Schedule, Task, Visit};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is found within so many tries.
fn within(world: &World, booking: &Booking, mut tries: usize) -> Option<Rearrangement> {
    squeeze(&world.day, booking, world.now, || {
        let left = tries > 0;
        tries = tries.saturating_sub(1);
        left
    })
}

/// What is found at all, and how many tries it took.
fn at_all(world: &World, booking: &Booking) -> (Option<Rearrangement>, usize) {
    let mut tries = 0;
    let found = squeeze(&world.day, booking, world.now, || {
        tries += 1;
        true
    });
    (found, tries)
}

fn applied(world: &World, found: &Rearrangement) -> World {
    let mut world = world.clone();
    for (route, plan) in &found.routes {
        world.day.routes[*route] = Arc::new(plan.clone());
    }
    world
}

fn placed(day: &DayPlan) -> BTreeSet<BookingId> {
    let routed = day.entries().filter(|(route, _)| route.is_some());
    routed.map(|(_, entry)| entry.booking.id).collect()
}

fn travel_s(day: &DayPlan) -> i64 {
    day.routes.iter().map(|route| route.schedule.travel().travel_s.get()).sum()
}

/// A day with bookings and holds, some time into it.
fn busy(city: &City, booked: &[(Ask, bool)], after: TimeDelta) -> World {
    let mut world = World::new(city);
    for (ask, held) in booked {
        let mut booking = world.booking(ask);
        if *held {
            hold(&mut booking, &world);
        }
        world.take(booking);
    }
    world.advance(after);
    world
}

fn hold(booking: &mut Booking, world: &World) {
    booking.state = BookingState::Held;
    booking.hold_expires_at = Some(world.now + HOLD);
}

fn is_sound(world: &World, booking: &Booking) -> Result<bool, TestCaseError> {
    let (found, tries) = at_all(world, booking);
    let Some(found) = found else { return Ok(false) };
    let after = applied(world, &found);
    after.is_sound()?;
    let mut expected = placed(&world.day);
    prop_assert!(expected.insert(booking.id));
    prop_assert_eq!(placed(&after.day), expected);
    for (index, plan) in &found.routes {
        let old = &world.day.routes[*index];
        prop_assert!(old.can_become(plan, world.now.timestamp()));
        prop_assert_eq!((old.id, old.version), (plan.id, plan.version));
    }
    let Leg { travel_s: extra, .. } = found.extra;
    prop_assert_eq!(travel_s(&after.day) - travel_s(&world.day), extra.get());
    for enough in [tries, tries + 1, tries + 1_000] {
        let same = within(world, booking, enough).map(|same| applied(world, &same).routes());
        prop_assert_eq!(same, Some(after.routes()));
    }
    prop_assert!(within(world, booking, tries - 1).is_none());
    Ok(true)
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn what_makes_way_keeps_its_promise(
        city in city(),
        booked in vec((ask(), prop::bool::weighted(0.2)), 10..60),
        more in vec((ask(), any::<bool>()), 1..12),
        after_s in prop_oneof![Just(0_i64), 0..30_000_i64],
    ) {
        let mut world = busy(&city, &booked, TimeDelta::seconds(after_s));
        world.is_sound()?;
        for (ask, held) in more {
            let mut booking = world.booking(&ask);
            if held {
                hold(&mut booking, &world);
            }
            if world.day.cheapest_place(&booking, world.now).is_none() {
                is_sound(&world, &booking)?;
            }
        }
    }
}

/// Full days on which insertion says no still have room for some.
#[test]
fn room_is_found_where_insertion_finds_none() {
    let mut runner = TestRunner::deterministic();
    let (mut refused, mut found) = (0, 0);
    for _ in 0..40 {
        let city = city().new_tree(&mut runner).unwrap().current();
        let booked = vec((ask(), Just(false)), 40).new_tree(&mut runner).unwrap().current();
        let mut world = busy(&city, &booked, TimeDelta::zero());
        for ask in vec(ask(), 20).new_tree(&mut runner).unwrap().current() {
            let booking = world.booking(&ask);
            if world.day.cheapest_place(&booking, world.now).is_none() {
                refused += 1;
                found += usize::from(is_sound(&world, &booking).unwrap());
            }
        }
    }
    assert!(10 * found > refused, "room for {found} of {refused}");
}

/// Whether some order of one courier's visits, with the break anywhere, keeps every promise.
fn some_order_works(world: &World, booking: &Booking) -> bool {
    let route = &world.day.routes[0];
    let booked = route.entries.iter().map(|entry| &entry.booking);
    let visits: Vec<Visit> =
        booked.chain([booking]).map(|b| visit_of(b, world.now.timestamp())).collect();
    if visits.iter().any(|visit| !visit.skills.is_subset(&route.schedule.vehicle.skills))
        || route.schedule.vehicle.max_stops.is_some_and(|most| visits.len() > most as usize)
    {
        return false;
    }
    let mut tasks: Vec<Task> = (0..).map(Task::Visit).take(visits.len()).collect();
    tasks.extend(route.schedule.vehicle.rest.map(|_| Task::Rest));
    any_order(&mut tasks, 0, &|tasks| {
        let vehicle = Arc::clone(&route.schedule.vehicle);
        let schedule = Schedule::new(vehicle, &visits, tasks, world.now.timestamp());
        schedule.violations().is_empty()
    })
}

fn any_order(tasks: &mut [Task], from: usize, works: &impl Fn(&[Task]) -> bool) -> bool {
    if from == tasks.len() {
        return works(tasks);
    }
    (from..tasks.len()).any(|next| {
        tasks.swap(from, next);
        let found = any_order(tasks, from + 1, works);
        tasks.swap(from, next);
        found
    })
}

/// A day of one courier is small enough to try every order.
#[test]
fn room_is_found_only_where_some_order_works() {
    let mut runner = TestRunner::deterministic();
    let (mut squeezed, mut possible) = (0, 0);
    for _ in 0..400 {
        let mut city = city().new_tree(&mut runner).unwrap().current();
        city.shifts.truncate(1);
        let mut world = World::new(&city);
        for mut ask in vec(ask(), 6).new_tree(&mut runner).unwrap().current() {
            ask.slot %= 3;
            let booking = world.booking(&ask);
            if world.day.cheapest_place(&booking, world.now).is_none() {
                let (found, exists) =
                    (at_all(&world, &booking).0.is_some(), some_order_works(&world, &booking));
                assert!(exists || !found);
                squeezed += usize::from(found);
                possible += usize::from(exists);
            } else if world.day.routes[0].entries.len() < 5 {
                world.take(booking);
            }
        }
    }
    assert!(possible > 10 && 2 * squeezed > possible, "{squeezed} of {possible}");
}
