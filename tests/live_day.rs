//! A whole day through HTTP alone: 500 customers, 30 couriers with phones, and a dispatcher whose day
//! is upset again and again.
//!
//! The couriers live in the test. They read their own lists, go where these say, are faster or slower
//! than planned, stand in traffic jams, find nobody at home, and are out of reach for an hour. After
//! every commit an observer holds the board against what has to be true at any time; in the end every
//! booking was served as promised, or its breach was told before its window ended.
//!
//! The same seed makes the same decisions. The clock goes from one thing that happens to the next.
#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

#[path = "live_day/agenda.rs"]
mod agenda;
#[path = "live_day/board.rs"]
mod board;
#[path = "live_day/caller.rs"]
mod caller;
#[path = "live_day/courier.rs"]
mod courier;
#[path = "live_day/customers.rs"]
mod customers;
#[path = "support/database.rs"]
mod database;
#[path = "live_day/dice.rs"]
mod dice;
#[path = "live_day/disturbances.rs"]
mod disturbances;
#[path = "live_day/door.rs"]
mod door;
#[path = "live_day/observer.rs"]
mod observer;
#[path = "live_day/phone.rs"]
mod phone;
#[path = "live_day/play.rs"]
mod play;
#[path = "live_day/town.rs"]
mod town;
#[path = "live_day/verdict.rs"]
mod verdict;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_is_kept_or_its_breach_is_told_in_time() {
    for database in database::databases().await {
        play::whole_day(&database).await;
    }
}
