//! Each constraint stops a route for its own reason, and no sooner than it must.

use crate::example::{all, breach, cost, pause, problem, vehicle, window};
use doorstep::solver::{
    Constraint, HubReturns, Overtime, RouteCost, Shipment, Table, Task, Travel, evaluate,
};

#[test]
fn an_empty_route_costs_nothing_whatever_the_vehicle() {
    let mut problem = problem(&[1]);
    problem.vehicles[0].breaks = vec![pause(5_000, 5_000)];
    problem.vehicles[0].costs.fixed = 7;
    assert_eq!(cost(&problem, &[]), 0);
}

#[test]
fn ways_are_paid_by_second_and_metre_and_a_used_vehicle_once() {
    let mut problem = problem(&[1, 3]);
    let costs = &mut problem.vehicles[0].costs;
    (costs.fixed, costs.per_second, costs.per_metre) = (1_000, 2, 1);
    let expected = RouteCost { fixed: 1_000, travel: 180, overtime: 0, lateness: 0 };
    assert_eq!(evaluate(&problem, 0, &all(&problem)), Ok(expected));
}

#[test]
fn a_table_of_costs_goes_before_seconds_and_metres() {
    let mut problem = problem(&[1]);
    let (durations, costs) = ([0, 10, 10, 0].into(), [0, 3, 4, 0].into());
    problem.travel = vec![Travel::Table(Table::new(2, durations, None, Some(costs)))];
    assert_eq!(cost(&problem, &all(&problem)), 7);
}

#[test]
fn vehicles_have_the_travel_of_their_profile() {
    let mut problem = problem(&[1]);
    let slow = Travel::Table(Table::new(2, [0, 40, 40, 0].into(), None, None));
    problem.travel.push(slow);
    problem.vehicles.push(vehicle());
    problem.vehicles[1].profile = 1;
    let totals = [0, 1].map(|v| evaluate(&problem, v, &all(&problem)).unwrap().total());
    assert_eq!(totals, [20, 80]);
}

#[test]
fn a_window_missed_tells_by_how_much() {
    let mut problem = problem(&[1, 3]);
    problem.visits[1].windows = vec![window(0, 35)];
    assert_eq!(cost(&problem, &all(&problem)), 60);
    problem.visits[1].windows = vec![window(0, 34)];
    assert_eq!(breach(&problem, &all(&problem)), (Some(1), Constraint::TimeWindow { by: 1 }));
}

#[test]
fn of_several_windows_the_next_one_is_waited_for() {
    let mut problem = problem(&[1, 3]);
    problem.visits[0].windows = vec![window(0, 9), window(20, 30), window(50, 60)];
    problem.visits[1].windows = vec![window(0, 45)];
    assert_eq!(cost(&problem, &all(&problem)), 60);
    problem.vehicles[0].earliest = 21;
    assert_eq!(breach(&problem, &all(&problem)), (Some(1), Constraint::TimeWindow { by: 30 }));
    problem.vehicles[0].earliest = 51;
    assert_eq!(breach(&problem, &all(&problem)), (Some(0), Constraint::TimeWindow { by: 1 }));
}

#[test]
fn nobody_sets_off_before_the_release() {
    let mut problem = problem(&[1]);
    problem.visits[0].release = 20;
    problem.visits[0].windows = vec![window(0, 30)];
    assert_eq!(cost(&problem, &all(&problem)), 20);
    problem.visits[0].release = 21;
    assert_eq!(breach(&problem, &all(&problem)), (Some(0), Constraint::TimeWindow { by: 1 }));
}

#[test]
fn setup_is_done_once_for_a_door() {
    let mut problem = problem(&[1, 1, 2, 1]);
    problem.visits.iter_mut().for_each(|visit| visit.setup = 100);
    // 10 + 105 + 5 + 10 + 105 + 10 + 105 + 10
    problem.vehicles[0].latest = 360;
    assert_eq!(cost(&problem, &all(&problem)), 40);
    problem.vehicles[0].latest = 359;
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::ShiftEnd { by: 1 }));
    // A break between two visits at a door does not count as a stop.
    problem.vehicles[0].breaks = vec![pause(115, 115)];
    problem.vehicles[0].latest = 390;
    assert_eq!(cost(&problem, &all(&problem)), 40);
    // The door of the start is one, too, but not where a vehicle begins anywhere.
    problem.vehicles[0].breaks.clear();
    problem.vehicles[0].start = Some(1);
    problem.vehicles[0].latest = 250;
    assert_eq!(cost(&problem, &all(&problem)), 30);
    problem.vehicles[0].start = None;
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::ShiftEnd { by: 100 }));
}

#[test]
fn overtime_is_limited_and_paid_by_the_second() {
    let mut problem = problem(&[2]);
    problem.vehicles[0].latest = 30;
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::ShiftEnd { by: 15 }));
    problem.vehicles[0].overtime = Some(Overtime { most: 15, per_second: 3 });
    let paid = evaluate(&problem, 0, &all(&problem)).unwrap();
    assert_eq!(paid, RouteCost { fixed: 0, travel: 40, overtime: 45, lateness: 0 });
    problem.vehicles[0].overtime = Some(Overtime { most: 14, per_second: 3 });
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::ShiftEnd { by: 1 }));
}

#[test]
fn lateness_has_a_price_where_a_day_is_broken() {
    let mut problem = problem(&[2]);
    problem.visits[0].windows = vec![window(0, 5), window(10, 13)];
    problem.vehicles[0].latest = 30;
    problem.vehicles[0].overtime = Some(Overtime { most: 5, per_second: 3 });
    problem.lateness = Some(100);
    let paid = evaluate(&problem, 0, &all(&problem)).unwrap();
    assert_eq!(paid, RouteCost { fixed: 0, travel: 40, overtime: 15, lateness: 1_700 });
    problem.vehicles[0].capacity = [0; 4];
    problem.visits[0].pickup = [1, 0, 0, 0];
    assert_eq!(breach(&problem, &all(&problem)).1, Constraint::Load { dimension: 0, by: 1 });
}

#[test]
fn a_route_may_begin_and_end_anywhere() {
    let mut problem = problem(&[2, 5]);
    (problem.vehicles[0].start, problem.vehicles[0].end) = (None, None);
    problem.vehicles[0].latest = 40;
    assert_eq!(cost(&problem, &all(&problem)), 30);
    problem.vehicles[0].latest = 39;
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::ShiftEnd { by: 1 }));
}

#[test]
fn skills_are_needed_and_pinned_visits_have_their_vehicle() {
    let mut problem = problem(&[1, 2]);
    problem.vehicles[0].skills = vec![1, 4];
    problem.visits[0].skills = vec![1, 4];
    problem.visits[1].skills = vec![2];
    assert_eq!(breach(&problem, &all(&problem)), (Some(1), Constraint::Skill));
    problem.vehicles[0].skills = vec![1, 2, 4];
    assert_eq!(cost(&problem, &all(&problem)), 40);
    problem.visits[1].vehicle = Some(0);
    assert_eq!(cost(&problem, &all(&problem)), 40);
    problem.visits[1].vehicle = Some(1);
    assert_eq!(breach(&problem, &all(&problem)), (Some(1), Constraint::Vehicle));
}

#[test]
fn what_is_delivered_is_on_board_from_the_hub_in_each_dimension() {
    for d in 0..4 {
        let mut problem = problem(&[1, 2, 3]);
        problem.visits[0].delivery[d] = 6;
        problem.visits[1].pickup[d] = 6;
        problem.visits[2].delivery[d] = 4;
        assert_eq!(cost(&problem, &all(&problem)), 60);
        problem.visits[2].delivery[d] = 5;
        let dimension = u8::try_from(d).unwrap();
        let too_much = Constraint::Load { dimension, by: 1 };
        assert_eq!(breach(&problem, &all(&problem)), (Some(2), too_much));
        let codes = ["load_parcels", "load_weight", "load_volume", "value_at_risk"];
        assert_eq!(too_much.code(), codes[d]);
    }
}

#[test]
fn an_exchange_hands_over_before_it_collects() {
    let mut problem = problem(&[1, 2]);
    for visit in &mut problem.visits {
        (visit.delivery, visit.pickup) = ([5; 4], [5; 4]);
    }
    assert_eq!(cost(&problem, &all(&problem)), 40);
    problem.visits[0].pickup = [6, 5, 5, 5];
    let too_much = Constraint::Load { dimension: 0, by: 1 };
    assert_eq!(breach(&problem, &all(&problem)), (Some(1), too_much));
}

#[test]
fn a_shipment_is_collected_first_and_on_board_in_between() {
    let mut problem = problem(&[1, 2, 3]);
    problem.shipments = vec![Shipment { pickup: 0, delivery: 2 }];
    (problem.visits[0].pickup, problem.visits[2].delivery) = ([7; 4], [7; 4]);
    problem.visits[1].pickup = [3; 4];
    assert_eq!(cost(&problem, &all(&problem)), 60);
    problem.visits[1].pickup = [3, 4, 3, 3];
    let too_much = Constraint::Load { dimension: 1, by: 1 };
    assert_eq!(breach(&problem, &all(&problem)), (Some(1), too_much));
    let [first, middle, last] = [0, 1, 2].map(Task::Visit);
    assert_eq!(cost(&problem, &[first, last, middle]), 60);
    assert_eq!(breach(&problem, &[last, first]), (Some(0), Constraint::Precedence));
    problem.visits[1].pickup = [3; 4];
    assert_eq!(breach(&problem, &[first, middle]), (None, Constraint::Precedence));
    assert_eq!(breach(&problem, &[first, last, last]), (Some(2), Constraint::Precedence));
}

#[test]
fn a_call_at_the_hub_unloads_and_loads() {
    let mut problem = problem(&[1, 2]);
    for visit in &mut problem.visits {
        (visit.delivery, visit.pickup) = ([8; 4], [10; 4]);
    }
    assert_eq!(breach(&problem, &all(&problem)).1.code(), "load_parcels");
    let [first, last] = [0, 1].map(Task::Visit);
    let route = [first, Task::Hub, last];
    assert_eq!(breach(&problem, &route), (Some(1), Constraint::HubReturns));
    let hub = HubReturns { place: 5, service: 20, most: 1, window: window(0, 55) };
    problem.vehicles[0].hub_returns = Some(hub);
    problem.vehicles[0].latest = 130; // 10 + 5 + 40 + 20 + 30 + 5 + 20
    assert_eq!(cost(&problem, &route), 100);
    problem.vehicles[0].latest = 129;
    assert_eq!(breach(&problem, &route), (None, Constraint::ShiftEnd { by: 1 }));
    problem.vehicles[0].latest = 1_000;
    let twice = [first, Task::Hub, last, Task::Hub];
    assert_eq!(breach(&problem, &twice), (Some(3), Constraint::HubReturns));
    problem.vehicles[0].hub_returns = Some(HubReturns { window: window(0, 54), ..hub });
    assert_eq!(breach(&problem, &route), (Some(1), Constraint::HubWindow { by: 1 }));
    problem.lateness = Some(9);
    assert_eq!(cost(&problem, &route), 109);
    problem.vehicles[0].hub_returns = Some(HubReturns { window: window(60, 99), ..hub });
    problem.vehicles[0].latest = 135;
    assert_eq!(cost(&problem, &route), 100);
}

#[test]
fn a_shipment_stays_on_its_trip() {
    let mut problem = problem(&[1, 2]);
    problem.shipments = vec![Shipment { pickup: 0, delivery: 1 }];
    let hub = HubReturns { place: 5, service: 20, most: 1, window: window(0, 900) };
    problem.vehicles[0].hub_returns = Some(hub);
    let route = [Task::Visit(0), Task::Hub, Task::Visit(1)];
    assert_eq!(breach(&problem, &route), (Some(1), Constraint::Precedence));
}

#[test]
fn the_limits_of_a_route_are_met_to_the_unit() {
    let full = problem(&[1, 3]);
    let route = all(&full);
    let limited = |set: fn(&mut doorstep::solver::Limits, i32), most: i32| {
        let mut problem = full.clone();
        set(&mut problem.vehicles[0].limits, most);
        problem
    };
    let stops = |limits: &mut doorstep::solver::Limits, most: i32| {
        limits.stops = u32::try_from(most).ok();
    };
    assert_eq!(cost(&limited(stops, 2), &route), 60);
    assert_eq!(breach(&limited(stops, 1), &route), (Some(1), Constraint::Stops));
    let travel = |limits: &mut doorstep::solver::Limits, most| limits.travel = Some(most);
    assert_eq!(cost(&limited(travel, 60), &route), 60);
    assert_eq!(breach(&limited(travel, 59), &route), (None, Constraint::Travel));
    let distance = |limits: &mut doorstep::solver::Limits, most: i32| {
        limits.distance = Some(i64::from(most));
    };
    assert_eq!(cost(&limited(distance, 60), &route), 60);
    assert_eq!(breach(&limited(distance, 59), &route), (None, Constraint::Distance));
    let duration = |limits: &mut doorstep::solver::Limits, most| limits.duration = Some(most);
    assert_eq!(cost(&limited(duration, 70), &route), 60);
    assert_eq!(breach(&limited(duration, 69), &route), (None, Constraint::Duration));
}

#[test]
fn a_duration_counts_from_the_latest_start() {
    let mut problem = problem(&[1, 3]);
    problem.visits[1].windows = vec![window(500, 600)];
    problem.vehicles[0].limits.duration = Some(70);
    assert_eq!(cost(&problem, &all(&problem)), 60);
    // The first visit closes early, so the wait is part of the day.
    problem.visits[0].windows = vec![window(0, 400)];
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::Duration));
    problem.vehicles[0].limits.duration = Some(535 - 390);
    assert_eq!(cost(&problem, &all(&problem)), 60);
    problem.vehicles[0].limits.duration = Some(535 - 391);
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::Duration));
    // A second window does not help if the route would end later by it.
    problem.visits[0].windows = vec![window(0, 400), window(476, 600)];
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::Duration));
    problem.visits[0].windows = vec![window(0, 400), window(475, 600)];
    assert_eq!(cost(&problem, &all(&problem)), 60);
}

#[test]
fn frozen_tasks_come_first() {
    let mut problem = problem(&[1, 2, 3]);
    let [a, b, c] = [0, 1, 2].map(Task::Visit);
    (problem.initial, problem.vehicles[0].frozen) = (vec![vec![b, a, c]], 2);
    assert_eq!(cost(&problem, &[b, a]), 40);
    assert_eq!(cost(&problem, &[b, a, c]), 80);
    assert_eq!(breach(&problem, &[b, c, a]), (Some(1), Constraint::Frozen));
    assert_eq!(breach(&problem, &[a, b, c]), (Some(0), Constraint::Frozen));
    assert_eq!(breach(&problem, &[b]), (Some(1), Constraint::Frozen));
    assert_eq!(breach(&problem, &[]), (Some(0), Constraint::Frozen));
    assert_eq!(Constraint::Frozen.code(), "frozen");
}

#[test]
fn a_shift_begins_and_ends_to_the_second() {
    let mut problem = problem(&[1]);
    // Ten seconds there, five at the door, ten back.
    (problem.vehicles[0].earliest, problem.vehicles[0].latest) = (100, 125);
    assert_eq!(cost(&problem, &all(&problem)), 20);
    problem.vehicles[0].latest = 124;
    assert_eq!(breach(&problem, &all(&problem)), (None, Constraint::ShiftEnd { by: 1 }));
    problem.vehicles[0].latest = 1_000;
    problem.visits[0].windows = vec![window(0, 109)];
    assert_eq!(breach(&problem, &all(&problem)), (Some(0), Constraint::TimeWindow { by: 1 }));
}

#[test]
fn a_hub_is_called_within_its_hours() {
    let mut problem = problem(&[1]);
    let hub = HubReturns { place: 0, service: 5, most: 1, window: window(100, 200) };
    problem.vehicles[0].hub_returns = Some(hub);
    let route = [Task::Hub, Task::Visit(0)];
    // It is waited for: the call begins at 100, the route ends 5 + 10 + 5 + 10 later.
    problem.vehicles[0].latest = 130;
    assert_eq!(cost(&problem, &route), 20);
    problem.vehicles[0].latest = 129;
    assert_eq!(breach(&problem, &route), (None, Constraint::ShiftEnd { by: 1 }));
    problem.vehicles[0].latest = 1_000;
    problem.vehicles[0].earliest = 203;
    assert_eq!(breach(&problem, &route), (Some(0), Constraint::HubWindow { by: 3 }));
}

#[test]
fn every_constraint_has_a_code_of_its_own() {
    let (by, index) = (1, 0);
    let load = |dimension| Constraint::Load { dimension, by };
    for (constraint, code) in [
        (Constraint::TimeWindow { by }, "time_window"),
        (Constraint::HubWindow { by }, "hub_closed"),
        (Constraint::ShiftEnd { by }, "shift_end"),
        (Constraint::Break { index }, "break"),
        (Constraint::Skill, "skill"),
        (Constraint::Vehicle, "pinned"),
        (load(0), "load_parcels"),
        (load(1), "load_weight"),
        (load(2), "load_volume"),
        (load(3), "value_at_risk"),
        (Constraint::Stops, "max_stops"),
        (Constraint::Travel, "max_travel"),
        (Constraint::Duration, "max_duration"),
        (Constraint::Distance, "max_distance"),
        (Constraint::Precedence, "precedence"),
        (Constraint::HubReturns, "hub_returns"),
        (Constraint::Frozen, "frozen"),
    ] {
        assert_eq!(constraint.code(), code);
    }
}
