//! A seeded city whose days are full of bookings, and the customers who ask for more.

use chrono::{DateTime, Days, NaiveDate, Utc};
use doorstep::city::{City, CitySpec, PRESETS, region_around};
use doorstep::desk::{Desk, NewKey, Role};
use doorstep::geo::{Point, haversine_m};
use doorstep::intake::{BookingTerms, confirm};
use doorstep::model::{Booking, BookingId, ProgrammeId, RegionId, ShiftDay, Slot};
use doorstep::planning::{DayPlan, Entry, Place, SlotQuery, search};
use doorstep::simulation::Customer;
use doorstep::store::{DayCommit, RegistryChange};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Bookings of each day, and the couriers who have them.
pub(crate) const BOOKED: usize = 5_000;
const COURIERS: u32 = 250;
/// Requests that are made up. Each day takes those that add the least travel, as a day does that
/// was searched for long.
const REQUESTS: u32 = 30_000;
/// Nobody asks from farther away from the centre: 250 couriers, most on e-bikes, could not serve 5,000
/// bookings all over a region of 100 km.
const REACH_M: f64 = 9_000.0;
/// Travel that a request may add, in seconds: first little is asked for, then more.
const TRAVEL_MAX_S: [i64; 4] = [180, 360, 720, 7_200];
/// Days that can be booked.
const HORIZON: u64 = 3;
/// When the service's clock starts: before the first shift, all slots open.
const BEGIN: &str = "2026-03-01T22:00:00Z";

/// A city and those who book in it.
pub(crate) struct Scene {
    pub(crate) city: City,
    /// Asked for beyond what is booked.
    pub(crate) customers: Vec<Customer>,
    requests: Vec<Booking>,
}

/// The moment at which the service's clock starts.
pub(crate) fn begin() -> DateTime<Utc> {
    BEGIN.parse().expect("a moment")
}

/// The date that the clock starts on.
fn today() -> NaiveDate {
    "2026-03-02".parse().expect("a date")
}

/// A date beyond the horizon, as full as the others, for commits without a service.
pub(crate) fn spare_date() -> NaiveDate {
    today() + Days::new(HORIZON)
}

pub(crate) fn programme() -> ProgrammeId {
    ProgrammeId::new("shop").expect("a name")
}

impl Scene {
    pub(crate) fn new() -> Self {
        let shanghai = PRESETS[0];
        let id = RegionId::new(shanghai.id).expect("a preset's id is a name");
        let centre = shanghai.centre();
        let spec = CitySpec {
            seed: 1,
            region: region_around(id, shanghai.name, shanghai.zone, centre),
            centre,
            bookings: REQUESTS,
            couriers: COURIERS,
            hubs: 5,
            date: today(),
            days: ShiftDay::DAILY,
        };
        let wide = City::generate(&spec);
        let places = wide.bookings.iter().filter_map(|row| row.point(&spec.region));
        let near: Vec<Point> =
            places.filter(|place| haversine_m(*place, centre) < REACH_M).step_by(3).collect();
        let city = City::over_places(&near, &spec);
        let customers = city.bookings.iter().map(|row| customer(row, &city)).collect();
        let regions = [city.region.clone()];
        let (programme, requested_at) = (&programme(), begin());
        let terms = BookingTerms { regions: &regions, programme, requested_at, earliest: None };
        let requests = confirm(city.bookings.clone(), "city", &terms);
        Self { requests: requests.expect("a made city is sound"), customers, city }
    }

    /// Fills the database, and gives the token of a checkout.
    pub(crate) async fn furnish(&self, desk: &Desk) -> String {
        let City { region, hubs, couriers, roster, .. } = self.city.clone();
        let region_id = region.id.clone();
        let registry = RegistryChange { regions: vec![region], hubs, couriers, roster };
        desk.import(&registry).await.expect("a made city can be imported");
        for ahead in 0..=HORIZON {
            let date = today() + Days::new(ahead);
            let idle = desk.day(&region_id, date).await.expect("the day can be opened");
            let commit = self.full_day(&idle, ahead);
            desk.store().commit_day(&commit).await.expect("nobody else writes the day");
        }
        desk.refresh().await.expect("the days can be read");
        let programme = Some(programme());
        let key = NewKey { role: Role::Checkout, programme, region: None, courier: None };
        desk.create_key(key).await.expect("a key can be made").1
    }

    /// What fills an idle day. Each day begins with other requests.
    fn full_day(&self, idle: &DayPlan, ahead: u64) -> DayCommit {
        let mut day = idle.clone();
        let mut commit = DayCommit::new(day.region.id.clone(), day.date);
        let (mut changed, mut taken) = (BTreeSet::new(), HashSet::new());
        let skipped = usize::try_from(ahead).expect("a few") * self.requests.len() / 4;
        for most_s in TRAVEL_MAX_S {
            let requests = self.requests.iter().cycle().skip(skipped).take(self.requests.len());
            for request in requests {
                let id = BookingId(Uuid::new_v5(&request.id.0, day.date.to_string().as_bytes()));
                if taken.len() == BOOKED || taken.contains(&id) {
                    continue;
                }
                let Some((place, slot)) = cheapest(&day, request, most_s) else { continue };
                let (date, window) = (day.date, slot.window);
                let booking = Booking { id, external_id: None, date, window, ..request.clone() };
                let entry = Arc::new(Entry { booking: booking.clone(), version: 1 });
                day.routes[place.route] = Arc::new(day.routed(place, entry, begin()));
                commit.new_bookings.push((booking, Some(day.routes[place.route].id)));
                changed.insert(place.route);
                taken.insert(id);
            }
        }
        assert_eq!(taken.len(), BOOKED, "the city is too small for a full day");
        commit.routes = changed.into_iter().map(|at| day.routes[at].to_route(&day)).collect();
        commit
    }
}

/// The slot and place that add the least travel, if they add no more than `most_s`.
fn cheapest(day: &DayPlan, request: &Booking, most_s: i64) -> Option<(Place, Slot)> {
    let slots = day.region.slots.slots(day.region.time_zone, day.date);
    let now = begin();
    let query = SlotQuery { booking: request, slots: &slots, now, held_by: now, not_before: now };
    let found = search(day, &query).into_iter();
    let places = found.filter_map(|answer| Some((answer.verdict.ok()?, answer.slot)));
    let least = places.min_by_key(|(place, slot)| (place.marginal().travel_s, *slot));
    least.filter(|(place, _)| place.marginal().travel_s.get() <= most_s)
}

/// A customer who asks for all days that can be booked.
fn customer(row: &doorstep::intake::BookingRow, city: &City) -> Customer {
    let mut customer = Customer::of_row(row, &city.region);
    let asked = customer.search.as_object_mut().expect("a search is an object");
    asked.remove("from");
    asked.remove("days");
    customer
}
