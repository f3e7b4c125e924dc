//! Two services on one PostgreSQL database.

use super::city::{CLOCK, Keys, contact, first_slot, large, one_place};
use super::customers::{all, serve};
use super::database::{Engine, TestDatabase, databases};
use super::process::Process;
use super::{ALONE, board};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const CUSTOMERS: u32 = 300;
/// When it is no use to wait any longer.
const PATIENCE: Duration = Duration::from_mins(1);
/// Customers of each service at a time.
const AT_ONCE: usize = 16;

#[tokio::test]
async fn two_services_book_the_same_day() {
    let _alone = ALONE.lock().await;
    let Some(database) = shared().await else { return };
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

#[tokio::test]
async fn what_one_service_did_the_other_knows() {
    let _alone = ALONE.lock().await;
    let Some(database) = shared().await else { return };
    let keys = Keys::of_fresh_city(&database, &one_place()).await;
    let services = (Process::serve(&database.url, CLOCK), Process::serve(&database.url, CLOCK));
    let (one, other) = (keys.checkout(&services.0), keys.checkout(&services.1));
    let (here, there) = (first_slot(&one).await, first_slot(&other).await);

    // Held here, confirmed there, given back here: there the place is free again.
    let hold = one.post("/v1/holds", &json!({ "offer": here["offer"] })).await.expect(201);
    let body = json!({ "hold_id": hold["id"], "contact": contact() });
    let booking = other.post("/v1/bookings", &body).await.expect(201);
    let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
    let cancelled = one.post(&path, &json!({})).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    let hold = other.post("/v1/holds", &json!({ "offer": there["offer"] })).await.expect(201);

    // Held there, given back by who has not heard of it.
    let body = json!({ "hold_id": hold["id"], "contact": contact() });
    let booking = other.post("/v1/bookings", &body).await.expect(201);
    let path = format!("/v1/bookings/{}/cancel", booking["id"].as_str().unwrap());
    let cancelled = one.post(&path, &json!({})).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
}

#[tokio::test]
async fn who_only_reads_sees_what_the_other_service_did() {
    let _alone = ALONE.lock().await;
    let Some(database) = shared().await else { return };
    let keys = Keys::of_fresh_city(&database, &one_place()).await;
    let services = (Process::serve(&database.url, CLOCK), Process::serve(&database.url, CLOCK));
    let (one, other) = (keys.checkout(&services.0), keys.checkout(&services.1));
    let (here, there) = (first_slot(&one).await, first_slot(&other).await);
    assert_eq!(here["start"], there["start"]);
    let hold = one.post("/v1/holds", &json!({ "offer": here["offer"] })).await.expect(201);
    let seen = async { while first_slot(&other).await["start"] == there["start"] {} };
    tokio::time::timeout(PATIENCE, seen).await.expect("the place is taken there too");

    let path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
    one.send(Method::DELETE, &path, None).await.unwrap();
    let seen = async { while first_slot(&other).await["start"] != there["start"] {} };
    tokio::time::timeout(PATIENCE, seen).await.expect("the place is free there too");
}

/// The database that several services can share, where there is one.
async fn shared() -> Option<TestDatabase> {
    databases().await.into_iter().find(|one| one.engine == Engine::Postgres)
}
