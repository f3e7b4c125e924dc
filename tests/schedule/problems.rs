//! Random vehicles and visits of one day in one city.

use crate::plain_route::PlainRoute;
use doorstep::geo::Point;
use doorstep::model::{self, Load, TravelProfile};
use doorstep::schedule::{Facts, Rest, Vehicle, Visit};
use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Midnight of the day, Unix seconds.
pub(crate) const MIDNIGHT: i64 = 1_772_380_800;

const HOUR: i64 = 3_600;

/// So many random cases; a failure is printed whole, and nothing is written beside the sources.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    let failure_persistence = None;
    ProptestConfig { failure_persistence, ..ProptestConfig::with_cases(count) }
}

/// A moment of the day, in steps fine enough to miss by seconds.
fn moment(first_hour: i64, last_hour: i64) -> impl Strategy<Value = i64> {
    (first_hour * HOUR..=last_hour * HOUR).prop_map(|s| MIDNIGHT + s)
}

/// A `now` from before the first shift to after the last.
pub(crate) fn now() -> impl Strategy<Value = i64> {
    moment(7, 22)
}

/// Few places far apart, so that doors are shared, or any place within about eight kilometres.
fn place() -> impl Strategy<Value = Point> {
    let few = (0..3, 0..3).prop_map(|(x, y)| (f64::from(x) * 0.03, f64::from(y) * 0.03));
    let any = (0..800, 0..800).prop_map(|(x, y)| (f64::from(x) * 1e-4, f64::from(y) * 1e-4));
    prop_oneof![few, any].prop_map(|(x, y)| Point::new(121.45 + x, 31.20 + y).unwrap())
}

fn load(most: i64) -> impl Strategy<Value = Load> {
    (0..=most, 0..=most, 0..=most, 0..=most).prop_map(|(parcels, weight_g, volume_ml, value)| {
        Load { parcels, weight_g, volume_ml, value }
    })
}

fn skills(most: usize) -> impl Strategy<Value = BTreeSet<String>> {
    btree_set(prop_oneof!["desktop", "inspection"].prop_map(String::from), 0..=most)
}

/// What a visit brings and takes: a pickup, a delivery or an exchange.
fn loads() -> impl Strategy<Value = (Load, Load)> {
    prop_oneof![
        load(2).prop_map(|pickup| (Load::ZERO, pickup)),
        load(2).prop_map(|delivery| (delivery, Load::ZERO)),
        (load(2), load(2)),
    ]
}

/// Every visit of a problem has the same set-up, as all doors of a region have.
pub(crate) fn visit(setup_s: i64) -> impl Strategy<Value = Visit> {
    let length_s = prop_oneof![3 => 0..2 * HOUR, 2 => 2 * HOUR..9 * HOUR];
    let not_before = prop_oneof![3 => Just(i64::MIN), 1 => moment(7, 16)];
    let needs = prop_oneof![6 => skills(0), 1 => skills(1)];
    (place(), moment(7, 18), length_s, 60..1_200_i64, not_before, loads(), needs).prop_map(
        move |(place, opens, length_s, service_s, not_before, (delivery, pickup), skills)| Visit {
            facts: Facts::default(),
            is_aboard: false,
            place,
            opens,
            closes: opens + length_s,
            service_s,
            setup_s,
            not_before,
            delivery,
            pickup,
            skills,
        },
    )
}

fn rest() -> impl Strategy<Value = Rest> {
    (moment(10, 16), 0..2 * HOUR, 600..HOUR).prop_map(|(earliest, length_s, duration_s)| Rest {
        earliest,
        latest: earliest + length_s,
        duration_s,
    })
}

/// Detours and speeds around the defaults, within which a detour by a third door never saves time.
pub(crate) fn travel() -> impl Strategy<Value = TravelProfile> {
    (1.3..1.4_f64, 1.4..1.5_f64, 50..200_i64, 12.0..30.0_f64).prop_map(
        |(detour, short_detour, leg_overhead_s, ebike_kmh)| TravelProfile {
            detour,
            short_detour,
            leg_overhead_s,
            ebike_kmh,
            ..TravelProfile::default()
        },
    )
}

pub(crate) fn vehicle(travel: TravelProfile) -> impl Strategy<Value = Vehicle> {
    let kind = prop_oneof![
        Just(model::Vehicle::Ebike),
        Just(model::Vehicle::Tricycle),
        Just(model::Vehicle::Van)
    ];
    let limits = (load(9), option::weighted(0.2, 1..9_u32), skills(2));
    let shift = (moment(8, 11), 3 * HOUR..9 * HOUR);
    (
        (place(), option::weighted(0.3, place())),
        shift,
        moment(7, 10),
        (moment(16, 21), 0..1_200_i64),
        option::of(rest()),
        limits,
        kind,
    )
        .prop_map(
            move |(
                (depot, end),
                (shift_starts, worked_s),
                hub_opens,
                (hub_closes, hub_call_s),
                rest,
                limits,
                kind,
            )| {
                let (capacity, max_stops, skills) = limits;
                let roomy = Load { parcels: 4, weight_g: 4, volume_ml: 4, value: 4 };
                able_to_rest(Vehicle {
                    depot,
                    end: end.unwrap_or(depot),
                    is_out: false,
                    is_locked: false,
                    shift_starts,
                    shift_ends: shift_starts + worked_s,
                    hub_opens,
                    hub_closes,
                    hub_call_s,
                    rest,
                    capacity: capacity + roomy,
                    skills,
                    max_stops,
                    kind,
                    travel: Arc::new(travel),
                })
            },
        )
}

/// A break that not even an idle courier could take is no break.
fn able_to_rest(vehicle: Vehicle) -> Vehicle {
    if PlainRoute::idle(Arc::new(vehicle.clone())).is_feasible() {
        vehicle
    } else {
        Vehicle { rest: None, ..vehicle }
    }
}

/// A feasible route of some visits and calls at the hub, and one visit more.
pub(crate) fn route_and_visit() -> impl Strategy<Value = (PlainRoute, Visit)> {
    (travel(), 0..600_i64).prop_flat_map(|(travel, setup_s)| {
        let stop = option::weighted(0.9, visit(setup_s));
        let choices = proptest::collection::vec((stop, any::<usize>()), 0..24);
        (vehicle(travel), choices, visit(setup_s)).prop_map(|(vehicle, choices, visit)| {
            (PlainRoute::built(Arc::new(vehicle), &choices), visit)
        })
    })
}
