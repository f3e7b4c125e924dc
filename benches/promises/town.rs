//! A made-up city, its fleet on one day, and the customers who ask.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use doorstep::city::{City, CitySpec, Preset, region_around};
use doorstep::intake::{BookingTerms, confirm};
use doorstep::model::{Booking, ProgrammeId, RegionId, ShiftDay, Slot};
use doorstep::planning::{DayPlan, RouteShift};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::Arc;

/// How large a fleet is.
pub(crate) struct Size {
    pub(crate) couriers: u32,
    pub(crate) hubs: u32,
}

/// Customers for each courier: more than any fleet serves.
const CUSTOMERS_EACH: u32 = 40;

/// How likely a customer accepts so many slots, in percent: one, two, and so on.
const ACCEPTED: [u32; 6] = [10, 20, 30, 25, 10, 5];

/// Who asks: the booking as it would be, and the slots they accept, the best first.
pub(crate) struct Customer {
    pub(crate) booking: Booking,
    pub(crate) accepts: Vec<Slot>,
}

impl Customer {
    pub(crate) fn booking_in(&self, slot: &Slot) -> Booking {
        Booking { window: slot.window, ..self.booking.clone() }
    }
}

/// A day on which nothing is planned, and the stream of customers.
pub(crate) struct Town {
    pub(crate) name: String,
    pub(crate) seed: u64,
    pub(crate) idle: DayPlan,
    /// When they all ask: nobody is under way yet.
    pub(crate) now: DateTime<Utc>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) customers: Vec<Customer>,
}

impl Town {
    /// The same name, seed and size give the same town.
    pub(crate) fn new(name: &str, seed: u64, size: &Size) -> Self {
        let preset = Preset::find(name).expect("a city by its name, such as beijing");
        let date: NaiveDate = "2026-03-02".parse().expect("a date");
        let id = RegionId::new(preset.id).expect("a preset's id is a name");
        let city = City::generate(&CitySpec {
            seed,
            region: region_around(id, preset.name, preset.zone, preset.centre()),
            centre: preset.centre(),
            bookings: size.couriers * CUSTOMERS_EACH,
            couriers: size.couriers,
            hubs: size.hubs,
            date,
            days: ShiftDay::DAILY,
        });
        let region = Arc::new(city.region.clone());
        let idle = DayPlan::idle(Arc::clone(&region), date, shifts(&city, date));
        let slots = region.slots.slots(region.time_zone, date);
        let now = slots[0].window.start - TimeDelta::hours(12);
        let customers = customers(&city, seed, &slots);
        Self { name: preset.name.to_owned(), seed, idle, now, slots, customers }
    }
}

fn shifts(city: &City, date: NaiveDate) -> Vec<RouteShift> {
    let shift = |(courier, entry): (&doorstep::model::Courier, &doorstep::model::RosterEntry)| {
        let hub = city.hubs.iter().find(|hub| hub.id == courier.hub)?;
        let shift = entry.on(&city.region, date)?;
        Some(RouteShift::new(Arc::new(courier.clone()), Arc::new(hub.clone()), shift))
    };
    city.couriers.iter().zip(&city.roster).filter_map(shift).collect()
}

/// The city's bookings as customers in a seeded order; the window of each is their first wish, and
/// the nearer another slot is to it, the sooner they accept it.
fn customers(city: &City, seed: u64, slots: &[Slot]) -> Vec<Customer> {
    let programme = ProgrammeId::new("bench").expect("a name");
    let regions = [city.region.clone()];
    let terms = BookingTerms {
        regions: &regions,
        programme: &programme,
        requested_at: DateTime::UNIX_EPOCH,
        earliest: None,
    };
    let wanted = confirm(city.bookings.clone(), "city", &terms).expect("a made city is sound");
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut below = |bound: u32| dice.next_u32() % bound;
    let mut drawn: Vec<(u32, Customer)> = wanted
        .into_iter()
        .map(|booking| {
            let accepts = accepts(&booking, slots, &mut below);
            (below(u32::MAX), Customer { booking, accepts })
        })
        .collect();
    drawn.sort_by_key(|(turn, customer)| (*turn, customer.booking.id));
    drawn.into_iter().map(|(_, customer)| customer).collect()
}

fn accepts(booking: &Booking, slots: &[Slot], below: &mut impl FnMut(u32) -> u32) -> Vec<Slot> {
    let mut drawn = below(100);
    let mut count = 1;
    for share in ACCEPTED {
        match drawn.checked_sub(share) {
            Some(left) => (drawn, count) = (left, count + 1),
            None => break,
        }
    }
    let mut ranked: Vec<(TimeDelta, u32, Slot)> = slots
        .iter()
        .map(|slot| ((slot.window.start - booking.window.start).abs(), below(1_000), *slot))
        .collect();
    ranked.sort();
    ranked.into_iter().take(count).map(|(_, _, slot)| slot).collect()
}
