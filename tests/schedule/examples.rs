//! Small routes that random problems meet too seldom, worked out by hand.

use crate::plain_route::PlainRoute;
use crate::problems::MIDNIGHT;
use doorstep::geo::Point;
use doorstep::model::{self, Load, TravelProfile};
use doorstep::schedule::{Block, Facts, Limit, Rest, Schedule, Task, Vehicle, Visit, WindowFit};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most of an hour from the hub, and two minutes from each other.
const FAR: f64 = 0.1;
const BESIDE_FAR: f64 = 0.1005;
/// Two minutes from the hub.
const NEAR: f64 = 0.002;

/// A moment of the day, from hours and minutes.
fn at(hours: i64, minutes: i64) -> i64 {
    MIDNIGHT + hours * 3_600 + minutes * 60
}

fn east_of_the_hub(degrees: f64) -> Point {
    Point::new(121.45 + degrees, 31.2).unwrap()
}

/// Works from 8 to 18 without a break or a limit.
fn vehicle() -> Arc<Vehicle> {
    Arc::new(Vehicle {
        depot: east_of_the_hub(0.0),
        end: east_of_the_hub(0.0),
        is_out: false,
        is_locked: false,
        shift_starts: at(8, 0),
        shift_ends: at(18, 0),
        hub_opens: at(8, 0),
        hub_closes: at(18, 0),
        hub_call_s: 600,
        rest: None,
        capacity: Load::UNLIMITED,
        skills: BTreeSet::new(),
        max_stops: None,
        kind: model::Vehicle::Ebike,
        travel: Arc::new(TravelProfile::default()),
    })
}

/// Ten minutes at a door.
fn visit(degrees: f64, opens: i64, closes: i64) -> Visit {
    Visit {
        facts: Facts::default(),
        is_aboard: false,
        place: east_of_the_hub(degrees),
        opens,
        closes,
        service_s: 600,
        setup_s: 0,
        not_before: i64::MIN,
        delivery: Load::ZERO,
        pickup: Load::ZERO,
        skills: BTreeSet::new(),
    }
}

fn route(visits: Vec<Visit>) -> Schedule {
    let tasks = (0..u32::try_from(visits.len()).unwrap()).map(Task::Visit).collect();
    let schedule = PlainRoute { vehicle: vehicle(), visits, tasks }.schedule();
    assert_eq!(schedule.violations(), vec![]);
    schedule
}

/// The held visit is in time from the hub, but not from the far door when the hold runs out.
#[test]
fn a_visit_held_further_on_is_not_left_a_longer_way() {
    let held = Visit { not_before: at(10, 0), ..visit(NEAR, at(9, 30), at(10, 5)) };
    let schedule = route(vec![held]);
    let far = visit(FAR, at(8, 0), at(9, 0));
    let gap = schedule.gap(1, &far, at(8, 0));
    let WindowFit::NoRoom(Limit::Window, late_s) = gap.fit(far.opens, far.closes) else {
        panic!("{gap:?} leaves no time for the way back");
    };
    let way_s = vehicle().leg(far.place, east_of_the_hub(NEAR)).travel_s.get();
    assert_eq!(late_s, at(10, 0) + way_s - at(10, 5));
}

/// The slack of the hub is that of the long way to the stop; from next door it is much more.
#[test]
fn a_position_beside_the_next_stop_is_not_skipped() {
    let schedule = route(vec![visit(FAR, at(12, 0), at(12, 0))]);
    let beside = visit(BESIDE_FAR, at(11, 30), at(11, 40));
    assert_eq!(schedule.cheapest(&beside, at(8, 0)).map(|gap| gap.at), Some(1));
}

/// Both are far away. Without the first, waiting at the hub for the hold would be too late: the
/// courier sets off before it runs out, as late as the promise allows.
#[test]
fn a_held_visit_is_in_time_when_the_one_before_it_is_removed() {
    let first = visit(FAR, at(9, 0), at(9, 40));
    let held = Visit { not_before: at(10, 0), ..visit(BESIDE_FAR, at(9, 30), at(10, 10)) };
    let shorter = route(vec![first, held]).without(1, at(8, 30));
    assert_eq!(shorter.violations(), vec![]);
    assert_eq!(shorter.timings()[1].start, at(10, 10));
}

/// Until the visit is called off at ten, the courier waits for it.
#[test]
fn what_follows_a_removed_visit_is_not_set_off_to_earlier() {
    let schedule = route(vec![visit(NEAR, at(12, 0), at(13, 0)), visit(FAR, at(8, 0), at(16, 0))]);
    let shorter = schedule.without(1, at(10, 0));
    let timing = &shorter.timings()[1];
    assert_eq!(timing.arrive - timing.leg.travel_s.get(), at(10, 0));
}

/// Something is brought there, and nothing taken along.
fn delivery(degrees: f64, opens: i64, closes: i64) -> Visit {
    Visit { delivery: Load { parcels: 1, ..Load::ZERO }, ..visit(degrees, opens, closes) }
}

/// The courier leaves for the first at about ten, and waits there for the second at noon.
#[test]
fn what_is_brought_is_had_at_the_hub_alone() {
    let all_day = (at(8, 0), at(17, 0));
    let morning = visit(NEAR, at(10, 0), at(10, 30));
    let noon = delivery(BESIDE_FAR, at(12, 0), at(13, 0));
    let schedule = route(vec![morning, noon]);
    let wanted = delivery(FAR, all_day.0, all_day.1);
    let open = |schedule: &Schedule, visit: &Visit, now| -> Vec<usize> {
        schedule.gaps(visit, now).map(|gap| gap.at).collect()
    };
    assert_eq!(open(&schedule, &wanted, at(9, 0)), [1, 2, 3], "the courier is at the hub");
    assert!(!schedule.is_away(at(9, 0)) && !schedule.has_aboard(2, at(9, 0)));

    let away = at(10, 5);
    assert_eq!(open(&schedule, &wanted, away), [0_usize; 0]);
    assert_eq!(schedule.cheapest(&wanted, away), None);
    assert_eq!(schedule.closest_block(&wanted, away), Block::Goods);
    assert!(schedule.has_aboard(2, away), "what is for noon was taken along");
    let pickup = visit(FAR, all_day.0, all_day.1);
    assert_eq!(open(&schedule, &pickup, away), [2, 3], "what is collected is not had anywhere");

    let called = schedule.with_hub_call(2, away);
    assert_eq!(open(&called, &wanted, away), [3, 4], "behind the call it can be had again");
    let aboard = Visit { is_aboard: true, ..wanted };
    assert_eq!(open(&called, &aboard, away), [2], "what is on board comes before it");
    assert_eq!(open(&schedule, &aboard, away), [2, 3]);
    let there = called.timings()[2].arrive;
    assert!(called.is_away(there - 1) && !called.is_away(there));
    assert_eq!(called.loads_from(there), 3);
}

/// A break at the hub is no reason to think that the courier has left.
#[test]
fn who_takes_the_break_at_the_hub_is_loaded_after_it() {
    let rest = Rest { earliest: at(9, 0), latest: at(9, 0), duration_s: 1_800 };
    let vehicle = Arc::new(Vehicle { rest: Some(rest), ..Vehicle::clone(&vehicle()) });
    let visits = vec![visit(NEAR, at(12, 0), at(13, 0))];
    let tasks = vec![Task::Rest, Task::Visit(0)];
    let schedule = PlainRoute { vehicle, visits, tasks }.schedule();
    let now = at(9, 10);
    assert_eq!((schedule.frozen(now), schedule.loads_from(now)), (2, 2));
    assert!(!schedule.is_away(now));
    assert_eq!(schedule.loads_from(at(12, 0)), schedule.elements().len());
}
