//! Reading what has changed of a day gives what reading it whole gives.

use super::town::{Town, confirmation, date, hold, now, programme, region};
use crate::desk::command::Command;
use crate::desk::{Desk, load};
use crate::model::{Booking, BookingId};
use crate::planning::{DayPlan, Effort};
use chrono::TimeDelta;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

const EFFORT: Effort = Effort { seed: 1, threads: 1, iterations: Some(200), time_limit: None };

/// What a replica did so far.
struct Replica {
    desk: Desk,
    orders: Vec<Booking>,
    holds: Vec<Booking>,
    booked: Vec<BookingId>,
}

impl Replica {
    /// Does something to the day, as the dice say.
    async fn act(&mut self, town: &Town, dice: &mut ChaCha8Rng) {
        match dice.random_range(0..10) {
            0..4 => self.take_hold(dice).await,
            4..6 if !self.holds.is_empty() => {
                let held = self.holds.swap_remove(dice.random_range(0..self.holds.len()));
                let booked = self.desk.confirm(&programme(), confirmation(&held), None).await;
                self.booked.extend(booked.map(|done| now(done).id).ok());
            }
            6 if !self.booked.is_empty() => {
                let id = self.booked.swap_remove(dice.random_range(0..self.booked.len()));
                self.desk.cancel(None, id, None).await.unwrap();
            }
            7 => {
                let some = self.orders.len().min(3);
                let orders = self.orders.split_off(self.orders.len() - some);
                self.booked.extend(orders.iter().map(|order| order.id));
                self.desk.import_bookings(orders, None).await.unwrap();
            }
            8 => {
                self.desk.replan(&region(), date(), EFFORT, None).await.unwrap();
            }
            9 => {
                town.clock.advance_to(town.clock.now() + TimeDelta::minutes(4));
                // Returns once the writer has given back the places of holds that ran out.
                self.desk.send(&region(), date(), Command::Reload, None).await.unwrap();
            }
            _ => {}
        }
    }

    async fn take_hold(&mut self, dice: &mut ChaCha8Rng) {
        let Some(order) = self.orders.pop() else { return };
        self.holds.extend(hold(&self.desk, &order.request, dice.random_range(0..9)).await);
    }
}

#[tokio::test]
async fn what_has_changed_makes_the_day_what_it_is() {
    for seed in 0..3 {
        let town = Town::new().await;
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let orders = town.orders.clone();
        let (holds, booked) = (Vec::new(), Vec::new());
        let mut other = Replica { desk: town.desk().await, orders, holds, booked };
        let (store, registry) = (other.desk.store().clone(), other.desk.registry());
        let (mut plan, _) = load::day(&store, &registry, &region(), date()).await.unwrap();
        for _ in 0..25 {
            for _ in 0..dice.random_range(1..4) {
                other.act(&town, &mut dice).await;
            }
            let changed = load::changed_day(&store, &registry, &plan).await.unwrap();
            let whole = load::day(&store, &registry, &region(), date()).await.unwrap();
            assert_same(&changed, &whole);
            assert_shared(&plan, &changed.0);
            plan = changed.0;
        }
        assert!(plan.entries().count() > 10, "something has happened");
    }
}

fn assert_same((changed, seq): &(DayPlan, i64), (whole, whole_seq): &(DayPlan, i64)) {
    assert_eq!((changed.day_version, seq), (whole.day_version, whole_seq));
    assert_eq!(changed.unassigned, whole.unassigned);
    assert_eq!(changed.routes.len(), whole.routes.len());
    for (ours, theirs) in changed.routes.iter().zip(&whole.routes) {
        assert_eq!(ours.to_route(changed), theirs.to_route(whole));
        assert_eq!(ours.entries, theirs.entries);
        assert_eq!(ours.of, theirs.of);
    }
}

/// Routes that have not changed are not made anew.
fn assert_shared(before: &DayPlan, after: &DayPlan) {
    for (old, new) in before.routes.iter().zip(&after.routes) {
        assert_eq!(old.version == new.version, Arc::ptr_eq(old, new));
    }
}

#[tokio::test]
async fn readers_see_what_another_desk_committed() {
    let town = Town::new().await;
    let (here, there) = (town.desk().await, town.desk().await);
    let before = here.day(&region(), date()).await.unwrap();
    let held = hold(&there, &town.orders[0].request, 0).await.expect("the day is empty");
    // The file notifies nobody: the desk finds it by looking, once a second.
    while here.day(&region(), date()).await.unwrap().find(held.id).is_none() {
        tokio::task::yield_now().await;
    }
    assert!(before.find(held.id).is_none(), "a reader keeps the plan that it took");
    here.confirm(&programme(), confirmation(&held), None).await.unwrap();
}
