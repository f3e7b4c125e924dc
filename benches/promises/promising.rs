//! Doorstep's way: each slot offered is a place on a route, and where a bound is set, none far off.

use crate::fullness::{Until, Watch};
use crate::judge;
use crate::town::{Customer, Town};
use doorstep::model::{Booking, Slot};
use doorstep::planning::{Control, DayPlan, Effort, Entry, UsualTravel, improve_near, squeeze};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What is done beyond plain insertion.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    /// Of a squeeze for each slot; 0 is plain insertion.
    pub(crate) tries: usize,
    /// Routes that the improver works on.
    pub(crate) near: usize,
    /// Of the improver after each request; 0 is none.
    pub(crate) iterations: u64,
    /// The most travel that is offered, in percent of what is usual.
    pub(crate) most_travel_pct: Option<u32>,
}

/// What became of a stream.
pub(crate) struct Outcome {
    /// Customers up to the moment at which the fleet was full.
    pub(crate) asked: usize,
    /// By their place in the stream: the slot they took.
    pub(crate) taken: HashMap<usize, Slot>,
}

impl Outcome {
    pub(crate) fn served(&self) -> usize {
        self.taken.len()
    }
}

/// Lets the customers ask, one by one.
pub(crate) fn run(town: &Town, until: Until, method: &Method) -> Outcome {
    let mut day = town.idle.clone();
    let mut outcome = Outcome { asked: 0, taken: HashMap::new() };
    let mut usual = UsualTravel::default();
    let mut watch = Watch::new(until);
    for (turn, customer) in town.customers.iter().enumerate() {
        outcome.asked = turn + 1;
        let taken = take(&mut day, town, customer, method, &mut usual);
        let refused = taken.is_none();
        outcome.taken.extend(taken.map(|slot| (turn, slot)));
        if watch.ends(refused) {
            break;
        }
        if method.iterations > 0 {
            improve(&mut day, town, customer, method, turn as u64);
        }
        if turn % 100 == 99 {
            eprintln!("{} {}: {} of {}", town.name, town.seed, outcome.served(), outcome.asked);
        }
    }
    let served = judge::served(&day);
    assert_eq!(served, outcome.served(), "somebody lost their place");
    outcome
}

/// The customer takes the slot they like best; nothing where none that they accept is offered.
fn take(
    day: &mut DayPlan,
    town: &Town,
    customer: &Customer,
    method: &Method,
    usual: &mut UsualTravel,
) -> Option<Slot> {
    let green = town.idle.region.green_travel_s;
    let bound = method.most_travel_pct.and_then(|percent| usual.most_s(percent, green));
    if method.most_travel_pct.is_some()
        && let Some(least_s) = least_s(day, town, customer)
    {
        usual.note(customer.booking.place(), least_s);
    }
    let most_s = bound.unwrap_or(i64::MAX);
    customer.accepts.iter().copied().find(|slot| {
        let booking = customer.booking_in(slot);
        match day.cheapest_place(&booking, town.now) {
            Some(place) if place.marginal().travel_s.get() > most_s => false,
            Some(place) => {
                let entry = Arc::new(Entry { booking, version: 0 });
                day.routes[place.route] = Arc::new(day.routed(place, entry, town.now));
                true
            }
            None => make_room(day, town, &booking, (method.tries, most_s)),
        }
    })
}

/// The travel that the customer would add at the best slot of all.
fn least_s(day: &DayPlan, town: &Town, customer: &Customer) -> Option<i64> {
    let place = |slot| day.cheapest_place(&customer.booking_in(slot), town.now);
    let places = town.slots.iter().filter_map(place);
    places.map(|place| place.marginal().travel_s.get()).min()
}

/// Others make way, by so many tries, where that adds no more travel than is offered.
fn make_room(
    day: &mut DayPlan,
    town: &Town,
    booking: &Booking,
    (tries, most_s): (usize, i64),
) -> bool {
    let mut left = tries;
    let found = squeeze(day, booking, town.now, || {
        let any = left > 0;
        left = left.saturating_sub(1);
        any
    });
    let Some(found) = found.filter(|found| found.extra.travel_s.get() <= most_s) else {
        return false;
    };
    for (route, plan) in found.routes {
        day.routes[route] = Arc::new(plan);
    }
    true
}

/// Between two requests the routes around the last address are made shorter.
fn improve(day: &mut DayPlan, town: &Town, customer: &Customer, method: &Method, seed: u64) {
    let iterations = Some(method.iterations);
    let effort = Effort { seed, threads: 1, iterations, time_limit: None };
    let never = AtomicBool::new(false);
    let control = Control { elapsed: &|| Duration::ZERO, cancel: &never, progress: &mut |_| {} };
    let point = customer.booking.place();
    let better = improve_near(day, (point, method.near), town.now, &effort, control);
    for change in better.into_iter().flat_map(|better| better.groups).flatten() {
        day.routes[change.route] = Arc::new(change.plan);
    }
}
