//! What is in the database before the fire: a city, and keys to call with.

use super::caller::Caller;
use super::database::TestDatabase;
use super::process::Process;
use chrono::NaiveDate;
use doorstep::city::{City, CitySpec, PRESETS, region_around};
use doorstep::clock::Clock;
use doorstep::desk::{Desk, NewKey, Role};
use doorstep::geo::Point;
use doorstep::intake;
use doorstep::model::{Area, ProgrammeId, Region, RegionId, ShiftDay};
use doorstep::simulation::Customer;
use doorstep::store::RegistryChange;

/// When the services' clocks start: before the first shift of [`DATES`].
pub(crate) const CLOCK: &str = "2026-03-02T06:00:00+08:00";
/// The days that can be booked then.
pub(crate) const DATES: [&str; 3] = ["2026-03-02", "2026-03-03", "2026-03-04"];

/// The tokens of a city's callers.
pub(crate) struct Keys {
    checkout: String,
    dispatcher: String,
}

impl Keys {
    /// Fills an empty database.
    pub(crate) async fn of_fresh_city(database: &TestDatabase, city: &RegistryChange) -> Self {
        let store = database.store().await;
        let clock = Clock::manual(CLOCK.parse().unwrap());
        let desk = Desk::open(store.clone(), clock).await.unwrap();
        desk.import(city).await.unwrap();
        let key = |role| NewKey { role, programme: None, region: None, courier: None };
        let programme = Some(ProgrammeId::new("shop").unwrap());
        let checkout = NewKey { programme, ..key(Role::Checkout) };
        let keys = Self {
            checkout: desk.create_key(checkout).await.unwrap().1,
            dispatcher: desk.create_key(key(Role::Dispatcher)).await.unwrap().1,
        };
        drop(desk);
        store.close().await;
        keys
    }

    pub(crate) fn checkout(&self, service: &Process) -> Caller {
        Caller::new(&service.base, &self.checkout)
    }

    pub(crate) fn dispatcher(&self, service: &Process) -> Caller {
        Caller::new(&service.base, &self.dispatcher)
    }
}

/// A city large enough to serve all of these customers on each of the first `dates`, in turn.
pub(crate) fn large(customers: u32, dates: usize) -> (RegistryChange, Vec<Customer>) {
    let shanghai = PRESETS[0];
    let id = RegionId::new("shanghai").unwrap();
    let days = u32::try_from(dates).unwrap();
    let city = City::generate(&CitySpec {
        seed: 1,
        region: region_around(id, shanghai.name, shanghai.zone, shanghai.centre()),
        centre: shanghai.centre(),
        bookings: customers,
        couriers: customers.div_ceil(6 * days),
        hubs: 4,
        date: DATES[0].parse().unwrap(),
        days: ShiftDay::DAILY,
    });
    let dates: Vec<NaiveDate> = DATES[..dates].iter().map(|date| date.parse().unwrap()).collect();
    let customers = city.bookings.iter().zip(dates.iter().cycle()).map(|(row, date)| {
        let mut customer = Customer::of_row(row, &city.region);
        customer.search["from"] = date.to_string().into();
        customer
    });
    let customers = customers.collect();
    let City { region, hubs, couriers, roster, .. } = city;
    (RegistryChange { regions: vec![region], hubs, couriers, roster }, customers)
}

/// One courier with a morning of 25 minutes, in which one phone can be collected, and an afternoon
/// of two hours.
pub(crate) fn one_place() -> RegistryChange {
    let area = Area::Bbox([121.1, 30.9, 121.9, 31.5]);
    let id = RegionId::new("shanghai").unwrap();
    let regions = vec![Region::new(id, "Shanghai", chrono_tz::Asia::Shanghai, area)];
    let hubs = "id,region,name,lon,lat,opens,closes\n\
        h1,shanghai,Huangpu,121.48,31.22,08:00,22:00\n";
    let hubs = intake::hubs(hubs.as_bytes(), "hubs", Some(&regions)).unwrap();
    let couriers = "id,region,name,vehicle,hub,max_parcels,max_weight_g,max_volume_ml,max_value,\
        skills\n\
        c1,shanghai,Chen,ebike,h1,,,,,\n";
    let couriers = intake::couriers(couriers.as_bytes(), "couriers", Some(&hubs)).unwrap();
    let shifts = "courier,date,starts,ends,break_earliest,break_latest,break_s\n\
        c1,2026-03-02,09:30,09:55,,,\n\
        c1,2026-03-02,15:00,17:00,,,\n";
    let roster = intake::shifts(shifts.as_bytes(), "shifts", Some(&couriers)).unwrap();
    RegistryChange { regions, hubs, couriers, roster }
}

/// The door of the `number`-th customer of [`one_place`]: each a few steps further.
pub(crate) fn door(number: u32) -> Point {
    Point::new(121.482 + f64::from(number) * 1e-6, 31.222).unwrap()
}
