//! A day that was upset is put right: nobody is lost, nothing under way moves, and what holds goes on
//! holding.

use crate::cities::city;
use crate::world::{World, ask};
use chrono::TimeDelta;
use doorstep::model::{BlockedArea, BookingId, TimeWindow};
use doorstep::planning::{Control, DayPlan, Effort, Repair, RouteShift, repair};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub(crate) fn repaired(world: &World) -> Repair {
    let effort = Effort { seed: 1, threads: 1, iterations: Some(200), time_limit: None };
    let never = AtomicBool::new(false);
    let elapsed = || Duration::ZERO;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    repair(&world.day, world.now, &effort, control)
}

pub(crate) fn apply(day: &mut DayPlan, repair: &Repair) {
    for change in &repair.changes {
        day.routes[change.route] = Arc::new(change.plan.clone());
    }
    day.unassigned.extend(repair.left.iter().map(|(entry, _)| Arc::clone(entry)));
    day.unassigned.sort_by_key(|entry| entry.booking.id);
}

fn everyone(day: &DayPlan) -> Vec<BookingId> {
    let mut ids: Vec<BookingId> = day.entries().map(|(_, entry)| entry.booking.id).collect();
    ids.sort_unstable();
    ids
}

/// What upsets the day: a route whose courier is out, or an area that is blocked.
#[derive(Clone, Debug)]
enum Trouble {
    Out(Index),
    Blocked(Index, i64),
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let blocked = (any::<Index>(), 1..6_i64);
    prop_oneof![
        any::<Index>().prop_map(Trouble::Out),
        blocked.prop_map(|(of, hours)| Trouble::Blocked(of, hours)),
    ]
}

fn upset(world: &mut World, trouble: &Trouble) {
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
        let rules = |world: &World| -> BTreeSet<_> {
            let found = world.violations();
            found.iter().map(|v| (v.rule.name(), v.route, v.booking)).collect()
        };
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
        for (rule, route, booking) in rules(&world).difference(&broken) {
            let is_told = booking.is_some_and(|booking| late.contains(&booking));
            prop_assert!(*rule == "late" && is_told, "{rule} {route:?} {booking:?}");
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
