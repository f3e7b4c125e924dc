//! Tests of the judge of a change: who hands over what has it on board.

use super::example::{END, EXCHANGE, Example, PICKUP, at};
use crate::check::{Rule, check_goods};
use crate::model::{Route, RouteId};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// The route and the stop of each violation.
fn found(
    day: &Example,
    before: &[Route],
    after: &[Route],
    now: DateTime<Utc>,
) -> Vec<(RouteId, usize)> {
    let violations = day.judged(|judged| check_goods(judged, before, after, now));
    let place = |violation: crate::check::Violation| {
        assert_eq!((&violation.rule, violation.rule.name()), (&Rule::Goods, "goods"));
        (violation.route.unwrap(), violation.stop.unwrap())
    };
    violations.into_iter().map(place).collect()
}

/// The route without the stop at an index.
fn without(route: &Route, at: usize) -> Route {
    let mut route = route.clone();
    route.stops.remove(at);
    route
}

/// The last moment at which the courier is still at the hub.
fn last_at_hub(route: &Route) -> DateTime<Utc> {
    let first = &route.stops[PICKUP];
    first.start_at - first.travel_s.delta()
}

/// A colleague with nothing to do.
fn idle(route: &Route) -> Route {
    let mut idle = without(&without(route, EXCHANGE), PICKUP);
    idle.id = RouteId(Uuid::from_u128(10));
    idle
}

#[test]
fn what_is_new_on_a_trip_is_not_on_board() {
    let day = Example::new();
    let (before, after) = (without(&day.route, EXCHANGE), day.route.clone());
    let change =
        |now| found(&day, std::slice::from_ref(&before), std::slice::from_ref(&after), now);
    let leaves = last_at_hub(&after);
    assert_eq!(change(leaves), []);
    assert_eq!(change(leaves + TimeDelta::seconds(1)), [(after.id, EXCHANGE)]);
    let same = std::slice::from_ref(&after);
    assert_eq!(found(&day, same, same, leaves + TimeDelta::hours(1)), []);
}

#[test]
fn a_pickup_needs_nothing_on_board() {
    let day = Example::new();
    let mut late = day.route.clone();
    late.stops.swap(PICKUP, EXCHANGE);
    let before = without(&late, EXCHANGE);
    assert_eq!(found(&day, &[before], &[late], at("16:00:00")), []);
}

#[test]
fn what_was_told_of_is_not_judged() {
    let day = Example::new();
    let (before, mut after) = (without(&day.route, EXCHANGE), day.route.clone());
    after.stops[EXCHANGE].progress.arrived_at = Some(at("13:30:00"));
    assert_eq!(found(&day, &[before], &[after], at("13:30:00")), []);
}

#[test]
fn what_one_has_on_board_no_other_brings() {
    let day = Example::new();
    let (own, other) = (day.route.clone(), idle(&day.route));
    let mut taken = other.clone();
    taken.stops.insert(taken.stops.len() - 1, own.stops[EXCHANGE].clone());
    let at_stop = taken.stops.len() - 2;
    let before = [own.clone(), other];
    let after = [without(&own, EXCHANGE), taken.clone()];
    let leaves = last_at_hub(&own);
    assert_eq!(found(&day, &before, &after, leaves), []);
    let away = leaves + TimeDelta::seconds(1);
    assert_eq!(found(&day, &before, &after, away), [(taken.id, at_stop)]);
}

#[test]
fn behind_a_call_at_the_hub_it_can_be_had() {
    let day = Example::of_two_trips();
    let exchange = EXCHANGE + 1;
    let before = without(&day.route, exchange);
    let after = std::slice::from_ref(&day.route);
    let away = last_at_hub(&day.route) + TimeDelta::minutes(10);
    assert_eq!(found(&day, std::slice::from_ref(&before), after, away), []);
    // At one, the courier has been at the hub and waits there.
    assert_eq!(found(&day, &[before], after, at("13:00:00")), []);
    assert_eq!(day.route.stops.len(), END + 2);
}
