//! The work of a day, with fixed seeds: zones, construction, a slot search, a place taken.
//!
//! `cargo bench` runs them all. Figures are times of work that does not change from run to run; on
//! a shared machine compare figures of one run only.

#[expect(dead_code, reason = "a place is looked for by search alone here")]
#[path = "../tests/planning/naive.rs"]
mod naive;

use chrono::{DateTime, TimeDelta, Utc};
use divan::{Bencher, black_box};
use doorstep::city::{City, CitySpec, PRESETS, region_around};
use doorstep::desk::Registry;
use doorstep::intake::{BookingTerms, confirm};
use doorstep::model::{Booking, BookingState, ProgrammeId, RegionId, ShiftDay};
use doorstep::planning::{
    Control, DayPlan, Effort, Entry, Replan, SlotQuery, replan, search, zones,
};
use doorstep::store::RegistryRows;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

fn main() {
    divan::main();
}

/// A Shanghai-like day with so many bookings, one courier for each twenty.
fn day(bookings: u32) -> (DayPlan, Vec<Booking>) {
    let shanghai = PRESETS[0];
    let centre = shanghai.centre();
    let id = RegionId::new(shanghai.id).expect("a preset's id is a name");
    let city = City::generate(&CitySpec {
        seed: 1,
        region: region_around(id, shanghai.name, shanghai.zone, centre),
        centre,
        bookings,
        couriers: bookings / 20 + 1,
        hubs: 3,
        date: "2026-03-02".parse().expect("a date"),
        days: ShiftDay::DAILY,
    });
    let programme = ProgrammeId::new("bench").expect("a name");
    let regions = [city.region.clone()];
    let requested_at = DateTime::UNIX_EPOCH;
    let terms =
        BookingTerms { regions: &regions, programme: &programme, requested_at, earliest: None };
    let wanted = confirm(city.bookings.clone(), "city", &terms).expect("a made city is sound");
    (empty(&city), wanted)
}

fn empty(city: &City) -> DayPlan {
    let registry = Registry::new(RegistryRows {
        version: 1,
        regions: vec![city.region.clone()],
        hubs: city.hubs.clone(),
        couriers: city.couriers.clone(),
        roster: city.roster.clone(),
        programmes: Vec::new(),
        keys: Vec::new(),
    });
    let date = "2026-03-02".parse().expect("a date");
    let shifts = registry.shifts(&city.region, date);
    DayPlan::idle(Arc::new(city.region.clone()), date, shifts)
}

/// The same day with everything planned that has a place.
fn planned(bookings: u32) -> (DayPlan, Vec<Booking>) {
    let (mut plan, wanted) = day(bookings);
    plan.unassigned = waiting(&wanted);
    for change in replanned(&plan, 0).groups.into_iter().flatten() {
        plan.routes[change.route] = Arc::new(change.plan);
    }
    plan.unassigned.clear();
    (plan, wanted)
}

fn replanned(plan: &DayPlan, iterations: u64) -> Replan {
    let effort = Effort { seed: 1, threads: 1, iterations: Some(iterations), time_limit: None };
    let never = AtomicBool::new(false);
    let elapsed = || Duration::ZERO;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    replan(plan, DateTime::UNIX_EPOCH, &effort, control)
}

fn waiting(bookings: &[Booking]) -> Vec<Arc<Entry>> {
    bookings.iter().map(|b| Arc::new(Entry { booking: b.clone(), version: 1 })).collect()
}

#[divan::bench(args = [600, 5_000])]
fn grow_zones(bencher: Bencher<'_, '_>, bookings: u32) {
    let (plan, wanted) = day(bookings);
    let wanted: Vec<&Booking> = wanted.iter().collect();
    bencher.bench_local(|| zones(black_box(&plan), &wanted));
}

#[divan::bench(args = [600, 2_000], sample_count = 5, sample_size = 1)]
fn plan_day(bencher: Bencher<'_, '_>, bookings: u32) {
    let (mut plan, wanted) = day(bookings);
    plan.unassigned = waiting(&wanted);
    bencher.bench_local(|| replanned(black_box(&plan), 0));
}

/// The same with 10,000 iterations of the search behind it.
#[divan::bench(args = [600, 2_000], sample_count = 5, sample_size = 1)]
fn improve_day(bencher: Bencher<'_, '_>, bookings: u32) {
    let (mut plan, wanted) = day(bookings);
    plan.unassigned = waiting(&wanted);
    bencher.bench_local(|| replanned(black_box(&plan), 10_000));
}

#[divan::bench(args = [600, 2_000, 5_000], sample_count = 200)]
fn search_slots(bencher: Bencher<'_, '_>, bookings: u32) {
    let (plan, wanted) = planned(bookings);
    let slots = plan.region.slots.slots(plan.region.time_zone, plan.date);
    let now = slots[0].window.start - TimeDelta::hours(12);
    let mut next = wanted.iter().cycle();
    bencher.bench_local(|| {
        let booking = next.next().expect("a cycle does not end");
        search(&plan, &query(booking, &slots, now))
    });
}

/// The same by looking at every position.
#[divan::bench(args = [600, 2_000, 5_000], sample_count = 50)]
fn search_slots_naively(bencher: Bencher<'_, '_>, bookings: u32) {
    let (plan, wanted) = planned(bookings);
    let slots = plan.region.slots.slots(plan.region.time_zone, plan.date);
    let now = slots[0].window.start - TimeDelta::hours(12);
    let mut next = wanted.iter().cycle();
    bencher.bench_local(|| {
        let booking = next.next().expect("a cycle does not end");
        naive::search(&plan, &query(booking, &slots, now))
    });
}

#[divan::bench(args = [600, 2_000, 5_000], sample_count = 200)]
fn take_place(bencher: Bencher<'_, '_>, bookings: u32) {
    let (plan, wanted) = planned(bookings);
    let now = wanted[0].window.start - TimeDelta::hours(24);
    let mut next = wanted.iter().cycle();
    bencher.bench_local(|| {
        let booking = next.next().expect("a cycle does not end");
        let held = Booking { state: BookingState::Held, ..booking.clone() };
        let place = plan.cheapest_place(&held, now)?;
        let entry = Arc::new(Entry { booking: held, version: 1 });
        Some(plan.routed(place, entry, now))
    });
}

fn query<'a>(
    booking: &'a Booking,
    slots: &'a [doorstep::model::Slot],
    now: DateTime<Utc>,
) -> SlotQuery<'a> {
    SlotQuery { booking, slots, now, held_by: now, not_before: now }
}
