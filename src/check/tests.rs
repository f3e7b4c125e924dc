//! Tests of the judge: a day that keeps all rules, and each rule broken once.

mod example;
mod goods;

use super::{Rule, Violation};
use crate::model::{
    Booking, BookingId, BookingState, Dimension, Meters, Seconds, StopKind, Vehicle,
};
use chrono::TimeDelta;
use example::{END, EXCHANGE, Example, PICKUP, REST, START, at, load, point, window};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A change of the example, and what the judge says of it: the stop, where it is about one, and
/// the rule.
struct Case {
    change: fn(&mut Example),
    found: Vec<(Option<usize>, Rule)>,
}

fn case(change: fn(&mut Example), stop: impl Into<Option<usize>>, rule: Rule) -> Case {
    Case { change, found: vec![(stop.into(), rule)] }
}

#[test]
fn a_day_that_keeps_all_rules_is_clean() {
    assert_eq!(Example::new().violations(), vec![]);
}

#[test]
fn each_broken_rule_is_reported_where_it_is_broken() {
    let cases = [membership(), shape(), way(), stay(), hours(), rest(), loads()];
    let mut broken = BTreeSet::new();
    for (index, Case { change, found }) in cases.into_iter().flatten().enumerate() {
        let mut example = Example::new();
        change(&mut example);
        let violations = example.violations();
        let about = |violation: Violation| (violation.stop, violation.rule);
        let reported: Vec<_> = violations.into_iter().map(about).collect();
        assert_eq!(reported, found, "case {index}");
        broken.extend(found.iter().map(|(_, rule)| number(rule)));
    }
    assert!(broken.into_iter().eq(0..RULES), "a rule has no case");
}

fn membership() -> Vec<Case> {
    vec![
        case(
            |day| day.route.courier = "wei".parse().unwrap(),
            None,
            Rule::Unknown { what: "courier wei".into() },
        ),
        case(
            |day| day.route.hub = "puxi".parse().unwrap(),
            None,
            Rule::Unknown { what: "hub puxi".into() },
        ),
        case(|day| day.unassigned.push(day.bookings[0].id), None, Rule::VisitedTwice),
        case(
            |day| {
                let id = BookingId(Uuid::from_u128(3));
                day.bookings.push(Booking { id, ..day.bookings[0].clone() });
            },
            None,
            Rule::NotVisited,
        ),
        case(|day| day.bookings[0].state = BookingState::Cancelled, PICKUP, Rule::NotOfThisDay),
        case(|day| day.bookings[1].state = BookingState::Expired, EXCHANGE, Rule::NotOfThisDay),
        Case {
            change: |day| day.bookings[0].date = "2026-03-03".parse().unwrap(),
            found: vec![(Some(PICKUP), Rule::NotOfThisDay)],
        },
    ]
}

fn shape() -> Vec<Case> {
    vec![
        case(|day| day.route.stops.truncate(END), None, Rule::Shape),
        case(|day| day.route.stops[REST].kind = StopKind::End, None, Rule::Shape),
        case(|day| day.bookings[0].request.place = point(121.481, 31.24), PICKUP, Rule::Place),
        Case {
            change: |day| day.hub.place = point(121.471, 31.23),
            found: vec![(Some(START), Rule::Place), (Some(END), Rule::Place)],
        },
    ]
}

fn way() -> Vec<Case> {
    vec![
        case(|day| day.route.stops[PICKUP].travel_s += Seconds(1), PICKUP, Rule::Travel),
        case(|day| day.route.stops[END].distance_m.0 -= 1, END, Rule::Travel),
        Case {
            change: |day| day.courier.vehicle = Vehicle::Van,
            found: [PICKUP, EXCHANGE, END].map(|stop| (Some(stop), Rule::Travel)).to_vec(),
        },
        case(
            |day| {
                let stop = &mut day.route.stops[EXCHANGE];
                stop.arrive_at -= TimeDelta::seconds(1);
                stop.wait_s += Seconds(1);
            },
            EXCHANGE,
            Rule::Clock,
        ),
        case(
            |day| day.route.stops[EXCHANGE].not_before = Some(at("12:30:01")),
            EXCHANGE,
            Rule::Clock,
        ),
    ]
}

fn stay() -> Vec<Case> {
    vec![
        case(|day| day.route.stops[PICKUP].wait_s += Seconds(1), PICKUP, Rule::Clock),
        case(
            |day| day.bookings[0].demand.service_s += Seconds(5),
            PICKUP,
            Rule::Service { by_s: 5 },
        ),
        case(|day| day.bookings[0].demand.setup_s += Seconds(7), PICKUP, Rule::Service { by_s: 7 }),
        case(
            |day| day.bookings[0].window = window("09:20:09", "11:00:00"),
            PICKUP,
            Rule::Early { by_s: 9 },
        ),
        case(
            |day| day.bookings[1].window = window("13:00:00", "13:29:48"),
            EXCHANGE,
            Rule::Late { by_s: 12 },
        ),
    ]
}

fn hours() -> Vec<Case> {
    vec![
        case(|day| day.route.shift.starts = at("08:50:30"), START, Rule::ShiftStart { by_s: 30 }),
        case(
            |day| day.route.shift.ends = day.route.stops[END].arrive_at - TimeDelta::seconds(31),
            END,
            Rule::ShiftEnd { by_s: 31 },
        ),
        case(
            |day| day.hub.opens = "08:50:32".parse().unwrap(),
            START,
            Rule::HubClosed { by_s: 32 },
        ),
        case(
            |day| {
                day.hub.closes = "14:00:00".parse().unwrap();
                day.come_back_at(at("14:00:33"));
            },
            END,
            Rule::HubClosed { by_s: 33 },
        ),
    ]
}

fn rest() -> Vec<Case> {
    vec![
        case(|day| day.route.shift.rest = None, None, Rule::Break),
        case(|day| day.route.stops.retain(|s| s.kind != StopKind::Break), None, Rule::Break),
        case(
            |day| {
                let again = day.route.stops[REST].clone();
                day.route.stops.insert(REST, again);
                day.route.stops[REST].arrive_at = at("12:00:00");
                day.route.stops[REST].service_s = Seconds::ZERO;
                day.route.stops[REST].leave_at = at("12:00:00");
                day.route.stops[REST].wait_s = Seconds::ZERO;
                day.route.stops[REST + 1].arrive_at = at("12:00:00");
                day.route.stops[REST + 1].wait_s = Seconds::ZERO;
            },
            None,
            Rule::Break,
        ),
        case(
            |day| {
                let rest = day.route.shift.rest.as_mut().unwrap();
                rest.window = window("11:30:00", "11:59:59");
            },
            None,
            Rule::Break,
        ),
        case(
            |day| day.route.shift.rest.as_mut().unwrap().duration_s += Seconds(1),
            None,
            Rule::Break,
        ),
    ]
}

fn loads() -> Vec<Case> {
    let too_many = Rule::Overload { dimension: Dimension::Parcels, by: 1 };
    let too_dear = Rule::Overload { dimension: Dimension::Value, by: 7 };
    vec![
        Case {
            change: |day| day.courier.capacity.parcels = 1,
            found: [PICKUP, REST, EXCHANGE, END].map(|at| (Some(at), too_many.clone())).to_vec(),
        },
        Case {
            change: |day| {
                day.courier.capacity.value = 100;
                day.bookings[1].demand.pickup.value = 107;
                day.route.stops[EXCHANGE].load_after.value = 107;
                day.route.stops[END].load_before.value = 107;
                day.route.stops[END].load_after.value = 107;
            },
            found: [EXCHANGE, END].map(|at| (Some(at), too_dear.clone())).to_vec(),
        },
        case(|day| day.route.stops[PICKUP].load_after = load(1), PICKUP, Rule::LoadNoted),
        case(|day| day.route.stops[START].load_before = load(0), START, Rule::LoadNoted),
        case(|day| day.courier.skills.clear(), EXCHANGE, Rule::Skill { skill: "desktop".into() }),
        case(|day| day.courier.max_stops = Some(1), None, Rule::MaxStops { by: 1 }),
    ]
}

/// Visits made at one door in a row share one set-up.
#[test]
fn a_second_visit_at_a_door_needs_no_set_up() {
    let mut example = Example::new();
    let first = example.bookings[0].clone();
    let second = Booking { id: BookingId(Uuid::from_u128(3)), ..first };
    let mut stop = example.route.stops[PICKUP].clone();
    let leave_at = stop.leave_at;
    stop.booking = Some(second.id);
    (stop.travel_s, stop.distance_m) = (Seconds::ZERO, Meters::ZERO);
    (stop.arrive_at, stop.start_at, stop.wait_s) = (leave_at, leave_at, Seconds::ZERO);
    stop.service_s = second.demand.service_s;
    stop.leave_at = leave_at + stop.service_s.delta();
    example.bookings.push(second);
    example.route.stops.insert(PICKUP + 1, stop);
    (example.courier.max_stops, example.courier.capacity.parcels) = (None, 3);
    for (index, stop) in example.route.stops.iter_mut().enumerate().skip(PICKUP + 1) {
        (stop.load_before, stop.load_after) =
            (load(if index == PICKUP + 1 { 2 } else { 3 }), load(3));
    }
    let rest = &mut example.route.stops[REST + 1];
    rest.arrive_at = leave_at + TimeDelta::seconds(600);
    rest.wait_s = Seconds::from(rest.start_at - rest.arrive_at);
    assert_eq!(example.violations(), vec![]);
    example.route.stops[PICKUP + 1].service_s = Seconds(599);
    example.route.stops[PICKUP + 1].leave_at -= TimeDelta::seconds(1);
    let rules: Vec<Rule> = example.violations().into_iter().map(|found| found.rule).collect();
    assert_eq!(rules, vec![Rule::Service { by_s: 1 }]);
}

/// How many rules there are.
const RULES: usize = 19;

/// Each rule's number below [`RULES`]: a new rule does not compile until it is counted here. What is about
/// a change of a day has tests of its own.
fn number(rule: &Rule) -> usize {
    match rule {
        Rule::Unknown { .. } => 0,
        Rule::Shape => 1,
        Rule::VisitedTwice => 2,
        Rule::NotVisited => 3,
        Rule::NotOfThisDay => 4,
        Rule::Place => 5,
        Rule::Travel => 6,
        Rule::Clock => 7,
        Rule::Service { .. } => 8,
        Rule::Early { .. } => 9,
        Rule::Late { .. } => 10,
        Rule::ShiftStart { .. } => 11,
        Rule::ShiftEnd { .. } => 12,
        Rule::HubClosed { .. } => 13,
        Rule::Break => 14,
        Rule::Overload { .. } => 15,
        Rule::LoadNoted => 16,
        Rule::Skill { .. } => 17,
        Rule::MaxStops { .. } => 18,
        Rule::Goods => RULES,
    }
}

#[test]
fn a_call_at_the_hub_begins_another_trip() {
    const CALL: usize = REST;
    let broken = |change: fn(&mut Example)| {
        let mut day = Example::of_two_trips();
        change(&mut day);
        let found = day.violations().into_iter().map(|violation| (violation.stop, violation.rule));
        found.collect::<Vec<_>>()
    };
    assert_eq!(broken(|day| day.courier.capacity.parcels = 1), vec![]);
    assert_eq!(
        broken(|day| day.route.stops[CALL].load_after = load(0)),
        [(Some(CALL), Rule::LoadNoted)]
    );
    assert_eq!(
        broken(|day| day.region.live.hub_call_s = Seconds(900)),
        [(Some(CALL), Rule::Service { by_s: 300 })]
    );
    let elsewhere = broken(|day| day.route.stops[CALL].place = point(121.471, 31.23));
    assert!(elsewhere.contains(&(Some(CALL), Rule::Place)), "{elsewhere:?}");
}
