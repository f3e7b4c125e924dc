//! The requests of a day, and who works on it.

use chrono_tz::Asia;
use doorstep::city::{Fleet, FleetSpec, fleet, lade_bookings, region_of_places};
use doorstep::geo::Point;
use doorstep::intake::{self, BookingRow, lade};
use doorstep::model::{Region, RegionId, ShiftDay};
use doorstep::simulation::Customer;
use doorstep::store::RegistryChange;
use std::io::ErrorKind;
use std::path::Path;

const SEED: u64 = 1;
const COURIERS: u32 = 60;
const HUBS: u32 = 6;
const PICKUPS: &str = "../shared/data/lade/shanghai_pickups.csv";

/// A day of customers and the city that serves them.
pub(crate) struct Day {
    /// What it is, for people.
    pub(crate) name: &'static str,
    /// Where.
    pub(crate) region: Region,
    /// Hubs, couriers and shifts.
    pub(crate) registry: RegistryChange,
    /// In the order of their requests.
    pub(crate) customers: Vec<Customer>,
}

impl Day {
    /// The real day, where its file is at hand.
    pub(crate) fn real() -> Option<Self> {
        let bytes = read_real()?;
        let zone = Asia::Shanghai;
        let orders = lade::orders(&bytes, PICKUPS, zone, lade::YEAR).unwrap();
        let places: Vec<Point> = orders.orders.iter().map(|order| order.place).collect();
        let id = RegionId::new("shanghai").unwrap();
        let region = region_of_places(id, "Shanghai", zone, &places).unwrap();
        let rows = lade_bookings(&orders, &region, SEED);
        let days = ShiftDay::DAILY;
        let spec = FleetSpec { seed: SEED, region: &region, couriers: COURIERS, hubs: HUBS, days };
        let Fleet { hubs, couriers, roster } = fleet(&places, &spec);
        let registry = RegistryChange { regions: vec![region.clone()], hubs, couriers, roster };
        Some(Self::new("the real Shanghai day", region, registry, &rows))
    }

    /// The seeded day of `fixtures/city`.
    pub(crate) fn fixture() -> Self {
        let read = |name: &str| std::fs::read(Path::new("fixtures/city").join(name)).unwrap();
        let regions = intake::regions(&read("regions.json"), "regions.json").unwrap();
        let hubs = intake::hubs(&read("hubs.csv"), "hubs.csv", Some(&regions)).unwrap();
        let couriers = intake::couriers(&read("couriers.csv"), "couriers.csv", Some(&hubs));
        let couriers = couriers.unwrap();
        let roster = intake::shifts(&read("shifts.csv"), "shifts.csv", Some(&couriers)).unwrap();
        let rows = intake::booking_rows(&read("bookings.csv"), "bookings.csv").unwrap();
        let region = regions[0].clone();
        let registry = RegistryChange { regions, hubs, couriers, roster };
        Self::new("the seeded day of fixtures/city", region, registry, &rows)
    }

    fn new(
        name: &'static str,
        region: Region,
        registry: RegistryChange,
        rows: &[BookingRow],
    ) -> Self {
        let mut customers: Vec<Customer> =
            rows.iter().map(|row| Customer::of_row(row, &region)).collect();
        customers.sort_by_key(|customer| customer.asks_at);
        Self { name, region, registry, customers }
    }
}

#[expect(clippy::print_stderr, reason = "what is not tested is said")]
fn read_real() -> Option<Vec<u8>> {
    match std::fs::read(PICKUPS) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("{PICKUPS} is absent: the real Shanghai day was NOT TESTED");
            None
        }
        Err(error) => panic!("{PICKUPS}: {error}"),
    }
}
