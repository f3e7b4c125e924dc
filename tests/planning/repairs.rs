//! A day that was upset is put right: nobody is lost, nothing under way moves, and what holds goes on
//! holding.

use crate::cities::city;
use crate::moves::busy;
use crate::naive;
use crate::seeded::full_day;
use crate::world::{Ask, World, ask};
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::model::{BlockedArea, BookingId, RouteId, TimeWindow};
use doorstep::planning::{
    Committed, Control, DayPlan, Effort, Entry, Repair, RoutePlan, RouteShift, repair,
};
use doorstep::schedule::Violation;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub(crate) fn repaired(world: &World) -> Repair {
    repaired_on(&world.day, world.now, 200)
}

pub(crate) fn repaired_on(day: &DayPlan, now: DateTime<Utc>, iterations: u64) -> Repair {
    let effort = Effort { seed: 1, threads: 1, iterations: Some(iterations), time_limit: None };
    let never = AtomicBool::new(false);
    let elapsed = || Duration::ZERO;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    repair(day, now, &effort, control)
}

pub(crate) fn apply(day: &mut DayPlan, repair: &Repair) {
    for change in &repair.changes {
        day.routes[change.route] = Arc::new(change.plan.clone());
    }
    day.unassigned.extend(repair.left.iter().map(|(entry, _)| Arc::clone(entry)));
    day.unassigned.sort_by_key(|entry| entry.booking.id);
}

pub(crate) fn everyone(day: &DayPlan) -> Vec<BookingId> {
    let mut ids: Vec<BookingId> = day.entries().map(|(_, entry)| entry.booking.id).collect();
    ids.sort_unstable();
    ids
}

/// What upsets the day: a route whose courier is out, or an area that is blocked.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    Out(Index),
    Blocked(Index, i64),
}

pub(crate) fn trouble() -> impl Strategy<Value = Trouble> {
    let blocked = (any::<Index>(), 1..6_i64);
    prop_oneof![
        any::<Index>().prop_map(Trouble::Out),
        blocked.prop_map(|(of, hours)| Trouble::Blocked(of, hours)),
    ]
}

pub(crate) fn upset(world: &mut World, trouble: &Trouble) {
    let day = world.day.clone();
    let blocked: Arc<[BlockedArea]> = match trouble {
        Trouble::Out(_) => Arc::new([]),
        Trouble::Blocked(of, hours) => {
            let places: Vec<_> = day.entries().map(|(_, e)| e.booking.place()).collect();
            let place = *of.get(&places);
            let cells = vec![doorstep::geo::cell_at(place, h3o::Resolution::Six)];
            let until = world.now + TimeDelta::hours(*hours);
            let during = TimeWindow::new(world.now, until).unwrap();
            Arc::new([BlockedArea { area: None, cells, during }])
        }
    };
    world.day.blocked = Arc::clone(&blocked);
    let out = match trouble {
        Trouble::Out(of) => Some(of.index(day.routes.len())),
        Trouble::Blocked(..) => None,
    };
    for (index, route) in day.routes.iter().enumerate() {
        let blocked = Arc::clone(&blocked);
        let mut of = RouteShift { blocked, ..RouteShift::clone(&route.of) };
        if out == Some(index) {
            (of.is_out, of.shift.rest) = (true, None);
        }
        world.day.routes[index] = Arc::new(route.under(&day, of));
    }
}

/// The rules that a day breaks, and who is at fault.
pub(crate) fn rules(world: &World) -> BTreeSet<(&'static str, Option<RouteId>, Option<BookingId>)> {
    let found = world.violations();
    found.iter().map(|v| (v.rule.name(), v.route, v.booking)).collect()
}

/// Who is served late is served after the window, and not while nobody gets to the door.
fn is_late_and_not_while_blocked(world: &World, id: BookingId) -> Result<(), TestCaseError> {
    let Some(Committed::OnRoute { route, ordinal }) = world.day.find(id) else {
        return Err(TestCaseError::fail("who is late has a place"));
    };
    let plan = &world.day.routes[route];
    let (booking, starts) = (&plan.entries[ordinal].booking, plan.start_of(ordinal));
    let timing = plan.schedule.timings()[plan.element_of(ordinal)];
    for area in world.day.blocked.iter().filter(|area| area.contains(booking.place())) {
        let (from, until) = (area.during.start.timestamp(), area.during.end.timestamp());
        prop_assert!(timing.ready <= from || until <= starts, "{} to {}", starts, timing.ready);
    }
    Ok(())
}

/// Whether somebody could come late to who is left, be it whenever, with nothing else wrong.
fn could_be_late(world: &World, entry: &Arc<Entry>) -> bool {
    let (now, booking) = (world.now.timestamp(), &entry.booking);
    let visit = naive::visit_of(booking, now);
    let is_cut_off = world.day.blocked.iter().any(|area| area.contains(booking.place()));
    let mut routes = world.day.routes.iter().filter(|route| !route.of.is_out && !is_cut_off);
    routes.any(|route| {
        let before = route.schedule.violations();
        let is_able = route.schedule.admits(&visit).is_ok();
        is_able && naive::open(&route.schedule, &visit, now).into_iter().any(|at| {
            let with = route.with(at, Arc::clone(entry), now);
            let is_own = |violation: &Violation| matches!(violation, Violation::Late { at: late, .. } if *late == at);
            before.is_empty() && with.schedule.violations().iter().all(is_own)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_upset_day_is_put_right(
        city in city(),
        asks in vec(ask(), 1..40),
        trouble in trouble(),
        hours in 0..9_i64,
    ) {
        let mut world = World::new(&city);
        for ask in &asks {
            let booking = world.booking(ask);
            world.take(booking);
        }
        world.advance(TimeDelta::hours(hours));
        let waiting = world.day.unassigned.len();
        let before = everyone(&world.day);
        upset(&mut world, &trouble);
        let broken = rules(&world);
        let found = repaired(&world);
        let upset = world.day.clone();
        apply(&mut world.day, &found);
        prop_assert_eq!(everyone(&world.day), before, "nobody is lost or doubled");
        prop_assert_eq!(world.day.unassigned.len(), waiting + found.left.len());
        for change in &found.changes {
            let old = &upset.routes[change.route];
            let is_same = old.can_become(&change.plan, world.now.timestamp());
            prop_assert!(old.of.is_out || is_same, "what is under way was moved");
        }
        for route in world.day.routes.iter().filter(|route| route.of.is_out) {
            prop_assert!(route.entries.is_empty(), "nothing was told of: all of it is open");
        }
        let late: BTreeSet<BookingId> = found.late.iter().copied().collect();
        // Goods on board have nowhere else to go: their courier may come home late for them.
        let brings_late = |id: Option<RouteId>| {
            let aboard = |route: &Arc<RoutePlan>| route.aboard(world.now.timestamp());
            let mut own = upset.routes.iter().filter(|route| Some(route.id) == id);
            own.any(|route| aboard(route).iter().any(|booking| late.contains(booking)))
        };
        for (rule, route, booking) in rules(&world).difference(&broken) {
            let is_late = *rule == "late" && booking.is_some_and(|booking| late.contains(&booking));
            let is_home_late = matches!(*rule, "shift_end" | "hub_closed") && brings_late(*route);
            prop_assert!(is_late || is_home_late, "{rule} {route:?} {booking:?}");
        }
        for booking in &found.late {
            is_late_and_not_while_blocked(&world, *booking)?;
        }
        for (entry, _) in &found.left {
            prop_assert!(!could_be_late(&world, entry), "{} is left out", entry.booking.id);
        }
        let mut again = world.clone();
        again.day = upset;
        let again = repaired(&again);
        prop_assert_eq!(&again.late, &found.late, "the same day gives the same answer");
        let routes = |repair: &Repair| -> Vec<_> {
            repair.changes.iter().map(|c| (c.route, c.plan.schedule.travel())).collect()
        };
        prop_assert_eq!(routes(&again), routes(&found));
    }
}

/// Late rather than never: the random days have both, so that what is asked of them is asked often.
#[test]
fn who_cannot_be_served_in_time_is_often_served_late() {
    let mut runner = TestRunner::deterministic();
    let (mut late, mut in_blocked, mut left) = (0, 0, 0);
    for _ in 0..150 {
        let city = city().new_tree(&mut runner).unwrap().current();
        let asks: Vec<Ask> = vec(ask(), 25).new_tree(&mut runner).unwrap().current();
        let trouble = trouble().new_tree(&mut runner).unwrap().current();
        let mut world = busy(&city, &asks, TimeDelta::hours(3));
        upset(&mut world, &trouble);
        let found = repaired(&world);
        apply(&mut world.day, &found);
        (late, left) = (late + found.late.len(), left + found.left.len());
        for id in found.late {
            is_late_and_not_while_blocked(&world, id).unwrap();
            let door = world.entry(id).booking.place();
            in_blocked += usize::from(world.day.blocked.iter().any(|area| area.contains(door)));
        }
        assert!(found.left.iter().all(|(entry, _)| !could_be_late(&world, entry)));
    }
    assert!(late > 20 && left > 5, "{late} late, {left} left");
    assert!(in_blocked > 5, "{in_blocked} late behind a blocked area");
}

/// Nobody else's place is taken for them.
#[test]
fn a_search_keeps_promises_that_insertion_cannot() {
    let now = "2026-03-01T22:00:00Z".parse().unwrap();
    let (mut displaced, mut without, mut with) = (0, 0, 0);
    for seed in 1..4 {
        let day = full_day(seed, now);
        for out in (0..day.routes.len()).step_by(4) {
            let mut upset = day.clone();
            let of = RouteShift { is_out: true, ..RouteShift::clone(&day.routes[out].of) };
            upset.routes[out] = Arc::new(day.routes[out].under(&day, of));
            let broken = |found: &Repair| found.left.len() + found.late.len();
            let inserted = repaired_on(&upset, now, 0);
            let searched = repaired_on(&upset, now, 1_500);
            assert!(broken(&searched) <= broken(&inserted));
            let mut after = upset.clone();
            apply(&mut after, &searched);
            assert_eq!(everyone(&after), everyone(&day), "nobody is lost or doubled");
            displaced += searched.displaced.len();
            without += broken(&inserted);
            with += broken(&searched);
        }
    }
    assert!(with * 4 < without * 3, "{with} of {displaced} broken, {without} without a search");
}
