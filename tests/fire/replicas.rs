//! Two services on one PostgreSQL database.

use super::city::{CLOCK, Keys, large};
use super::customers::{all, serve};
use super::database::{Engine, databases};
use super::process::Process;
use super::{ALONE, board};
use std::collections::BTreeSet;

const CUSTOMERS: u32 = 300;
/// Customers of each service at a time.
const AT_ONCE: usize = 16;

#[tokio::test]
async fn two_services_book_the_same_day() {
    let _alone = ALONE.lock().await;
    let shared = databases().await.into_iter().find(|one| one.engine == Engine::Postgres);
    let Some(database) = shared else { return };
    let (city, mut customers) = large(CUSTOMERS, 1);
    let keys = Keys::of_fresh_city(&database, &city).await;
    let (one, other) = (Process::serve(&database.url, CLOCK), Process::serve(&database.url, CLOCK));
    let (at_one, at_other) = (keys.checkout(&one), keys.checkout(&other));
    let half = customers.split_off(customers.len() / 2);
    // A balancer may send a hold here and its confirmation there.
    let (first, second) = tokio::join!(
        all(serve(customers, AT_ONCE, &at_one, &at_one)),
        all(serve(half, AT_ONCE, &at_other, &at_one)),
    );
    let bookings = first.into_iter().chain(second);
    let booked: BTreeSet<String> = bookings.map(|(_, id)| id).collect();
    assert_eq!(booked.len(), usize::try_from(CUSTOMERS).unwrap());

    let third = Process::serve(&database.url, CLOCK);
    assert!(booked.iter().eq(&board::confirmed(&keys.dispatcher(&third)).await));
}
