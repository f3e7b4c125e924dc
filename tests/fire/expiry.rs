//! A hold that runs out while the service is down.

use super::ALONE;
use super::city::{CLOCK, Keys, contact, first_slot, one_place};
use super::database::databases;
use super::process::Process;
use serde_json::json;

/// Eleven minutes after [`CLOCK`]; a hold runs out after ten.
const LATER: &str = "2026-03-02T06:11:00+08:00";

#[tokio::test]
async fn a_hold_that_runs_out_gives_its_place_back() {
    let _alone = ALONE.lock().await;
    for database in databases().await {
        let keys = Keys::of_fresh_city(&database, &one_place()).await;
        let mut service = Process::serve(&database.url, CLOCK);
        let checkout = keys.checkout(&service);
        let offer = &first_slot(&checkout).await["offer"];
        let hold = checkout.post("/v1/holds", &json!({ "offer": offer })).await.expect(201);
        let start = &hold["slot"]["start"];
        assert_ne!(first_slot(&checkout).await["start"], *start, "its place is taken");
        service.kill();

        let service = Process::serve(&database.url, LATER);
        let checkout = keys.checkout(&service);
        let body = json!({ "hold_id": hold["id"], "contact": contact() });
        let late = checkout.post("/v1/bookings", &body).await.expect(410);
        assert_eq!(late["code"], "hold_expired");
        let free = first_slot(&checkout).await;
        assert_eq!(free["start"], *start, "its place is free");
        checkout.post("/v1/holds", &json!({ "offer": free["offer"] })).await.expect(201);
    }
}
