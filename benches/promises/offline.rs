//! The solver that sees all requests at once.

use crate::judge;
use crate::promising::Outcome;
use crate::town::Town;
use doorstep::model::Booking;
use doorstep::planning::{Control, Effort, Entry, replan};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// How many of a stream's customers are served when all are known, by so many seconds of search on
/// two threads. Whom to serve is free, all count alike. Each is served in the slot that they took
/// in the stream, or in the one that they like best where they were refused.
pub(crate) fn served(town: &Town, stream: &Outcome, seconds: u64) -> usize {
    let customers = town.customers.iter().enumerate().take(stream.asked);
    let bookings = customers.map(|(turn, customer)| {
        customer.booking_in(stream.taken.get(&turn).unwrap_or(&customer.accepts[0]))
    });
    let time_limit = Some(Duration::from_secs(seconds));
    let effort = Effort { seed: town.seed, threads: 2, iterations: None, time_limit };
    eprintln!("{} {}: {seconds} s for the solver that sees all", town.name, town.seed);
    routed(town, bookings.collect(), &effort)
}

/// How many of the bookings the solver finds places for on an empty day.
pub(crate) fn routed(town: &Town, bookings: Vec<Booking>, effort: &Effort) -> usize {
    let mut day = town.idle.clone();
    let entries = bookings.into_iter().map(|booking| Arc::new(Entry { booking, version: 0 }));
    day.unassigned = entries.collect();
    day.unassigned.sort_by_key(|entry| entry.booking.id);
    let began = now();
    let never = AtomicBool::new(false);
    let elapsed = || now() - began;
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    let proposal = replan(&day, town.now, effort, control);
    for change in proposal.groups.into_iter().flatten() {
        day.routes[change.route] = Arc::new(change.plan);
    }
    let left =
        |entry: &Arc<Entry>| proposal.unassigned.iter().any(|(id, _)| *id == entry.booking.id);
    day.unassigned.retain(left);
    judge::served(&day)
}

#[expect(clippy::disallowed_methods, reason = "a limit in seconds is what was asked for")]
fn now() -> Instant {
    Instant::now()
}
