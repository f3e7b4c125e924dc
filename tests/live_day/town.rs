//! A service with a seeded city, imported through HTTP, on a clock that the test sets.

use super::caller::Caller;
use super::database::TestDatabase;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use doorstep::city::{
    City, CitySpec, couriers_csv, hubs_csv, region_around, regions_json, shifts_csv,
};
use doorstep::clock::Clock;
use doorstep::desk::{Desk, NewKey, Role};
use doorstep::geo::Point;
use doorstep::http::{HttpSettings, router, serve};
use doorstep::model::{Area, Region, RegionId, ShiftDay, local_moment};
use doorstep::planning::Effort;
use doorstep::simulation::Checkout;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const SEED: u64 = 7;
const COURIERS: u32 = 30;
const HUBS: u32 = 3;
const CUSTOMERS: u32 = 500;
const DATE: &str = "2026-03-02";
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;

/// A running service and its callers.
pub(crate) struct Town {
    pub(crate) clock: Clock,
    pub(crate) city: City,
    pub(crate) dispatcher: Caller,
    pub(crate) shop: Caller,
    /// The same shop as the customers meet it.
    pub(crate) checkout: Checkout,
    /// In the order of the city's couriers.
    pub(crate) phones: Vec<Caller>,
}

pub(crate) fn date() -> NaiveDate {
    DATE.parse().unwrap()
}

/// A moment of the day by the clock on the wall.
pub(crate) fn at(hour: u32, minute: u32) -> DateTime<Utc> {
    local_moment(ZONE, date(), NaiveTime::from_hms_opt(hour, minute, 0).unwrap())
}

/// A path of the day.
pub(crate) fn day(part: &str) -> String {
    format!("/v1/regions/shanghai/days/{DATE}{part}")
}

fn city() -> City {
    let centre = Point::new(121.4737, 31.2304).unwrap();
    let id = RegionId::new("shanghai").unwrap();
    let area = Area::Bbox([121.34, 31.12, 121.60, 31.34]);
    City::generate(&CitySpec {
        seed: SEED,
        region: Region { area, ..region_around(id, "Shanghai", ZONE, centre) },
        centre,
        bookings: CUSTOMERS,
        couriers: COURIERS,
        hubs: HUBS,
        date: date(),
        days: ShiftDay::DAILY,
    })
}

/// As always, but that searches are counted in iterations, so that the machine's speed is nothing
/// to the day.
fn settings() -> HttpSettings {
    let usual = HttpSettings::default();
    let replan = Effort { iterations: Some(500), time_limit: None, ..usual.replan };
    let repair = Effort { iterations: Some(300), time_limit: None, ..usual.repair };
    HttpSettings { replan, repair, ..usual }
}

impl Town {
    /// Serves the city on a free port, in the early morning of the day before.
    pub(crate) async fn open(database: &TestDatabase) -> Self {
        let city = city();
        let clock = Clock::manual(at(6, 0) - TimeDelta::days(1));
        let desk = Desk::open(database.store().await, clock.clone()).await.unwrap();
        let key = NewKey { role: Role::Admin, programme: None, region: None, courier: None };
        let (_, token) = desk.create_key(key).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        // It ends with the test's runtime.
        tokio::spawn(serve(listener, router(desk, settings()), std::future::pending()));
        let admin = Caller::new(&base, &token);
        import(&admin, &city).await;
        let shop = key_of(&admin, &json!({ "role": "checkout", "programme": "shop" })).await;
        let dispatcher = json!({ "role": "dispatcher", "region": "shanghai" });
        let mut phones = Vec::new();
        for courier in &city.couriers {
            let body = json!({ "role": "courier", "courier": courier.id });
            phones.push(admin.with(&key_of(&admin, &body).await));
        }
        Self {
            clock,
            city,
            dispatcher: admin.with(&key_of(&admin, &dispatcher).await),
            checkout: Checkout::new(base, &*shop),
            shop: admin.with(&shop),
            phones,
        }
    }
}

async fn import(admin: &Caller, city: &City) {
    let regions: Value =
        serde_json::from_str(&regions_json(std::slice::from_ref(&city.region))).unwrap();
    admin.post("/v1/regions", &regions).await.expect(200);
    let hubs = hubs_csv(&city.hubs, city.region.datum);
    admin.post_csv("/v1/hubs", hubs).await.expect(200);
    admin.post_csv("/v1/couriers", couriers_csv(&city.couriers)).await.expect(200);
    admin.post_csv("/v1/shifts", shifts_csv(&city.roster)).await.expect(200);
}

async fn key_of(admin: &Caller, body: &Value) -> String {
    let made = admin.post("/v1/keys", body).await.expect(201);
    made["token"].as_str().unwrap().to_owned()
}
