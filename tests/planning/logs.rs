//! What couriers tell makes the same route however it comes, and leaves nobody behind.

use crate::cities::city;
use crate::world::{World, ask};
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::model::{
    Booking, BookingAction, BookingId, BookingState, Evidence, FailReason, Happening, Report,
    StopKind,
};
use doorstep::planning::{CourierLog, Entry, LoggedVisit, RoutePlan};
use doorstep::schedule::Facts;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Something that a courier could tell: about which of their visits, what, minutes into the day.
type Telling = (Index, u8, i64);

fn tellings() -> impl Strategy<Value = Vec<Telling>> {
    vec((any::<Index>(), 0..9_u8, 0..600_i64), 1..30)
}

fn reports(world: &World, route: &RoutePlan, tellings: &[Telling]) -> Vec<Report> {
    let report = |(n, (of, what, minute)): (usize, &Telling)| {
        let booking = of.get(&route.entries).booking.id;
        let what = match what {
            0 | 1 => Happening::Departed { booking },
            2 => Happening::Arrived { booking },
            3 => collected(booking),
            4 => delivered(booking),
            5 => {
                let (reason, evidence) = (FailReason::NoShow, doorstep::model::Evidence::default());
                Happening::Failed { booking, reason, evidence }
            }
            6 => Happening::BreakStarted,
            7 => Happening::BreakEnded,
            _ => Happening::AtHub,
        };
        let at = world.now + TimeDelta::minutes(*minute);
        Report { id: format!("report-{n}"), at, what }
    };
    tellings.iter().enumerate().map(report).collect()
}

fn read(route: &RoutePlan, reports: &[Report]) -> CourierLog {
    CourierLog::read(reports, |id| {
        let ordinal = route.ordinal(id)?;
        Some(route.entries[ordinal].booking.request.kind)
    })
}

/// The bookings of a log with what was told of them.
fn told(world: &World, route: &RoutePlan, log: &CourierLog) -> BTreeMap<BookingId, Arc<Entry>> {
    let entry = |visit: &LoggedVisit| {
        let entry = &route.entries[route.ordinal(visit.booking).unwrap()];
        let booking = visit.told(&world.day.region, &entry.booking).unwrap();
        (visit.booking, Arc::new(Entry { booking, version: entry.version }))
    };
    log.visits().map(entry).collect()
}

/// The route as the reports say; bookings that they do not tell of wait, as the desk has it.
fn logged(world: &World, route: &RoutePlan, reports: &[Report]) -> RoutePlan {
    let mut route = route.clone();
    for ordinal in 0..route.entries.len() {
        let mut entry = Entry::clone(&route.entries[ordinal]);
        (entry.booking.state, entry.booking.outcome) = (BookingState::Confirmed, None);
        route = route.updated(ordinal, Arc::new(entry));
    }
    let log = read(&route, reports);
    route.logged(&log, &told(world, &route, &log))
}

fn ids(route: &RoutePlan) -> BTreeSet<BookingId> {
    route.entries.iter().map(|entry| entry.booking.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_in_which_reports_come_makes_no_difference(
        city in city(),
        asks in vec(ask(), 1..25),
        tellings in tellings(),
        halves in vec(any::<bool>(), 30),
    ) {
        let mut world = World::new(&city);
        for ask in &asks {
            let booking = world.booking(ask);
            world.take(booking);
        }
        for route in world.day.routes.iter().filter(|route| !route.entries.is_empty()) {
            let reports = reports(&world, route, &tellings);
            let at_once = logged(&world, route, &reports);
            // Half of them first, in the wrong order; then all of them, some for the second time.
            let early: Vec<Report> = reports.iter().zip(&halves)
                .filter(|(_, early)| **early).map(|(report, _)| report.clone()).rev().collect();
            let half = logged(&world, route, &early);
            let mut all = reports.clone();
            all.reverse();
            let later = logged(&world, &half, &all);
            prop_assert_eq!(at_once.schedule.elements(), later.schedule.elements());
            prop_assert_eq!(&at_once.entries, &later.entries);
            prop_assert_eq!(ids(&at_once), ids(route));
        }
    }

    #[test]
    fn what_was_told_comes_first_and_reads_back_as_it_was_stored(
        city in city(),
        asks in vec(ask(), 1..25),
        tellings in tellings(),
    ) {
        let mut world = World::new(&city);
        for ask in &asks {
            let booking = world.booking(ask);
            world.take(booking);
        }
        for index in 0..world.day.routes.len() {
            let route = Arc::clone(&world.day.routes[index]);
            if route.entries.is_empty() {
                continue;
            }
            let reports = reports(&world, &route, &tellings);
            let after = logged(&world, &route, &reports);
            let touched = after.schedule.touched();
            let elements = after.schedule.elements();
            prop_assert!(elements[touched..].iter().all(|e| !e.facts.is_touched()));
            let arrivals: Vec<i64> =
                elements.iter().filter_map(|element| element.facts.arrived).collect();
            prop_assert!(arrivals.is_sorted());
            let stops = after.stops();
            for stop in &stops {
                prop_assert_eq!(stop.arrive_at + stop.wait_s.delta(), stop.start_at);
                prop_assert_eq!(stop.start_at + stop.service_s.delta(), stop.leave_at);
            }
            let breaks = stops.iter().filter(|stop| stop.kind == StopKind::Break).count();
            prop_assert_eq!(breaks, usize::from(route.of.shift.rest.is_some()));
            world.day.routes[index] = Arc::new(after);
        }
        let bookings = world.day.entries().map(|(_, e)| (e.booking.id, Arc::clone(e))).collect();
        for (plan, route) in world.day.routes.iter().zip(world.routes()) {
            let of = doorstep::planning::RouteShift::clone(&plan.of);
            let again = RoutePlan::stored(&world.day.region, &route, of, &bookings);
            prop_assert_eq!(again.to_route(&world.day), route);
        }
        // The judge finds lateness, breaks at other times, and more collected than was booked.
        for violation in world.violations() {
            let name = violation.rule.name();
            prop_assert!(
                ["late", "break", "shift_end", "shift_start", "hub_closed", "overload"].contains(&name),
                "{violation}"
            );
        }
    }
}

fn at(minute: i64) -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
}

fn booking(number: u128) -> BookingId {
    BookingId(uuid::Uuid::from_u128(number))
}

/// The visits of a log, as far as they were told of.
fn visits(happenings: Vec<(i64, Happening)>) -> Vec<(BookingId, BookingAction, Facts)> {
    let reports = happenings.into_iter().enumerate().map(|(n, (minute, what))| Report {
        id: n.to_string(),
        at: at(minute),
        what,
    });
    let reports: Vec<Report> = reports.collect();
    let log = CourierLog::read(&reports, |_| Some(doorstep::model::BookingKind::Pickup));
    log.visits().map(|visit| (visit.booking, visit.action(), visit.facts)).collect()
}

fn collected(booking: BookingId) -> Happening {
    let evidence = Evidence::default();
    Happening::Collected { booking, devices: Vec::new(), handed_over: true, evidence }
}

fn delivered(booking: BookingId) -> Happening {
    Happening::Delivered { booking, evidence: Evidence::default() }
}

fn failed(booking: BookingId, reason: FailReason) -> Happening {
    Happening::Failed { booking, reason, evidence: doorstep::model::Evidence::default() }
}

#[test]
fn who_sets_off_elsewhere_gives_up_the_way_and_leaves_the_door() {
    let (a, b) = (booking(1), booking(2));
    let told = visits(vec![
        (0, Happening::Departed { booking: a }),
        (5, Happening::Departed { booking: b }),
        (20, Happening::Arrived { booking: b }),
        (30, Happening::Departed { booking: a }),
    ]);
    let minute = |minute| Some(at(minute).timestamp());
    let of_b =
        Facts { departed: minute(5), arrived: minute(20), left: minute(30), ..Facts::default() };
    let of_a = Facts { departed: minute(30), ..Facts::default() };
    assert_eq!(told, [(b, BookingAction::Arrive, of_b), (a, BookingAction::Depart, of_a)]);
}

#[test]
fn what_is_told_at_one_tap_happened_one_after_the_other() {
    // Names are no order: the end of the first door comes before the way to the second.
    let (a, b) = (booking(1), booking(2));
    for happenings in [
        [(9, Happening::Departed { booking: b }), (9, collected(a))],
        [(9, collected(a)), (9, Happening::Departed { booking: b })],
    ] {
        let told =
            visits([vec![(5, Happening::Arrived { booking: a })], happenings.to_vec()].concat());
        let actions: Vec<_> = told.iter().map(|(id, action, _)| (*id, *action)).collect();
        assert_eq!(actions, [(a, BookingAction::Complete), (b, BookingAction::Depart)]);
    }
}

#[test]
fn the_last_end_of_a_visit_counts() {
    let a = booking(1);
    let action = |happenings| visits(happenings)[0].1;
    let no_show = FailReason::NoShow;
    assert_eq!(action(vec![(9, collected(a)), (5, failed(a, no_show))]), BookingAction::Complete);
    assert_eq!(
        action(vec![(5, collected(a)), (9, failed(a, no_show))]),
        BookingAction::Fail(no_show)
    );
}

#[test]
fn an_exchange_is_over_once_its_old_devices_are_dealt_with() {
    let a = booking(1);
    let log = |happenings: Vec<Happening>| {
        let reports: Vec<Report> = (0..)
            .zip(happenings)
            .map(|(n, what)| Report { id: n.to_string(), at: at(n), what })
            .collect();
        CourierLog::read(&reports, |_| Some(doorstep::model::BookingKind::Exchange))
    };
    let action = |log: &CourierLog| log.visits().next().unwrap().action();
    let handed = log(vec![delivered(a)]);
    assert_eq!(action(&handed), BookingAction::Arrive);
    let done = log(vec![delivered(a), collected(a)]);
    assert_eq!(action(&done), BookingAction::Complete);
    let refused = log(vec![failed(a, FailReason::DeviceRefused)]);
    assert_eq!(action(&refused), BookingAction::Fail(FailReason::DeviceRefused));
}

#[test]
fn what_is_refused_at_an_exchange_goes_back_and_what_is_requoted_counts_by_its_quote() {
    use doorstep::model::{BookingKind, Category, Currency, Device, Inspection, Load, Money};
    let mut runner = TestRunner::deterministic();
    let mut world = World::new(&city().new_tree(&mut runner).unwrap().current());
    let plain = ask().new_tree(&mut runner).unwrap().current();
    let region = Arc::clone(&world.day.region);
    let money = |amount| Some(Money { amount, currency: Currency::CNY });
    let phone = |amount| Device { declared_value: money(amount), ..Device::of(Category::Phone) };
    let mut exchange: Booking = world.booking(&plain);
    exchange.request.devices = vec![phone(1_000), phone(2_000)];
    exchange.demand.delivery = Load { parcels: 2, value: 9_000, ..Load::ZERO };
    exchange.demand.pickup = Load { parcels: 2, value: 3_000, ..Load::ZERO };
    assert_eq!(exchange.taken_at_most().value, 9_000, "there is room for what goes back");
    assert_eq!(exchange.taken_along().value, 3_000, "the plan is that it is accepted");

    let told = |what: Happening| {
        let reports = [Report { id: "1".into(), at: at(0), what }];
        let log = CourierLog::read(&reports, |_| Some(exchange.request.kind));
        log.visits().next().unwrap().told(&region, &exchange).unwrap()
    };
    let found = |device, accepted, quote| Inspection { device, imei: None, accepted, quote };
    let devices = vec![found(0, false, None), found(1, true, money(1_500))];
    let partly = told(Happening::Collected {
        booking: exchange.id,
        devices,
        handed_over: true,
        evidence: Evidence::default(),
    });
    let on_board = partly.taken_along();
    assert_eq!((on_board.parcels, on_board.value), (1, 1_500));
    let refused = told(failed(exchange.id, FailReason::DeviceRefused));
    assert_eq!(refused.taken_along(), exchange.demand.delivery);
    assert_eq!(refused.taken_at_most(), exchange.demand.delivery);

    let mut delivery = exchange.clone();
    (delivery.request.kind, delivery.demand.pickup) = (BookingKind::Delivery, Load::ZERO);
    assert_eq!(delivery.taken_at_most().value, 9_000, "it may come to nothing and go back");
    assert_eq!(delivery.taken_along(), Load::ZERO, "the plan is that it is handed over");
}

#[test]
fn what_shows_a_visit_is_kept_whatever_it_came_to() {
    let shown = |photo: char, note: Option<&str>| Evidence {
        photos: vec![photo.to_string().repeat(64)],
        note: note.map(str::to_owned),
        ..Evidence::default()
    };
    let mut evidence = shown('a', Some("at the gate"));
    evidence.add(&Evidence { code: Some("0417".to_owned()), ..shown('b', None) });
    evidence.add(&shown('a', None));
    assert_eq!(evidence.photos, ["a".repeat(64), "b".repeat(64)], "each once");
    assert_eq!(evidence.note.as_deref(), Some("at the gate"));
    assert_eq!(evidence.code.as_deref(), Some("0417"));
}
