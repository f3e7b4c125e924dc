//! Seeded cities: always the same, always valid, and shaped like a city.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use doorstep::city::{
    City, CitySpec, DaySpec, Preset, day_over_places, files, lade_bookings, region_around,
    region_of_places,
};
use doorstep::geo::{Datum, Point, haversine_m};
use doorstep::intake::{self, BookingTerms, lade};
use doorstep::model::{
    Area, BookingKind, Category, Door, ProgrammeId, Region, RegionId, ShiftDay, Vehicle,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const DATE: &str = "2026-03-02";

fn spec(seed: u64, region: &str) -> CitySpec {
    let preset = Preset::find(region).unwrap();
    let (id, centre) = (RegionId::new(region).unwrap(), preset.centre());
    let date = DATE.parse().unwrap();
    CitySpec {
        seed,
        region: region_around(id, preset.name, preset.zone, centre),
        centre,
        bookings: 600,
        couriers: 30,
        hubs: 3,
        date,
        days: ShiftDay::Date(date),
    }
}

fn shanghai(seed: u64) -> City {
    City::generate(&spec(seed, "shanghai"))
}

/// Writes a city and reads it again; everything must be valid and, in WGS-84, the same.
fn read_back(city: &City) -> City {
    let [regions, hubs, couriers, shifts, bookings] = files(city).map(|(_, text)| text);
    let regions = intake::regions(regions.as_bytes(), "regions.json").unwrap();
    let hubs = intake::hubs(hubs.as_bytes(), "hubs.csv", Some(&regions)).unwrap();
    let couriers = intake::couriers(couriers.as_bytes(), "couriers.csv", Some(&hubs)).unwrap();
    let roster = intake::shifts(shifts.as_bytes(), "shifts.csv", Some(&couriers)).unwrap();
    let rows = intake::booking_rows(bookings.as_bytes(), "bookings.csv").unwrap();
    confirm(&rows, &regions[0]);
    City { region: regions[0].clone(), hubs, couriers, roster, bookings: rows }
}

/// Checks that rows are bookings of a region.
fn confirm(rows: &[intake::BookingRow], region: &Region) {
    let programme = ProgrammeId::new("flagship").unwrap();
    let terms = BookingTerms {
        regions: std::slice::from_ref(region),
        programme: &programme,
        requested_at: "2026-03-01T00:00:00Z".parse().unwrap(),
        earliest: None,
    };
    match intake::confirm(rows.to_vec(), "bookings.csv", &terms) {
        Ok(bookings) => assert_eq!(bookings.len(), rows.len()),
        Err(faults) => panic!("{faults}"),
    }
}

#[test]
fn one_seed_is_one_city() {
    assert_eq!(files(&shanghai(7)), files(&shanghai(7)));
    assert_ne!(shanghai(7).bookings, shanghai(8).bookings);
}

#[test]
fn the_committed_city_is_what_its_seed_gives() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/city");
    for (name, text) in files(&shanghai(1)) {
        let committed = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(committed == text, "{name} differs: write it again as fixtures/README.md says");
    }
}

#[test]
fn cities_are_written_and_read_back_whole() {
    for (seed, region) in [(1, "shanghai"), (2, "beijing"), (3, "guangzhou"), (4, "hangzhou")] {
        let city = City::generate(&spec(seed, region));
        assert_eq!(city.bookings.len(), 600);
        assert_eq!(read_back(&city), city);
    }
}

#[test]
fn tiny_and_lopsided_cities_are_cities() {
    for (bookings, couriers, hubs) in [(1, 1, 1), (2, 1, 5), (1, 9, 2), (40, 3, 40)] {
        let city = City::generate(&CitySpec { bookings, couriers, hubs, ..spec(5, "shanghai") });
        let made = [city.bookings.len(), city.couriers.len(), city.hubs.len()];
        assert_eq!(made, [bookings, couriers, hubs].map(|n| n as usize));
        assert_eq!(read_back(&city), city);
    }
}

#[test]
fn a_larger_fleet_leaves_the_bookings_as_they_were() {
    let larger = City::generate(&CitySpec { couriers: 60, hubs: 5, ..spec(7, "shanghai") });
    assert_eq!(larger.bookings, shanghai(7).bookings);
}

#[test]
fn places_at_the_edge_of_a_region_stay_inside() {
    let mut spec = spec(1, "shanghai");
    let (lon, lat) = (spec.centre.lon(), spec.centre.lat());
    spec.region.area = Area::Bbox([lon - 0.0002, lat - 0.0002, lon + 0.0002, lat + 0.0002]);
    read_back(&City::generate(&spec));
}

#[test]
fn a_city_without_places_or_slots_has_no_bookings() {
    let mut spec = spec(1, "shanghai");
    let day = DaySpec { seed: 1, region: &spec.region, date: spec.date, bookings: 5 };
    assert!(day_over_places(&[], &day).is_empty());
    spec.region.slots.last_end = spec.region.slots.first;
    assert!(City::generate(&spec).bookings.is_empty());
}

#[test]
fn kinds_devices_and_doors_are_mixed_as_promised() {
    let city = shanghai(1);
    let share = |kind| city.bookings.iter().filter(|row| row.kind == kind).count();
    assert!((440..520).contains(&share(BookingKind::Pickup)));
    assert!((30..70).contains(&share(BookingKind::Delivery)));
    assert!((50..100).contains(&share(BookingKind::Exchange)));
    let categories: BTreeSet<Category> =
        city.bookings.iter().flat_map(|row| &row.devices).map(|device| device.category).collect();
    assert_eq!(categories.len(), 6);
    let several = city.bookings.iter().filter(|row| row.devices.len() > 1).count();
    assert!((90..180).contains(&several), "{several}");
    let mut doors: BTreeMap<Door, usize> = BTreeMap::new();
    for row in &city.bookings {
        *doors.entry(Door::at(row.point(&city.region).unwrap())).or_default() += 1;
    }
    assert!((250..450).contains(&doors.len()), "{} doors", doors.len());
}

#[test]
fn windows_are_slots_and_were_asked_for_before_they_closed() {
    let city = shanghai(1);
    let slots = city.region.slots.slots(city.region.time_zone, DATE.parse().unwrap());
    let mut taken = BTreeSet::new();
    let mut on_the_day = 0;
    for row in &city.bookings {
        let slot = slots.iter().find(|slot| slot.window == row.window).unwrap();
        let requested_at = row.requested_at.unwrap();
        assert!(requested_at < slot.cutoff_at && requested_at < row.window.start);
        on_the_day += usize::from(city.region.date_of(requested_at).to_string() == DATE);
        taken.insert(slot.window);
    }
    assert_eq!(taken.len(), slots.len());
    assert!((150..270).contains(&on_the_day), "{on_the_day}");
    assert!(city.bookings.is_sorted_by_key(|row| row.requested_at));
}

#[test]
fn hubs_are_near_the_demand_and_have_couriers_by_it() {
    let city = shanghai(1);
    let doors: Vec<Point> =
        city.bookings.iter().map(|row| row.point(&city.region).unwrap()).collect();
    let nearest = |door: Point| {
        city.hubs.iter().map(|hub| haversine_m(hub.place, door)).fold(f64::MAX, f64::min)
    };
    let mean = doors.iter().map(|&door| nearest(door)).sum::<f64>() / 600.0;
    assert!(mean < 7_000.0, "{mean}");
    let crews =
        city.hubs.iter().map(|hub| city.couriers.iter().filter(|c| c.hub == hub.id).count());
    let crews: Vec<usize> = crews.collect();
    assert!(crews.iter().all(|&crew| crew > 0) && crews.is_sorted_by(|a, b| a >= b), "{crews:?}");
}

#[test]
fn couriers_ride_mostly_e_bikes_and_desktops_need_more() {
    let city = shanghai(1);
    let ebikes = city.couriers.iter().filter(|c| c.vehicle == Vehicle::Ebike).count();
    assert!((20..=26).contains(&ebikes), "{ebikes}");
    for courier in &city.couriers {
        assert_eq!(courier.skills.contains("desktop"), courier.vehicle != Vehicle::Ebike);
    }
    assert!(city.region.device_skills[&Category::Desktop].contains("desktop"));
    for entry in &city.roster {
        assert_eq!(entry.validate(), Ok(()));
        assert_eq!((entry.ends - entry.starts).num_hours(), 9);
        assert_eq!(entry.rest.unwrap().duration_s.get(), 45 * 60);
    }
}

/// A file of real data beside the repository; says so where it is absent.
#[expect(clippy::print_stderr, reason = "a test that could not run says so")]
fn shared(name: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!(
            "NOT TESTED: ../shared/data/{name} is absent; put the shared data beside the repository"
        );
    }
    bytes
}

#[test]
fn every_row_of_lade_is_taken_or_noted() {
    for (name, rows, date) in [
        ("lade/shanghai_pickups.csv", 1_285, "2022-06-07"),
        ("lade/hangzhou_pickups.csv", 1_156, "2022-05-01"),
    ] {
        let Some(bytes) = shared(name) else { return };
        let zone = chrono_tz::Asia::Shanghai;
        let day = lade::orders(&bytes, name, zone, lade::YEAR).unwrap();
        let left_out = day.notes.iter().filter(|note| !note.taken).count();
        assert_eq!((day.orders.len() + left_out, left_out), (rows, 0));
        assert_eq!(day.date.unwrap().to_string(), date);
        let places: Vec<Point> = day.orders.iter().map(|order| order.place).collect();
        let id = RegionId::new("lade").unwrap();
        let region = region_of_places(id, "LaDe", zone, &places).unwrap();
        let bookings = lade_bookings(&day, &region, 1);
        assert_eq!(bookings, lade_bookings(&day, &region, 1));
        assert_eq!(bookings.len(), rows);
        confirm(&bookings, &region);
    }
}

#[test]
fn real_compounds_in_gcj02_make_a_city() {
    let Some(bytes) = shared("beijing_communities.csv") else { return };
    let places = intake::places(&bytes, "beijing_communities.csv", Datum::Gcj02).unwrap();
    assert_eq!(places.len(), 236);
    let mut spec = spec(1, "beijing");
    let id = RegionId::new("beijing").unwrap();
    spec.region = region_of_places(id, "Beijing", spec.region.time_zone, &places).unwrap();
    spec.region.datum = Datum::Gcj02;
    let city = City::over_places(&places, &spec);
    let again = read_back(&city);
    assert_eq!(again.bookings, city.bookings);
    for (hub, read) in city.hubs.iter().zip(&again.hubs) {
        assert!(haversine_m(hub.place, read.place) < 0.2);
    }
    let door = city.bookings[0].point(&city.region).unwrap();
    assert!(places.iter().any(|&place| haversine_m(place, door) < 180.0));
    assert!(files(&city)[1].1.contains(",gcj02\n"));
}
