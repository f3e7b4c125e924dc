//! A small city, its couriers, and what customers ask of them.

use crate::database::{Engine, TestDatabase, databases};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use doorstep::geo::Point;
use doorstep::model::{
    Area, Booking, BookingId, BookingKind, BookingState, Break, BreakRule, Category, Contact,
    Courier, CourierId, Device, Hub, HubId, Load, Meters, ProgrammeId, Progress, Region, RegionId,
    RosterEntry, Route, RouteId, Seconds, Shift, ShiftDay, Stop, StopKind, TimeWindow, Vehicle,
    VisitDemand, VisitRequest,
};
use doorstep::store::{DayCommit, DayRows, NewEvent, RegistryChange, Store};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A store with a small city in it.
pub(crate) struct City {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) database: TestDatabase,
}

/// The same small city on each engine.
pub(crate) async fn cities() -> Vec<City> {
    let mut cities = Vec::new();
    for database in databases().await {
        let store = database.store().await;
        store.upsert_registry(&registry(), &[]).await.expect("the registry is consistent");
        cities.push(City { store, engine: database.engine, database });
    }
    cities
}

impl City {
    /// Opens the day with the routes of these couriers.
    pub(crate) async fn open_day(&self, couriers: &[&str]) -> DayRows {
        let routes: Vec<Route> = couriers.iter().map(|courier| route(courier)).collect();
        self.store.open_day(&region_id(), date(), &routes).await.expect("the day opens")
    }

    /// The day as it is stored.
    pub(crate) async fn day(&self) -> DayRows {
        let day = self.store.read_day(&region_id(), date()).await.expect("the day can be read");
        day.expect("the day has been opened")
    }
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

pub(crate) fn date() -> NaiveDate {
    "2026-03-02".parse().expect("a date")
}

pub(crate) fn region_id() -> RegionId {
    RegionId::new("shanghai").expect("an id")
}

pub(crate) fn courier_id(name: &str) -> CourierId {
    CourierId::new(name).expect("an id")
}

pub(crate) fn programme(name: &str) -> ProgrammeId {
    ProgrammeId::new(name).expect("an id")
}

fn point(lon: f64, lat: f64) -> Point {
    Point::new(lon, lat).expect("a place")
}

fn time(text: &str) -> NaiveTime {
    text.parse().expect("a time")
}

pub(crate) fn region(id: &str) -> Region {
    let area = Area::Bbox([120.8, 30.6, 122.1, 31.9]);
    let id = RegionId::new(id).expect("an id");
    Region::new(id, "Shanghai", chrono_tz::Asia::Shanghai, area)
}

pub(crate) fn hub(id: &str, region: &str) -> Hub {
    Hub {
        id: HubId::new(id).expect("an id"),
        region: RegionId::new(region).expect("an id"),
        name: "Pudong".to_owned(),
        place: point(121.5, 31.23),
        opens: time("08:00:00"),
        closes: time("21:00:00"),
    }
}

pub(crate) fn courier(id: &str, region: &str, hub: &str) -> Courier {
    Courier {
        id: courier_id(id),
        region: RegionId::new(region).expect("an id"),
        name: "Li".to_owned(),
        vehicle: Vehicle::Ebike,
        hub: HubId::new(hub).expect("an id"),
        capacity: Load { parcels: 30, weight_g: 60_000, volume_ml: 200_000, value: 9_000_000 },
        skills: BTreeSet::from(["desktop".to_owned()]),
        max_stops: Some(25),
    }
}

pub(crate) fn roster(courier: &str, day: &str) -> RosterEntry {
    RosterEntry {
        courier: courier_id(courier),
        date: day.parse::<ShiftDay>().expect("a day"),
        starts: time("09:00:00"),
        ends: time("18:00:00"),
        rest: Some(BreakRule {
            earliest: time("11:30:00"),
            latest: time("13:30:00"),
            duration_s: Seconds(2_700),
        }),
    }
}

pub(crate) fn registry() -> RegistryChange {
    let names = ["anna", "bo", "chen"];
    RegistryChange {
        regions: vec![region("shanghai")],
        hubs: vec![hub("pudong", "shanghai")],
        couriers: names.map(|name| courier(name, "shanghai", "pudong")).to_vec(),
        roster: names.map(|name| roster(name, "mon-fri")).to_vec(),
    }
}

pub(crate) fn shift() -> Shift {
    let window = TimeWindow { start: at("2026-03-02T03:30:00Z"), end: at("2026-03-02T05:30:00Z") };
    Shift {
        starts: at("2026-03-02T01:00:00Z"),
        ends: at("2026-03-02T10:00:00Z"),
        rest: Some(Break { window, duration_s: Seconds(2_700) }),
    }
}

pub(crate) fn stop(kind: StopKind, booking: Option<BookingId>) -> Stop {
    Stop {
        progress: Progress::default(),
        kind,
        booking,
        place: point(121.47, 31.23),
        not_before: None,
        arrive_at: at("2026-03-02T02:00:00Z"),
        start_at: at("2026-03-02T02:10:00Z"),
        leave_at: at("2026-03-02T02:20:00Z"),
        travel_s: Seconds(600),
        distance_m: Meters(2_400),
        wait_s: Seconds(600),
        service_s: Seconds(600),
        load_before: Load::ZERO,
        load_after: Load { parcels: 1, weight_g: 400, volume_ml: 1_000, value: 120_000 },
    }
}

/// A courier's route as it is before anything is booked.
pub(crate) fn route(courier: &str) -> Route {
    let courier = courier_id(courier);
    Route {
        id: RouteId::of_shift(&region_id(), &courier, shift().starts),
        region: region_id(),
        date: date(),
        courier,
        hub: HubId::new("pudong").expect("an id"),
        ends_at: None,
        shift: shift(),
        version: 1,
        stops: vec![stop(StopKind::Start, None), stop(StopKind::End, None)],
    }
}

/// The route with a visit of this booking before its end.
pub(crate) fn visiting(route: &Route, booking: BookingId) -> Route {
    let mut route = route.clone();
    route.stops.insert(route.stops.len() - 1, stop(StopKind::Visit, Some(booking)));
    route
}

/// A hold; the number makes its id.
pub(crate) fn hold(number: u128) -> Booking {
    Booking {
        id: BookingId(Uuid::from_u128(number)),
        region: region_id(),
        date: date(),
        programme: programme("flagship"),
        external_id: None,
        state: BookingState::Held,
        request: VisitRequest {
            place: point(121.473_7, 31.230_4),
            kind: BookingKind::Pickup,
            devices: vec![Device::of(Category::Phone)],
            handover: Vec::new(),
            skills: BTreeSet::new(),
        },
        demand: VisitDemand {
            service_s: Seconds(480),
            setup_s: Seconds(120),
            pickup: Load { parcels: 1, weight_g: 400, volume_ml: 1_000, value: 0 },
            ..VisitDemand::default()
        },
        window: TimeWindow { start: at("2026-03-02T02:00:00Z"), end: at("2026-03-02T04:00:00Z") },
        flexible: None,
        outcome: None,
        replaces: None,
        hold_expires_at: Some(at("2026-03-01T08:10:00.25Z")),
        requested_at: at("2026-03-01T08:00:00.25Z"),
        contact: None,
    }
}

/// A promised booking with the shop's order number.
pub(crate) fn confirmed(number: u128, external_id: &str) -> Booking {
    Booking {
        external_id: Some(external_id.to_owned()),
        state: BookingState::Confirmed,
        hold_expires_at: None,
        contact: Some(Contact {
            notes: None,
            name: "Wang".to_owned(),
            phone: "13800000000".to_owned(),
            address: "Lane 1, \"Jing'an\" 静安".to_owned(),
        }),
        ..hold(number)
    }
}

pub(crate) fn event(kind: &str) -> NewEvent {
    NewEvent {
        kind: kind.to_owned(),
        subject: "bkg_1".to_owned(),
        actor: "programme:shop".to_owned(),
        body: serde_json::json!({"route": 1, "parts": [1.5, null, "静安"]}),
        at: at("2026-03-01T08:00:00Z"),
    }
}

pub(crate) fn commit() -> DayCommit {
    DayCommit::new(region_id(), date())
}

/// Puts new bookings on a route, with one event.
pub(crate) fn booked(route: &Route, bookings: Vec<Booking>) -> DayCommit {
    let changed = bookings.iter().fold(route.clone(), |route, b| visiting(&route, b.id));
    DayCommit {
        routes: vec![changed],
        new_bookings: bookings.into_iter().map(|booking| (booking, Some(route.id))).collect(),
        events: vec![event("bookings.added")],
        ..commit()
    }
}
