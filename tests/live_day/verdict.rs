//! What really happened, and whether it was as promised or told in time.

use super::board::Window;
use super::customers::{Customers, standing};
use super::observer::{Event, Observer};
use super::town::{Town, date};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// How a visit went.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) courier: String,
    /// When service began.
    pub(crate) begins: DateTime<Utc>,
    /// What the booking has to be then.
    pub(crate) outcome: &'static str,
}

/// What happened at the doors, whether the service knows of it or not.
#[derive(Default)]
pub(crate) struct Truth {
    served: BTreeMap<String, Served>,
    /// So many couriers came to a door at which a colleague had been.
    pub(crate) came_in_vain: usize,
}

impl Truth {
    pub(crate) fn is_served(&self, booking: &str) -> bool {
        self.served.contains_key(booking)
    }

    pub(crate) fn note(&mut self, booking: &str, served: Served) {
        if self.is_served(booking) {
            self.came_in_vain += 1;
        } else {
            self.served.insert(booking.to_owned(), served);
        }
    }
}

/// The day in numbers.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) acknowledged: usize,
    pub(crate) called_off: usize,
    pub(crate) other_day: usize,
    pub(crate) completed_in_time: usize,
    pub(crate) failed_in_time: usize,
    pub(crate) late_and_told: usize,
    pub(crate) not_served_and_told: usize,
    /// Announced, and served in time all the same.
    pub(crate) warned_in_vain: usize,
}

/// Whether it stands, as of a moment, that a promise will not be kept.
fn is_told(log: &[Event], booking: &str, before: DateTime<Utc>) -> bool {
    let mut told = false;
    for event in log.iter().filter(|event| event.at < before) {
        if event.kind == "route.breached" {
            let late = event.body["late"].as_array().into_iter().flatten();
            told |= late.into_iter().any(|late| late["booking"] == booking);
        }
        if event.subject == booking {
            match event.kind.as_str() {
                "visit.at_risk" | "booking.displaced" => told = true,
                "visit.on_time" | "booking.rescheduled" => told = false,
                "booking.moved" => told |= event.body["late"] == true,
                _ => {}
            }
        }
    }
    told
}

/// Judges every booking that was acknowledged.
pub(crate) async fn judge(
    town: &Town,
    customers: &Customers,
    truth: &Truth,
    observer: &Observer,
) -> Tally {
    let mut tally = Tally { acknowledged: customers.booked.len(), ..Tally::default() };
    let mut wrongs = Vec::new();
    for (number, booking) in &customers.booked {
        let standing = standing(&town.shop, booking).await;
        let is_off = customers.called_off.contains(booking);
        if let Err(wrong) = judge_one(booking, &standing, is_off, truth, observer, &mut tally) {
            let story = observer.log.iter().filter(|event| event.subject == *booking);
            let story: Vec<String> = story
                .map(|event| format!("  {} {} {}", event.at, event.kind, event.body))
                .collect();
            wrongs.push(format!("customer {number}, {booking}: {wrong}\n{}", story.join("\n")));
        }
    }
    assert!(wrongs.is_empty(), "{} broken:\n{}\n{tally:#?}", wrongs.len(), wrongs.join("\n\n"));
    tally
}

fn judge_one(
    booking: &str,
    (status, on, Window { end, .. }): &(String, String, Window),
    is_off: bool,
    truth: &Truth,
    observer: &Observer,
    tally: &mut Tally,
) -> Result<(), String> {
    let expect = |wanted: &str| {
        let wrong = || format!("it is {status} and has to be {wanted}");
        (status == wanted).then_some(()).ok_or_else(wrong)
    };
    if is_off {
        tally.called_off += 1;
        return expect("cancelled");
    }
    if *on != date().to_string() {
        tally.other_day += 1;
        return expect("confirmed");
    }
    let is_told = is_told(&observer.log, booking, *end);
    let Some(Served { courier, begins, outcome }) = truth.served.get(booking) else {
        tally.not_served_and_told += 1;
        expect("confirmed")?;
        let wrong = || format!("nobody came by {end}, and nobody was told");
        return is_told.then_some(()).ok_or_else(wrong);
    };
    expect(outcome)?;
    if begins <= end {
        tally.warned_in_vain += usize::from(is_told);
        match *outcome {
            "failed" => tally.failed_in_time += 1,
            _ => tally.completed_in_time += 1,
        }
        return Ok(());
    }
    tally.late_and_told += 1;
    let wrong = || format!("{courier} came at {begins}, after {end}, and nobody was told");
    is_told.then_some(()).ok_or_else(wrong)
}
