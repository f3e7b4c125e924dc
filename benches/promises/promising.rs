//! Doorstep's way: each slot offered is a place on a route.

use crate::judge;
use crate::town::{Customer, Town};
use doorstep::model::{Booking, Slot};
use doorstep::planning::{Control, DayPlan, Effort, Entry, improve_near, squeeze};
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

/// Lets the first customers ask, until so many in a row have been refused.
pub(crate) fn run(town: &Town, customers: usize, full_after: usize, method: &Method) -> Outcome {
    let mut day = town.idle.clone();
    let mut outcome = Outcome { asked: 0, taken: HashMap::new() };
    let mut refused = 0;
    for (turn, customer) in town.customers.iter().enumerate().take(customers) {
        outcome.asked = turn + 1;
        let taken = take(&mut day, town, customer, method.tries);
        refused = if taken.is_some() { 0 } else { refused + 1 };
        outcome.taken.extend(taken.map(|slot| (turn, slot)));
        if refused == full_after {
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

/// The customer takes the slot they like best; nothing where none that they accept has room.
fn take(day: &mut DayPlan, town: &Town, customer: &Customer, tries: usize) -> Option<Slot> {
    customer.accepts.iter().copied().find(|slot| {
        let booking = customer.booking_in(slot);
        insert(day, town, &booking) || make_room(day, town, &booking, tries)
    })
}

fn insert(day: &mut DayPlan, town: &Town, booking: &Booking) -> bool {
    let Some(place) = day.cheapest_place(booking, town.now) else { return false };
    let entry = Arc::new(Entry { booking: booking.clone(), version: 0 });
    day.routes[place.route] = Arc::new(day.routed(place, entry, town.now));
    true
}

fn make_room(day: &mut DayPlan, town: &Town, booking: &Booking, tries: usize) -> bool {
    let mut left = tries;
    let found = squeeze(day, booking, town.now, || {
        let any = left > 0;
        left = left.saturating_sub(1);
        any
    });
    let Some(found) = found else { return false };
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
