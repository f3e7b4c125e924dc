//! Whatever runs by itself, what is locked stays.

use crate::cities::city;
use crate::replans::apply;
use crate::world::{World, ask};
use chrono::TimeDelta;
use doorstep::model::{BookingId, CourierId, Disturbance, Lock, RouteId, Upset};
use doorstep::planning::{
    Control, DayPlan, DisruptionBudget, Effort, Locks, RouteShift, improve_near, rebalanced,
    repair, replan, squeeze,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const EFFORT: Effort = Effort { seed: 1, threads: 1, iterations: Some(200), time_limit: None };

/// What runs by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Machine {
    Replan,
    Improve,
    Squeeze,
    Rebalance,
    Repair,
}

pub(crate) fn machine() -> impl Strategy<Value = Machine> {
    prop_oneof![
        Just(Machine::Replan),
        Just(Machine::Improve),
        Just(Machine::Squeeze),
        Just(Machine::Rebalance),
        Just(Machine::Repair),
    ]
}

/// Locks some bookings, and perhaps a courier.
fn locked(world: &mut World, of: &[Index], courier: Option<Index>) {
    let routes = &world.day.routes;
    let placed: Vec<BookingId> =
        routes.iter().flat_map(|r| r.entries.iter().map(|e| e.booking.id)).collect();
    let bookings = of.iter().filter(|_| !placed.is_empty()).map(|of| *of.get(&placed)).collect();
    let couriers: Vec<CourierId> =
        courier.map(|of| of.get(routes).of.courier.id.clone()).into_iter().collect();
    let lock = Lock { number: 1, bookings, couriers, until: None, is_over: false };
    world.day.locks = Arc::new(Locks::new(vec![lock]));
    let day = world.day.clone();
    for route in &mut world.day.routes {
        let is_locked = day.locks.holds_courier(&route.of.courier.id);
        let of = RouteShift { is_locked, ..RouteShift::clone(&route.of) };
        *route = Arc::new(route.under(&day, of));
    }
}

/// Has somebody fall ill on some route, with what they have on board.
pub(crate) fn fallen_ill(world: &mut World, index: usize) {
    let day = world.day.clone();
    let number = 1 + u32::try_from(day.disturbances.len()).unwrap();
    let what = Upset::CourierOut { courier: day.routes[index].of.courier.id.clone() };
    let aboard = day.routes[index].aboard(world.now.timestamp());
    let ill = Disturbance { number, what, is_over: false, aboard };
    world.day.disturbances = day.disturbances.iter().cloned().chain([ill]).collect();
    let mut of = RouteShift { is_out: true, ..RouteShift::clone(&day.routes[index].of) };
    of.shift.rest = None;
    world.day.routes[index] = Arc::new(day.routes[index].under(&day, of));
}

pub(crate) fn run(world: &mut World, machine: Machine, of: Index, guest: &crate::world::Ask) {
    let (now, never) = (world.now, AtomicBool::new(false));
    let elapsed = || Duration::ZERO;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    match machine {
        Machine::Replan => {
            let found = replan(&world.day, now, &EFFORT, control);
            found.groups.iter().for_each(|group| apply(&mut world.day, group));
        }
        Machine::Improve => {
            let near = (guest.place, 6);
            if let Some(found) = improve_near(&world.day, near, now, &EFFORT, control) {
                found.groups.iter().for_each(|group| apply(&mut world.day, group));
            }
        }
        Machine::Squeeze => {
            let booking = world.booking(guest);
            let mut tries = 0;
            let proceed = || {
                tries += 1;
                tries <= 200
            };
            if let Some(room) = squeeze(&world.day, &booking, now, proceed) {
                for (index, plan) in room.routes {
                    world.day.routes[index] = Arc::new(plan);
                }
            }
        }
        Machine::Rebalance => {
            let budget = DisruptionBudget {
                stops_moved_max: 20,
                couriers_changed_max: 20,
                eta_shift_s_max: 36_000,
            };
            world.day = rebalanced(&world.day, &BTreeMap::new(), &budget, now).proposal.after;
        }
        Machine::Repair => {
            fallen_ill(world, of.index(world.day.routes.len()));
            let found = repair(&world.day, now, &EFFORT, control);
            crate::repairs::apply(&mut world.day, &found);
        }
    }
}

/// Where each locked booking is, but for those whose courier is out, and what locked routes do when.
type Held = (BTreeMap<BookingId, RouteId>, BTreeMap<RouteId, Vec<(BookingId, i64)>>);

fn held(day: &DayPlan, out: &[RouteId]) -> Held {
    let routes = || day.routes.iter().filter(|route| !out.contains(&route.id));
    let on_routes =
        routes().flat_map(|route| route.entries.iter().map(|e| (e.booking.id, route.id)));
    let bookings = on_routes.filter(|(id, _)| day.locks.holds(*id)).collect();
    let locked = routes().filter(|route| route.of.is_locked).map(|route| {
        let visits = route.entries.iter().enumerate();
        (route.id, visits.map(|(at, entry)| (entry.booking.id, route.start_of(at))).collect())
    });
    (bookings, locked.collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_locked_stays(
        city in city(),
        asks in vec(ask(), 1..40),
        of in vec(any::<Index>(), 0..8),
        courier in proptest::option::of(any::<Index>()),
        steps in vec((machine(), any::<Index>(), ask()), 1..4),
        hours in 0..6_i64,
    ) {
        let mut world = World::new(&city);
        for ask in &asks {
            let booking = world.booking(ask);
            world.take(booking);
        }
        world.advance(TimeDelta::hours(hours));
        locked(&mut world, &of, courier);
        for (machine, of, guest) in &steps {
            let before = world.day.clone();
            run(&mut world, *machine, *of, guest);
            let out: Vec<RouteId> =
                world.day.routes.iter().filter(|r| r.of.is_out).map(|route| route.id).collect();
            let (bookings, routes) = held(&world.day, &out);
            let (bookings_before, routes_before) = held(&before, &out);
            for (id, route) in bookings_before {
                prop_assert_eq!(bookings.get(&id), Some(&route), "{:?}", machine);
            }
            prop_assert_eq!(routes, routes_before, "{:?}", machine);
        }
    }
}
