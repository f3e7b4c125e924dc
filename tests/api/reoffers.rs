//! What came to nothing at the door is offered again.

use super::service::{Service, contact, on_each_database, on_sqlite};
use chrono::TimeDelta;
use serde_json::{Value, json};

const DAY: &str = "/v1/regions/shanghai/days/2026-03-02";

pub(super) async fn fail(service: &Service, booking: &Value, reason: &str, waited: TimeDelta) {
    let path = "/v1/couriers/me/events";
    let now = service.now();
    let evidence = json!({ "calls": 2, "photos": ["ab".repeat(32)], "note": "rang twice" });
    let events = json!({ "events": [
        { "id": "1", "type": "arrived", "at": now - waited, "booking_id": booking["id"] },
        { "id": "2", "type": "failed", "at": now, "booking_id": booking["id"], "reason": reason,
          "evidence": evidence },
    ] });
    let answer = service.courier.post(path, &events).await.expect(200);
    assert_eq!(answer["results"][1]["status"], "recorded", "{answer:#}");
}

/// The events of a kind so far.
pub(super) async fn told(service: &Service, kind: &str) -> Vec<Value> {
    let path = format!("{DAY}/events?after=0&limit=500");
    let log = service.dispatcher.get(&path).await.expect(200);
    let events = log["events"].as_array().unwrap().iter();
    events.filter(|event| event["kind"] == kind).cloned().collect()
}

#[tokio::test]
async fn the_shop_is_offered_new_slots_and_the_new_booking_names_the_old() {
    on_each_database(async |service| {
        let booking = service.booking("order-1").await;
        service.pass(TimeDelta::minutes(40));
        fail(&service, &booking, "no_show", TimeDelta::minutes(9)).await;
        let failed = &told(&service, "booking.failed").await[0];
        assert_eq!(failed["body"]["reason"], "no_show");
        assert_eq!(failed["body"]["waited_s"], 540);
        assert_eq!(failed["body"]["waited_too_short"], false);
        while told(&service, "booking.reoffered").await.is_empty() {
            tokio::task::yield_now().await;
        }
        let reoffered = &told(&service, "booking.reoffered").await[0];
        assert_eq!(reoffered["subject"], booking["id"]);
        let offers = reoffered["body"]["offers"].as_array().unwrap();
        assert_eq!(offers.len(), 3);
        let body = json!({
            "offer": offers[0]["offer"], "external_id": "order-1", "contact": contact()
        });
        let again = service.checkout.post("/v1/bookings", &body).await.expect(201);
        assert_eq!(again["replaces"], booking["id"]);
        let path = format!("/v1/bookings/{}", booking["id"].as_str().unwrap());
        let old = service.checkout.get(&path).await.expect(200);
        assert_eq!(old["failed"]["reason"], "no_show");
        assert_eq!(old["failed"]["calls"], 2);
        assert_eq!(old["failed"]["note"], "rang twice");
        // It turns out that the courier came back and collected it after all.
        let late = json!({ "events": [{
            "id": "3", "type": "collected", "at": service.now(), "booking_id": booking["id"]
        }] });
        let answer = service.courier.post("/v1/couriers/me/events", &late).await.expect(200);
        assert_eq!(answer["results"][0]["status"], "recorded");
        let old = service.checkout.get(&path).await.expect(200);
        assert_eq!(old["status"], "completed");
        assert_eq!(old.get("external_id"), None, "the order number is the new booking's");
    })
    .await;
}

#[tokio::test]
async fn who_did_not_wait_is_told_of_and_who_refused_is_not_offered_again() {
    on_sqlite(async |service| {
        let first = service.booking("order-1").await;
        service.pass(TimeDelta::minutes(40));
        fail(&service, &first, "no_show", TimeDelta::minutes(3)).await;
        let failed = &told(&service, "booking.failed").await[0];
        assert_eq!(failed["body"]["waited_too_short"], true);
    })
    .await;
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        service.pass(TimeDelta::minutes(40));
        fail(&service, &booking, "price_refused", TimeDelta::minutes(3)).await;
        let failed = &told(&service, "booking.failed").await[0];
        assert_eq!(failed["body"]["waited_too_short"], false, "there was somebody");
        // The shop can still ask by itself.
        let path = format!("/v1/bookings/{}/slot-searches", booking["id"].as_str().unwrap());
        let found = service.checkout.post(&path, &json!({})).await.expect(200);
        let slots = found["slots"].as_array().unwrap();
        assert!(slots.iter().any(|slot| slot["status"] == "available"));
        service.other_checkout.post(&path, &json!({})).await.problem(404, "not_found");
        assert_eq!(told(&service, "booking.reoffered").await, Vec::<Value>::new());
    })
    .await;
}

#[tokio::test]
async fn who_lost_their_place_is_offered_another() {
    on_sqlite(async |service| {
        let booking = service.booking("order-1").await;
        let body = json!({ "kind": "courier_out", "courier": "c1" });
        service.dispatcher.post(&format!("{DAY}/disturbances"), &body).await.expect(201);
        while told(&service, "booking.reoffered").await.is_empty() {
            tokio::task::yield_now().await;
        }
        let reoffered = &told(&service, "booking.reoffered").await[0];
        assert_eq!(reoffered["subject"], booking["id"]);
        let offers = reoffered["body"]["offers"].as_array().unwrap();
        assert!(offers[0]["start"].as_str().unwrap() > "2026-03-02T16", "not today");
    })
    .await;
}
