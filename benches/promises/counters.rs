//! A booking tool's way: so many promises for each zone and slot, whatever their addresses.
//!
//! A zone is what is nearest to a hub. Its capacity in a slot is the number of its couriers on
//! shift then, times a rate; the rate is the knob. Who needs a courier with skills is counted twice:
//! among all, and among those that such couriers can take.

use crate::fullness::{Until, Watch};
use crate::offline::routed;
use crate::town::Town;
use chrono::{DateTime, Utc};
use doorstep::geo::{Point, haversine_m};
use doorstep::model::{Booking, Slot};
use doorstep::planning::{Effort, RoutePlan};
use std::collections::HashMap;

/// Rates are multiples of one over this, promises for each courier and slot.
const STEPS: f64 = 20.0;

/// No courier makes more visits in a slot.
const RATE_MAX: f64 = 10.0;

/// What counters have promised, and how much of it can be kept.
pub(crate) struct Counted {
    pub(crate) accepted: usize,
    pub(crate) kept: usize,
}

/// The largest rate at which no promise breaks in any of the streams, by bisection: what was
/// accepted until each fleet was full is routed by the solver.
pub(crate) fn tuned(towns: &[Town], until: Until, iterations: u64) -> f64 {
    let (mut holds, mut breaks) = (0.0, RATE_MAX * STEPS);
    while breaks - holds > 1.0 {
        let rate = f64::midpoint(holds, breaks).floor();
        let all_kept = towns.iter().all(|town| {
            let bookings = accepted(town, until, rate / STEPS);
            let accepted = bookings.len();
            accepted == routed(town, bookings, &effort(iterations))
        });
        eprintln!("{}: a rate of {:.2} holds: {all_kept}", towns[0].name, rate / STEPS);
        *(if all_kept { &mut holds } else { &mut breaks }) = rate;
    }
    holds / STEPS
}

/// What a stream becomes at a rate.
pub(crate) fn served(town: &Town, asked: usize, rate: f64, iterations: u64) -> Counted {
    let bookings = accepted(town, Until::Asked(asked), rate);
    let accepted = bookings.len();
    Counted { accepted, kept: routed(town, bookings, &effort(iterations)) }
}

fn effort(iterations: u64) -> Effort {
    Effort { seed: 1, threads: 2, iterations: Some(iterations), time_limit: None }
}

/// Who gets a promise.
fn accepted(town: &Town, until: Until, rate: f64) -> Vec<Booking> {
    let hubs = hubs(town);
    let mut left = counters(town, &hubs, rate);
    let mut bookings = Vec::new();
    let mut watch = Watch::new(until);
    for customer in &town.customers {
        let zone = nearest(&hubs, customer.booking.place());
        let skilled = !customer.booking.demand.skills.is_empty();
        let counted = |slot: &Slot| {
            let start = slot.window.start;
            [false, true].into_iter().take(1 + usize::from(skilled)).map(move |s| (zone, start, s))
        };
        let free = |slot: &&Slot| counted(slot).all(|counter| left[&counter] > 0);
        let slot = customer.accepts.iter().find(free);
        if let Some(slot) = slot {
            counted(slot).for_each(|counter| *left.entry(counter).or_default() -= 1);
            bookings.push(customer.booking_in(slot));
        }
        if watch.ends(slot.is_none()) {
            break;
        }
    }
    bookings
}

/// Zone, start of the slot, and whether it counts skilled couriers alone.
type Counter = (usize, DateTime<Utc>, bool);

fn counters(town: &Town, hubs: &[Point], rate: f64) -> HashMap<Counter, u32> {
    let mut left = HashMap::new();
    for (zone, &hub) in hubs.iter().enumerate() {
        for slot in &town.slots {
            for skilled in [false, true] {
                let counter = (zone, slot.window.start, skilled);
                left.insert(counter, capacity(town, hub, (slot, skilled), rate));
            }
        }
    }
    left
}

fn hubs(town: &Town) -> Vec<Point> {
    let mut hubs: Vec<Point> = Vec::new();
    for route in &town.idle.routes {
        if !hubs.contains(&route.of.hub.place) {
            hubs.push(route.of.hub.place);
        }
    }
    hubs
}

fn nearest(hubs: &[Point], point: Point) -> usize {
    let distance = |&zone: &usize| haversine_m(hubs[zone], point);
    (0..hubs.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).expect("a city has a hub")
}

/// Promises of a zone in a slot.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, not negative")]
fn capacity(town: &Town, hub: Point, (slot, skilled): (&Slot, bool), rate: f64) -> u32 {
    let of_hub = town.idle.routes.iter().filter(|route| route.of.hub.place == hub);
    let able = of_hub.filter(|route| !skilled || !route.of.courier.skills.is_empty());
    (able.map(|route| on_shift(route, slot)).sum::<f64>() * rate) as u32
}

/// The part of a slot in which a courier works.
#[expect(clippy::cast_precision_loss, reason = "seconds of a day")]
fn on_shift(route: &RoutePlan, slot: &Slot) -> f64 {
    let (window, shift) = (slot.window, &route.of.shift);
    let part = shift.ends.min(window.end) - shift.starts.max(window.start);
    let whole = window.end - window.start;
    part.num_seconds().max(0) as f64 / whole.num_seconds() as f64
}
