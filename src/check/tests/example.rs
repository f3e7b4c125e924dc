//! A small day that keeps all rules, written out by hand.

use crate::check::{Day, Violation, check};
use crate::geo::Point;
use crate::model::{
    Area, Booking, BookingId, BookingKind, BookingState, Break, Category, Courier, Device, Hub,
    Load, Meters, Progress, Region, Route, RouteId, Seconds, Shift, Stop, StopKind, TimeWindow,
    Vehicle, VisitDemand, VisitRequest,
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// One courier with two visits and a break between them.
pub(super) struct Example {
    pub(super) region: Region,
    pub(super) hub: Hub,
    pub(super) courier: Courier,
    pub(super) bookings: Vec<Booking>,
    pub(super) unassigned: Vec<BookingId>,
    pub(super) route: Route,
}

/// The stops of the example.
pub(super) const START: usize = 0;
pub(super) const PICKUP: usize = 1;
pub(super) const REST: usize = 2;
pub(super) const EXCHANGE: usize = 3;
pub(super) const END: usize = 4;

impl Example {
    pub(super) fn new() -> Self {
        let region = Region::new(
            "shanghai".parse().unwrap(),
            "Shanghai",
            chrono_tz::Asia::Shanghai,
            Area::Bbox([121.0, 31.0, 122.0, 32.0]),
        );
        let hub = Hub {
            id: "pudong".parse().unwrap(),
            region: region.id.clone(),
            name: "Pudong".into(),
            place: point(121.47, 31.23),
            opens: "08:00:00".parse().unwrap(),
            closes: "20:00:00".parse().unwrap(),
        };
        let courier = Courier {
            id: "lin".parse().unwrap(),
            region: region.id.clone(),
            name: "Lin".into(),
            vehicle: Vehicle::Ebike,
            hub: hub.id.clone(),
            capacity: Load { parcels: 2, ..Load::UNLIMITED },
            skills: BTreeSet::from(["desktop".into()]),
            max_stops: Some(2),
        };
        let bookings = vec![pickup(&region), exchange(&region)];
        let route = route(&region, &hub, &courier, &bookings);
        Self { region, hub, courier, bookings, unassigned: Vec::new(), route }
    }

    pub(super) fn violations(&self) -> Vec<Violation> {
        self.judged(|day| check(day, std::slice::from_ref(&self.route)))
    }

    pub(super) fn judged<T>(&self, judge: impl FnOnce(&Day<'_>) -> T) -> T {
        let day = Day {
            region: &self.region,
            hubs: &HashMap::from([(self.hub.id.clone(), &self.hub)]),
            couriers: &HashMap::from([(self.courier.id.clone(), &self.courier)]),
            bookings: &self.bookings.iter().map(|booking| (booking.id, booking)).collect(),
            unassigned: &self.unassigned,
        };
        judge(&day)
    }

    /// The example of two trips: at 11:00 the first visit's device is unloaded and the second's loaded.
    pub(super) fn of_two_trips() -> Self {
        let mut example = Self::new();
        let stops = &mut example.route.stops;
        let place = example.hub.place;
        let call = stop(StopKind::Hub, place, at("11:00:00"), load(1), load(1));
        stops.insert(REST, Stop { service_s: Seconds(600), ..call });
        stops[REST + 1].place = place;
        let loads = [(0, 0), (0, 1), (1, 1), (1, 1), (1, 1), (1, 1)];
        for (stop, (before, after)) in stops.iter_mut().zip(loads) {
            (stop.load_before, stop.load_after) = (load(before), load(after));
        }
        go_along(&example.region, &example.courier, stops);
        example
    }

    /// Idles on the way home.
    pub(super) fn come_back_at(&mut self, moment: DateTime<Utc>) {
        let end = &mut self.route.stops[END];
        (end.arrive_at, end.start_at, end.leave_at) = (moment, moment, moment);
        end.wait_s = Seconds::ZERO;
    }
}

pub(super) fn point(lon: f64, lat: f64) -> Point {
    Point::new(lon, lat).unwrap()
}

/// A moment of the example's date by Shanghai's clocks.
pub(super) fn at(time: &str) -> DateTime<Utc> {
    format!("2026-03-02T{time}+08:00").parse().unwrap()
}

pub(super) fn window(start: &str, end: &str) -> TimeWindow {
    TimeWindow::new(at(start), at(end)).unwrap()
}

pub(super) fn load(parcels: i64) -> Load {
    Load { parcels, ..Load::ZERO }
}

fn pickup(region: &Region) -> Booking {
    let demand = VisitDemand {
        service_s: Seconds(600),
        setup_s: Seconds(120),
        pickup: load(1),
        ..VisitDemand::default()
    };
    let place = point(121.48, 31.24);
    booking(region, 1, BookingKind::Pickup, place, demand, window("09:00:00", "11:00:00"))
}

fn exchange(region: &Region) -> Booking {
    let demand = VisitDemand {
        service_s: Seconds(900),
        setup_s: Seconds(120),
        delivery: load(1),
        pickup: load(1),
        skills: BTreeSet::from(["desktop".into()]),
    };
    let place = point(121.49, 31.22);
    booking(region, 2, BookingKind::Exchange, place, demand, window("13:00:00", "15:00:00"))
}

fn booking(
    region: &Region,
    id: u128,
    kind: BookingKind,
    place: Point,
    demand: VisitDemand,
    window: TimeWindow,
) -> Booking {
    Booking {
        id: BookingId(Uuid::from_u128(id)),
        region: region.id.clone(),
        date: "2026-03-02".parse().unwrap(),
        programme: "shop".parse().unwrap(),
        external_id: None,
        state: BookingState::Confirmed,
        request: VisitRequest {
            place,
            kind,
            devices: vec![Device::of(Category::Phone)],
            handover: Vec::new(),
            skills: BTreeSet::new(),
        },
        demand,
        window,
        hold_expires_at: None,
        flexible: None,
        outcome: None,
        replaces: None,
        requested_at: at("07:00:00"),
        contact: None,
    }
}

/// Leaves at 08:50, waits for each window, rests at noon at the first door.
fn route(region: &Region, hub: &Hub, courier: &Courier, bookings: &[Booking]) -> Route {
    let [pickup, exchange] = bookings else { unreachable!("the example has two bookings") };
    let start = stop(StopKind::Start, hub.place, at("08:50:00"), load(1), load(1));
    let first = stop(StopKind::Visit, pickup.place(), at("09:20:00"), load(1), load(2));
    let rest = stop(StopKind::Break, pickup.place(), at("12:00:00"), load(2), load(2));
    let second = stop(StopKind::Visit, exchange.place(), at("13:30:00"), load(2), load(2));
    let end = stop(StopKind::End, hub.place, at("14:30:00"), load(2), load(2));
    let mut stops = vec![
        start,
        Stop { booking: Some(pickup.id), service_s: Seconds(720), ..first },
        Stop { service_s: Seconds(1_800), ..rest },
        Stop { booking: Some(exchange.id), service_s: Seconds(1_020), ..second },
        end,
    ];
    go_along(region, courier, &mut stops);
    Route {
        id: RouteId(Uuid::from_u128(9)),
        region: region.id.clone(),
        date: "2026-03-02".parse().unwrap(),
        courier: courier.id.clone(),
        hub: hub.id.clone(),
        ends_at: None,
        shift: Shift {
            starts: at("08:30:00"),
            ends: at("17:00:00"),
            rest: Some(Break {
                window: window("11:30:00", "12:30:00"),
                duration_s: Seconds(1_800),
            }),
        },
        version: 1,
        stops,
    }
}

/// Fills in the ways between the stops, and the waiting before each.
fn go_along(region: &Region, courier: &Courier, stops: &mut [Stop]) {
    for index in 0..stops.len() {
        let stop = &stops[index];
        let (place, leave_at) = (stop.place, stop.start_at + stop.service_s.delta());
        stops[index].leave_at = leave_at;
        let Some(next) = stops.get_mut(index + 1) else { break };
        let leg = region.travel.leg(place, next.place, courier.vehicle);
        (next.travel_s, next.distance_m) = (leg.travel_s, leg.distance_m);
        next.arrive_at = leave_at + leg.travel_s.delta();
        next.wait_s = Seconds::from(next.start_at - next.arrive_at);
    }
}

fn stop(kind: StopKind, place: Point, start: DateTime<Utc>, before: Load, after: Load) -> Stop {
    Stop {
        progress: Progress::default(),
        kind,
        booking: None,
        place,
        not_before: None,
        arrive_at: start,
        start_at: start,
        leave_at: start,
        travel_s: Seconds::ZERO,
        distance_m: Meters::ZERO,
        wait_s: Seconds::ZERO,
        service_s: Seconds::ZERO,
        load_before: before,
        load_after: after,
    }
}
