//! What the whole-day search makes of a constructed plan: never less, always sound, always the same.

use crate::cities::{City, city};
use crate::days::cases;
use crate::replans::{apply, judged, searched};
use crate::world::{Ask, World, ask};
use chrono::TimeDelta;
use doorstep::model::{BookingId, Load, Seconds, VisitDemand};
use doorstep::planning::{DayPlan, Entry, RoutePlan, RouteShift};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A day under way: some bookings have their places, others came in by import and wait.
pub(crate) fn under_way(city: &City, booked: &[Ask], waiting: &[Ask], after: TimeDelta) -> World {
    let mut world = World::new(city);
    for ask in booked {
        let booking = world.booking(ask);
        world.take(booking);
    }
    for ask in waiting {
        let booking = world.booking(ask);
        world.day.unassigned.push(Arc::new(Entry { booking, version: 0 }));
    }
    world.day.unassigned.sort_by_key(|entry| entry.booking.id);
    world.advance(after);
    world
}

/// Bookings without a place, and the travel of all others.
pub(crate) fn score(world: &World) -> (usize, Seconds) {
    let travel = world.day.routes.iter().map(|route| route.schedule.travel().travel_s).sum();
    (world.day.unassigned.len(), travel)
}

pub(crate) fn routes(world: &World) -> Vec<(Vec<Arc<Entry>>, Vec<doorstep::model::Stop>)> {
    let route = |route: &Arc<RoutePlan>| (route.entries.clone(), route.stops());
    world.day.routes.iter().map(route).collect()
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_search_serves_as_many_for_no_more_travel(
        city in city(),
        booked in vec(ask(), 0..40),
        waiting in vec(ask(), 0..40),
        after_s in prop_oneof![Just(0_i64), 0..30_000_i64],
    ) {
        let world = under_way(&city, &booked, &waiting, TimeDelta::seconds(after_s));
        let constructed = judged(&world, searched(&world, 0))?;
        let improved = judged(&world, searched(&world, 1_500))?;
        prop_assert!(score(&improved) <= score(&constructed));
        let again = judged(&world, searched(&world, 1_500))?;
        prop_assert_eq!(routes(&again), routes(&improved));
    }
}

/// The day under a roster in which the first shift that has visits ends so much earlier.
fn shortened(world: &World, by: TimeDelta) -> World {
    let mut world = world.clone();
    let busy = world.day.routes.iter().position(|route| !route.entries.is_empty());
    if let Some(at) = busy {
        let route = &world.day.routes[at];
        let mut of = RouteShift::clone(&route.of);
        of.shift.ends -= by;
        let entries = route.entries.iter();
        let bookings = entries.map(|entry| (entry.booking.id, Arc::clone(entry))).collect();
        let stored = route.to_route(&world.day);
        let read = RoutePlan::stored(&world.day.region, &stored, of, &bookings);
        world.day.routes[at] = Arc::new(read);
    }
    world
}

fn placed(day: &DayPlan) -> BTreeSet<BookingId> {
    let routed = day.entries().filter(|(route, _)| route.is_some());
    routed.map(|(_, entry)| entry.booking.id).collect()
}

fn late_routes(day: &DayPlan) -> usize {
    day.routes.iter().filter(|route| !route.schedule.violations().is_empty()).count()
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_day_that_is_broken_already_gets_no_worse(
        city in city(),
        booked in vec(ask(), 10..50),
        waiting in vec(ask(), 0..20),
        after_s in 0..30_000_i64,
        shorter_s in 0..20_000_i64,
    ) {
        let world = under_way(&city, &booked, &waiting, TimeDelta::seconds(after_s));
        let world = shortened(&world, TimeDelta::seconds(shorter_s));
        let mut whole = world.clone();
        for group in &searched(&world, 500).groups {
            apply(&mut whole.day, group);
        }
        prop_assert!(placed(&world.day).is_subset(&placed(&whole.day)));
        prop_assert!(late_routes(&whole.day) <= late_routes(&world.day));
    }
}

/// Insertion one by one leaves detours behind, and these the search takes out.
#[test]
fn a_search_finds_what_insertion_misses() {
    let mut runner = TestRunner::deterministic();
    let mut gains = 0;
    for _ in 0..12 {
        let city = city().new_tree(&mut runner).unwrap().current();
        let waiting = vec(ask(), 40).new_tree(&mut runner).unwrap().current();
        let demand = VisitDemand {
            service_s: Seconds(240),
            setup_s: Seconds(180),
            pickup: Load::ZERO,
            delivery: Load::ZERO,
            skills: BTreeSet::new(),
        };
        let waiting: Vec<Ask> =
            waiting.into_iter().map(|ask| Ask { demand: demand.clone(), ..ask }).collect();
        let world = under_way(&city, &[], &waiting, TimeDelta::zero());
        let constructed = judged(&world, searched(&world, 0)).unwrap();
        let improved = judged(&world, searched(&world, 3_000)).unwrap();
        gains += usize::from(score(&improved) < score(&constructed));
    }
    assert!(gains >= 9, "only {gains} of 12 days got better");
}

/// A proposal that comes after its courier has set off to something else is told by this.
#[test]
fn a_route_begins_like_another_until_its_courier_sets_off() {
    let mut runner = TestRunner::deterministic();
    let mut told = 0;
    for _ in 0..40 {
        let city = city().new_tree(&mut runner).unwrap().current();
        let booked = vec(ask(), 20).new_tree(&mut runner).unwrap().current();
        let world = under_way(&city, &booked, &[], TimeDelta::zero());
        for route in world.day.routes.iter().filter(|route| !route.entries.is_empty()) {
            let other = route.without(0, world.now.timestamp());
            let first = route.stops()[route.schedule.elements().len() - 1].leave_at.timestamp();
            assert!(route.begins_like(&other, world.now.timestamp()));
            assert!(route.begins_like(route, first));
            assert!(!route.begins_like(&other, first));
            told += 1;
        }
    }
    assert!(told > 40, "{told} routes");
}
