//! `kill -9` in the middle of 2,000 bookings.

use super::city::{CLOCK, DATES, Keys, large};
use super::customers::{Acknowledged, Bookings, all, serve};
use super::database::databases;
use super::process::Process;
use super::{ALONE, board};
use doorstep::simulation::Customer;
use std::collections::BTreeSet;

const CUSTOMERS: u32 = 2_000;
const AT_ONCE: usize = 64;
/// After so many acknowledged bookings the service is killed.
const KILLED_AFTER: usize = 600;

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill() {
    let _alone = ALONE.lock().await;
    for database in databases().await {
        let (city, customers) = large(CUSTOMERS, DATES.len());
        let keys = Keys::of_fresh_city(&database, &city).await;
        let acknowledged = book_and_kill(&database.url, &keys, &customers).await;

        let service = Process::serve(&database.url, CLOCK);
        let (checkout, dispatcher) = (keys.checkout(&service), keys.dispatcher(&service));
        for (external_id, id) in &acknowledged {
            let booking = checkout.get(&format!("/v1/bookings/{id}")).await.expect(200);
            assert_eq!(booking["status"], "confirmed", "{id}");
            assert_eq!(booking["external_id"], *external_id);
        }
        let placed = board::placed(&dispatcher).await;
        for id in acknowledged.values() {
            assert_eq!(placed.get(id).map(String::as_str), Some("confirmed"), "{id}");
        }

        // Those without an answer ask again: in the end everyone has one booking, nobody two.
        let order =
            |customer: &Customer| customer.booking["external_id"].as_str().unwrap().to_owned();
        let unanswered =
            customers.into_iter().filter(|one| !acknowledged.contains_key(&order(one)));
        let mut bookings = all(serve(unanswered, AT_ONCE, &checkout, &checkout)).await;
        bookings.extend(acknowledged);
        assert_eq!(bookings.len(), usize::try_from(CUSTOMERS).unwrap());
        let booked: BTreeSet<String> = bookings.into_values().collect();
        assert!(booked.iter().eq(&board::confirmed(&dispatcher).await));
    }
}

/// Kills the service in the midst of its work. Returns what it had acknowledged.
async fn book_and_kill(database: &str, keys: &Keys, customers: &[Customer]) -> Bookings {
    let mut service = Process::serve(database, CLOCK);
    let checkout = keys.checkout(&service);
    let mut told = serve(customers.iter().cloned(), AT_ONCE, &checkout, &checkout);
    let mut acknowledged = Bookings::new();
    while let Some(Acknowledged { external_id, id }) = told.recv().await {
        acknowledged.insert(external_id, id);
        if acknowledged.len() == KILLED_AFTER {
            service.kill();
        }
    }
    assert!((KILLED_AFTER..customers.len()).contains(&acknowledged.len()));
    acknowledged
}
