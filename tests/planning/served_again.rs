//! Whose promise was given up is served in time later, or everything stays as it is.

use crate::cities::city;
use crate::repairs::{apply, everyone, repaired, repaired_on, rules, trouble, upset};
use crate::seeded::full_day;
use crate::world::{World, ask};
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::model::BookingId;
use doorstep::planning::{Control, DayPlan, Effort, Repair, RouteShift, given_up, served_again};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn tried_again(
    day: &DayPlan,
    who: &BTreeSet<BookingId>,
    now: DateTime<Utc>,
    (seed, iterations): (u64, u64),
) -> Repair {
    let effort = Effort { seed, threads: 1, iterations: Some(iterations), time_limit: None };
    let never = AtomicBool::new(false);
    let elapsed = || Duration::ZERO;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    served_again(day, who, now, &effort, control)
}

/// The day as it becomes: who is told has left where they were.
fn applied(day: &mut DayPlan, found: &Repair) {
    let told: BTreeSet<BookingId> = found.displaced.iter().map(|e| e.booking.id).collect();
    day.unassigned.retain(|entry| !told.contains(&entry.booking.id));
    apply(day, found);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn who_is_tried_again_is_in_time_or_where_they_were(
        city in city(),
        asks in vec(ask(), 1..40),
        trouble in trouble(),
        hours in 0..9_i64,
        called_off in vec(any::<Index>(), 0..8),
    ) {
        let mut world = World::new(&city);
        for ask in &asks {
            let booking = world.booking(ask);
            world.take(booking);
        }
        world.advance(TimeDelta::hours(hours));
        upset(&mut world, &trouble);
        let found = repaired(&world);
        apply(&mut world.day, &found);
        for of in &called_off {
            let planned = everyone(&world.day);
            if !planned.is_empty() {
                world.remove(*of.get(&planned));
            }
        }
        let (before, broken) = (world.day.clone(), rules(&world));
        let who = given_up(&before, world.now);
        let found = tried_again(&before, &who, world.now, (1, 200));
        applied(&mut world.day, &found);
        prop_assert_eq!(everyone(&world.day), everyone(&before), "nobody is lost or doubled");
        prop_assert!(found.left.is_empty());
        for change in &found.changes {
            let old = &before.routes[change.route];
            prop_assert!(old.can_become(&change.plan, world.now.timestamp()));
        }
        let still = given_up(&world.day, world.now);
        prop_assert!(still.is_subset(&who), "nobody else's promise is given up");
        prop_assert_eq!(still.len() < who.len(), !found.changes.is_empty());
        for (rule, route, booking) in rules(&world).difference(&broken) {
            let is_late = *rule == "late" && booking.is_some_and(|booking| who.contains(&booking));
            prop_assert!(is_late, "{rule} {route:?} {booking:?}");
        }
        for entry in &found.displaced {
            let id = entry.booking.id;
            let is_elsewhere = || {
                let on = |day: &DayPlan| day.routes.iter().position(|r| r.ordinal(id).is_some());
                on(&before) != on(&world.day)
            };
            prop_assert!(who.contains(&id) && (!still.contains(&id) || is_elsewhere()));
        }
    }
}

/// Some more tries keep promises that the first could not.
#[test]
fn more_tries_keep_more_promises() {
    let now = "2026-03-01T22:00:00Z".parse().unwrap();
    let (mut at_once, mut in_the_end) = (0, 0);
    for out in [0, 4, 8] {
        let mut day = full_day(1, now);
        let of = RouteShift { is_out: true, ..RouteShift::clone(&day.routes[out].of) };
        day.routes[out] = Arc::new(day.routes[out].under(&day, of));
        let found = repaired_on(&day, now, 0);
        apply(&mut day, &found);
        at_once += given_up(&day, now).len();
        for seed in 1..=6 {
            let who = given_up(&day, now);
            let found = tried_again(&day, &who, now, (seed, 1_500));
            applied(&mut day, &found);
        }
        in_the_end += given_up(&day, now).len();
    }
    assert!(at_once > 0 && in_the_end * 3 < at_once * 2, "{in_the_end} of {at_once}");
}
