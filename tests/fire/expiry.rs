//! A hold that runs out while the service is down.

use super::ALONE;
use super::caller::Caller;
use super::city::{CLOCK, DATES, Keys, door, one_place};
use super::database::databases;
use super::process::Process;
use serde_json::{Value, json};

/// Eleven minutes after [`CLOCK`]; a hold runs out after ten.
const LATER: &str = "2026-03-02T06:11:00+08:00";

#[tokio::test]
async fn a_hold_that_runs_out_gives_its_place_back() {
    let _alone = ALONE.lock().await;
    for database in databases().await {
        let keys = Keys::of_fresh_city(&database, &one_place()).await;
        let mut service = Process::serve(&database.url, CLOCK);
        let checkout = keys.checkout(&service);
        let offer = first_offer(&checkout).await;
        let hold = checkout.post("/v1/holds", &json!({ "offer": offer })).await.expect(201);
        assert_ne!(first_start(&checkout).await, hold["slot"]["start"], "its place is taken");
        service.kill();

        let service = Process::serve(&database.url, LATER);
        let checkout = keys.checkout(&service);
        let contact = json!({ "name": "Lin", "phone": "000", "address": "1 Example Road" });
        let body = json!({ "hold_id": hold["id"], "external_id": "order-1", "contact": contact });
        let late = checkout.post("/v1/bookings", &body).await.expect(410);
        assert_eq!(late["code"], "hold_expired");
        assert_eq!(first_start(&checkout).await, hold["slot"]["start"], "its place is free");
        let offer = first_offer(&checkout).await;
        checkout.post("/v1/holds", &json!({ "offer": offer })).await.expect(201);
    }
}

async fn first_offer(checkout: &Caller) -> Value {
    first(checkout).await["offer"].clone()
}

async fn first_start(checkout: &Caller) -> Value {
    first(checkout).await["start"].clone()
}

/// The first slot that is available.
async fn first(checkout: &Caller) -> Value {
    let door = door(0);
    let search = json!({
        "place": { "lon": door.lon(), "lat": door.lat() },
        "kind": "pickup",
        "devices": [{ "category": "phone" }],
        "from": DATES[0],
        "days": 1,
    });
    let found = checkout.post("/v1/slot-searches", &search).await.expect(200);
    let mut slots = found["slots"].as_array().unwrap().iter();
    slots.find(|slot| slot["status"] == "available").expect("a slot is free").clone()
}
