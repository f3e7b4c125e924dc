//! A small town in a file, and desks on it.

use crate::city::{City, CitySpec, PRESETS, region_around};
use crate::clock::Clock;
use crate::desk::{Confirmation, Desk, DeskError, Done, Order, SlotSearch};
use crate::model::{Booking, Contact, ProgrammeId, RegionId, ShiftDay, VisitRequest};
use crate::store::{RegistryChange, Store, StoreSettings};
use chrono::{DateTime, NaiveDate, Utc};
use tempfile::TempDir;

/// Before the first shift, by whole seconds: a row keeps microseconds, a plan what it was given.
const EARLY: &str = "2026-03-01T22:00:00Z";

/// A file with a small town in it.
pub(super) struct Town {
    home: TempDir,
    pub(super) clock: Clock,
    /// What its customers ask for: orders that have no place yet.
    pub(super) orders: Vec<Booking>,
}

pub(super) fn region() -> RegionId {
    RegionId::new("shanghai").unwrap()
}

pub(super) fn date() -> NaiveDate {
    "2026-03-02".parse().unwrap()
}

pub(super) fn programme() -> ProgrammeId {
    ProgrammeId::new("shop").unwrap()
}

impl Town {
    pub(super) async fn new() -> Self {
        let shanghai = PRESETS[0];
        let city = City::generate(&CitySpec {
            seed: 7,
            region: region_around(region(), shanghai.name, shanghai.zone, shanghai.centre()),
            centre: shanghai.centre(),
            bookings: 60,
            couriers: 8,
            hubs: 2,
            date: date(),
            days: ShiftDay::DAILY,
        });
        let early: DateTime<Utc> = EARLY.parse().unwrap();
        let City { region, hubs, couriers, roster, bookings } = city;
        let orders = bookings.into_iter().map(|row| {
            let id = row.id(&programme());
            let order = row.into_booking(&region, &programme(), id, early).unwrap();
            Booking { requested_at: early, ..order }
        });
        let orders = orders.collect();
        let town = Self { home: TempDir::new().unwrap(), clock: Clock::manual(early), orders };
        let registry = RegistryChange { regions: vec![region], hubs, couriers, roster };
        town.desk().await.import(&registry).await.unwrap();
        town
    }

    /// One more process's desk.
    pub(super) async fn desk(&self) -> Desk {
        let url = format!("sqlite://{}", self.home.path().join("town.db").display());
        let store = Store::open(&url, &StoreSettings::default()).await.unwrap();
        store.migrate().await.unwrap();
        Desk::open(store, self.clock.clone()).await.unwrap()
    }
}

/// Holds one of the day's slots for a request, if one is open: the `wish`-th.
pub(super) async fn hold(desk: &Desk, request: &VisitRequest, wish: usize) -> Option<Booking> {
    let asked = SlotSearch {
        programme: programme(),
        region: region(),
        request: request.clone(),
        from: Some(date()),
        days: Some(1),
        flexible: false,
        is_new: true,
    };
    let found = desk.search_slots(asked).await.unwrap();
    let open: Vec<String> =
        found.slots.into_iter().filter_map(|slot| Some(slot.verdict.ok()?.0)).collect();
    let offer = open.get(wish % open.len().max(1))?;
    match desk.hold(&programme(), offer, None).await {
        Err(DeskError::SlotTaken { .. }) => None,
        held => Some(now(held.unwrap())),
    }
}

pub(super) fn confirmation(held: &Booking) -> Confirmation {
    let contact = Contact {
        notes: None,
        name: "Lin".into(),
        phone: "000".into(),
        address: "1 Example Road".into(),
    };
    Confirmation { hold: held.id, order: Order { external_id: None, contact } }
}

/// What was done now, as nothing was done before.
pub(super) fn now(done: Done) -> Booking {
    match done {
        Done::Now(booking) => *booking,
        Done::Before(_) => unreachable!("no request has a key"),
    }
}
