//! Random cities: hubs, couriers and their shifts on one date, also when the clocks change.

use chrono::{NaiveDate, NaiveTime};
use doorstep::geo::Point;
use doorstep::model::{
    Area, BreakRule, Courier, Hub, Load, Region, RosterEntry, Seconds, ShiftDay, SlotTemplate,
    Vehicle,
};
use doorstep::planning::RouteShift;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A region, one date, and who works then.
#[derive(Clone, Debug)]
pub(crate) struct City {
    pub(crate) region: Arc<Region>,
    pub(crate) date: NaiveDate,
    pub(crate) shifts: Vec<RouteShift>,
}

/// The south-western corner of every city.
pub(crate) const CORNER: (f64, f64) = (13.30, 52.45);

/// Few doors that are shared, or any place within about nine kilometres.
pub(crate) fn place() -> impl Strategy<Value = Point> {
    let few = (0..3, 0..3).prop_map(|(x, y)| (f64::from(x) * 0.04, f64::from(y) * 0.03));
    let any = (0..1_200, 0..800).prop_map(|(x, y)| (f64::from(x) * 1e-4, f64::from(y) * 1e-4));
    prop_oneof![few, any].prop_map(|(x, y)| Point::new(CORNER.0 + x, CORNER.1 + y).unwrap())
}

/// By day or through the night in which the clocks change, forward or back, or do not.
fn region_and_date() -> impl Strategy<Value = (Region, NaiveDate, u32)> {
    let date = prop_oneof!["2026-03-02", "2026-03-29", "2026-10-25"];
    let first_hour = prop_oneof![2 => Just(9_u32), 1 => Just(0_u32)];
    (date, first_hour).prop_map(|(date, first_hour)| {
        let area = Area::Bbox([13.0, 52.0, 14.0, 53.0]);
        let id = "berlin".parse().unwrap();
        let mut region = Region::new(id, "Berlin", chrono_tz::Europe::Berlin, area);
        region.slots = SlotTemplate { first: hour(first_hour), ..SlotTemplate::default() };
        (region, date.parse().unwrap(), first_hour)
    })
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}

fn courier() -> impl Strategy<Value = Courier> {
    let kind = prop_oneof![Just(Vehicle::Ebike), Just(Vehicle::Tricycle), Just(Vehicle::Van)];
    (kind, 4..15_i64, any::<bool>(), option::weighted(0.2, 2..8_u32)).prop_map(
        |(vehicle, most, skilled, max_stops)| Courier {
            id: "courier".parse().unwrap(),
            region: "berlin".parse().unwrap(),
            name: "Courier".into(),
            vehicle,
            hub: "hub".parse().unwrap(),
            capacity: Load { parcels: most, value: 300 * most, ..Load::UNLIMITED },
            skills: if skilled { BTreeSet::from(["desktop".into()]) } else { BTreeSet::new() },
            max_stops,
        },
    )
}

/// Hours after the first one: when the shift starts, how long it is, and when the break may begin.
fn hours() -> impl Strategy<Value = (u32, u32, Option<(u32, u32)>)> {
    (0..3_u32, 5..9_u32, option::of((1..3_u32, 0..2_u32)))
}

pub(crate) fn city() -> impl Strategy<Value = City> {
    (region_and_date(), place(), vec((courier(), hours()), 1..6)).prop_map(
        |((region, date, first), place, workers)| {
            let hub = Arc::new(Hub {
                id: "hub".parse().unwrap(),
                region: region.id.clone(),
                name: "Hub".into(),
                place,
                opens: hour(first),
                closes: hour(first + 12),
            });
            let region = Arc::new(region);
            let shifts = workers.into_iter().enumerate().map(|(index, (courier, hours))| {
                let id = format!("courier-{index}").parse().unwrap();
                let courier = Arc::new(Courier { id, ..courier });
                shift(&region, date, &hub, courier, first, hours)
            });
            City { shifts: shifts.collect(), region: Arc::clone(&region), date }
        },
    )
}

fn shift(
    region: &Region,
    date: NaiveDate,
    hub: &Arc<Hub>,
    courier: Arc<Courier>,
    first: u32,
    (starts, length, rest): (u32, u32, Option<(u32, u32)>),
) -> RouteShift {
    let starts = first + starts;
    let entry = RosterEntry {
        courier: courier.id.clone(),
        date: ShiftDay::DAILY,
        starts: hour(starts),
        ends: hour(starts + length),
        rest: rest.map(|(after, length)| BreakRule {
            earliest: hour(starts + after),
            latest: hour(starts + after + length),
            duration_s: Seconds(1_800),
        }),
    };
    let shift = entry.on(region, date).unwrap();
    RouteShift::new(courier, Arc::clone(hub), shift)
}
