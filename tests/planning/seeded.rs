//! A seeded city of some size, filled until most of its slots are closed: what `search` and
//! `cheapest_place` answer on the way is what looking at every position answers.

use crate::naive;
use chrono::{DateTime, TimeDelta, Utc};
use doorstep::city::{City, CitySpec, PRESETS, region_around};
use doorstep::desk::Registry;
use doorstep::intake::{BookingTerms, confirm};
use doorstep::model::{Booking, BookingState, ProgrammeId, RegionId, ShiftDay, TravelProfile};
use doorstep::planning::{DayPlan, Entry, SlotQuery, search};
use doorstep::store::RegistryRows;
use std::sync::Arc;

const DATE: &str = "2026-03-02";

/// A day without visits and the bookings that are asked for.
fn city(seed: u64, travel: TravelProfile) -> (DayPlan, Vec<Booking>) {
    let preset = PRESETS[0];
    let id = RegionId::new(preset.id).unwrap();
    let date = DATE.parse().unwrap();
    let mut region = region_around(id, preset.name, preset.zone, preset.centre());
    region.travel = travel;
    let city = City::generate(&CitySpec {
        seed,
        region,
        centre: preset.centre(),
        bookings: 300,
        couriers: 12,
        hubs: 2,
        date,
        days: ShiftDay::DAILY,
    });
    let programme = ProgrammeId::new("shop").unwrap();
    let regions = [city.region.clone()];
    let requested_at = DateTime::UNIX_EPOCH;
    let terms =
        BookingTerms { regions: &regions, programme: &programme, requested_at, earliest: None };
    let wanted = confirm(city.bookings.clone(), "city", &terms).unwrap();
    let registry = Registry::new(RegistryRows {
        version: 1,
        regions: vec![city.region.clone()],
        hubs: city.hubs,
        couriers: city.couriers,
        roster: city.roster,
        programmes: Vec::new(),
        keys: Vec::new(),
    });
    let shifts = registry.shifts(&city.region, date);
    (DayPlan::idle(Arc::new(city.region), date, shifts), wanted)
}

/// A day on which everybody who could be given a place has one.
pub(crate) fn full_day(seed: u64, now: DateTime<Utc>) -> DayPlan {
    let (mut day, wanted) = city(seed, TravelProfile::default());
    for mut booking in wanted {
        booking.state = BookingState::Confirmed;
        if let Some(place) = day.cheapest_place(&booking, now) {
            let entry = Arc::new(Entry { booking, version: 1 });
            day.routes[place.route] = Arc::new(day.routed(place, entry, now));
        }
    }
    day
}

/// Asks for each booking and gives it the cheapest place. How many got one.
fn fill(mut day: DayPlan, wanted: Vec<Booking>, mut now: DateTime<Utc>, pause: TimeDelta) -> usize {
    let slots = day.region.slots.slots(day.region.time_zone, day.date);
    let mut taken = 0;
    for mut booking in wanted {
        now += pause;
        let held_by = now + TimeDelta::minutes(10);
        let not_before = held_by + TimeDelta::minutes(10);
        let query = SlotQuery { booking: &booking, slots: &slots, now, held_by, not_before };
        assert_eq!(search(&day, &query), naive::search(&day, &query), "{booking:?} at {now}");
        booking.state = BookingState::Held;
        booking.hold_expires_at = Some(not_before);
        let place = day.cheapest_place(&booking, now);
        assert_eq!(place, naive::cheapest_place(&day, &booking, now), "{booking:?} at {now}");
        if let Some(place) = place {
            let entry = Arc::new(Entry { booking, version: 1 });
            day.routes[place.route] = Arc::new(day.routed(place, entry, now));
            taken += 1;
        }
    }
    taken
}

#[test]
fn a_day_booked_the_day_before_is_searched_exactly() {
    for seed in 1..4 {
        let (day, wanted) = city(seed, TravelProfile::default());
        let taken = fill(day, wanted, "2026-03-01T02:00:00Z".parse().unwrap(), TimeDelta::zero());
        assert!((80..300).contains(&taken), "{taken}");
    }
}

#[test]
fn a_day_booked_while_couriers_are_under_way_is_searched_exactly() {
    for seed in 1..4 {
        let (day, wanted) = city(seed, TravelProfile::default());
        let pause = TimeDelta::seconds(150);
        let taken = fill(day, wanted, "2026-03-01T23:30:00Z".parse().unwrap(), pause);
        assert!((40..300).contains(&taken), "{taken}");
    }
}

/// Short legs that take less of a detour than long ones, no overhead, and no detour at all.
#[test]
fn unusual_travel_is_searched_exactly() {
    let usual = TravelProfile::default();
    let travels = [
        TravelProfile { detour: 2.0, short_detour: 1.0, short_below_m: 3_000.0, ..usual },
        TravelProfile { short_detour: 10.0, short_below_m: 50_000.0, ..usual },
        TravelProfile { detour: 1.0, short_below_m: 0.0, leg_overhead_s: 0, ..usual },
    ];
    for travel in travels {
        let (day, wanted) = city(4, travel);
        fill(day, wanted, "2026-03-01T02:00:00Z".parse().unwrap(), TimeDelta::seconds(60));
    }
}
