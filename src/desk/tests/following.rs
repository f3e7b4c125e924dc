//! Who follows a day sees each event once, in order, none missing, whoever committed it.

use super::town::{Town, confirmation, date, hold, now, programme, region};
use crate::desk::{Desk, Follower};
use crate::model::{Booking, BookingId};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

/// Someone who follows, goes away, and comes back with the last number.
struct Reader {
    follower: Option<Follower>,
    seen: Vec<i64>,
}

impl Reader {
    /// Follows at one of the desks, from where it was.
    async fn follow(&mut self, desk: &Desk) -> &mut Follower {
        if self.follower.is_none() {
            let after = self.seen.last().copied().unwrap_or(0);
            let follower = desk.follow(&region(), date(), Some(after)).await.unwrap();
            self.follower = Some(follower);
        }
        self.follower.as_mut().unwrap()
    }

    async fn read_to(&mut self, desk: &Desk, seq: i64) {
        while self.seen.last().copied().unwrap_or(0) < seq {
            let event = self.follow(desk).await.next().await.unwrap();
            self.seen.push(event.row.seq);
        }
    }
}

async fn last_seq(desk: &Desk) -> i64 {
    desk.store().day_position(&region(), date()).await.unwrap().map_or(0, |at| at.last_seq)
}

/// Holds, and now and then books.
async fn change(desk: &Desk, order: &Booking, dice: &mut ChaCha8Rng) {
    let Some(held) = hold(desk, &order.request, dice.random_range(0..9)).await else { return };
    if dice.random_bool(0.5) {
        now(desk.confirm(&programme(), confirmation(&held), None).await.unwrap());
    }
}

#[tokio::test]
async fn each_event_is_seen_once_whatever_is_interleaved() {
    for seed in 0..3 {
        let town = Town::new().await;
        let desks = [town.desk().await, town.desk().await];
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut readers = [(); 3].map(|()| Reader { follower: None, seen: Vec::new() });
        for order in &town.orders[..25] {
            let at = dice.random_range(0..2);
            change(&desks[at], order, &mut dice).await;
            let reader = &mut readers[dice.random_range(0..3)];
            let desk = &desks[dice.random_range(0..2)];
            match dice.random_range(0..4) {
                0 => reader.follower = None,
                1 => drop(reader.follow(desk).await.plan()),
                2 => reader.read_to(desk, last_seq(desk).await / 2).await,
                _ => {}
            }
        }
        let last = last_seq(&desks[0]).await;
        for (reader, desk) in readers.iter_mut().zip(desks.iter().cycle()) {
            reader.read_to(desk, last).await;
            assert_eq!(reader.seen, (1..=last).collect::<Vec<i64>>(), "seed {seed}");
        }
        assert!(last > 25, "something has happened");
    }
}

#[tokio::test]
async fn who_falls_behind_what_is_kept_reads_it_from_the_database() {
    let town = Town::new().await;
    let desk = town.desk().await;
    let mut slow = desk.follow(&region(), date(), None).await.unwrap();
    let copies = (1..=700_u128).map(|number| Booking {
        id: BookingId(Uuid::from_u128(number)),
        external_id: None,
        ..town.orders[0].clone()
    });
    desk.import_bookings(copies.collect(), None).await.unwrap();
    desk.import_bookings(town.orders[1..3].to_vec(), None).await.unwrap();
    for seq in 1..=702 {
        assert_eq!(slow.next().await.unwrap().row.seq, seq);
    }
}

#[tokio::test]
async fn nothing_is_lost_by_who_stops_waiting() {
    let town = Town::new().await;
    let desk = town.desk().await;
    let mut follower = desk.follow(&region(), date(), None).await.unwrap();
    for (seq, order) in (1..).zip(&town.orders[..5]) {
        let waiting = async {
            tokio::select! {
                biased;
                _ = follower.next() => unreachable!("nothing has happened yet"),
                () = tokio::task::yield_now() => {}
            }
        };
        waiting.await;
        desk.import_bookings(vec![order.clone()], None).await.unwrap();
        assert_eq!(follower.next().await.unwrap().row.seq, seq);
    }
}

#[tokio::test]
async fn a_day_that_is_followed_stays_in_memory() {
    let town = Town::new().await;
    let desk = town.desk().await;
    let follower = desk.follow(&region(), date(), None).await.unwrap();
    town.clock.advance_to(town.clock.now() + chrono::TimeDelta::hours(1));
    desk.close_idle_days();
    assert_eq!(desk.loaded_plans().len(), 1);
    drop(follower);
    desk.close_idle_days();
    assert_eq!(desk.loaded_plans().len(), 0);
}
